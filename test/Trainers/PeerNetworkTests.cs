using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

/// <summary>The networks that the benchmark trains in PyTorch beside ours have the same weights, by their shapes.</summary>
[TestClass]
public class PeerNetworkTests
{
    const string Transformer = "size=64, heads=4, layers=2, decoder_layers=1, hidden=256";

    static readonly double[] s_shares = [.. Enumerable.Repeat(0.1, 10)];

    public static IEnumerable<object[]> Networks =>
    [
        Autoencoder(784, 64, new DenseNetwork { HiddenSizes = [256] }, "Dense(784, 256, 64)"),
        Autoencoder(784, 64, new ConvolutionalNetwork(), "Convolutional(28, [16, 32], 64)"),
        Autoencoder(144, 16, new RecurrentNetwork { StepSize = 3 }, "Recurrent('LSTM', 48, 3, 64, 16)"),
        Autoencoder(144, 16, new RecurrentNetwork { StepSize = 3, Cell = RecurrentCell.Gru }, "Recurrent('GRU', 48, 3, 64, 16)"),
        Autoencoder(30, 16, new MaskedTransformerNetwork(), $"MaskedTable(tokens=30, masked=0.5, code=16, {Transformer})"),
        Autoencoder(784, 64, new MaskedTransformerNetwork { PatchSize = 4 }, $"MaskedImages(side=28, patch=4, masked=0.75, code=64, {Transformer})"),
        Generator(new VariationalArchitecture
        {
            InputSize = 784, LatentSize = 20, Network = new DenseNetwork(), FeatureSize = 400, Likelihood = NumberLikelihood.Bernoulli,
        }, "Variational(784, 400, 20)"),
        Generator(new AdversarialArchitecture { InputSize = 784, ClassShares = s_shares, Network = new ConvolutionalGan() },
            "Adversarial(28, [32, 64], kernel=5, latent=64, classes=10)"),
        Generator(new DiffusionArchitecture { InputSize = 784, ClassShares = s_shares, Network = new UNet() },
            "Diffusion(28, 2, [32, 64], embedding=128, classes=10)"),
    ];

    static object[] Autoencoder(int width, int code, NetworkDesign design, string peer)
        => [width, () => new AutoencoderArchitecture { InputSize = width, CodeSize = code, Network = design }.Create(seed: 1), peer];

    // The class of a row, where there are classes, is its last value.
    static object[] Generator(GeneratorArchitecture architecture, string peer)
        => [architecture.InputSize + (architecture.Classes > 0 ? 1 : 0), () => architecture.Create(seed: 1), peer];

    [TestMethod]
    [DynamicData(nameof(Networks))]
    public void ThePeerHasTheSameWeights(int width, Func<nn.Module> create, string peer)
    {
        using var network = create();
        var ours = network.named_parameters().Select(entry => string.Join('x', entry.parameter.shape)).Order(StringComparer.Ordinal);
        string theirs = Support.Python($"""
            import sys
            sys.path.insert(0, sys.argv[1])
            import torch
            from networks import *
            net = {peer}
            # It trains, too.
            net.loss(torch.rand(8, {width})).backward()
            assert all(p.grad is not None for p in net.parameters())
            print(' '.join('x'.join(map(str, p.shape)) for p in net.parameters()))
            """, Folder());
        CollectionAssert.AreEqual(ours.ToArray(), theirs.Split(' ', StringSplitOptions.TrimEntries).Order(StringComparer.Ordinal).ToArray());
    }

    static string Folder([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../benchmarks/peers"));
}
