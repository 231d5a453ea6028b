using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML.Transforms.Tests;

/// <summary>What the classifiers over a pretrained encoder say to bad labels, columns, encoders and settings.</summary>
[TestClass]
public class PretrainedEncoderInputTests
{
    const int Width = 6;
    readonly MLContext _ml = new(seed: 1);

    public sealed class KeyRow
    {
        [VectorType(Width)] public float[] Features = new float[Width];
        [KeyType(3)] public uint Label = 1;
        public float Weight = 1;
    }

    IDataView View(IEnumerable<LabelledRow> rows) => _ml.Data.LoadFromEnumerable(rows, LabelledRow.Schema(Width));

    IDataView Animals() => View(LabelledRow.Animals(60, Width));

    IDataView Keyed(IDataView view) => _ml.Transforms.Conversion.MapValueToKey("Label", "Animal").Fit(view).Transform(view);

    AutoencoderEmbeddingTransformer Embedding(IDataView data) =>
        _ml.Transforms.AutoencoderEmbedding("Embedding", "Features", embeddingSize: 2, epochs: 1).Fit(data);

    [TestMethod]
    [DataRow("Animal", "expected Key<UInt32>, got String")]
    [DataRow("Legs", "expected Key<UInt32>, got Single")]
    [DataRow("Barks", "expected Key<UInt32>, got Boolean")]
    [DataRow("Features", "expected Key<UInt32>, got Vector of Single")]
    [DataRow("Absent", "Could not find label column 'Absent'")]
    public void MulticlassLabelsOfOtherTypesAreRefused(string column, string message)
    {
        var trainer = _ml.MulticlassClassification.Trainers.PretrainedEncoder(encoder: null, column);
        Refused(() => trainer.Fit(Animals()), column, message);
        Refused(() => trainer.GetOutputSchema(Shapes.Of(Animals().Schema)), column, message);
    }

    [TestMethod]
    [DataRow("Animal", "expected Boolean, got String")]
    [DataRow("Label", "expected Boolean, got Key<UInt32>")]
    [DataRow("Absent", "Could not find label column 'Absent'")]
    public void BinaryLabelsOfOtherTypesAreRefused(string column, string message)
    {
        var trainer = _ml.BinaryClassification.Trainers.PretrainedEncoder(encoder: null, column);
        Refused(() => trainer.Fit(Keyed(Animals())), column, message);
        Refused(() => trainer.GetOutputSchema(Shapes.Of(Keyed(Animals()).Schema)), column, message);
    }

    static void Refused(Action act, string column, string message)
    {
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(act);
        Assert.Contains($"label column '{column}'", error.Message);
        Assert.Contains(message, error.Message);
    }

    [TestMethod]
    public void MissingLabelsAreNamed()
    {
        var rows = LabelledRow.Animals(30, Width);
        var data = Keyed(View(rows));
        // The keys were learned from other rows: this one's name is not among them.
        var map = _ml.Transforms.Conversion.MapValueToKey("Label", "Animal").Fit(View(rows));
        rows[17].Animal = "yak";
        var error = Assert.ThrowsExactly<InvalidDataException>(
            () => _ml.MulticlassClassification.Trainers.PretrainedEncoder(encoder: null).Fit(map.Transform(View(rows))));
        Assert.Contains("Column 'Label', row 17: the label is missing", error.Message);
    }

    [TestMethod]
    [DataRow(float.NaN)]
    [DataRow(-1f)]
    [DataRow(float.PositiveInfinity)]
    public void WeightsThatAreNoneAreNamed(float weight)
    {
        var rows = LabelledRow.Animals(30, Width);
        rows[4].Weight = weight;
        var trainer = _ml.BinaryClassification.Trainers.PretrainedEncoder(new PretrainedEncoderBinaryTrainer.Options
        {
            LabelColumnName = "Barks", ExampleWeightColumnName = "Weight",
        });
        var error = Assert.ThrowsExactly<InvalidDataException>(() => trainer.Fit(View(rows)));
        Assert.Contains("Column 'Weight', row 4", error.Message);
        foreach (var row in rows)
            row.Weight = 0;
        Assert.Contains("weights", Assert.ThrowsExactly<InvalidOperationException>(() => trainer.Fit(View(rows))).Message);
    }

    [TestMethod]
    public void FeaturesThatAreNoNumbersAreNamed()
    {
        var rows = LabelledRow.Animals(30, Width);
        rows[8].Features[2] = float.NaN;
        var error = Assert.ThrowsExactly<InvalidRowException>(
            () => _ml.BinaryClassification.Trainers.PretrainedEncoder(encoder: null, "Barks").Fit(View(rows)));
        Assert.Contains("Column 'Features', row 8, slot 2", error.Message);
    }

    [TestMethod]
    public void OneClassAloneIsRefused()
    {
        var rows = LabelledRow.Animals(30, Width).Where(row => row.Barks);
        Assert.Contains("class 1", Assert.ThrowsExactly<InvalidOperationException>(
            () => _ml.BinaryClassification.Trainers.PretrainedEncoder(encoder: null, "Barks").Fit(View(rows))).Message);
        // One key there is.
        Assert.Contains("label column 'Label'", Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => _ml.MulticlassClassification.Trainers.PretrainedEncoder(encoder: null).Fit(Keyed(View(rows)))).Message);
        // Three keys there are, one occurs.
        var keyed = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 5).Select(_ => new KeyRow { Label = 1 }));
        Assert.Contains("class 1", Assert.ThrowsExactly<InvalidOperationException>(
            () => _ml.MulticlassClassification.Trainers.PretrainedEncoder(encoder: null).Fit(keyed)).Message);
        Assert.ThrowsExactly<InvalidOperationException>(() => _ml.BinaryClassification.Trainers.PretrainedEncoder(encoder: null, "Barks").Fit(View([])));
    }

    [TestMethod]
    public void AnEncoderOfAnotherWidthIsRefused()
    {
        using var encoder = Embedding(_ml.ToView(Samples.NearPlane(50, Width + 1), Width + 1));
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => _ml.BinaryClassification.Trainers.PretrainedEncoder(encoder, "Barks").Fit(Animals()));
        Assert.Contains("'Features': expected Vector<Single, 7>, got Vector<Single, 6>", error.Message);
    }

    [TestMethod]
    public void ADisposedEncoderIsRefused()
    {
        var encoder = Embedding(Animals());
        encoder.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => _ml.BinaryClassification.Trainers.PretrainedEncoder(encoder, "Barks").Fit(Animals()));
    }

    [TestMethod]
    public void SettingsOutOfRangeAreRefused()
    {
        var trainers = _ml.BinaryClassification.Trainers;
        foreach (var change in new Action<PretrainedEncoderOptions>[]
        {
            o => o.Dropout = 1, o => o.LabelSmoothing = -0.1, o => o.EncoderLearningRateFactor = double.NaN, o => o.HeadEpochs = -1,
            o => o.HeadLearningRateFactor = 0,
            o => o.HeadHiddenSizes = [0], o => o.EmbeddingSize = 0, o => o.LabelColumnName = "", o => o.FeatureColumnName = "", o => o.FineTune = false,
        })
        {
            var options = new PretrainedEncoderBinaryTrainer.Options();
            change(options);
            Assert.Throws<ArgumentException>(() => trainers.PretrainedEncoder(options));
        }
    }

    [TestMethod]
    public void CancellationStopsTraining()
    {
        using var source = new CancellationTokenSource();
        var told = 0;
        var trainer = _ml.BinaryClassification.Trainers.PretrainedEncoder(new PretrainedEncoderBinaryTrainer.Options
        {
            LabelColumnName = "Barks", Epochs = 1_000_000, CancellationToken = source.Token,
            Progress = new Reporter(() => { if (++told == 3) source.Cancel(); }),
        });
        Assert.Throws<OperationCanceledException>(() => trainer.Fit(Animals()));
        Assert.AreEqual(3, told);
    }

    sealed class Reporter(Action report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report();
    }
}
