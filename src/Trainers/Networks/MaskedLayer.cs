using System.Runtime.InteropServices;
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

    /// <summary>Which units of one layer may depend on which of the layer before.</summary>
    /// <param name="from">The layer before.</param>
    /// <param name="to">The layer.</param>
    /// <param name="strict">Whether the degree before must be lower, and not only no higher.</param>
    /// <returns>[to, from]: 1 where it may, else 0; <see langword="null"/> where all may.</returns>
    internal static Tensor? Mask(Degrees from, Degrees to, bool strict)
    {
        if (from._values is null || to._values is null) return null;
        var mask = zeros([to.Count, from.Count], dtype: ScalarType.Float32);
        var values = MemoryMarshal.Cast<byte, float>(mask.bytes);
        for (int o = 0; o < to.Count; o++)
        {
            for (int i = 0; i < from.Count; i++)
                values[o * from.Count + i] = from._values[i] < to._values[o] + (strict ? 0 : 1) ? 1 : 0;
        }
        return mask;
    }
}

/// <summary>A fully connected layer some of whose weights are held at zero.</summary>
sealed class MaskedLayer : nn.Module<Tensor, Tensor>
{
    // TorchSharp finds parameters and buffers by field and replaces them when the module moves to a device.
    Parameter weight;
    Parameter bias;
    Tensor? mask;

    /// <param name="from">The units before.</param>
    /// <param name="to">The units of the layer.</param>
    /// <param name="strict">As for <see cref="Degrees.Mask"/>.</param>
    /// <param name="random">Where weights and bias come from, as for <see cref="DenseLayer"/>.</param>
    internal MaskedLayer(Degrees from, Degrees to, bool strict, SeededRandom random)
        : this(from, to, strict, random.Uniform([to.Count, from.Count], 1 / Math.Sqrt(from.Count)), random.Uniform([to.Count], 1 / Math.Sqrt(from.Count)))
    {
    }

    /// <param name="from">The units before.</param>
    /// <param name="to">The units of the layer.</param>
    /// <param name="strict">As for <see cref="Degrees.Mask"/>.</param>
    /// <param name="bias">The first bias; the first weights are zero.</param>
    internal MaskedLayer(Degrees from, Degrees to, bool strict, ReadOnlySpan<float> bias)
        : this(from, to, strict, zeros([to.Count, from.Count], dtype: ScalarType.Float32), tensor(bias.ToArray()))
    {
    }

    MaskedLayer(Degrees from, Degrees to, bool strict, Tensor weight, Tensor bias) : base(nameof(MaskedLayer))
    {
        this.weight = new Parameter(weight);
        this.bias = new Parameter(bias);
        this.weight.DetachFromDisposeScope();
        this.bias.DetachFromDisposeScope();
        mask = Degrees.Mask(from, to, strict);
        // What the architecture tells is not stored: a file must not be able to say what depends on what.
        if (mask is not null) register_buffer(nameof(mask), mask.DetachFromDisposeScope(), persistent: false);
        RegisterComponents();
    }

    Tensor Weight => mask is null ? weight : weight * mask;

    /// <param name="x">[..., units before]</param>
    /// <returns>[..., units]</returns>
    public override Tensor forward(Tensor x) => nn.functional.linear(x, Weight, bias);

    /// <summary>Some of the units.</summary>
    /// <param name="x">[rows, units before]</param>
    /// <param name="start">The first unit.</param>
    /// <param name="count">Number of units.</param>
    /// <returns>[rows, count]</returns>
    internal Tensor Part(Tensor x, long start, long count)
    {
        var part = weight.narrow(0, start, count);
        return nn.functional.linear(x, mask is null ? part : part * mask.narrow(0, start, count), bias.narrow(0, start, count));
    }
}
