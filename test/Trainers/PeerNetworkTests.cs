using System.Runtime.CompilerServices;
using TorchSharp;

namespace Extensions.ML.Trainers.Tests;

/// <summary>The networks that the benchmark trains in PyTorch beside ours have the same weights, by their shapes.</summary>
[TestClass]
public class PeerNetworkTests
{
    const string Transformer = "size=64, heads=4, layers=2, decoder_layers=1, hidden=256";

    public static IEnumerable<object[]> Networks =>
    [
        [784, 64, new DenseNetwork { HiddenSizes = [256] }, "Dense(784, 256, 64)"],
        [784, 64, new ConvolutionalNetwork(), "Convolutional(28, [16, 32], 64)"],
        [144, 16, new RecurrentNetwork { StepSize = 3 }, "Recurrent('LSTM', 48, 3, 64, 16)"],
        [144, 16, new RecurrentNetwork { StepSize = 3, Cell = RecurrentCell.Gru }, "Recurrent('GRU', 48, 3, 64, 16)"],
        [30, 16, new MaskedTransformerNetwork(), $"MaskedTable(tokens=30, masked=0.5, code=16, {Transformer})"],
        [784, 64, new MaskedTransformerNetwork { PatchSize = 4 }, $"MaskedImages(side=28, patch=4, masked=0.75, code=64, {Transformer})"],
    ];

    [TestMethod]
    [DynamicData(nameof(Networks))]
    public void ThePeerHasTheSameWeights(int width, int code, NetworkDesign design, string peer)
    {
        using var network = new AutoencoderArchitecture { InputSize = width, CodeSize = code, Network = design }.Create(seed: 1);
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
