using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML.Acceptance.Tests;

/// <summary>A pipeline from end to end, small enough to be run for every way of building.</summary>
[TestClass]
public class SmokeTests
{
    const int Width = 8;

    sealed class Row
    {
        [VectorType(Width)]
        public float[] Features { get; set; } = [];

        public bool Label { get; set; }
    }

    sealed class Predicted
    {
        public float[] Embedding { get; set; } = [];

        public float[] Score { get; set; } = [];
    }

    /// <summary>Points on two rings in a plane that lies askew in eight dimensions; the label names the ring.</summary>
    static Row[] Rings(int count)
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var (outer, angle) = (i % 2 == 0, random.NextDouble() * Math.Tau);
            var (x, y) = ((outer ? 2 : 1) * Math.Cos(angle), (outer ? 2 : 1) * Math.Sin(angle));
            var features = Enumerable.Range(0, Width).Select(slot => (float)(x * Math.Sin(slot + 1) + y * Math.Cos(2 * slot) + 0.3 * x * y + 0.02 * random.NextDouble()));
            return new Row { Features = [.. features], Label = outer };
        })];
    }

    [TestMethod]
    [TestCategory("Smoke")]
    public void A_chain_with_an_embedding_is_fitted_saved_loaded_and_predicts_the_same()
    {
        var ml = new MLContext(seed: 1);
        var rows = Rings(400);
        var data = ml.Data.LoadFromEnumerable(rows);
        var model = ml.Transforms.NormalizeMinMax("Features")
            .Append(ml.Transforms.AutoencoderEmbedding("Embedding", "Features", embeddingSize: 3, epochs: 20))
            .Append(ml.Transforms.Conversion.MapValueToKey("Label"))
            .AppendCacheCheckpoint(ml)
            .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(featureColumnName: "Embedding"))
            .Fit(data);

        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.zip");
        try
        {
            ml.Model.Save(model, data.Schema, path);
            var other = new MLContext();
            var loaded = other.Model.Load(path, out _);
            var before = ml.Data.CreateEnumerable<Predicted>(model.Transform(data), reuseRowObject: false).ToArray();
            var after = other.Data.CreateEnumerable<Predicted>(loaded.Transform(data), reuseRowObject: false).ToArray();
            using var engine = other.Model.CreatePredictionEngine<Row, Predicted>(loaded);
            Assert.HasCount(rows.Length, after);
            for (var i = 0; i < rows.Length; i++)
            {
                Assert.HasCount(3, after[i].Embedding);
                CollectionAssert.AreEqual(before[i].Embedding, after[i].Embedding);
                CollectionAssert.AreEqual(before[i].Score, after[i].Score);
            }
            // One row and a block of rows are multiplied in another order.
            foreach (var (batch, single) in after[7].Score.Zip(engine.Predict(rows[7]).Score))
                Assert.AreEqual(batch, single, 1e-5f);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [TestMethod]
    [TestCategory("Smoke")]
    public void Rows_off_the_pattern_score_higher()
    {
        var ml = new MLContext(seed: 1);
        var rows = Rings(400);
        foreach (var row in rows[..20])
            row.Features[3] += 4;
        var data = ml.Data.LoadFromEnumerable(rows);
        using var model = ml.AnomalyDetection.Trainers.Autoencoder(contamination: 0.05).Fit(data);
        var scores = model.Transform(data).GetColumn<float>("Score").ToArray();
        var usual = scores[20..].Order().ToArray();
        Assert.IsGreaterThan(usual[usual.Length / 2], scores[..20].Min());
    }
}
