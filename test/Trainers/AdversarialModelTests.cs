using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

/// <summary>Trained adversarial networks.</summary>
[TestClass]
public class AdversarialModelTests
{
    static readonly TrainingOptions s_quick = new() { Epochs = 3, BatchSize = 20, Optimizer = new Adam { LearningRate = 0.002, Beta1 = 0.5 } };

    static AdversarialArchitecture Small { get; } = new()
    {
        InputSize = 3, LatentSize = 4, Network = new DenseGan { GeneratorSizes = [8], DiscriminatorSizes = [8] },
    };

    static AdversarialModel Train(AdversarialTraining? how = null, TrainingOptions? options = null, double validation = 0,
        long budget = 1 << 20, CancellationToken cancellation = default)
    {
        using var data = Support.Load(Support.Plane(100, 3, 1), 3, new DataOptions
        {
            Scaling = FeatureScaling.Standardize, ValidationFraction = validation, MemoryBudget = budget, ShuffleRows = 50,
        });
        return AdversarialModel.Train(Small, data, options ?? s_quick, how ?? new(), cancellation);
    }

    static byte[] Weights(AdversarialModel model)
    {
        using var stream = new MemoryStream();
        model.SaveWeights(stream);
        return stream.ToArray();
    }

    static float[] Samples(AdversarialModel model, int rows = 50)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        return Support.ToArray(model.Decode(model.DrawLatents(new RowNoise(3, 0, rows), null), null, null));
    }

    [TestMethod]
    public void TheSameSeedGivesTheSameWeights()
    {
        using var first = Train();
        using var second = Train();
        using var other = Train(options: s_quick with { Seed = 2 });
        using var streamed = Train(budget: 0);
        CollectionAssert.AreEqual(Weights(first), Weights(second));
        CollectionAssert.AreEqual(Weights(first), Weights(streamed));
        CollectionAssert.AreNotEqual(Weights(first), Weights(other));
    }

    /// <summary>Of five steps in an epoch the generator moves in every third: where training is cut, its turn is under way.</summary>
    [TestMethod]
    public void AResumedTrainingIsTheSame()
    {
        var how = new AdversarialTraining { Loss = AdversarialLoss.Wasserstein, DiscriminatorSteps = 3 };
        using var whole = Train(how);
        var options = s_quick with { CheckpointFolder = Support.TemporaryFolder() };
        int steps = 0;
        using var stop = new CancellationTokenSource();
        var progress = new Stopper(() => { if (++steps == 2) stop.Cancel(); });
        Assert.ThrowsExactly<OperationCanceledException>(() => Train(how, options with { Progress = progress }, cancellation: stop.Token));
        using var resumed = Train(how, options);
        CollectionAssert.AreEqual(Weights(whole), Weights(resumed));
        Assert.ThrowsExactly<TrainingException>(() => Train(how with { DiscriminatorSteps = 2 }, options));
    }

    sealed class Stopper(Action act) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => act();
    }

    [TestMethod]
    public void HistoryTellsHowTheGameStands()
    {
        using var model = Train(validation: 0.2);
        foreach (var epoch in model.History.Epochs)
        {
            CollectionAssert.AreEquivalent(
                new[] { "DiscriminatorLoss", "GeneratorLoss", "RealValue", "GeneratedValue", "Diversity", "Coverage" }, epoch.Measures!.Keys.ToArray());
            Assert.AreEqual(epoch.Loss, epoch.Measures["DiscriminatorLoss"] + epoch.Measures["GeneratorLoss"], 0.05);
            Assert.IsGreaterThan(0, epoch.ValidationLoss!.Value);
        }
        Assert.AreEqual(model.History.BestEpoch, model.History.Epochs.MinBy(epoch => epoch.ValidationLoss)!.Epoch);
    }

    [TestMethod]
    public void PatienceNeedsValidationRows()
    {
        Assert.ThrowsExactly<ArgumentException>(() => Train(options: s_quick with { Patience = 1 }));
        Assert.ThrowsExactly<ArgumentException>(() => Train(options: s_quick with { Precision = Precision.BFloat16 }));
    }

    [TestMethod]
    public void ASavedModelMakesTheSameRows()
    {
        using var model = Train();
        var stream = new MemoryStream(Weights(model));
        using var loaded = (AdversarialModel)GenerativeModel.Load(stream, model.Architecture, FeatureScaling.Standardize, model.History, CPU);
        CollectionAssert.AreEqual(Samples(model), Samples(loaded));
        Assert.ThrowsExactly<InvalidDataException>(() => GenerativeModel.Load(new MemoryStream(Weights(model)),
            model.Architecture with { LatentSize = 5 }, FeatureScaling.Standardize, model.History, CPU));
    }

    /// <summary>Eight Gaussians on a circle (the ring of Metz et al., "Unrolled Generative Adversarial Networks", ICLR 2017, section 3.1).</summary>
    [TestMethod]
    [DataRow(AdversarialLoss.NonSaturating)]
    [DataRow(AdversarialLoss.Wasserstein)]
    public void LearnsAllModesOfARing(AdversarialLoss loss)
    {
        const int Rows = 4000, Modes = 8, Drawn = 800;
        const double Deviation = 0.1;
        var noise = Support.Normal(2 * Rows, 4);
        static (double X, double Y) Centre(int mode) => (Math.Cos(2 * Math.PI * mode / Modes), Math.Sin(2 * Math.PI * mode / Modes));
        var values = new float[2 * Rows];
        for (int r = 0; r < Rows; r++)
        {
            var (x, y) = Centre(r % Modes);
            (values[2 * r], values[2 * r + 1]) = ((float)(x + Deviation * noise[2 * r]), (float)(y + Deviation * noise[2 * r + 1]));
        }
        using var data = Support.Load(values, 2);
        var architecture = new AdversarialArchitecture
        {
            InputSize = 2, LatentSize = 8,
            Network = new DenseGan { GeneratorSizes = [64, 64], DiscriminatorSizes = [64, 64], BatchNormalization = false },
        };
        bool critic = loss == AdversarialLoss.Wasserstein;
        using var model = AdversarialModel.Train(architecture, data,
            new TrainingOptions { Epochs = critic ? 50 : 30, BatchSize = 100, Optimizer = new Adam { LearningRate = 0.001, Beta1 = 0.5 } },
            new AdversarialTraining { Loss = loss, GradientPenalty = critic ? 1 : 0.3, DiscriminatorSteps = critic ? 2 : 1, AverageDecay = 0.99 });
        var drawn = Samples(model, Drawn);
        var hits = new int[Modes];
        for (int r = 0; r < Drawn; r++)
        {
            int nearest = Enumerable.Range(0, Modes).MinBy(Distance);
            if (Distance(nearest) < 4 * Deviation) hits[nearest]++;

            double Distance(int mode) => Math.Sqrt(Math.Pow(drawn[2 * r] - Centre(mode).X, 2) + Math.Pow(drawn[2 * r + 1] - Centre(mode).Y, 2));
        }
        foreach (int hit in hits) Assert.IsGreaterThan(Drawn / Modes / 3, hit, "rows near a mode");
        Assert.IsGreaterThan(0.9 * Drawn, hits.Sum(), "rows near any mode");
    }
}
