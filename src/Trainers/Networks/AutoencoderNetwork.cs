using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>What every autoencoder is: an encoder from a row to a code, and a decoder from a code to a row.</summary>
public abstract class AutoencoderNetwork : nn.Module<Tensor, Tensor>
{
    /// <param name="name">Name of the network.</param>
    /// <param name="inputSize">Values in a row, at least 1.</param>
    /// <param name="codeSize">Values in the code, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    protected AutoencoderNetwork(string name, int inputSize, int codeSize) : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(codeSize, 1);
        (InputSize, CodeSize) = (inputSize, codeSize);
    }

    /// <summary>Values in a row.</summary>
    public int InputSize { get; }

    /// <summary>Values in the code.</summary>
    public int CodeSize { get; }

    /// <summary>Row to code.</summary>
    /// <param name="x">[rows, <see cref="InputSize"/>]</param>
    /// <returns>[rows, <see cref="CodeSize"/>]</returns>
    public abstract Tensor encode(Tensor x);

    /// <summary>Code to row.</summary>
    /// <param name="code">[rows, <see cref="CodeSize"/>]</param>
    /// <returns>[rows, <see cref="InputSize"/>]</returns>
    public abstract Tensor decode(Tensor code);

    /// <summary>Row to its reconstruction.</summary>
    /// <param name="x">[rows, <see cref="InputSize"/>]</param>
    /// <returns>[rows, <see cref="InputSize"/>]</returns>
    public override Tensor forward(Tensor x) => decode(encode(x));

    /// <summary>Which values of the rows count in an error; the others are only there to fill the row.</summary>
    /// <param name="rows">[rows, <see cref="InputSize"/>]</param>
    /// <returns>As <see cref="RowLoss.PerSlot(Tensor, Tensor, Tensor?)"/> wants it; <see langword="null"/> where every value counts.</returns>
    internal virtual Tensor? Counted(Tensor rows) => null;

    /// <summary><see cref="encode(Tensor)"/> in ONNX.</summary>
    /// <exception cref="NotSupportedException">The network cannot be exported.</exception>
    internal virtual OnnxTensor encode(OnnxTensor x) => throw new NotSupportedException($"A {GetName()} cannot be exported to ONNX.");

    /// <summary><see cref="decode(Tensor)"/> in ONNX.</summary>
    /// <exception cref="NotSupportedException">The network cannot be exported.</exception>
    internal virtual OnnxTensor decode(OnnxTensor code) => throw new NotSupportedException($"A {GetName()} cannot be exported to ONNX.");

    /// <summary><see cref="Counted(Tensor)"/> in ONNX.</summary>
    internal virtual OnnxTensor? Counted(OnnxTensor rows) => null;

    /// <summary>Has normalizations remember rows as they are, and from then on nothing else: distorted images are blurred, and their means would
    /// normalise the sharp images of scoring wrongly.</summary>
    /// <param name="rows">A batch in training: [rows, <see cref="InputSize"/>].</param>
    /// <param name="through">The network, or as much of it as is trained.</param>
    internal virtual void RememberStraight(Tensor rows, Func<Tensor, Tensor> through)
    {
    }

    /// <summary>What training minimises over a batch.</summary>
    /// <param name="input">The rows as the network sees them, perhaps corrupted: [rows, <see cref="InputSize"/>].</param>
    /// <param name="target">The rows as they are: [rows, <see cref="InputSize"/>], float32.</param>
    /// <param name="loss">The distance between the output and <paramref name="target"/>.</param>
    /// <param name="penalty">A further term on the code, or <see langword="null"/>.</param>
    /// <returns>A scalar.</returns>
    internal virtual Tensor TrainingLoss(Tensor input, Tensor target, RowLoss loss, CodePenalty? penalty) =>
        TrainingLoss(input, target, loss, penalty, encode, Counted(target));

    /// <summary>The loss with a network's own way to encode, and to count.</summary>
    /// <param name="input">The rows as the network sees them.</param>
    /// <param name="target">The rows as they are.</param>
    /// <param name="loss">The distance.</param>
    /// <param name="penalty">A further term on the code, or <see langword="null"/>.</param>
    /// <param name="encode">Rows to codes, perhaps from a part of the row only.</param>
    /// <param name="counted">The values whose loss counts, as <see cref="RowLoss.PerSlot(Tensor, Tensor, Tensor?)"/> wants them.</param>
    private protected Tensor TrainingLoss(Tensor input, Tensor target, RowLoss loss, CodePenalty? penalty,
        Func<Tensor, Tensor> encode, Tensor? counted)
    {
        // The penalty may ask how the code moves with the input.
        var x = penalty is { NeedsInputGradient: true } ? input.detach().requires_grad_() : input;
        var code = encode(x);
        var distance = loss.Mean(decode(code).to(target.dtype), target, counted);
        return penalty is null ? distance : distance + penalty.Compute(code, x).to(target.dtype);
    }
}
