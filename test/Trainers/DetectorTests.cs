using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

[TestClass]
public class DetectorTests
{
    const int Width = 6, Count = 600;

    /// <summary>Rows near a plane of two dimensions; every twentieth lies off it.</summary>
    static float[] Rows()
    {
        var random = new Random(3);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var rows = new float[Count * Width];
        for (int row = 0; row < Count; row++)
        {
            double u = Normal(), v = Normal();
            for (int slot = 0; slot < Width; slot++)
                rows[row * Width + slot] = (float)(u * Math.Cos(slot) + v * Math.Sin(2 * slot) + 0.1 * Normal() + (row % 20 == 0 && slot == 3 ? 5 : 0));
        }
        return rows;
    }

    static AutoencoderArchitecture Member(int code) => new()
    {
        InputSize = Width, CodeSize = code, Network = new DenseNetwork { HiddenSizes = [8] }, Activation = Activation.Tanh,
    };

    static TrainingOptions Options(int seed = 5) => new() { Epochs = 20, BatchSize = 64, Optimizer = new Adam { LearningRate = 3e-3 }, Seed = seed };

    static TrainingData Load() => TrainingData.Load(new ArrayRows(Rows(), Width), new DataOptions { Scaling = FeatureScaling.Standardize, Seed = 5 }, CPU);

    static AnomalyDetectorModel Train(AnomalyScoring scoring, params int[] codes)
    {
        using var data = Load();
        return AnomalyDetectorModel.Train(new() { Members = [.. codes.Select(Member)], Scoring = scoring }, data, Options());
    }

    static FeatureBlock Block()
    {
        var (rows, block) = (Rows(), new FeatureBlock(Count, Width));
        for (int row = 0; row < Count; row++) rows.AsSpan(row * Width, Width).CopyTo(block[row]);
        return block;
    }

    static (float[] Scores, float[] Contributions) Score(AnomalyDetectorModel model)
    {
        var (scores, contributions) = (new float[Count], new float[Count * Width]);
        using (var block = Block()) model.Score(block, Count, scores, default);
        using (var block = Block()) model.Score(block, Count, default, contributions);
        return (scores, contributions);
    }

    /// <summary>The score of one network by its definition: a multiple of the median over the rows, and a little.</summary>
    static double[] Multiples(double[] values)
    {
        var sorted = values.Order().ToArray();
        double median = (sorted[(Count - 1) / 2] + sorted[Count / 2]) / 2;
        return [.. values.Select(value => value / median + 0.05)];
    }

    static void AreClose(double[] expected, float[] actual, double tolerance = 1e-3)
    {
        for (int i = 0; i < actual.Length; i++) Assert.AreEqual(expected[i], actual[i], tolerance * Math.Max(1, expected[i]), $"row {i}");
    }

    [TestMethod]
    public void ScatterIsThatOfTheBulk()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        // A correlated cloud, and a fifth of the points far off in a cluster.
        var cloud = randn([400, 2], dtype: ScalarType.Float64, generator: generator).matmul(tensor(new[] { 1.0, 0.8, 0, 0.3 }).reshape(2, 2));
        var far = 0.1 * randn([100, 2], dtype: ScalarType.Float64, generator: generator) + 9;
        var points = cat([cloud, far], 0);
        var scatter = RobustScatter.Of(points, coupled: true);
        var bulk = scatter.Bulk.data<long>().ToArray();
        Assert.HasCount(334, bulk);
        Assert.IsTrue(bulk.All(number => number < 400), "A point of the far cluster is in the bulk.");

        // The estimate, again by hand, from the points that it says it kept.
        var values = points.data<double>().ToArray();
        double[] mean = new double[2], overall = new double[2], variance = new double[2];
        for (int d = 0; d < 2; d++)
        {
            mean[d] = bulk.Average(number => values[2 * number + d]);
            overall[d] = Enumerable.Range(0, 500).Average(number => values[2 * number + d]);
            variance[d] = Enumerable.Range(0, 500).Average(number => Math.Pow(values[2 * number + d] - overall[d], 2));
            Assert.AreEqual(mean[d], scatter.Centre[d].ToDouble(), 1e-9);
        }
        double Covariance(int i, int j) => bulk.Sum(number => (values[2 * number + i] - mean[i]) * (values[2 * number + j] - mean[j])) / (bulk.Length - 1)
            + (i == j ? 0.01 * variance[i] : 0);
        double a = Covariance(0, 0), b = Covariance(0, 1), c = Covariance(1, 1), determinant = a * c - b * b;
        var precision = scatter.Whitening.matmul(scatter.Whitening.t());
        Assert.AreEqual(c / determinant, precision[0, 0].ToDouble(), 1e-6 * c / determinant);
        Assert.AreEqual(-b / determinant, precision[0, 1].ToDouble(), 1e-6 * Math.Abs(b / determinant));
        Assert.AreEqual(a / determinant, precision[1, 1].ToDouble(), 1e-6 * a / determinant);
    }

    [TestMethod]
    public void RarityIsTheTailOfTheSlot()
    {
        using var scope = NewDisposeScope();
        const int count = 2000;
        // From 1 to the count; and a slot that is 1 in a tenth of the rows.
        var rows = stack([arange(1, count + 1, dtype: ScalarType.Float32), arange(count, dtype: ScalarType.Float32).remainder(10).eq(0).to(ScalarType.Float32)], 1);
        using var rarity = new SlotRarity(2);
        rarity.Fit(rows);
        // Quantiles lie this far apart in ln p / (1 - p).
        double step = 2 * Math.Log(2 * count - 1) / 255;
        foreach (var (value, tail) in new[] { (0f, 0.5 / count), (20, 20.0 / count), (1000, 0.5), (1801, 200.0 / count), (5000, 0.5 / count) })
            Assert.AreEqual(-Math.Log(tail), rarity.forward(tensor([value, 0f]).unsqueeze(0))[0, 0].ToDouble(), step, $"{value}");
        Assert.AreEqual(-Math.Log(0.1), rarity.forward(tensor([5f, 1f]).unsqueeze(0))[0, 1].ToDouble(), step);
        Assert.AreEqual(-Math.Log(0.9), rarity.forward(tensor([5f, 0f]).unsqueeze(0))[0, 1].ToDouble(), step);
    }

    [TestMethod]
    public void ErrorIsTheMeanLoss()
    {
        using var model = Train(AnomalyScoring.ReconstructionError, 2);
        var errors = new float[Count];
        using (var block = Block()) model.Members[0].Score(block, Count, default, default, default, errors);
        AreClose(Multiples([.. errors.Select(error => (double)error)]), Score(model).Scores);
    }

    [TestMethod]
    public void LikelihoodIsTheMahalanobisDistanceOfCodeAndError()
    {
        using var scope = NewDisposeScope();
        using var model = Train(AnomalyScoring.Likelihood, 2);
        var (codes, rebuilt, rows) = (new float[Count * 2], new float[Count * Width], Rows());
        using (var block = Block()) model.Members[0].Score(block, Count, codes, rebuilt, default, default);
        var points = new double[Count, Width + 2];
        for (int row = 0; row < Count; row++)
        {
            for (int slot = 0; slot < Width; slot++)
                points[row, slot] = (rebuilt[row * Width + slot] - rows[row * Width + slot]) * model.Scaler.Scale[slot];
            for (int unit = 0; unit < 2; unit++) points[row, Width + unit] = codes[row * 2 + unit];
        }
        var scatter = RobustScatter.Of(tensor(points), coupled: true);
        var distances = (tensor(points) - scatter.Centre).matmul(scatter.Whitening).square().sum(1).sqrt().data<double>().ToArray();
        AreClose(Multiples(distances), Score(model).Scores);
    }

    [TestMethod]
    public void NeighborDistanceIsTheMeanOverSamplesOfTheNearest()
    {
        using var scope = NewDisposeScope();
        using var network = new DetectorNetwork(new() { Members = [Member(2), Member(3)], Scoring = AnomalyScoring.NeighborDistance }, seed: 1);
        var rows = tensor(Rows()).reshape(Count, Width);
        network.Fit(rows, seed: 1);
        using var noGradients = no_grad();
        var logarithms = new double[Count];
        for (int m = 0; m < 2; m++)
        {
            var autoencoder = network.Networks[m];
            var code = autoencoder.encode(rows);
            var points = network.Spaces[m].forward(code, autoencoder.decode(code) - rows).to(ScalarType.Float64);
            var distances = cdist(points, network.state_dict()["references"][m].t().to(ScalarType.Float64) / -2).data<double>().ToArray();
            var means = Enumerable.Range(0, Count).Select(row =>
                Enumerable.Range(0, 10).Average(sample => distances.AsSpan(row * 160 + sample * 16, 16).ToArray().Min())).ToArray();
            var multiples = Multiples(means);
            double weight = network.state_dict()["weights"][m].ToDouble();
            for (int row = 0; row < Count; row++) logarithms[row] += weight * Math.Log(multiples[row]);
        }
        // A row that is in a sample is at no distance, up to single precision.
        AreClose([.. logarithms.Select(Math.Exp)], network.forward(rows).data<float>().ToArray(), 0.01);
    }

    [TestMethod]
    public void NetworksTrainedTogetherAreThoseTrainedAlone()
    {
        using var model = Train(AnomalyScoring.Combined, 1, 2, 3);
        for (int m = 0; m < 3; m++)
        {
            using var data = Load();
            using var alone = AutoencoderModel.Train(Member(m + 1), data, Options(seed: 5 + m));
            float[] expected = new float[Count * (m + 1)], actual = new float[Count * (m + 1)];
            using (var block = Block()) alone.Score(block, Count, expected, default, default, default);
            using (var block = Block()) model.Members[m].Score(block, Count, actual, default, default, default);
            CollectionAssert.AreEqual(expected, actual);
            Assert.AreEqual(3, model.Members.Count);
        }
    }

    [TestMethod]
    [DataRow(AnomalyScoring.Combined)]
    [DataRow(AnomalyScoring.NeighborDistance)]
    [DataRow(AnomalyScoring.Likelihood)]
    [DataRow(AnomalyScoring.ScaledError)]
    [DataRow(AnomalyScoring.ReconstructionError)]
    public void ContributionsSumToTheScoreAndNameTheSlot(AnomalyScoring scoring)
    {
        using var model = Train(scoring, 2, 3);
        var (scores, contributions) = Score(model);
        Assert.IsTrue(contributions.All(part => part >= 0));
        int named = 0;
        long above = 0;
        for (int row = 0; row < Count; row++)
        {
            var parts = contributions.AsSpan(row * Width, Width).ToArray();
            Assert.AreEqual(scores[row], parts.Sum(), 1e-4 * Math.Max(1, scores[row]));
            if (row % 20 != 0) continue;
            named += Array.IndexOf(parts, parts.Max()) == 3 ? 1 : 0;
            above += scores.Where((score, other) => other % 20 != 0 && score < scores[row]).Count();
        }
        // Slot 3 is what is wrong with every twentieth row.
        Assert.IsGreaterThan(24, named, "of 30 rows");
        Assert.IsGreaterThan(0.97, above / (30.0 * 570), "area under the ROC curve");
    }

    [TestMethod]
    public void AdditionsSumToTheDifferenceFromTheMeanRow()
    {
        using var scope = NewDisposeScope();
        using var network = new DetectorNetwork(new() { Members = [Member(2)], Scoring = AnomalyScoring.Likelihood }, seed: 1);
        var rows = tensor(Rows()).reshape(Count, Width);
        network.Fit(rows, seed: 1);
        var additions = network.Additions(rows, null).sum(1).data<float>().ToArray();
        using var noGradients = no_grad();
        float from = network.forward(network.state_dict()["centre"].unsqueeze(0)).ToSingle();
        var scores = network.forward(rows).data<float>().ToArray();
        for (int row = 0; row < Count; row++)
            Assert.AreEqual(scores[row] - from, additions[row], 0.03 * (1 + scores[row]), $"row {row}"); // 16 steps of an integral
    }

    [TestMethod]
    [DataRow(AnomalyScoring.Combined)]
    [DataRow(AnomalyScoring.ScaledError)]
    [DataRow(AnomalyScoring.ReconstructionError)]
    public void WhatIsSavedScoresTheSame(AnomalyScoring scoring)
    {
        using var model = Train(scoring, 1, 3);
        using var file = new MemoryStream();
        model.SaveWeights(file);
        file.Position = 0;
        using var loaded = AnomalyDetectorModel.Load(file, model.Architecture, model.Scaler.Mode, model.History, CPU);
        CollectionAssert.AreEqual(Score(model).Scores, Score(loaded).Scores);
        Assert.ThrowsExactly<InvalidDataException>(() =>
        {
            file.Position = 0;
            AnomalyDetectorModel.Load(file, model.Architecture with { Members = [Member(2), Member(3)] }, model.Scaler.Mode, model.History, CPU);
        });
    }

    [TestMethod]
    public void WideErrorsAreScaledOneByOne()
    {
        using var scope = NewDisposeScope();
        const int wide = 600;
        using var generator = new Generator(2);
        var error = randn([64, wide], generator: generator) * arange(1, wide + 1, dtype: ScalarType.Float32);
        var code = randn([64, 3], generator: generator);
        using var space = new CodeErrorSpace(wide, 3, usesCode: true, size: wide + 3);
        var bulk = space.Fit(code, error);
        var points = space.forward(code, error).index_select(0, bulk);
        // Mean 0, and a variance of v / (v + 0.01 w), v that of the bulk and w that of all.
        var expected = error.index_select(0, bulk).var(0, unbiased: false) / (error.index_select(0, bulk).var(0, unbiased: false) + 0.01 * error.var(0, unbiased: false));
        Assert.IsLessThan(1e-4, points.narrow(1, 0, wide).mean([0L]).abs().max().ToSingle());
        Assert.IsLessThan(1e-4, (points.narrow(1, 0, wide).var(0, unbiased: false) - expected).abs().max().ToSingle());
    }
}
