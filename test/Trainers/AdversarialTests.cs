using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

/// <summary>Generative adversarial networks: losses, penalties, and whose gradients go where.</summary>
[TestClass]
public class AdversarialTests
{
    const int Width = 4, Classes = 3, Rows = 7;

    static AdversarialArchitecture Architecture { get; } = new()
    {
        InputSize = Width, LatentSize = 5, ClassShares = [0.5, 0.25, 0.25], OutputActivation = Activation.Sigmoid,
        Network = new DenseGan { GeneratorSizes = [6], DiscriminatorSizes = [8, 6] },
    };

    /// <summary>Rows between 0 and 1, each with its class behind it.</summary>
    static Tensor Labelled()
    {
        var classes = (arange(Rows, dtype: ScalarType.Int64) % Classes).to(ScalarType.Float64).unsqueeze(1);
        return cat([tensor(Support.Normal(Rows * Width, 3), [Rows, Width]).to(ScalarType.Float64).sigmoid(), classes], 1);
    }

    static (AdversarialGame Game, AdversarialNetwork Network, AdversarialMeasures Measures) Play(AdversarialTraining how)
    {
        var architecture = Architecture;
        using var rows = new FixedBatches(Labelled());
        var network = (AdversarialNetwork)architecture.Create(seed: 5);
        var measures = new AdversarialMeasures(rows, architecture, seed: 1, default);
        var game = new AdversarialGame(network, architecture, how, measures);
        game.to(ScalarType.Float64);
        game.train();
        return (game, network, measures);
    }

    [TestMethod]
    public void LossesAreTheirFormulas()
    {
        using var scope = NewDisposeScope();
        double[] real = [0.3, -1.2, 2.5], generated = [-0.7, 1.9, 0.1];
        static double Sigma(double v) => 1 / (1 + Math.Exp(-v));
        double cross = -real.Average(v => Math.Log(Sigma(v))) - generated.Average(v => Math.Log(1 - Sigma(v)));
        foreach (var (loss, ofDiscriminator, ofGenerator) in new[]
        {
            (AdversarialLoss.NonSaturating, cross, -generated.Average(v => Math.Log(Sigma(v)))),
            (AdversarialLoss.Original, cross, generated.Average(v => Math.Log(1 - Sigma(v)))),
            (AdversarialLoss.Wasserstein, generated.Average() - real.Average(), -generated.Average()),
            (AdversarialLoss.Hinge, real.Average(v => Math.Max(0, 1 - v)) + generated.Average(v => Math.Max(0, 1 + v)), -generated.Average()),
        })
        {
            Assert.AreEqual(ofDiscriminator, loss.OfDiscriminator(tensor(real), tensor(generated)).item<double>(), 1e-12, $"{loss}");
            Assert.AreEqual(ofGenerator, loss.OfGenerator(tensor(generated)).item<double>(), 1e-12, $"{loss}");
        }
    }

    /// <summary>For each loss: the sum of both players' losses and of the penalty; the gradients of the discriminator's own loss and penalty by its
    /// weights, those of the generator's own loss by its weights, of PyTorch's making.</summary>
    const string GameScript = Support.ReadScript + """
        F = torch.nn.functional
        g = {n[len('generator.'):]: w[n].clone().requires_grad_() for n in w if n.startswith('generator.') and 'running' not in n}
        d = {n[len('network.discriminator.'):]: w[n].clone().requires_grad_() for n in w if n.startswith('network.discriminator.')}
        classes = w['rows'][:, 4].long()
        real, hot = w['rows'][:, :4], F.one_hot(classes, 3).double()
        def generate(z):
            x = F.linear(torch.cat([z, hot], 1), g['body.0.weight'], g['body.0.bias'])
            x = F.relu(F.batch_norm(x, None, None, g['body.1.weight'], g['body.1.bias'], training=True))
            return torch.sigmoid(F.linear(x, g['body.3.weight'], g['body.3.bias']))
        def judge(x):
            for i in '02': x = F.leaky_relu(F.linear(x, d[f'features.{i}.weight'], d[f'features.{i}.bias']), 0.2)
            x = F.linear(x, d['head.weight'], d['head.bias'])
            return x[:, 0] + x[torch.arange(len(x)), classes + 1]
        fake = generate(w['latents'])
        r, f, ls = judge(real), judge(fake), F.logsigmoid
        for p, weight in json.loads(sys.argv[2]):
            if p in ('NonSaturating', 'Original'): ofD = -ls(r).mean() - ls(-f).mean()
            if p == 'NonSaturating': ofG = -ls(f).mean()
            if p == 'Original': ofG = ls(-f).mean()
            if p == 'Wasserstein': ofD, ofG = f.mean() - r.mean(), -f.mean()
            if p == 'Hinge': ofD, ofG = F.relu(1 - r).mean() + F.relu(1 + f).mean(), -f.mean()
            if weight:
                x = (w['share'] * real + (1 - w['share']) * fake.detach() if p == 'Wasserstein' else real.clone()).requires_grad_()
                slope = torch.autograd.grad(judge(x).sum(), x, create_graph=True)[0]
                ofD = ofD + weight * (((slope.norm(dim=1) - 1) ** 2).mean() if p == 'Wasserstein' else (slope ** 2).sum(1).mean() / 2)
            result = {'network.discriminator.' + n: v for n, v in zip(d, torch.autograd.grad(ofD, d.values(), retain_graph=True))}
            result.update({'generator.' + n: v for n, v in zip(g, torch.autograd.grad(ofG, g.values(), retain_graph=True))})
            print(json.dumps({'loss': (ofD + ofG).item(), 'gradients': {n: v.flatten().tolist() for n, v in result.items()}}))
        """;

    static readonly (AdversarialLoss Loss, double Penalty)[] s_games =
    [
        (AdversarialLoss.NonSaturating, 0), (AdversarialLoss.NonSaturating, 2), (AdversarialLoss.Original, 0), (AdversarialLoss.Wasserstein, 10),
        (AdversarialLoss.Hinge, 0),
    ];

    [TestMethod]
    public void AStepEqualsPyTorch()
    {
        using var random = new GlobalRandom();
        using var scope = NewDisposeScope();
        manual_seed(3);
        var latents = randn(Rows, Architecture.LatentSize, dtype: ScalarType.Float64);
        var share = rand(Rows, 1, dtype: ScalarType.Float64);
        string weights = Path.Combine(Support.TemporaryFolder(), "weights.safetensors");
        var (first, _, told) = Play(new());
        using (told)
        using (first)
        using (var file = File.Create(weights))
            SafeTensors.Write(file, first.state_dict().Select(e => (e.Key, e.Value))
                .Concat([("rows", Labelled()), ("latents", latents), ("share", share)]));
        string games = JsonSerializer.Serialize(s_games.Select(game => new object[] { $"{game.Loss}", game.Penalty }));
        string[] peers = Support.Python(GameScript, weights, games).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        foreach (var ((loss, penalty), peer) in s_games.Zip(peers))
        {
            var (game, _, measures) = Play(new() { Loss = loss, GradientPenalty = penalty, DiscriminatorSteps = 1 });
            using var both = game;
            using var noted = measures;
            manual_seed(3);
            var sum = game.Objective(new Batch(Labelled()));
            sum.backward();
            using var answer = JsonDocument.Parse(peer);
            Assert.AreEqual(answer.RootElement.GetProperty("loss").GetDouble(), sum.item<double>(), 1e-10, $"{loss} {penalty}");
            var expected = answer.RootElement.GetProperty("gradients").EnumerateObject().ToDictionary(e => e.Name, e => e.Value);
            foreach (var (name, parameter) in game.named_parameters())
            {
                // The average has none.
                Assert.AreEqual(expected.ContainsKey(name), parameter.grad is not null, name);
                if (parameter.grad is not { } gradient) continue;
                double[] values = [.. expected[name].EnumerateArray().Select(e => e.GetDouble())];
                var actual = gradient.flatten();
                for (int i = 0; i < values.Length; i++) Assert.AreEqual(values[i], actual[i].item<double>(), 1e-10, $"{loss} {penalty} {name}[{i}]");
            }
        }
    }

    /// <summary>A critic <c>D(x) = w x</c> has the slope <c>|w|</c> everywhere.</summary>
    [TestMethod]
    public void ThePenaltyOfALinearCriticIsKnown()
    {
        using var scope = NewDisposeScope();
        var w = tensor(new[] { 3.0, 0, -4 }).requires_grad_();
        var real = tensor(Support.Normal(6, 1), [2, 3]).to(ScalarType.Float64);
        var penalty = GradientPenalty.OneCentred(x => x.matmul(w), real, real * 2 + 1, full([2, 1], 0.25, dtype: ScalarType.Float64));
        Assert.AreEqual(16, penalty.item<double>(), 1e-9);
        penalty.backward();
        var expected = w.detach() * 2 * 4 / 5; // of (|w| - 1)², 2 (|w| - 1) w / |w|
        Assert.IsTrue(expected.allclose(w.grad!, 1e-9, 1e-9));
        var rows = real.requires_grad_();
        Assert.AreEqual(12.5, GradientPenalty.ZeroCentred(rows.matmul(w), rows).item<double>(), 1e-9);
    }

    /// <summary>The penalty of Wasserstein critics through convolutions, by central differences.</summary>
    [TestMethod]
    public void ThePenaltysGradientsEqualFiniteDifferences()
    {
        using var scope = NewDisposeScope();
        var architecture = new AdversarialArchitecture
        {
            InputSize = 20, Network = new ConvolutionalGan { Height = 4, Width = 5, Filters = [2, 3], KernelSize = 3 }, ClassShares = [0.5, 0.5],
        };
        using var critic = new Discriminator(architecture, seed: 4);
        critic.to(ScalarType.Float64);
        var real = tensor(Support.Normal(60, 1), [3, 20]).to(ScalarType.Float64);
        var generated = tensor(Support.Normal(60, 2), [3, 20]).to(ScalarType.Float64);
        var share = tensor(new[] { 0.2, 0.5, 0.9 }, [3, 1]);
        var classes = tensor(new[] { 0L, 1, 1 });
        // Biases move the values, not the slopes: their gradients are 0 all the same, given a way to them.
        Support.CheckGradients(critic, () =>
            GradientPenalty.OneCentred(x => critic.Judge(x, classes), real, generated, share) + 0.1 * critic.Judge(real, classes).mean());
    }

    [TestMethod]
    public void TheGeneratorMovesInEveryNthStepAndItsAverageFollows()
    {
        using var random = new GlobalRandom();
        using var scope = NewDisposeScope();
        const double Decay = 0.5;
        var (game, network, measures) = Play(new() { DiscriminatorSteps = 3, AverageDecay = Decay });
        using var both = game;
        using var told = measures;
        var weight = game.Generator.parameters().First();
        double average = weight.sum().item<double>();
        for (int step = 1; step <= 9; step++)
        {
            game.Objective(new Batch(Labelled())).backward();
            Assert.AreEqual(step % 3 == 0, weight.grad is not null, $"step {step}");
            Assert.IsTrue(network.Discriminator.parameters().All(p => p.grad is not null));
            foreach (var parameter in game.parameters()) parameter.grad = null;
            // The average follows a move at the next step; at first less of it stays: (1 + moves) / (10 + moves).
            Assert.AreEqual(average, network.Generator.parameters().First().sum().item<double>(), 1e-9, $"step {step}");
            if (step % 3 != 0) continue;
            using (no_grad()) weight.add_(1);
            double moves = step / 3, stays = Math.Min(Decay, (1 + moves) / (10 + moves));
            average = average * stays + weight.sum().item<double>() * (1 - stays);
        }
    }

    [TestMethod]
    public void SoftCategoriesAreNearlyWholeAndDrawnByTheirProbabilities()
    {
        using var random = new GlobalRandom();
        using var scope = NewDisposeScope();
        manual_seed(1);
        SlotGroup[] slots = [new(1, 1, SlotKind.Boolean), new(2, 3, SlotKind.OneHot), new(5, 2, SlotKind.Key, 2)];
        var mixed = new AdversarialArchitecture { InputSize = 7, Slots = slots, Network = new DenseGan() };
        using var generator = new AdversarialGenerator(mixed, seed: 1);
        const int Draws = 20000;
        var logits = tensor(new[] { 0.7, 1.5, 0.5, -0.5, 0.0, 2, 0, 0, -1 }).to(ScalarType.Float32);
        var output = logits.expand(Draws, 9).clone().requires_grad_();
        var soft = generator.Soften(output);
        Assert.IsTrue(soft.narrow(1, 0, 1).eq(output.narrow(1, 0, 1)).all().item<bool>());
        Assert.IsTrue(soft.narrow(1, 1, 8).ge(0).all().item<bool>() && soft.narrow(1, 1, 8).le(1).all().item<bool>());
        foreach (var (start, count) in new[] { (2, 3), (5, 2), (7, 2) })
            Assert.IsTrue(soft.narrow(1, start, count).sum([1L]).allclose(ones(Draws), 1e-5, 1e-5));
        soft.narrow(1, 2, 1).sum().backward();
        Assert.IsTrue(output.grad!.isfinite().all().item<bool>() && output.grad!.ne(0).any().item<bool>());

        double[] shares = Array.ConvertAll(Support.ToArray(soft.gt(0.5).to(ScalarType.Float32).mean([0L])), share => (double)share);
        double OneOf(double x, params double[] all) => Math.Exp(x) / all.Sum(Math.Exp);
        double[] expected =
        [
            1 / (1 + Math.Exp(-1.5)), OneOf(0.5, 0.5, -0.5, 0), OneOf(-0.5, 0.5, -0.5, 0), OneOf(0, 0.5, -0.5, 0), OneOf(2, 2, 0), OneOf(0, 2, 0),
            OneOf(0, 0, -1), OneOf(-1, 0, -1),
        ];
        // Standard deviation of a share: at most 0.0035. A draw without any value above a half, in one of some fifty, counts for none.
        for (int i = 0; i < 8; i++) Assert.AreEqual(expected[i], shares[i + 1], 0.03, $"slot {i + 1}");
    }

    [TestMethod]
    public void DistancesTellACollapsedGenerator()
    {
        using var scope = NewDisposeScope();
        var real = tensor(new float[] { 0, 3, 0, 3 }, [4, 1]);
        var same = SampleDistances.Of(real, real);
        Assert.AreEqual(0, same.Energy().item<float>(), 1e-6);
        Assert.AreEqual((1.0, 1.0), (same.Diversity(), same.Coverage()));
        var collapsed = SampleDistances.Of(real, full([4, 1], 1f));
        // Pairs across lie 1 or 2 apart, 1.5 in the mean; pairs of real rows 0 or 3.
        Assert.AreEqual(2 * 1.5 - 1.5, collapsed.Energy().item<float>(), 1e-6);
        Assert.AreEqual(0, collapsed.Diversity(), 1e-6);
        // Each class is {0, 3}; of the generated rows the first is {0, 1}, the second nothing but 5.
        var some = SampleDistances.Of(real, tensor(new float[] { 0, 1, 5, 5 }, [4, 1]));
        Assert.AreEqual((0.5 + 0) / (1.5 + 1.5), some.DiversityWithin(tensor(new[] { 0L, 0, 1, 1 })), 1e-6);
    }

    public static IEnumerable<object[]> Designs =>
    [
        [new DenseGan { GeneratorSizes = [5, 4], DiscriminatorSizes = [3] }, 6],
        [new DenseGan { GeneratorSizes = [], DiscriminatorSizes = [], BatchNormalization = false }, 6],
        [new ConvolutionalGan(), 28 * 28],
        [new ConvolutionalGan { Channels = 3, Height = 9, Filters = [3, 4, 5], Upsampling = Upsampling.ResizeConvolution, KernelSize = 3 }, 162],
        [new ConvolutionalGan { Channels = 4, Height = 1, Width = 2, Filters = [2] }, 8],
    ];

    [TestMethod]
    [DynamicData(nameof(Designs))]
    public void DesignsAreCountedBuiltAndWritten(AdversarialDesign design, int inputSize)
    {
        using var scope = NewDisposeScope();
        foreach (double[]? shares in new double[]?[] { null, [0.5, 0.5] })
        {
            GeneratorArchitecture architecture = new AdversarialArchitecture
            {
                InputSize = inputSize, LatentSize = 3, ClassShares = shares, Network = design.Resolve(inputSize),
            };
            using var network = (AdversarialNetwork)architecture.Create(seed: 1);
            Assert.AreEqual(network.state_dict().Values.Sum(value => value.numel()), architecture.CountValues());
            var classes = shares is null ? null : tensor(new[] { 0L, 1 });
            network.train();
            var rows = network.Generator.Generate(randn(2, 3), classes);
            CollectionAssert.AreEqual(new long[] { 2, inputSize }, rows.shape);
            CollectionAssert.AreEqual(new long[] { 2 }, network.Discriminator.Judge(rows, classes).shape);
            var read = JsonSerializer.Deserialize<GeneratorArchitecture>(JsonSerializer.Serialize(architecture))!;
            Assert.AreEqual(architecture.CountValues(), read.CountValues());
        }
    }

    [TestMethod]
    [DataRow(28, 28, new[] { 32, 64 })]
    [DataRow(32, 32, new[] { 32, 64, 128 })]
    [DataRow(64, 48, new[] { 32, 64, 128 })]
    [DataRow(300, 256, new[] { 32, 64, 128, 256, 256, 256 })]
    [DataRow(3, 100, new[] { 32 })]
    public void FiltersAreChosenByTheSizeOfTheImages(int height, int width, int[] filters)
    {
        var design = (ConvolutionalGan)new ConvolutionalGan { Height = height, Channels = 3 }.Resolve(3 * height * width);
        CollectionAssert.AreEqual(filters, design.Filters!.ToArray());
        Assert.AreEqual(width, design.Width);
    }
}
