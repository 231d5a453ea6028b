using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// A fully connected autoencoder (Hinton and Salakhutdinov 2006): the encoder narrows a row to a code, the decoder, its mirror image,
/// widens the code to the row again. Hidden layers carry the activation; the code is linear unless it is asked to be otherwise.
/// </summary>
public sealed class DenseAutoencoder : AutoencoderNetwork
{
    readonly Sequential encoder;
    readonly Sequential decoder;
    readonly nn.Module<Tensor, Tensor>[] down, up;

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
    /// <param name="codeActivation">After the last layer of the encoder.</param>
    /// <param name="tiedWeights">Whether each layer of the decoder uses the transposed weights of its mirror image in the encoder, with a
    /// bias of its own (Vincent et al. 2010, section 2.1).</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public DenseAutoencoder(int inputSize, IReadOnlyList<int> hiddenSizes, int codeSize, Activation activation = Activation.Relu,
        Activation outputActivation = Activation.Identity, int seed = 1, Activation codeActivation = Activation.Identity,
        bool tiedWeights = false) : base(nameof(DenseAutoencoder), inputSize, codeSize)
    {
        ArgumentNullException.ThrowIfNull(hiddenSizes);
        int[] sizes = [inputSize, .. hiddenSizes, codeSize];
        foreach (int size in sizes) ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);

        var random = new SeededRandom(seed);
        var narrowing = new DenseLayer[sizes.Length - 1];
        for (int i = 0; i < narrowing.Length; i++)
            narrowing[i] = new DenseLayer(sizes[i], sizes[i + 1], i < narrowing.Length - 1 ? activation : codeActivation, random);
        down = narrowing;
        up = new nn.Module<Tensor, Tensor>[narrowing.Length];
        for (int i = 0; i < up.Length; i++)
        {
            var mirrored = narrowing[^(i + 1)];
            var after = i < up.Length - 1 ? activation : outputActivation;
            up[i] = tiedWeights ? new TiedLayer(mirrored, after, random)
                : new DenseLayer(mirrored.OutputSize, mirrored.InputSize, after, random);
        }
        encoder = nn.Sequential(down);
        decoder = nn.Sequential(up);
        RegisterComponents();
    }

    /// <summary>Layers of the encoder, and as many of the decoder.</summary>
    internal int Depth => down.Length;

    /// <summary>A layer of the encoder, counted from the input.</summary>
    internal nn.Module<Tensor, Tensor> Down(int layer) => down[layer];

    /// <summary>The layer of the decoder that undoes <see cref="Down"/>.</summary>
    internal nn.Module<Tensor, Tensor> Up(int layer) => up[^(layer + 1)];

    /// <inheritdoc/>
    public override Tensor encode(Tensor x) => encoder.forward(x);

    /// <inheritdoc/>
    public override Tensor decode(Tensor code) => decoder.forward(code);

    internal override OnnxTensor encode(OnnxTensor x) => OnnxLayers.forward(encoder, x);

    internal override OnnxTensor decode(OnnxTensor code) => OnnxLayers.forward(decoder, code);
}
