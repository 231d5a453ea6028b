using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML.Transforms.Tests;

/// <summary>Variational encoding and anomaly detection in pipelines.</summary>
[TestClass]
public class VariationalTests
{
    static VariationalEncodingEstimator.Options Everything() => new()
    {
        InputColumnNames = ["Features"],
        LatentSize = 3,
        Epochs = 5,
        LogVarianceColumnName = "LogVariance",
        SampleColumnName = "Sample",
        ElboColumnName = "Elbo",
        ReconstructionColumnName = "Reconstruction",
    };

    [TestMethod]
    public void EncodingGivesWhatIsAskedFor()
    {
        var ml = new MLContext(seed: 1);
        var data = ml.ToView(Samples.NearPlane(400, 6), 6, slotNames: true);
        var estimator = ml.Transforms.VariationalEncoding(Everything());
        using var model = estimator.Fit(data);
        var view = model.Transform(data);
        var shape = estimator.GetOutputSchema(Shapes.Of(data.Schema));
        foreach (var name in new[] { "Latent", "LogVariance", "Sample", "Elbo", "Reconstruction" })
        {
            Assert.IsTrue(shape.Any(column => column.Name == name), name);
            Assert.IsNotNull(view.Schema.GetColumnOrNull(name), name);
        }
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, 3), view.Schema["Latent"].Type);
        VBuffer<ReadOnlyMemory<char>> names = default;
        view.Schema["Reconstruction"].GetSlotNames(ref names);
        Assert.AreEqual("sensor4", names.GetItemOrDefault(4).ToString());

        // A sample is the mean plus a standard normal number of deviations, drawn anew for each row.
        float[][] mean = view.Vectors("Latent"), log = view.Vectors("LogVariance"), sample = view.Vectors("Sample");
        var z = mean.SelectMany((row, i) => row.Select((value, j) => (sample[i][j] - value) / Math.Exp(log[i][j] / 2))).ToArray();
        Assert.AreEqual(0, z.Average(), 4 / Math.Sqrt(z.Length));
        Assert.AreEqual(1, z.Average(value => value * value), 4 * Math.Sqrt(2.0 / z.Length));
        CollectionAssert.AreEqual(view.Vectors("Sample")[7], sample[7]);

        using var engine = ml.Model.CreatePredictionEngine<Samples.Row, Encoded>(model, inputSchemaDefinition: Samples.Schema(6));
        var one = engine.Predict(Samples.NearPlane(400, 6)[7]);
        for (var j = 0; j < 3; j++)
            Assert.AreEqual(sample[7][j], one.Sample[j], 1e-5f);
    }

    public sealed class Encoded
    {
        [VectorType(3)]
        public float[] Sample = [];
        public float Elbo;
    }

    [TestMethod]
    public void SavedModelEncodesTheSame()
    {
        var ml = new MLContext(seed: 1);
        var data = ml.ToView(Samples.NearPlane(200, 6), 6);
        using var file = new Samples.TemporaryFile();
        using var model = ml.Transforms.VariationalEncoding(Everything()).Fit(data);
        ml.Model.Save(model, data.Schema, file.Path);
        var loaded = new MLContext().Model.Load(file.Path, out _);
        foreach (var name in new[] { "Latent", "LogVariance", "Sample", "Reconstruction" })
        {
            var (before, after) = (model.Transform(data).Vectors(name), loaded.Transform(data).Vectors(name));
            for (var row = 0; row < before.Length; row++)
                CollectionAssert.AreEqual(before[row], after[row], name);
        }
        CollectionAssert.AreEqual(model.Transform(data).Scores("Elbo"), loaded.Transform(data).Scores("Elbo"));
    }

    [TestMethod]
    public void ConditionalEncodingLeavesOutWhatTheClassTells()
    {
        var ml = new MLContext(seed: 1);
        var data = ml.Data.LoadFromEnumerable(LabelledRow.Animals(600, 6), LabelledRow.Schema(6));
        using var told = ml.Transforms.VariationalEncoding(Settings("Animal")).Fit(data);
        using var blind = ml.Transforms.VariationalEncoding(Settings(null)).Fit(data);
        // How far the classes' mean codes lie apart, in deviations within a class.
        Assert.IsLessThan(0.5, Separation(told));
        Assert.IsGreaterThan(2, Separation(blind));

        var unlabelled = ml.Data.LoadFromEnumerable([new Samples.Row { Features = new float[6] }], Samples.Schema(6));
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => told.Transform(unlabelled));
        StringAssert.Contains(error.Message, "Animal");

        static VariationalEncodingEstimator.Options Settings(string? label) =>
            new() { InputColumnNames = ["Features"], LabelColumnName = label, LatentSize = 2, Epochs = 60, BatchSize = 50, Optimizer = new Adam { LearningRate = 5e-3 } };

        double Separation(VariationalEncodingTransformer model)
        {
            var view = model.Transform(data);
            var codes = view.Vectors("Latent").Zip(view.GetColumn<string>("Animal")).GroupBy(row => row.Second, row => row.First).ToArray();
            var means = codes.Select(group => Enumerable.Range(0, 2).Select(j => group.Average(code => (double)code[j])).ToArray()).ToArray();
            var within = codes.Select((group, k) => group.Average(code => Math.Pow(code[0] - means[k][0], 2) + Math.Pow(code[1] - means[k][1], 2))).Average();
            var between = means.SelectMany(a => means.Select(b => Math.Pow(a[0] - b[0], 2) + Math.Pow(a[1] - b[1], 2))).Max();
            return Math.Sqrt(between / (within + 1e-3));
        }
    }

    [TestMethod]
    public void DetectorFindsRowsOffThePlane()
    {
        var ml = new MLContext(seed: 1);
        var data = ml.ToView(Samples.NearPlane(1000, 8), 8, slotNames: true);
        var trainer = ml.AnomalyDetection.Trainers.VariationalAutoencoder(new VariationalAnomalyTrainer.Options
        {
            InputColumnNames = ["Features"], LatentSize = 2, ContributionsColumnName = "Contributions",
        });
        using var model = trainer.Fit(data);
        var scored = model.Transform(data);
        var metrics = ml.AnomalyDetection.Evaluate(scored, falsePositiveCount: 50);
        Assert.IsGreaterThan(0.95, metrics.AreaUnderRocCurve);
        Assert.AreEqual(0.05, scored.GetColumn<bool>("PredictedLabel").Count(anomalous => anomalous) / 1000.0, 0.002);

        // A contribution is a part of the score: what is left over is the divergence, the same for no slot, and not negative.
        var contributions = scored.Vectors("Contributions");
        var scores = scored.Scores();
        for (var row = 0; row < 100; row++)
            Assert.IsGreaterThan(-1e-3f, scores[row] + model.Threshold - contributions[row].Sum());

        using var file = new Samples.TemporaryFile();
        ml.Model.Save(model, data.Schema, file.Path);
        CollectionAssert.AreEqual(scores, new MLContext().Model.Load(file.Path, out _).Transform(data).Scores());

        using var tuned = model.WithThresholdFrom(data);
        Assert.IsGreaterThan(0.8, tuned.Transform(data).GetColumn<bool>("PredictedLabel").Zip(data.GetColumn<float>("Label"))
            .Count(row => row.First && row.Second > 0) / 50.0);
    }

    [TestMethod]
    public void LikelihoodIsInTheUnitsOfTheData()
    {
        var ml = new MLContext(seed: 1);
        var rows = Samples.NearPlane(500, 4, every: 0);
        using var model = Train(rows);
        var scaled = rows.Select(row => new Samples.Row { Features = [.. row.Features.Select(value => value * 10)] }).ToArray();
        using var ten = Train(scaled);
        // Ten times the units: a tenth of the density in each of four slots.
        var difference = Density(model, rows).Average() - Density(ten, scaled).Average();
        // The latent vectors drawn belong to a row's bits, so they are others: 500 rows, 16 for each.
        Assert.AreEqual(4 * Math.Log(10), difference, 0.05);

        GeneratorTransformer Train(Samples.Row[] data) => ml.Generation.Trainers.VariationalAutoencoder(
            new VariationalGeneratorTrainer.Options { LatentSize = 2, Epochs = 3, Scaling = FeatureScaling.Standardize }).Fit(ml.ToView(data, 4));

        double[] Density(GeneratorTransformer of, Samples.Row[] data)
        {
            var view = of.Transform(ml.ToView(data, 4));
            var likelihoods = view.Scores("LogLikelihood");
            var bits = view.Scores("BitsPerDimension");
            for (var i = 0; i < bits.Length; i++)
                Assert.AreEqual(-likelihoods[i] / (4 * Math.Log(2)), bits[i], 1e-4);
            return Array.ConvertAll(likelihoods, value => (double)value);
        }
    }
}
