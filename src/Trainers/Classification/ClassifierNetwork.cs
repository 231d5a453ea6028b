using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>An encoder with a head that reads classes off its code.</summary>
sealed class ClassifierNetwork : nn.Module<Tensor, Tensor>
{
    /// <summary>How the names of the encoder's parameters begin.</summary>
    public const string EncoderPrefix = nameof(autoencoder) + ".";

    readonly AutoencoderNetwork autoencoder;
    readonly ClassificationHead head;

    /// <param name="autoencoder">Any kind; owned from here on.</param>
    /// <param name="head">Of the same code size; owned.</param>
    public ClassifierNetwork(AutoencoderNetwork autoencoder, ClassificationHead head) : base(nameof(ClassifierNetwork))
    {
        (this.autoencoder, this.head) = (autoencoder, head);
        RegisterComponents();
        ExcludeDecoder();
    }

    public ClassificationHead Head => head;

    /// <param name="x">[rows, network size]</param>
    /// <returns>[rows, code size]</returns>
    public Tensor Encode(Tensor x) => autoencoder.encode(x);

    /// <param name="x">[rows, network size]</param>
    /// <returns>[rows, outputs]: logits.</returns>
    public override Tensor forward(Tensor x) => head.forward(autoencoder.encode(x));

    /// <summary>The same in ONNX.</summary>
    public OnnxTensor forward(OnnxTensor x) => head.forward(autoencoder.encode(x));

    /// <summary>Has normalizations remember the images as they are, where training sees distorted ones.</summary>
    /// <param name="x">A batch in training: [rows, network size].</param>
    public void RememberStraight(Tensor x) => autoencoder.RememberStraight(x, autoencoder.encode);

    /// <summary>Marks the parameters that the code does not depend on as not to be trained. Which they are, only the kind of network knows;
    /// a backward pass tells.</summary>
    void ExcludeDecoder()
    {
        using var scope = NewDisposeScope();
        using var gradients = enable_grad();
        autoencoder.eval();
        autoencoder.encode(zeros(1, autoencoder.InputSize)).sum().backward();
        foreach (var parameter in autoencoder.parameters())
        {
            if (parameter.grad is null) parameter.requires_grad = false;
            else parameter.grad = null;
        }
    }
}
