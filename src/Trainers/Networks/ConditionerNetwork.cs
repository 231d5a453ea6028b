using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// The network behind a conditional distribution or a conditional transformation: from some values it gives parameters for others. Residual
/// blocks of two layers, each behind its activation (He et al., "Identity Mappings in Deep Residual Networks", ECCV 2016). With degrees, its
/// weights are masked so that each parameter depends on the inputs of lower degree only (Germain et al., "MADE: Masked Autoencoder for
/// Distribution Estimation", ICML 2015, equations 12 and 13). Its last layer starts at zero weights: whatever the input, the first
/// parameters are those that it is started with.
/// </summary>
sealed class ConditionerNetwork : nn.Module
{
    // Deviations up to which values count about as they are.
    const double Near = 4;

    readonly Activation activation;
    readonly MaskedLayer first, last;
    readonly DenseLayer? condition;
    readonly ModuleList<MaskedLayer> blocks;

    /// <param name="inputs">The degree of each input, from 1; at least one input.</param>
    /// <param name="outputs">The degree of each output, from 1: it sees inputs of lower degree. Both without degrees for a network without masks,
    /// whose outputs see all inputs.</param>
    /// <param name="shape">Sizes and activation.</param>
    /// <param name="random">Where the first weights come from.</param>
    /// <param name="start">The first parameters, one for each output.</param>
    internal ConditionerNetwork(Degrees inputs, Degrees outputs, ConditionerShape shape, SeededRandom random, ReadOnlySpan<float> start)
        : base(nameof(ConditionerNetwork))
    {
        activation = shape.Activation;
        var hidden = inputs.IsMasked ? Degrees.Hidden(shape.HiddenSize, outputs.Highest) : Degrees.None(shape.HiddenSize);
        first = new MaskedLayer(inputs, hidden, strict: false, random);
        if (shape.ConditionSize > 0) condition = new DenseLayer(shape.ConditionSize, shape.HiddenSize, Activation.Identity, random);
        blocks = new ModuleList<MaskedLayer>();
        for (int i = 0; i < 2 * shape.Blocks; i++) blocks.Add(new MaskedLayer(hidden, hidden, strict: false, random));
        last = new MaskedLayer(hidden, outputs, strict: true, start);
        RegisterComponents();
    }

    /// <summary>Share of the values inside each block that training sets to 0.</summary>
    internal double Dropout { get; private set; }

    /// <summary>Sets the dropout of all such networks in a module.</summary>
    internal static void SetDropout(nn.Module module, double dropout)
    {
        foreach (var network in module.modules().OfType<ConditionerNetwork>()) network.Dropout = dropout;
    }

    /// <summary>Values in all parameters.</summary>
    internal static long CountValues(long inputs, long outputs, ConditionerShape shape)
    {
        checked
        {
            long hidden = shape.HiddenSize;
            return hidden * (inputs + 1) + (shape.ConditionSize > 0 ? hidden * (shape.ConditionSize + 1L) : 0)
                + 2L * shape.Blocks * hidden * (hidden + 1) + outputs * (hidden + 1);
        }
    }

    /// <param name="x">[rows, inputs]</param>
    /// <param name="classes">[rows, condition size]; <see langword="null"/> where that is 0.</param>
    /// <returns>[rows, outputs]</returns>
    internal Tensor Compute(Tensor x, Tensor? classes) => last.forward(Features(x, classes));

    /// <summary>Some of the outputs.</summary>
    /// <param name="x">[rows, inputs]</param>
    /// <param name="classes">As for <see cref="Compute(Tensor, Tensor)"/>.</param>
    /// <param name="start">The first output.</param>
    /// <param name="count">Number of outputs.</param>
    /// <returns>[rows, count]</returns>
    internal Tensor Compute(Tensor x, Tensor? classes, long start, long count) => last.Part(Features(x, classes), start, count);

    Tensor Features(Tensor x, Tensor? classes)
    {
        // Far values count by their logarithm: what a rare outlier says about others must not be far from all that was learned.
        var h = first.forward((x / Near).asinh() * Near);
        if (classes is not null) h = h + condition!.forward(classes);
        for (int i = 0; i < blocks.Count; i += 2)
        {
            var inner = activation.Apply(blocks[i].forward(activation.Apply(h)));
            if (Dropout > 0 && training) inner = nn.functional.dropout(inner, Dropout, training: true);
            h = h + blocks[i + 1].forward(inner);
        }
        return activation.Apply(h);
    }

    /// <summary><see cref="Compute(Tensor, Tensor)"/> in ONNX.</summary>
    internal OnnxTensor Compute(OnnxTensor x, OnnxTensor? classes)
    {
        var h = first.forward((x / Near).asinh() * Near);
        if (classes is not null) h = h + condition!.forward(classes);
        for (int i = 0; i < blocks.Count; i += 2) h = h + blocks[i + 1].forward(activation.Apply(blocks[i].forward(activation.Apply(h))));
        return last.forward(activation.Apply(h));
    }
}

/// <summary>Sizes of a <see cref="ConditionerNetwork"/>.</summary>
/// <param name="HiddenSize">Values in each hidden layer.</param>
/// <param name="Blocks">Residual blocks of two layers.</param>
/// <param name="ConditionSize">Values that every output may depend on; 0 for none.</param>
/// <param name="Activation">Before every layer of a block and before the last layer.</param>
readonly record struct ConditionerShape(int HiddenSize, int Blocks, int ConditionSize, Activation Activation);
