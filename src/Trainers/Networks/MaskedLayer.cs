using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>The degrees of the units of a layer (Germain et al. 2015): a unit may depend on units of no higher degree in the layer before.
/// Units without degrees may depend on all.</summary>
sealed class Degrees
{
    readonly int[]? _values;

    /// <param name="values">At least one, none negative.</param>
    internal Degrees(int[] values) => (_values, Count) = (values, values.Length);

    Degrees(int count) => Count = count;

    /// <summary>Units.</summary>
    internal int Count { get; }

    internal bool IsMasked => _values is not null;

    internal int Highest => _values?.Max() ?? 0;

    /// <summary>Units that may depend on everything.</summary>
    internal static Degrees None(int count) => new(count);

    /// <summary>The degrees of a hidden layer: from 0 to below the highest, each as often as the others. Those of degree 0 see no input, only
    /// what all outputs are conditional on.</summary>
    internal static Degrees Hidden(int count, int highest) => new([.. Enumerable.Range(0, count).Select(i => (int)((long)i * highest / count))]);

    /// <summary>Degrees of some of the units.</summary>
    /// <returns>[count] Int64, or <see langword="null"/> where there are none.</returns>
    internal Tensor? Of(long start, long count, Device device) =>
        _values is null ? null : tensor(Array.ConvertAll(_values[(int)start..(int)(start + count)], degree => (long)degree), device: device);
}

/// <summary>A fully connected layer some of whose weights count as zero.</summary>
sealed class MaskedLayer : nn.Module<Tensor, Tensor>
{
    readonly Degrees from, to;
    readonly bool strict;
    // TorchSharp finds parameters by field and replaces them when the module moves to a device.
    Parameter weight;
    Parameter bias;

    /// <param name="from">The units before.</param>
    /// <param name="to">The units of the layer.</param>
    /// <param name="strict">Whether a unit sees those of lower degree only, and not of its own.</param>
    /// <param name="random">Where weights and bias come from, as for <see cref="DenseLayer"/>.</param>
    internal MaskedLayer(Degrees from, Degrees to, bool strict, SeededRandom random)
        : this(from, to, strict, random.Uniform([to.Count, from.Count], 1 / Math.Sqrt(from.Count)),
            random.Uniform([to.Count], 1 / Math.Sqrt(from.Count)))
    {
    }

    /// <param name="from">The units before.</param>
    /// <param name="to">The units of the layer.</param>
    /// <param name="strict">As above.</param>
    /// <param name="bias">The first bias; the first weights are zero.</param>
    internal MaskedLayer(Degrees from, Degrees to, bool strict, ReadOnlySpan<float> bias)
        : this(from, to, strict, zeros([to.Count, from.Count], dtype: ScalarType.Float32), tensor(bias.ToArray()))
    {
    }

    MaskedLayer(Degrees from, Degrees to, bool strict, Tensor weight, Tensor bias) : base(nameof(MaskedLayer))
    {
        (this.from, this.to, this.strict) = (from, to, strict);
        this.weight = new Parameter(weight);
        this.bias = new Parameter(bias);
        this.weight.DetachFromDisposeScope();
        this.bias.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <param name="x">[rows, units before]</param>
    /// <returns>[rows, units]</returns>
    public override Tensor forward(Tensor x) => nn.functional.linear(x, Masked(weight, 0), bias);

    /// <summary>The same in ONNX.</summary>
    public OnnxTensor forward(OnnxTensor x) => x.matmul(x.Graph.Weight(weight, "T", w => Masked(w, 0).t())) + bias;

    /// <summary>Some of the units.</summary>
    /// <param name="x">[rows, units before]</param>
    /// <param name="start">The first unit.</param>
    /// <param name="count">Number of units.</param>
    /// <returns>[rows, count]</returns>
    internal Tensor Part(Tensor x, long start, long count) =>
        nn.functional.linear(x, Masked(weight.narrow(0, start, count), start), bias.narrow(0, start, count));

    /// <summary>The weights of some units without those that they must not have. The mask is what the degrees tell and no part of the state: a file
    /// must not be able to say what depends on what.</summary>
    Tensor Masked(Tensor part, long start)
    {
        if (from.Of(0, from.Count, part.device) is not { } seen || to.Of(start, part.shape[0], part.device) is not { } own) return part;
        var visible = strict ? seen < own.unsqueeze(1) : seen <= own.unsqueeze(1);
        return part * visible.to(part.dtype);
    }
}
