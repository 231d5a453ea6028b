using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML.Transforms.Tests;

[TestClass]
public class AnomalyTests
{
    const int Width = 10;
    readonly MLContext _ml = new(seed: 1);

    AutoencoderAnomalyTransformer Fit(IDataView data, Action<AutoencoderAnomalyTrainer.Options>? change = null)
    {
        var options = new AutoencoderAnomalyTrainer.Options { CodeSize = 2 };
        change?.Invoke(options);
        return _ml.AnomalyDetection.Trainers.Autoencoder(options).Fit(data);
    }

    [TestMethod]
    public void FindsRowsOffThePlane()
    {
        var data = _ml.ToView(Samples.NearPlane(1000, Width), Width);
        using var model = Fit(data);
        var metrics = _ml.AnomalyDetection.Evaluate(model.Transform(data), falsePositiveCount: 50);
        Assert.IsGreaterThan(0.97, metrics.AreaUnderRocCurve);
    }

    [TestMethod]
    public void ScoreZeroDividesForTheBinaryEvaluatorToo()
    {
        var rows = Samples.NearPlane(1000, Width);
        using var model = Fit(_ml.ToView(rows, Width));
        var binary = _ml.Transforms.Conversion.ConvertType("Label", outputKind: DataKind.Boolean);
        var view = _ml.ToView(rows, Width);
        var scored = binary.Fit(view).Transform(model.Transform(view));

        var scores = scored.Scores();
        var labels = scored.GetColumn<bool>("PredictedLabel").ToArray();
        var accuracy = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            Assert.AreEqual(scores[i] > 0, labels[i]);
            accuracy += labels[i] == rows[i].Label > 0 ? 1 : 0;
        }
        Assert.AreEqual((double)accuracy / rows.Length, _ml.BinaryClassification.EvaluateNonCalibrated(scored).Accuracy, 1e-12);
    }

    [TestMethod]
    [DataRow(0.05)]
    [DataRow(0.2)]
    [DataRow(0.0)]
    public void ContaminationIsTheShareAboveTheThreshold(double contamination)
    {
        var data = _ml.ToView(Samples.NearPlane(1000, Width), Width);
        using var model = Fit(data, o => o.Contamination = contamination);
        var share = model.Transform(data).GetColumn<bool>("PredictedLabel").Count(label => label) / 1000.0;
        Assert.AreEqual(contamination, share, 0.0015);
    }

    [TestMethod]
    public void QuantileIsTakenBeforeContamination()
    {
        var data = _ml.ToView(Samples.NearPlane(1000, Width), Width);
        using var model = Fit(data, o => { o.Contamination = 0.4; o.ThresholdQuantile = 0.9; });
        Assert.AreEqual(0.1, model.Transform(data).GetColumn<bool>("PredictedLabel").Count(label => label) / 1000.0, 0.0015);
        Assert.AreEqual(1000, model.WithThreshold(-1).Transform(data).GetColumn<bool>("PredictedLabel").Count(label => label));
    }

    [TestMethod]
    public void ThresholdFromLabelsIsTheBestOne()
    {
        var data = _ml.ToView(Samples.NearPlane(1000, Width), Width);
        using var model = Fit(data, o => o.Contamination = 0.4);
        var byLabels = model.WithThresholdFrom(data);
        Assert.IsGreaterThan(FMeasure(model), FMeasure(byLabels));
        foreach (var other in byLabels.Transform(data).Scores().Select(score => score + byLabels.Threshold).Distinct())
            Assert.IsLessThanOrEqualTo(FMeasure(byLabels) + 1e-12, FMeasure(model.WithThreshold(other)));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => model.WithThresholdFrom(data, "None"));

        double FMeasure(AutoencoderAnomalyTransformer detector)
        {
            var decided = detector.Transform(data).GetColumn<bool>("PredictedLabel").ToArray();
            var real = data.GetColumn<float>("Label").Select(label => label > 0).ToArray();
            return 2.0 * decided.Zip(real).Count(pair => pair.First && pair.Second) / (decided.Count(true.Equals) + real.Count(true.Equals));
        }
    }

    [TestMethod]
    public void ContributionsSumToTheScoreAndCarryTheSlotsNames()
    {
        var rows = Samples.NearPlane(500, Width);
        var data = _ml.ToView(rows, Width, slotNames: true);
        using var model = Fit(data, o => o.ContributionsColumnName = "Why");
        var scored = model.Transform(data);
        CollectionAssert.AreEqual(data.Schema["Features"].ReadSlotNames(), scored.Schema["Why"].ReadSlotNames());
        var scores = scored.Scores();
        var why = scored.Vectors("Why");
        for (var i = 0; i < scores.Length; i++)
            Assert.AreEqual(scores[i] + model.Threshold, why[i].Sum(), 1e-4 * Math.Max(1, Math.Abs(scores[i])));

        // One slot of one row is driven far off: it must be named.
        rows[3].Features[7] += 25;
        Assert.AreEqual(7, Array.IndexOf(model.Transform(_ml.ToView(rows, Width)).Vectors("Why")[3], model.Transform(_ml.ToView(rows, Width)).Vectors("Why")[3].Max()));
    }

    [TestMethod]
    public void SchemaAndAnnotationsAreThoseOfTheBuiltInDetector()
    {
        var data = _ml.ToView(Samples.NearPlane(200, Width), Width);
        using var ours = Fit(data, o => o.Epochs = 1);
        var theirs = _ml.AnomalyDetection.Trainers.RandomizedPca(rank: 3).Fit(data);
        Assert.AreEqual(Describe(theirs.GetOutputSchema(data.Schema)), Describe(ours.GetOutputSchema(data.Schema)));
        Assert.AreEqual(theirs.FeatureColumnName, ours.FeatureColumnName);
        Assert.AreEqual(theirs.FeatureColumnType, ours.FeatureColumnType);

        static string Describe(DataViewSchema schema) => string.Join("\n", schema.Select(column =>
            $"{column.Name} {column.Type} {column.IsHidden} " + string.Join(", ", column.Annotations.Schema.Select(a => $"{a.Name} {a.Type}"))));
    }

    [TestMethod]
    public void ShapeIsWhatFitGives()
    {
        var data = _ml.ToView(Samples.NearPlane(100, Width), Width, slotNames: true);
        var trainer = _ml.AnomalyDetection.Trainers.Autoencoder(new AutoencoderAnomalyTrainer.Options { Epochs = 1, ContributionsColumnName = "Why" });
        using var model = trainer.Fit(data);
        var shape = trainer.GetOutputSchema(Shapes.Of(data.Schema));
        foreach (var column in Shapes.Of(model.GetOutputSchema(data.Schema)))
        {
            var told = shape.Single(c => c.Name == column.Name);
            Assert.AreEqual((column.Kind, column.ItemType, column.IsKey), (told.Kind, told.ItemType, told.IsKey), column.Name);
            CollectionAssert.AreEquivalent(column.Annotations.Select(a => a.Name).ToArray(), told.Annotations.Select(a => a.Name).ToArray(), column.Name);
        }
        Assert.IsFalse(trainer.Info.NeedNormalization);
    }

    [TestMethod]
    public void OptionsOutOfRangeAreRefused()
    {
        var trainers = _ml.AnomalyDetection.Trainers;
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => trainers.Autoencoder(contamination: 0.6));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => trainers.Autoencoder(contamination: double.NaN));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => trainers.Autoencoder(codeSize: 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => trainers.Autoencoder(new AutoencoderAnomalyTrainer.Options { EnsembleSize = 0 }));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => trainers.Autoencoder(new AutoencoderAnomalyTrainer.Options { Scoring = (AnomalyScoring)9 }));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => trainers.Autoencoder(new AutoencoderAnomalyTrainer.Options { ThresholdQuantile = 1.1 }));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => trainers.Autoencoder(epochs: 0).Fit(_ml.ToView(Samples.Grid(10, Width), Width)));
        Assert.Throws<ArgumentException>(() => trainers.Autoencoder(new AutoencoderAnomalyTrainer.Options
        {
            Loss = ReconstructionLoss.BinaryCrossEntropy, Scaling = FeatureScaling.None,
        }).Fit(_ml.ToView(Samples.NearPlane(50, Width), Width)));
    }
}
