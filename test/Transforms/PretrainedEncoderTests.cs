using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML.Transforms.Tests;

[TestClass]
public class PretrainedEncoderTests
{
    const int Width = 6;
    readonly MLContext _ml = new(seed: 1);

    public sealed class Prediction
    {
        public float[] Score = [];
        public uint PredictedLabel;
        public string Animal = "";
    }

    public sealed class Decision
    {
        public float Score;
        public float Probability;
        public bool PredictedLabel;
    }

    AutoencoderEmbeddingTransformer Embedding(IDataView data) =>
        _ml.Transforms.AutoencoderEmbedding("Embedding", "Features", embeddingSize: 3, epochs: 20).Fit(data);

    IEstimator<PretrainedEncoderMulticlassTransformer> Multiclass(AutoencoderEmbeddingTransformer? encoder, Action<PretrainedEncoderOptions>? change = null)
    {
        var options = new PretrainedEncoderMulticlassTrainer.Options { Encoder = encoder?.Model, LabelColumnName = "Class", EmbeddingSize = 3 };
        change?.Invoke(options);
        return _ml.MulticlassClassification.Trainers.PretrainedEncoder(options);
    }

    /// <summary>Animals in three clusters, with their name, its key, and whether they bark.</summary>
    IDataView Animals(int count = 120, string keys = "Animal")
    {
        var view = _ml.Data.LoadFromEnumerable(LabelledRow.Animals(count, Width), LabelledRow.Schema(Width));
        return _ml.Transforms.Conversion.MapValueToKey("Class", keys).Fit(view).Transform(view);
    }

    [TestMethod]
    [DataRow("Animal")]
    [DataRow("Legs")]
    [DataRow("Barks")]
    public void MulticlassColumnsAreThoseOfTheBuiltInTrainer(string keys)
    {
        var data = Animals(keys: keys);
        using var encoder = Embedding(data);
        var ours = _ml.MulticlassClassification.Trainers.PretrainedEncoder(encoder, "Class", epochs: 1);
        var theirs = _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Class");
        using var model = ours.Fit(data);
        var expected = theirs.Fit(data);
        Assert.AreEqual(Describe(expected.GetOutputSchema(data.Schema)), Describe(model.GetOutputSchema(data.Schema)));
        Assert.AreEqual(Describe(theirs.GetOutputSchema(Shapes.Of(data.Schema))), Describe(ours.GetOutputSchema(Shapes.Of(data.Schema))));
        Assert.AreEqual(expected.FeatureColumnName, model.FeatureColumnName);
        Assert.AreEqual(expected.FeatureColumnType, model.FeatureColumnType);
        Assert.IsFalse(ours.Info.NeedNormalization);
    }

    [TestMethod]
    public void BinaryColumnsAreThoseOfTheBuiltInTrainer()
    {
        var data = Animals();
        using var encoder = Embedding(data);
        var ours = _ml.BinaryClassification.Trainers.PretrainedEncoder(encoder, "Barks", epochs: 1);
        var theirs = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Barks");
        using var model = ours.Fit(data);
        Assert.AreEqual(Describe(theirs.Fit(data).GetOutputSchema(data.Schema)), Describe(model.GetOutputSchema(data.Schema)));
        Assert.AreEqual(Describe(theirs.GetOutputSchema(Shapes.Of(data.Schema))), Describe(ours.GetOutputSchema(Shapes.Of(data.Schema))));
    }

    /// <summary>The head alone first, for as many epochs.</summary>
    [TestMethod]
    [DataRow(null, 3)]
    [DataRow(1, 1)]
    [DataRow(0, 0)]
    public void TheHeadIsTrainedBeforeAnEncoderIsFineTuned(int? headEpochs, int expected)
    {
        var data = Animals();
        using var encoder = Embedding(data);
        var lines = new List<string>();
        _ml.Log += (_, e) => { if (e.Source.Contains("PretrainedEncoder")) lines.Add(e.Message); };
        using var model = Multiclass(encoder, options => (options.Epochs, options.HeadEpochs) = (3, headEpochs)).Fit(data);
        Assert.AreEqual(expected, lines.Count(line => line.Contains("head: epoch")));
        Assert.HasCount(3, model.History.Epochs);
    }

    /// <summary>Names, types, and annotations with their values.</summary>
    static string Describe(DataViewSchema schema) => string.Join("\n", schema.Select(column =>
        $"{column.Name} {column.Type} {column.IsHidden} " + string.Join(", ", column.Annotations.Schema.Select(a => $"{a.Name} {a.Type} {Value(column, a)}"))));

    static string Value(DataViewSchema.Column column, DataViewSchema.Column annotation)
    {
        return annotation.Type switch
        {
            VectorDataViewType { ItemType: TextDataViewType } => Read<ReadOnlyMemory<char>>(),
            VectorDataViewType { ItemType: BooleanDataViewType } => Read<bool>(),
            VectorDataViewType => Read<float>(),
            TextDataViewType => Single<ReadOnlyMemory<char>>(),
            BooleanDataViewType => Single<bool>(),
            _ => Single<uint>(),
        };

        string Read<T>()
        {
            var values = default(VBuffer<T>);
            column.Annotations.GetValue(annotation.Name, ref values);
            return string.Join('|', values.DenseValues());
        }

        string Single<T>() where T : struct
        {
            T value = default;
            column.Annotations.GetValue(annotation.Name, ref value);
            return value.ToString()!;
        }
    }

    static string Describe(SchemaShape shape) => string.Join("\n", shape.OrderBy(c => c.Name).Select(c => $"{c.Name} {c.Kind} {c.ItemType} {c.IsKey} "
        + string.Join(", ", c.Annotations.OrderBy(a => a.Name).Select(a => $"{a.Name} {a.Kind} {a.ItemType} {a.IsKey}"))));

    [TestMethod]
    [DataRow(true, true)]
    [DataRow(true, false)]
    [DataRow(false, true)]
    public void EvaluatorsAndEnginesReadWhatItWrites(bool pretrained, bool fineTune)
    {
        var data = Animals();
        using var encoder = pretrained ? Embedding(data) : null;
        var pipeline = Multiclass(encoder, o => o.FineTune = fineTune).Append(_ml.Transforms.Conversion.MapKeyToValue("Animal", "PredictedLabel"));
        using var model = pipeline.Fit(data);
        var test = Animals(60);
        var scored = model.Transform(test);
        var metrics = _ml.MulticlassClassification.Evaluate(scored, labelColumnName: "Class", topKPredictionCount: 2);
        Assert.IsGreaterThan(0.95, metrics.MicroAccuracy);
        Assert.IsGreaterThan(0, metrics.LogLossReduction);

        var scores = scored.Vectors("Score");
        var keys = scored.GetColumn<uint>("PredictedLabel").ToArray();
        var names = scored.GetColumn<string>("Animal").ToArray();
        foreach (var probabilities in scores)
            Assert.AreEqual(1, probabilities.Sum(p => (double)p), 1e-6);
        CollectionAssert.AreEqual(scores.Select(p => (uint)Array.IndexOf(p, p.Max()) + 1).ToArray(), keys);
        Assert.IsGreaterThan(0.95, names.Zip(LabelledRow.Animals(60, Width)).Average(pair => pair.First == pair.Second.Animal ? 1.0 : 0));
        // Reading the label alone computes it too.
        CollectionAssert.AreEqual(keys, _ml.Transforms.SelectColumns("PredictedLabel").Fit(scored).Transform(scored).GetColumn<uint>("PredictedLabel").ToArray());

        using var engine = _ml.Model.CreatePredictionEngine<LabelledRow, Prediction>(model, new PredictionEngineOptions
        {
            InputSchemaDefinition = LabelledRow.Schema(Width), OwnsTransformer = false, IgnoreMissingColumns = true,
        });
        foreach (var (row, i) in LabelledRow.Animals(60, Width).Take(20).Select((row, i) => (row, i)))
        {
            var got = engine.Predict(row);
            Assert.AreEqual(names[i], got.Animal);
            Assert.AreEqual(keys[i], got.PredictedLabel);
            for (var c = 0; c < 3; c++)
                Assert.AreEqual(scores[i][c], got.Score[c], 1e-5f);
        }
    }

    [TestMethod]
    public void BinaryScoreIsTheLogOddsOfTheProbability()
    {
        var data = Animals();
        using var encoder = Embedding(data);
        using var model = _ml.BinaryClassification.Trainers.PretrainedEncoder(encoder, "Barks").Fit(data);
        var scored = model.Transform(Animals(60));
        var metrics = _ml.BinaryClassification.Evaluate(scored, labelColumnName: "Barks");
        Assert.IsGreaterThan(0.95, metrics.Accuracy);
        Assert.IsGreaterThan(0.98, metrics.AreaUnderRocCurve);
        Assert.IsLessThan(0.5, metrics.LogLoss);
        foreach (var row in _ml.Data.CreateEnumerable<Decision>(scored, reuseRowObject: false))
        {
            Assert.AreEqual(1 / (1 + Math.Exp(-row.Score)), row.Probability, 1e-6);
            Assert.AreEqual(row.Score > 0, row.PredictedLabel);
        }
        // Each column alone gives what it gives beside the others.
        foreach (var column in new[] { "Score", "Probability" })
            CollectionAssert.AreEqual(_ml.Data.CreateEnumerable<Decision>(scored, reuseRowObject: false)
                .Select(row => column == "Score" ? row.Score : row.Probability).ToArray(), scored.Scores(column));
    }

    [TestMethod]
    public void TheUsersEmbeddingStaysAsItIs()
    {
        var data = Animals();
        using var encoder = Embedding(data);
        var before = encoder.Transform(data).Vectors("Embedding");
        Multiclass(encoder).Fit(data).Dispose();
        Multiclass(encoder, o => o.FineTune = false).Fit(data).Dispose();
        foreach (var (a, b) in before.Zip(encoder.Transform(data).Vectors("Embedding")))
            CollectionAssert.AreEqual(a, b);
    }

    [TestMethod]
    public void SameSeedSameScoresAndWeightsOfRowsCount()
    {
        var data = Animals();
        using var encoder = Embedding(data);
        float[][] Scores(Action<PretrainedEncoderOptions>? change = null)
        {
            using var model = Multiclass(encoder, change).Fit(data);
            return model.Transform(data).Vectors("Score");
        }
        var first = Scores();
        foreach (var (a, b) in first.Zip(Scores()))
            CollectionAssert.AreEqual(a, b);
        // Rows of one class weigh a hundred times as much: it becomes likelier everywhere.
        var column = Array.IndexOf(first[0], first[0].Max());
        var plain = Scores(o => o.Epochs = 3).Average(s => s[column]);
        Assert.IsGreaterThan(plain, Scores(o => { o.Epochs = 3; o.ExampleWeightColumnName = "Weight"; }).Average(s => s[column]));
    }

    [TestMethod]
    public void CrossValidates()
    {
        var data = Animals();
        using var encoder = Embedding(data);
        var folds = _ml.MulticlassClassification.CrossValidate(data, Multiclass(encoder), numberOfFolds: 3, labelColumnName: "Class");
        Assert.IsGreaterThan(0.95, folds.Average(fold => fold.Metrics.MicroAccuracy));
        var binary = _ml.BinaryClassification.CrossValidate(data, _ml.BinaryClassification.Trainers.PretrainedEncoder(encoder, "Barks"),
            numberOfFolds: 3, labelColumnName: "Barks");
        Assert.IsGreaterThan(0.95, binary.Average(fold => fold.Metrics.AreaUnderRocCurve));
        foreach (var model in folds.Select(fold => fold.Model).Concat(binary.Select(fold => fold.Model)))
            ((IDisposable)model).Dispose();
    }

    [TestMethod]
    [DataRow("Animal")]
    [DataRow("Legs")]
    [DataRow("Barks")]
    public void SavedAndLoadedItIsTheSame(string keys)
    {
        var data = Animals(keys: keys);
        using var encoder = Embedding(data);
        using var file = new Samples.TemporaryFile();
        using var multiclass = Multiclass(encoder, o => o.HeadHiddenSizes = [4]).Fit(data);
        using var binary = _ml.BinaryClassification.Trainers.PretrainedEncoder(encoder, "Barks").Fit(data);
        foreach (ITransformer model in new ITransformer[] { multiclass, binary })
        {
            _ml.Model.Save(model, data.Schema, file.Path);
            var loaded = new MLContext().Model.Load(file.Path, out _);
            using var disposed = (IDisposable)loaded;
            Assert.AreEqual(Describe(model.GetOutputSchema(data.Schema)), Describe(loaded.GetOutputSchema(data.Schema)));
            foreach (var column in new[] { "Score", "Probability" }.Where(name => model.GetOutputSchema(data.Schema).GetColumnOrNull(name) != null))
            {
                if (model == binary)
                    CollectionAssert.AreEqual(model.Transform(data).Scores(column), loaded.Transform(data).Scores(column));
                else
                    foreach (var (a, b) in model.Transform(data).Vectors(column).Zip(loaded.Transform(data).Vectors(column)))
                        CollectionAssert.AreEqual(a, b);
            }
        }
    }
}
