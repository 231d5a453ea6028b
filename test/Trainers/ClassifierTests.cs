using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

[TestClass]
public class ClassifierTests
{
    const int Width = 6, Classes = 3;

    static readonly TrainingOptions quick = new() { Epochs = 4, BatchSize = 16, Optimizer = new Adam { LearningRate = 0.01 } };

    /// <summary>Rows around three centres, each with its class behind it and, on request, a weight.</summary>
    static float[] Blobs(int rows, bool weighted = false, int seed = 3)
    {
        var noise = Support.Normal(rows * Width, seed);
        var centres = Support.Normal(Classes * Width, 99);
        var values = new List<float>();
        for (int r = 0; r < rows; r++)
        {
            int label = r % Classes;
            for (int c = 0; c < Width; c++) values.Add(10 + 2 * centres[label * Width + c] + 0.5f * noise[r * Width + c]);
            values.Add(label);
            if (weighted) values.Add(1 + r % 2);
        }
        return [.. values];
    }

    static TrainingData Load(float[] values, int targets = 1, FeatureScaler? scaler = null, long budget = 1 << 20) =>
        Support.Load(values, Width + targets, new DataOptions
        {
            TargetSlots = targets, Scaler = scaler, Scaling = FeatureScaling.Standardize, MemoryBudget = budget, ShuffleRows = 50,
        });

    static AutoencoderModel Pretrained()
    {
        var features = Blobs(200).Chunk(Width + 1).SelectMany(row => row[..Width]).ToArray();
        using var data = Support.Load(features, Width, new DataOptions { Scaling = FeatureScaling.Standardize });
        return AutoencoderModel.Train(Autoencoder, data, quick);
    }

    static AutoencoderArchitecture Autoencoder { get; } = new()
    {
        InputSize = Width, CodeSize = 3, Network = new DenseNetwork { HiddenSizes = [8] }, Activation = Activation.Tanh,
    };

    static ClassifierArchitecture Architecture { get; } = new() { Autoencoder = Autoencoder, Outputs = Classes };

    static ClassifierModel Train(AutoencoderModel? encoder, ClassifierTraining? how = null, TrainingOptions? options = null,
        ClassifierArchitecture? architecture = null, long budget = 1 << 20, CancellationToken cancellation = default)
    {
        using var data = Load(Blobs(60), scaler: encoder?.Scaler, budget: budget);
        return ClassifierModel.Train(architecture ?? Architecture, encoder, data, weighted: false, options ?? quick, how ?? new(), cancellation);
    }

    static byte[] Bytes(Action<Stream> save)
    {
        using var stream = new MemoryStream();
        save(stream);
        return stream.ToArray();
    }

    static Dictionary<string, float[]> Weights(Action<Stream> save)
    {
        using var file = SafeTensors.Read(new MemoryStream(Bytes(save)));
        return file.Tensors.ToDictionary(entry => entry.Key, entry => Support.ToArray(entry.Value));
    }

    [TestMethod]
    [DataRow(false, 0)]
    [DataRow(true, 0)]
    [DataRow(true, 2)]
    public void AFrozenEncoderStaysBitForBitAndAFineTunedOneDoesNot(bool fineTune, int headEpochs)
    {
        using var encoder = Pretrained();
        var before = Bytes(encoder.SaveWeights);
        using var model = Train(encoder, new() { FineTune = fineTune, HeadEpochs = headEpochs });
        CollectionAssert.AreEqual(before, Bytes(encoder.SaveWeights), "the encoder given is left as it is");

        var original = Weights(encoder.SaveWeights);
        var trained = Weights(model.SaveWeights);
        foreach (var (name, values) in original.Where(entry => !entry.Key.StartsWith("scaler")))
        {
            bool moved = !values.SequenceEqual(trained["autoencoder." + name]);
            Assert.AreEqual(fineTune && name.StartsWith("encoder"), moved, name);
        }
        CollectionAssert.AreEqual(encoder.Scaler.Offset.ToArray(), model.Scaler.Offset.ToArray());
    }

    [TestMethod]
    public void TheCodeOfAFrozenEncoderIsItsOwn()
    {
        using var encoder = Pretrained();
        using var model = Train(encoder, new() { FineTune = false });
        var (ours, theirs) = (new float[20 * 3], new float[20 * 3]);
        model.Encode(Block(), 20, ours);
        encoder.Score(Block(), 20, theirs, [], [], []);
        CollectionAssert.AreEqual(theirs, ours);

        FeatureBlock Block()
        {
            var block = new FeatureBlock(20, Width);
            foreach (var (row, i) in Blobs(20).Chunk(Width + 1).Select((row, i) => (row, i))) row.AsSpan(0, Width).CopyTo(block[i]);
            return block;
        }
    }

    [TestMethod]
    public void LearnsTheBlobsWithAndWithoutAnEncoder()
    {
        using var encoder = Pretrained();
        foreach (var (given, how) in new[] { (encoder, new ClassifierTraining { FineTune = false }), (encoder, new()), ((AutoencoderModel?)null, new()) })
        {
            using var model = Train(given, how, quick with { Epochs = 40 });
            var test = Blobs(90, seed: 8).Chunk(Width + 1).ToArray();
            var scores = Score(model, test);
            Assert.IsGreaterThan(0.95, test.Zip(scores, (row, s) => Array.IndexOf(s, s.Max()) == (int)row[Width] ? 1.0 : 0).Average());
            foreach (var s in scores) Assert.AreEqual(1, s.Sum(p => (double)p), 1e-6);
        }
    }

    /// <summary>A head with random weights over codes of mean 0 and variance 1 is about as wrong as guessing, whatever the kind of network
    /// and its normalizations: so the first step can be an ordinary one.</summary>
    [TestMethod]
    public void ANetworkFromItsFirstWeightsStartsAsWrongAsGuessing()
    {
        var images = new ConvolutionalNetwork { Height = 2, Width = 3, Filters = [4, 8], Distortion = null };
        using var model = Train(null, options: quick with { Epochs = 1, BatchSize = 60, Optimizer = new Sgd { LearningRate = 1e-9 } },
            architecture: Architecture with { Autoencoder = Autoencoder with { Network = images, CodeSize = 16 } });
        // The scores have variance 1/3 (weights uniform within 1/4, over 16 units), which adds half of that to the loss of equal ones.
        Assert.AreEqual(Math.Log(Classes) + 1 / 6.0, model.History.Epochs[0].Loss, 0.4);
    }

    static float[][] Score(ClassifierModel model, float[][] rows)
    {
        using var block = new FeatureBlock(rows.Length, Width);
        for (int i = 0; i < rows.Length; i++) rows[i].AsSpan(0, Width).CopyTo(block[i]);
        var scores = new float[rows.Length * model.Architecture.Outputs];
        model.Score(block, rows.Length, scores);
        return [.. scores.Chunk(model.Architecture.Outputs)];
    }

    [TestMethod]
    [DataRow(1, 0.0)]
    [DataRow(3, 0.0)]
    [DataRow(3, 0.2)]
    public void GradientsEqualFiniteDifferences(int outputs, double smoothing)
    {
        using var scope = NewDisposeScope();
        using var network = (Architecture with { Outputs = outputs, HiddenSizes = [4], Activation = Activation.Silu }).Create(null, seed: 5);
        network.Head.Standardize(tensor(new[] { 0.1f, -0.2f, 0.3f }), tensor(new[] { 0.5f, 2f, 0f }));
        network.to(ScalarType.Float64);
        var x = tensor(Support.Normal(5 * Width, 5).Select(v => (double)v).ToArray(), [5, Width]);
        var labels = tensor(new double[] { 0, 1, 1, 0, outputs - 1 });
        var weights = tensor(new[] { 1, 0.5, 2, 0, 3 });
        Support.CheckGradients(network, () => ClassificationLoss.Mean(network.forward(x), labels, weights, smoothing));
    }

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(0.1)]
    public void TheLossIsTheWeightedCrossEntropyOfItsFormula(double smoothing)
    {
        using var scope = NewDisposeScope();
        var scores = Support.Normal(4 * 3, 2);
        int[] labels = [2, 0, 1, 1];
        float[] weights = [1, 2, 0.5f, 0.25f];
        double expected = 0, binary = 0;
        for (int i = 0; i < 4; i++)
        {
            double total = Enumerable.Range(0, 3).Sum(c => Math.Exp(scores[3 * i + c]));
            expected += weights[i] / 4 * -Enumerable.Range(0, 3).Sum(c =>
                ((c == labels[i] ? 1 - smoothing : 0) + smoothing / 3) * Math.Log(Math.Exp(scores[3 * i + c]) / total));
            double p = 1 / (1 + Math.Exp(-scores[i])), q = labels[i] % 2 * (1 - smoothing) + smoothing / 2;
            binary += weights[i] / 4 * -(q * Math.Log(p) + (1 - q) * Math.Log(1 - p));
        }
        var w = tensor(weights);
        Assert.AreEqual(expected, ClassificationLoss.Mean(tensor(scores, [4, 3]), tensor(labels.Select(l => (float)l).ToArray()), w, smoothing).item<float>(), 1e-6);
        Assert.AreEqual(binary, ClassificationLoss.Mean(tensor(scores[..4], [4, 1]), tensor(labels.Select(l => l % 2f).ToArray()), w, smoothing).item<float>(), 1e-6);
    }

    [TestMethod]
    [DataRow(false, false)]
    [DataRow(false, true)]
    [DataRow(true, false)]
    [DataRow(true, true)]
    public void WeightsHaveMeanOneAndBalanceTheClasses(bool weighted, bool balance)
    {
        // Of every four rows one is dropped, so that the classes differ in number.
        var values = Blobs(80, weighted).Chunk(Width + (weighted ? 2 : 1)).Where((_, i) => i % 4 != 3 || i % 3 == 0).ToArray();
        using var data = Load([.. values.SelectMany(row => row)], weighted ? 2 : 1);
        using var network = Architecture.Create(null, seed: 1);
        network.eval();
        using var rows = new LabelledRows(data, Autoencoder, weighted, Classes, balance, network, default);
        using var scope = NewDisposeScope();
        var sums = new double[Classes];
        foreach (var batch in data.Training.Epoch(0, 16))
        {
            if (!weighted && !balance)
            {
                Assert.IsNull(rows.Weights(batch));
                continue;
            }
            var w = Support.ToArray(rows.Weights(batch)!);
            var labels = Support.ToArray(rows.Labels(batch));
            for (int i = 0; i < w.Length; i++) sums[(int)labels[i]] += w[i];
        }
        if (!weighted && !balance) return;
        Assert.AreEqual(values.Length, sums.Sum(), 1e-3);
        var wanted = balance ? Enumerable.Repeat(1.0 / Classes, Classes).ToArray()
            : Enumerable.Range(0, Classes).Select(c => (double)values.Where(row => row[Width] == c).Sum(row => row[Width + 1]) / values.Sum(row => row[Width + 1])).ToArray();
        for (int c = 0; c < Classes; c++) Assert.AreEqual(wanted[c], sums[c] / values.Length, 1e-5);
    }

    [TestMethod]
    public void TheHeadSeesCodesOfMeanZeroAndVarianceOne()
    {
        using var data = Load(Blobs(90));
        using var network = Architecture.Create(null, seed: 1);
        network.eval();
        using var rows = new LabelledRows(data, Autoencoder, weighted: false, Classes, balance: false, network, default);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var weights = network.state_dict();
        var codes = cat([.. data.Training.Epoch(0, 90).Select(batch => (network.Encode(rows.Features(batch)) - weights["head.offset"]) * weights["head.scale"])], 0);
        foreach (float mean in Support.ToArray(codes.mean([0]))) Assert.AreEqual(0, mean, 1e-5);
        foreach (float square in Support.ToArray(codes.square().mean([0]))) Assert.AreEqual(1, square, 1e-4);
    }

    [TestMethod]
    [DataRow(1L << 20)]
    [DataRow(0L)]
    public void TargetsAreNeverScaled(long budget)
    {
        var values = Blobs(60, weighted: true);
        using var data = Load(values, targets: 2, budget: budget);
        Assert.AreEqual(budget == 0, data.IsStreamed);
        Assert.AreEqual(Width, data.Scaler.Width);
        var expected = values.Chunk(Width + 2).Select(row =>
        {
            data.Scaler.Apply(row.AsSpan(0, Width));
            return row;
        }).OrderBy(row => row[0]).SelectMany(row => row).ToArray();
        var read = data.Training.Epoch(0, 60).SelectMany(batch => Support.ToArray(batch[0]).Chunk(Width + 2)).OrderBy(row => row[0]).SelectMany(row => row).ToArray();
        CollectionAssert.AreEqual(expected, read);
    }

    [TestMethod]
    public void AScalerThatIsGivenIsUsedAsItIs()
    {
        using var encoder = Pretrained();
        using var data = Load(Blobs(30, seed: 77), scaler: encoder.Scaler);
        Assert.AreSame(encoder.Scaler, data.Scaler);
        Assert.ThrowsExactly<ArgumentException>(() => Load(Blobs(30), scaler: FeatureScaler.Identity(Width + 1)));
        var all = new DataOptions { TargetSlots = Width };
        Assert.ThrowsExactly<ArgumentException>(() => Support.Load(Support.Plane(5, Width, 1), Width, all));
    }

    /// <summary>One step of plain gradient descent is the rate times the gradient, so the factor shows as it is.</summary>
    [TestMethod]
    public void TheEncodersRateIsTheFactorTimesTheRate()
    {
        using var encoder = Pretrained();
        var step = quick with { Epochs = 1, BatchSize = 60, Optimizer = new Sgd { LearningRate = 0.1 } };
        var start = Weights(encoder.SaveWeights)["encoder.0.weight"];
        var whole = Moves(1);
        var half = Moves(0.5);
        Assert.IsGreaterThan(1e-3, whole.Max(Math.Abs));
        for (int i = 0; i < whole.Length; i++) Assert.AreEqual(whole[i] / 2, half[i], 1e-6);
        Assert.IsTrue(Moves(0).All(move => move == 0));

        double[] Moves(double factor)
        {
            using var model = Train(encoder, new() { EncoderLearningRateFactor = factor }, step);
            return [.. Weights(model.SaveWeights)["autoencoder.encoder.0.weight"].Zip(start, (after, before) => (double)after - before)];
        }
    }

    [TestMethod]
    public void TheRateOfTheHeadAloneIsTheFactorTimesTheRate()
    {
        using var encoder = Pretrained();
        var start = Head(1e-12);
        var (whole, twice) = (Head(1), Head(2));
        Assert.IsGreaterThan(1e-3f, whole.Zip(start, (after, before) => MathF.Abs(after - before)).Max());
        for (int i = 0; i < start.Length; i++) Assert.AreEqual(2 * (whole[i] - start[i]), twice[i] - start[i], 1e-6);

        float[] Head(double factor)
        {
            using var model = Train(encoder, new() { FineTune = false, HeadLearningRateFactor = factor },
                quick with { Epochs = 1, BatchSize = 60, Optimizer = new Sgd { LearningRate = 0.1 } });
            return Weights(model.SaveWeights)["head.layers.0.weight"];
        }
    }

    [TestMethod]
    public void SameSeedSameBitsStreamedOrNot()
    {
        using var encoder = Pretrained();
        var how = new ClassifierTraining { Dropout = 0.3, Corruption = new MaskingNoise(), LabelSmoothing = 0.1, HeadEpochs = 2 };
        using var first = Train(encoder, how);
        using var second = Train(encoder, how);
        using var streamed = Train(encoder, how, budget: 0);
        using var other = Train(encoder, how, quick with { Seed = 9 });
        CollectionAssert.AreEqual(Bytes(first.SaveWeights), Bytes(second.SaveWeights));
        CollectionAssert.AreEqual(Bytes(first.SaveWeights), Bytes(streamed.SaveWeights));
        CollectionAssert.AreNotEqual(Bytes(first.SaveWeights), Bytes(other.SaveWeights));
    }

    [TestMethod]
    public void ResumeEqualsNoInterruptionAndAnotherEncoderIsNotContinuedWith()
    {
        using var encoder = Pretrained();
        var how = new ClassifierTraining { EncoderLearningRateFactor = 0.1, HeadEpochs = 2 };
        string folder = Support.TemporaryFolder();
        using var whole = Train(encoder, how);
        Train(encoder, how, quick with { CheckpointFolder = folder, Epochs = 2 }).Dispose();
        using var resumed = Train(encoder, how, quick with { CheckpointFolder = folder });
        CollectionAssert.AreEqual(Bytes(whole.SaveWeights), Bytes(resumed.SaveWeights));

        using var plane = Support.Load(Support.Plane(50, Width, 4), Width, new DataOptions { Scaling = FeatureScaling.Standardize });
        using var another = AutoencoderModel.Train(Autoencoder, plane, quick);
        Assert.ThrowsExactly<TrainingException>(() => Train(another, how, quick with { CheckpointFolder = folder }));
    }

    [TestMethod]
    public void SavedAndLoadedItScoresTheSame()
    {
        using var encoder = Pretrained();
        var architecture = Architecture with { HiddenSizes = [5, 4] };
        using var model = Train(encoder, architecture: architecture);
        var bytes = Bytes(model.SaveWeights);
        using var loaded = ClassifierModel.Load(new MemoryStream(bytes), architecture, model.Scaler.Mode, model.History, CPU);
        var rows = Blobs(20).Chunk(Width + 1).ToArray();
        foreach (var (a, b) in Score(model, rows).Zip(Score(loaded, rows))) CollectionAssert.AreEqual(a, b);
        Assert.ThrowsExactly<InvalidDataException>(() => ClassifierModel.Load(new MemoryStream(bytes), Architecture, model.Scaler.Mode, model.History, CPU));
    }

    /// <summary>Over a frozen encoder and at no learning rate to speak of, distortion changes the loss of training and not that of validation.</summary>
    [TestMethod]
    public void ImagesAreDistortedInTrainingOnly()
    {
        var images = Architecture with { Autoencoder = Autoencoder with { Network = new ConvolutionalNetwork { Height = 2, Width = 3, Filters = [4], Distortion = null } } };
        using var plain = Support.Load(Blobs(60).Chunk(Width + 1).SelectMany(row => row[..Width]).ToArray(), Width, new() { Scaling = FeatureScaling.Standardize });
        using var encoder = AutoencoderModel.Train(images.Autoencoder, plain, quick);
        var still = quick with { Epochs = 1, Optimizer = new Sgd { LearningRate = 1e-12 } };
        EpochRecord Epoch(ImageDistortion? distortion)
        {
            using var data = Support.Load(Blobs(60), Width + 1, new DataOptions { TargetSlots = 1, Scaler = encoder.Scaler, ValidationFraction = 0.3 });
            using var model = ClassifierModel.Train(images, encoder, data, weighted: false, still, new() { FineTune = false, Distortion = distortion });
            return model.History.Epochs[0];
        }
        var straight = Epoch(null);
        var none = Epoch(new() { Rotation = 0, Shift = 0, Scaling = 0, Shear = 0 });
        var distorted = Epoch(new() { Rotation = 90 });
        Assert.AreEqual(straight.Loss, none.Loss, 1e-5);
        Assert.AreNotEqual(straight.Loss, distorted.Loss, 1e-3);
        Assert.AreEqual(straight.ValidationLoss!.Value, distorted.ValidationLoss!.Value, 1e-9);
    }

    /// <summary>A finished run can be trained on, also where the head's epochs go with the others.</summary>
    [TestMethod]
    public void MoreEpochsContinueARun()
    {
        using var encoder = Pretrained();
        var options = quick with { CheckpointFolder = Support.TemporaryFolder(), Epochs = 2 };
        Train(encoder, new() { HeadEpochs = 2 }, options).Dispose();
        using var model = Train(encoder, new() { HeadEpochs = 5 }, options with { Epochs = 5 });
        Assert.HasCount(5, model.History.Epochs);
        using var whole = Train(encoder, new() { HeadEpochs = 2 }, quick with { Epochs = 5 });
        CollectionAssert.AreEqual(Bytes(whole.SaveWeights), Bytes(model.SaveWeights));
    }

    [TestMethod]
    public void BadRequestsAreRefused()
    {
        using var encoder = Pretrained();
        var tables = Assert.ThrowsExactly<ArgumentException>(() => Train(encoder, new() { Distortion = new() }));
        Assert.Contains(nameof(DenseNetwork), tables.Message);
        Assert.ThrowsExactly<ArgumentException>(() => Train(null, new() { FineTune = false }));
        Assert.ThrowsExactly<ArgumentException>(() => Train(encoder, architecture: Architecture with { Autoencoder = Autoencoder with { CodeSize = 4 } }));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ClassifierTraining { Dropout = 1 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ClassifierTraining { LabelSmoothing = double.NaN });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ClassifierTraining { EncoderLearningRateFactor = -1 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ClassifierTraining { HeadLearningRateFactor = double.PositiveInfinity });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ClassifierTraining { HeadEpochs = -1 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Architecture with { Outputs = 0 });

        using var oneClass = Load([.. Blobs(30).Chunk(Width + 1).Where(row => row[Width] == 2).SelectMany(row => row)]);
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => ClassifierModel.Train(Architecture, encoder, oneClass, false, quick, new()));
        Assert.Contains("class 2", error.Message);
        Assert.ThrowsExactly<OperationCanceledException>(() => Train(encoder, cancellation: new CancellationToken(canceled: true)));
    }
}
