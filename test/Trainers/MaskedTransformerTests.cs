using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

/// <summary>What is particular to the masked autoencoder: what is hidden, and the transformer block.</summary>
[TestClass]
public class MaskedTransformerTests
{
    const int Rows = 6;

    public static IEnumerable<object[]> Designs =>
    [
        [new MaskedTransformerNetwork { TokenSize = 8, Heads = 2, MaskRatio = 0.6 }, 10, 1, 6],
        [new MaskedTransformerNetwork { TokenSize = 8, Heads = 2, PatchSize = 2, Height = 4, Width = 6 }, 24, 4, 4],
        [new MaskedTransformerNetwork { TokenSize = 8, Heads = 2, MaskRatio = 0.001 }, 10, 1, 1],
        [new MaskedTransformerNetwork { TokenSize = 8, Heads = 2, MaskRatio = 0.999 }, 10, 1, 9],
    ];

    /// <summary>The encoder sees nothing of what is hidden, and the loss asks for nothing else: by the gradients of inputs and targets.</summary>
    [TestMethod]
    [DynamicData(nameof(Designs))]
    public void HiddenTokensAreNotSeenAndTheyAloneCount(MaskedTransformerNetwork design, int width, int slotsOfToken, int hiddenTokens)
    {
        using var random = new GlobalRandom();
        manual_seed(1); // by chance three rows hide the same nine of ten once in a hundred times
        using var scope = NewDisposeScope();
        using var network = new AutoencoderArchitecture { InputSize = width, CodeSize = 3, Network = design }.Create(seed: 2);
        var input = tensor(Support.Normal(Rows * width, 4), [Rows, width]).requires_grad_();
        var target = input.detach().clone().requires_grad_();
        network.TrainingLoss(input, target, ReconstructionLoss.MeanSquaredError, null).backward();
        using var hidden = input.grad!.eq(0);
        using var counted = target.grad!.ne(0);
        Assert.IsTrue(Same(hidden, counted));
        foreach (long count in hidden.sum(1).data<long>()) Assert.AreEqual(hiddenTokens * slotsOfToken, count);
        Assert.IsFalse(Same(hidden[0], hidden[1]) && Same(hidden[1], hidden[2]), "each row has its own");
        if (design.PatchSize is not { } patch) return;
        // The slots of a patch are hidden together: equal within each block of the image.
        var blocks = hidden.view(Rows, 2, patch, 3, patch);
        Assert.IsTrue(Same(blocks.any(2).any(3), blocks.all(2).all(3)));

        static bool Same(Tensor a, Tensor b) => a.eq(b).all().item<bool>();
    }

    [TestMethod]
    public void PatchesGoBackToTheirPlaces()
    {
        using var scope = NewDisposeScope();
        using var embedding = new PatchEmbedding(new ImageShape(3, 4, 6), 2, 4, new SeededRandom(1));
        // Tokens numbered line by line; in the image, each fills its block in every channel.
        var image = embedding.Spread(arange(6).view(1, 6)).view(3, 4, 6);
        for (int c = 0; c < 3; c++)
            for (int y = 0; y < 4; y++)
                for (int x = 0; x < 6; x++)
                    Assert.AreEqual(y / 2 * 3 + x / 2, image[c, y, x].item<long>());
    }

    [TestMethod]
    public void TheBlockEqualsPyTorch()
    {
        using var scope = NewDisposeScope();
        using var block = new TransformerBlock(new(8, 2, 12), new SeededRandom(3));
        block.to(ScalarType.Float64);
        var x = tensor(Support.Normal(2 * 5 * 8, 7), [2, 5, 8]).to(ScalarType.Float64);
        string weights = Path.Combine(Support.TemporaryFolder(), "weights.safetensors");
        using (var file = File.Create(weights))
            SafeTensors.Write(file, block.state_dict().Select(e => (e.Key, e.Value)).Append(("x", x)));
        string printed = Support.Python(Support.ReadScript + """
            layer = torch.nn.TransformerEncoderLayer(8, 2, 12, 0.0, 'gelu', batch_first=True, norm_first=True).double()
            names = {'attentionNormalization.': 'norm1.', 'feedForwardNormalization.': 'norm2.', 'attention.projection.': 'self_attn.in_proj_',
                     'attention.output.': 'self_attn.out_proj.', 'widen.': 'linear1.', 'narrow.': 'linear2.'}
            layer.load_state_dict({names[k[:k.rindex('.') + 1]] + k[k.rindex('.') + 1:]: v for k, v in w.items() if k != 'x'})
            print(' '.join(map(repr, layer(w['x']).flatten().tolist())))
            """, weights);
        double[] expected = [.. printed.Split(' ').Select(v => double.Parse(v, CultureInfo.InvariantCulture))];
        var actual = block.forward(x).flatten();
        for (int i = 0; i < expected.Length; i++) Assert.AreEqual(expected[i], actual[i].item<double>(), 1e-12);
    }
}
