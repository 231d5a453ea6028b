using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>How rare a value is in its slot: <c>-ln min(P(X ≤ x), P(X ≥ x))</c>, P over the rows that were learned from.</summary>
sealed class SlotRarity : nn.Module<Tensor, Tensor>
{
    /// <summary>Quantiles kept of each slot: fewer where there are very many slots.</summary>
    static int LevelsOf(int slots) => Math.Clamp((1 << 22) / slots, 16, 256);

    readonly int _levels;

    // What the buffers hold, where it can be searched without an operator of the engine for each step.
    float[]? _quantiles, _tails;

    /// <summary>Quantiles of each slot, ascending, [slots, levels].</summary>
    Tensor quantiles;

    /// <summary>ln P(X ≤ x) where this many quantiles are not above x, [levels + 1]; its mirror image is ln P(X ≥ x).</summary>
    Tensor tails;

    public SlotRarity(int slots) : base(nameof(SlotRarity))
    {
        _levels = LevelsOf(slots);
        quantiles = zeros(slots, _levels, dtype: ScalarType.Float32).DetachFromDisposeScope();
        tails = zeros(_levels + 1, dtype: ScalarType.Float32).DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>Values in all buffers.</summary>
    public static long CountValues(int slots) => checked((slots + 1L) * LevelsOf(slots) + 1);

    /// <summary>Learns the distribution of each slot.</summary>
    /// <param name="rows">[rows, slots], at least one row.</param>
    public void Fit(Tensor rows)
    {
        using var scope = NewDisposeScope();
        long count = rows.shape[0];
        // Levels that are as dense towards both ends as rows allow: even steps of ln p / (1 - p), from half a row to all but half a row.
        double first = 0.5 / count, reach = Math.Log((1 - first) / first);
        var levels = Enumerable.Range(0, _levels).Select(i => 1 / (1 + Math.Exp(reach * (1 - 2.0 * i / (_levels - 1))))).ToArray();
        var places = levels.Select(level => Math.Clamp((long)(level * count), 0, count - 1)).ToArray();
        var (sorted, _) = rows.sort(0);
        quantiles.copy_(sorted.index_select(0, tensor(places, device: rows.device)).t());
        tails.copy_(tensor([.. levels.Prepend(first).Select(level => (float)Math.Log(level))], device: rows.device));
        Prepare();
    }

    /// <summary>Reads the buffers; to be called once they are loaded.</summary>
    public void Prepare()
    {
        (_quantiles, _tails) = (new float[quantiles.numel()], new float[tails.numel()]);
        using var scope = NewDisposeScope();
        quantiles.CopyTo(_quantiles);
        tails.CopyTo(_tails);
    }

    /// <param name="rows">[rows, slots]</param>
    /// <returns>[rows, slots], not negative. No gradient flows through it.</returns>
    public override Tensor forward(Tensor rows)
    {
        long slots = rows.shape[1];
        var values = new float[rows.numel()];
        rows.CopyTo(values);
        for (int i = 0; i < values.Length; i++)
        {
            float x = values[i];
            ReadOnlySpan<float> ascending = _quantiles.AsSpan((int)(i % slots) * _levels, _levels);
            values[i] = -Math.Min(_tails![CountBelow(ascending, x, orEqual: true)], _tails[_levels - CountBelow(ascending, x, orEqual: false)]);
        }
        return tensor(values, rows.shape, device: rows.device);
    }

    /// <summary>The same in ONNX, where all quantiles are looked at: [rows, slots].</summary>
    public OnnxTensor forward(OnnxTensor rows)
    {
        var (x, known) = (rows.unsqueeze(2), rows.Graph.Weight(quantiles)); // [rows, slots, 1] against [slots, levels]
        var upTo = x.ge(known).to(OnnxType.Int64).sum(2);
        var below = x.gt(known).to(OnnxType.Int64).sum(2);
        var logarithms = rows.Graph.Weight(tails);
        return -logarithms.index_select(0, upTo).minimum(logarithms.index_select(0, _levels - below));
    }

    static int CountBelow(ReadOnlySpan<float> ascending, float x, bool orEqual)
    {
        int low = 0, high = ascending.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (ascending[middle] < x || orEqual && ascending[middle] == x) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
