using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML.Transforms.Tests;

/// <summary>Reading through a network: cursors, cursor sets, row mappers and prediction engines give the same values.</summary>
[TestClass]
public class RowsTests
{
    const int Width = 7;
    const int Rows = 1300; // more than two blocks, the last one not full
    readonly MLContext _ml = new(seed: 1);
    readonly IDataView _data;
    readonly AutoencoderAnomalyTransformer _model;

    public RowsTests()
    {
        _data = _ml.ToView(Samples.NearPlane(Rows, Width), Width);
        _model = _ml.AnomalyDetection.Trainers.Autoencoder(epochs: 2).Fit(_data);
    }

    [TestCleanup]
    public void Dispose() => _model.Dispose();

    public sealed class Output
    {
        public string Id = "";
        public float Score;
        public bool PredictedLabel;
    }

    [TestMethod]
    public void EngineGivesTheBatchsValues()
    {
        var expected = _ml.Data.CreateEnumerable<Output>(_model.Transform(_data), reuseRowObject: false).ToArray();
        using var engine = _ml.Model.CreatePredictionEngine<Samples.Row, Output>(_model, new PredictionEngineOptions
        {
            InputSchemaDefinition = Samples.Schema(Width), OwnsTransformer = false,
        });
        var rows = Samples.NearPlane(Rows, Width);
        for (var i = 0; i < Rows; i += 7)
        {
            var got = engine.Predict(rows[i]);
            Assert.AreEqual(expected[i].Id, got.Id);
            // Matrix products of other sizes add in another order.
            Assert.AreEqual(expected[i].Score, got.Score, 1e-5f * Math.Max(1, Math.Abs(expected[i].Score)));
        }
    }

    [TestMethod]
    public void CursorSetGivesEveryRowOnce()
    {
        var expected = _model.Transform(_data).Scores();
        var view = _model.Transform(_ml.Data.Cache(_data));
        Assert.HasCount(Rows, view.Scores());
        var found = new float?[Rows];
        var cursors = view.GetRowCursorSet(view.Schema, 4);
        Assert.IsTrue(cursors.All(cursor => ReferenceEquals(cursor.Schema, view.Schema)));
        Parallel.ForEach(cursors, cursor =>
        {
            using (cursor)
            {
                var id = cursor.GetGetter<ReadOnlyMemory<char>>(view.Schema["Id"]);
                var score = cursor.GetGetter<float>(view.Schema["Score"]);
                while (cursor.MoveNext())
                {
                    ReadOnlyMemory<char> name = default;
                    float value = 0;
                    id(ref name);
                    score(ref value);
                    var row = int.Parse(name.Span[3..]);
                    Assert.IsNull(found[row]);
                    found[row] = value;
                }
            }
        });
        for (var i = 0; i < Rows; i++)
            Assert.AreEqual(expected[i], found[i]!.Value, 1e-5f * Math.Max(1, Math.Abs(expected[i])));
    }

    [TestMethod]
    public void RowIdsPositionsAndOrderAreTheSources()
    {
        var view = _model.Transform(_data);
        using var source = _data.GetRowCursor(_data.Schema);
        using var scored = view.GetRowCursor(view.Schema);
        var sourceId = source.GetIdGetter();
        var scoredId = scored.GetIdGetter();
        while (source.MoveNext())
        {
            Assert.IsTrue(scored.MoveNext());
            DataViewRowId a = default, b = default;
            sourceId(ref a);
            scoredId(ref b);
            Assert.AreEqual(a, b);
            Assert.AreEqual(source.Position, scored.Position);
        }
        Assert.IsFalse(scored.MoveNext());
        Assert.AreEqual(-1, scored.Position);
    }

    [TestMethod]
    public void FewRowsReadFewAndUnusedColumnsComputeNothing()
    {
        var read = 0;
        var counted = _ml.Data.LoadFromEnumerable(Counting(), Samples.Schema(Width));
        _ml.Data.TakeRows(_model.Transform(counted), 5).Scores();
        Assert.IsLessThanOrEqualTo(600, read);

        // With its network gone, the transformer still passes other columns through.
        var view = _model.Transform(_data);
        _model.Dispose();
        Assert.HasCount(Rows, view.GetColumn<string>("Id").ToArray());
        Assert.ThrowsExactly<ObjectDisposedException>(() => view.Scores());

        IEnumerable<Samples.Row> Counting()
        {
            foreach (var row in Samples.NearPlane(Rows, Width))
            {
                read++;
                yield return row;
            }
        }
    }

    [TestMethod]
    public void WorksUnderTheBuiltInOperations()
    {
        var view = _model.Transform(_data);
        var expected = view.Scores().Order().ToArray();
        CollectionAssert.AreEqual(expected, _ml.Data.ShuffleRows(view, seed: 2).Scores().Order().ToArray());
        CollectionAssert.AreEqual(view.Scores(), _ml.Data.Cache(view).Scores());
        Assert.HasCount(10, view.Preview(10).RowView);
        var split = _ml.Data.TrainTestSplit(view, 0.25);
        CollectionAssert.AreEqual(expected, split.TrainSet.Scores().Concat(split.TestSet.Scores()).Order().ToArray());
        Assert.AreEqual("Score Id", string.Join(' ', _ml.Transforms.SelectColumns("Score", "Id").Fit(view).Transform(view).Schema.Select(c => c.Name)));
    }

    [TestMethod]
    public void SixteenThreadsShareOneTransformer()
    {
        var expected = _model.Transform(_data).Scores();
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 16 }, thread =>
        {
            CollectionAssert.AreEqual(expected, _model.Transform(_data).Scores());
            using var engine = _ml.Model.CreatePredictionEngine<Samples.Row, Output>(_model, new PredictionEngineOptions
            {
                InputSchemaDefinition = Samples.Schema(Width), OwnsTransformer = false,
            });
            var rows = Samples.NearPlane(Rows, Width);
            for (var i = thread; i < Rows; i += 50)
                Assert.AreEqual(expected[i], engine.Predict(rows[i]).Score, 1e-5f * Math.Max(1, Math.Abs(expected[i])));
        });
    }

    [TestMethod]
    public void TrainersBehindACachedEmbeddingLearn()
    {
        var rows = Samples.NearPlane(400, Width);
        foreach (var row in rows)
            row.Label = row.Features[0] > 0 ? 1 : 0;
        var data = _ml.ToView(rows, Width);
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(_ml.Transforms.AutoencoderEmbedding("Embedding", "Features", embeddingSize: 3, epochs: 60))
            .AppendCacheCheckpoint(_ml)
            .Append(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(featureColumnName: "Embedding", l1Regularization: 0, l2Regularization: 0.01f));
        var folds = _ml.MulticlassClassification.CrossValidate(data, pipeline, numberOfFolds: 2);
        Assert.IsGreaterThan(0.85, folds.Average(fold => fold.Metrics.MicroAccuracy));
    }
}
