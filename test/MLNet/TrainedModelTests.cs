using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace MLNet.Reference.Tests;

/// <summary>Trained models beyond the reference data: saving, the classes that trainers tell apart, data of some size.</summary>
[TestClass]
public sealed class TrainedModelTests
{
    public sealed class Row
    {
        public string Label = "";
        public bool Flag;
        [VectorType(3)] public float[] Features = [];
    }

    /// <summary>Three clouds around the corners of a triangle.</summary>
    static List<Row> Clouds(int count)
    {
        var random = new Random(7);
        return Enumerable.Range(0, count).Select(i =>
        {
            var features = Enumerable.Range(0, 3).Select(j => (float)(random.NextDouble() + (j == i % 3 ? 3 : 0))).ToArray();
            return new Row { Label = $"corner {i % 3}", Flag = i % 3 == 0, Features = features };
        }).ToList();
    }

    static IEstimator<ITransformer> Trainer(MLContext ml, string name) => name switch
    {
        "maximum entropy" => ml.Transforms.Conversion.MapValueToKey("Label").Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy()),
        "logistic regression" => ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag"),
        "principal components" => ml.AnomalyDetection.Trainers.RandomizedPca(rank: 2, seed: 3),
        "principal components, not centred" => ml.AnomalyDetection.Trainers.RandomizedPca(rank: 2, ensureZeroMean: false, seed: 3),
        "k-means" => ml.Clustering.Trainers.KMeans(numberOfClusters: 3),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    [TestMethod]
    [DataRow("maximum entropy"), DataRow("logistic regression"), DataRow("k-means")]
    [DataRow("principal components"), DataRow("principal components, not centred")]
    public void SavedModelGivesTheSameInAnotherContext(string name)
    {
        var ml = new MLContext(1);
        var data = ml.Data.LoadFromEnumerable(Clouds(90));
        var model = Trainer(ml, name).Fit(data);
        var scored = model.Transform(data);
        using var stream = new MemoryStream();
        ml.Model.Save(model, data.Schema, stream);
        stream.Position = 0;

        var other = new MLContext(2);
        var loaded = other.Model.Load(stream, out var schema);
        var rescored = loaded.Transform(other.Data.LoadFromEnumerable(Clouds(90)));
        Assert.AreEqual(Rendering.Json(data.Schema), Rendering.Json(schema));
        Assert.AreEqual(Rendering.Json(scored.Schema), Rendering.Json(rescored.Schema));
        Assert.AreEqual(Rendering.Json(Rendering.Rows(scored)), Rendering.Json(Rendering.Rows(rescored)));
    }

    [TestMethod]
    public void ChangedThresholdIsSaved()
    {
        var ml = new MLContext(1);
        var data = ml.Data.LoadFromEnumerable(Clouds(30));
        var binary = ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag").Fit(data);
        var changed = ml.BinaryClassification.ChangeModelThreshold(binary, -100f);
        Assert.AreSame(binary, ml.BinaryClassification.ChangeModelThreshold(binary, 0f));
        using var stream = new MemoryStream();
        ml.Model.Save(changed, data.Schema, stream);
        stream.Position = 0;
        var loaded = new MLContext(2).Model.Load(stream, out _);
        Assert.IsTrue(loaded.Transform(data).GetColumn<bool>("PredictedLabel").All(positive => positive));
        Assert.IsFalse(binary.Transform(data).GetColumn<bool>("PredictedLabel").All(positive => positive));
    }

    [TestMethod]
    public void ModelsSeparateTheClouds()
    {
        var ml = new MLContext(1);
        var data = ml.Data.LoadFromEnumerable(Clouds(300));
        var linear = Trainer(ml, "maximum entropy").Fit(data).Transform(data);
        Assert.AreEqual(1, ml.MulticlassClassification.Evaluate(linear).MicroAccuracy);
        var logistic = Trainer(ml, "logistic regression").Fit(data).Transform(data);
        Assert.AreEqual(1, ml.BinaryClassification.Evaluate(logistic, "Flag").Accuracy);
        var clusters = Trainer(ml, "k-means").Append(ml.Transforms.Conversion.MapValueToKey("Label")).Fit(data).Transform(data);
        Assert.AreEqual(1, ml.Clustering.Evaluate(clusters, "Label").NormalizedMutualInformation, 1e-12);
    }

    [TestMethod]
    public void ManyClustersAreSampledInParallel()
    {
        var ml = new MLContext(1);
        var data = ml.Data.LoadFromEnumerable(Clouds(2000));
        var model = ml.Clustering.Trainers.KMeans(new KMeansTrainer.Options { NumberOfClusters = 70, NumberOfThreads = 1 }).Fit(data);
        VBuffer<float>[]? centroids = null;
        model.Model.GetClusterCentroids(ref centroids, out var count);
        Assert.AreEqual(70, count);
        // 70 clusters leave each row much nearer to a centroid than the width of a cloud.
        Assert.IsLessThan(0.1, ml.Clustering.Evaluate(model.Transform(data)).AverageDistance);
    }

    /// <summary>A row of weight 2 is as good as two rows.</summary>
    [TestMethod]
    public void WeightsCountRows()
    {
        var ml = new MLContext(1);
        var rows = Clouds(60);
        var twice = ml.Data.LoadFromEnumerable(rows.Concat(rows.Take(20)).ToList());
        var weighted = ml.Data.LoadFromEnumerable(
            rows.Select((row, i) => new WeightedRow { Flag = row.Flag, Features = row.Features, Weight = i < 20 ? 2 : 1 }).ToList());
        var options = new LbfgsLogisticRegressionBinaryTrainer.Options { LabelColumnName = "Flag", L1Regularization = 0, NumberOfThreads = 1 };
        var plain = ml.BinaryClassification.Trainers.LbfgsLogisticRegression(options).Fit(twice).Model.SubModel;
        options.ExampleWeightColumnName = "Weight";
        var byWeight = ml.BinaryClassification.Trainers.LbfgsLogisticRegression(options).Fit(weighted).Model.SubModel;
        Assert.AreEqual(plain.Bias, byWeight.Bias, 1e-3f);
        foreach (var (x, y) in plain.Weights.Zip(byWeight.Weights))
            Assert.AreEqual(x, y, 1e-3f);
    }

    public sealed class WeightedRow
    {
        public bool Flag;
        public float Weight;
        [VectorType(3)] public float[] Features = [];
    }

    /// <summary>A sparse row is the same row.</summary>
    [TestMethod]
    public void SparseRowsScoreLikeDenseOnes()
    {
        var ml = new MLContext(1);
        var model = Trainer(ml, "logistic regression").Fit(ml.Data.LoadFromEnumerable(Clouds(60)));
        CollectionAssert.AreEqual(Scores(new(3, [0f, 2f, 0f])), Scores(new(3, 1, [2f], [1])));

        float[] Scores(VBuffer<float> row)
            => model.Transform(ml.Data.LoadFromEnumerable([new BufferRow { Features = row }])).GetColumn<float>("Score").ToArray();
    }

    public sealed class BufferRow
    {
        public bool Flag;
        [VectorType(3)] public VBuffer<float> Features;
    }

    [TestMethod]
    public void FitGoesOnFromAnEarlierModel()
    {
        var ml = new MLContext(1);
        var data = ml.Data.LoadFromEnumerable(Clouds(60));
        var keyed = ml.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);
        var options = new LbfgsMaximumEntropyMulticlassTrainer.Options { MaximumNumberOfIterations = 3, NumberOfThreads = 1 };
        var trainer = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(options);
        var first = trainer.Fit(keyed);
        var second = trainer.Fit(keyed, first.Model);
        Assert.IsLessThan(ml.MulticlassClassification.Evaluate(first.Transform(keyed)).LogLoss,
            ml.MulticlassClassification.Evaluate(second.Transform(keyed)).LogLoss);
    }
}
