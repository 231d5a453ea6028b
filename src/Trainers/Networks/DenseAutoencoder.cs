using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// A fully connected autoencoder (Hinton and Salakhutdinov 2006): the encoder narrows a row to a code, the decoder, its mirror image,
/// widens the code to the row again. Hidden layers carry the activation; the code is linear.
/// </summary>
public sealed class DenseAutoencoder : nn.Module<Tensor, Tensor>
{
    readonly Sequential encoder;
    readonly Sequential decoder;

    /// <summary>Builds the network on the CPU, in float32.</summary>
    /// <param name="inputSize">Values in a row, at least 1.</param>
    /// <param name="hiddenSizes">Widths of the encoder's hidden layers from the input on, each at least 1; the decoder mirrors them. May be
    /// empty.</param>
    /// <param name="codeSize">Values in the code, at least 1.</param>
    /// <param name="activation">After every hidden layer.</param>
    /// <param name="outputActivation">After the last layer of the decoder. <see cref="Activation.Identity"/> with binary cross-entropy,
    /// which works on logits: see <see cref="ReconstructionLoss"/>.</param>
    /// <param name="seed">Seed of the first weights: the same seed gives the same weights on every platform. The global generator is not
    /// touched.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public DenseAutoencoder(int inputSize, IReadOnlyList<int> hiddenSizes, int codeSize, Activation activation = Activation.Relu,
        Activation outputActivation = Activation.Identity, int seed = 1) : base(nameof(DenseAutoencoder))
    {
        ArgumentNullException.ThrowIfNull(hiddenSizes);
        int[] sizes = [inputSize, .. hiddenSizes, codeSize];
        foreach (int size in sizes) ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        (InputSize, CodeSize) = (inputSize, codeSize);

        var random = new SeededRandom(seed);
        encoder = Stack(sizes, activation, Activation.Identity, random);
        Array.Reverse(sizes);
        decoder = Stack(sizes, activation, outputActivation, random);
        RegisterComponents();
    }

    /// <summary>Values in a row.</summary>
    public int InputSize { get; }

    /// <summary>Values in the code.</summary>
    public int CodeSize { get; }

    /// <summary>Row to code.</summary>
    /// <param name="x">[rows, <see cref="InputSize"/>]</param>
    /// <returns>[rows, <see cref="CodeSize"/>]</returns>
    public Tensor encode(Tensor x) => encoder.forward(x);

    /// <summary>Code to row.</summary>
    /// <param name="code">[rows, <see cref="CodeSize"/>]</param>
    /// <returns>[rows, <see cref="InputSize"/>]</returns>
    public Tensor decode(Tensor code) => decoder.forward(code);

    /// <summary>Row to its reconstruction.</summary>
    /// <param name="x">[rows, <see cref="InputSize"/>]</param>
    /// <returns>[rows, <see cref="InputSize"/>]</returns>
    public override Tensor forward(Tensor x) => decode(encode(x));

    static Sequential Stack(int[] sizes, Activation hidden, Activation last, SeededRandom random)
    {
        var layers = new nn.Module<Tensor, Tensor>[sizes.Length - 1];
        for (int i = 0; i < layers.Length; i++)
            layers[i] = new DenseLayer(sizes[i], sizes[i + 1], i < layers.Length - 1 ? hidden : last, random);
        return nn.Sequential(layers);
    }
}
