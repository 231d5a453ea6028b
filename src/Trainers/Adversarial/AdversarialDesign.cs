using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>A kind of generator and discriminator with its own settings: immutable, written to JSON by its <c>kind</c>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(DenseGan), "dense")]
[JsonDerivedType(typeof(ConvolutionalGan), "convolutional")]
public abstract record AdversarialDesign
{
    /// <summary>Slope of the discriminator's leaky rectified linear units below 0 (Radford et al. 2016, section 3).</summary>
    private protected const double LeakySlope = 0.2;

    private protected AdversarialDesign()
    {
    }

    /// <summary>The design with everything that was left open decided.</summary>
    /// <param name="inputSize">Values in a row.</param>
    /// <exception cref="ArgumentException">The design does not fit the rows.</exception>
    internal virtual AdversarialDesign Resolve(int inputSize) => this;

    /// <summary>The generator with its first weights: [rows, inputs] to [rows, outputs], logits for what is no number.</summary>
    /// <exception cref="ArgumentException">The design does not fit the sizes.</exception>
    internal abstract nn.Module<Tensor, Tensor> CreateGenerator(int inputs, int outputs, SeededRandom random);

    /// <summary>What the discriminator sees in rows, with its first weights: [rows, inputs] to [rows, <see cref="CountFeatures"/>].</summary>
    /// <exception cref="ArgumentException">The design does not fit the sizes.</exception>
    internal abstract nn.Module<Tensor, Tensor> CreateFeatures(int inputs, SeededRandom random);

    /// <summary>How many values the discriminator judges by.</summary>
    internal abstract long CountFeatures(int inputs);

    /// <summary>Values in all parameters and buffers of the two, told without building them.</summary>
    internal abstract long CountValues(int latents, int inputs);
}
