using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML.Transforms.Tests;

/// <summary>Moving between rows by way of their latent vectors, and completing rows.</summary>
[TestClass]
public class LatentTests
{
    static readonly MLContext s_ml = new(seed: 1);
    static readonly Samples.Row[] s_rows = Samples.NearPlane(800, 6, every: 0);
    static readonly Lazy<GeneratorTransformer> s_model = new(() => s_ml.Generation.Trainers.VariationalAutoencoder(new VariationalGeneratorTrainer.Options
    {
        LatentSize = 2, Epochs = 150, BatchSize = 50, Optimizer = new Adam { LearningRate = 3e-3 },
    }).Fit(s_ml.ToView(s_rows, 6, slotNames: true)));

    static float[][] Features(IDataView view) => view.Vectors("Features");

    [TestMethod]
    public void ReconstructionsAreNearTheRows()
    {
        var made = Features(s_ml.Generation.Reconstruct(s_model.Value, s_ml.ToView(s_rows, 6, true)));
        var error = made.Zip(s_rows, (a, b) => a.Zip(b.Features, (x, y) => (x - y) * (x - y)).Sum()).Average();
        var spread = s_rows.Average(row => row.Features.Sum(x => x * x));
        Assert.IsLessThan(0.05 * spread, error);
    }

    [TestMethod]
    [DataRow(LatentPath.Linear)]
    [DataRow(LatentPath.Spherical)]
    public void InterpolationGoesFromRowToRow(LatentPath path)
    {
        var three = s_ml.ToView(s_rows[..3], 6, true);
        var ends = Features(s_ml.Generation.Reconstruct(s_model.Value, three));
        var way = Features(s_ml.Generation.Interpolate(s_model.Value, three, steps: 5, path));
        Assert.HasCount(10, way);
        AreClose(ends[0], way[0]);
        AreClose(ends[1], way[4]);
        AreClose(ends[1], way[5]);
        AreClose(ends[2], way[9]);
        Assert.ThrowsExactly<ArgumentException>(() => s_ml.Generation.Interpolate(s_model.Value, s_ml.ToView(s_rows[..1], 6, true)));
    }

    [TestMethod]
    public void SphericalPathKeepsTheLength()
    {
        float[] from = [2, 0, 0], to = [0, 2, 0], between = new float[3];
        LatentPath.Spherical.Between(from, to, 1 / 3.0, between);
        Assert.AreEqual(2 * Math.Cos(Math.PI / 6), between[0], 1e-6);
        Assert.AreEqual(2 * Math.Sin(Math.PI / 6), between[1], 1e-6);
        LatentPath.Spherical.Between(from, [4, 0, 0], 0.5, between);
        Assert.AreEqual(3f, between[0], 1e-5f);
        LatentPath.Spherical.Between([0, 0, 0], to, 0.5, between);
        Assert.AreEqual(1f, between[1], 1e-5f);
    }

    [TestMethod]
    public void WalkMovesOneUnit()
    {
        var view = s_ml.Generation.WalkSamples(s_model.Value, count: 2, unit: 1, from: -2, to: 2, steps: 5, seed: 3);
        var walk = Features(view);
        Assert.HasCount(10, walk);
        // Rows lie near a plane, on which one latent value moves them along a line or nearly so: every step has a part along the whole walk.
        for (var row = 0; row < 4; row++)
            Assert.IsGreaterThan(0, Dot(Difference(walk[row + 1], walk[row]), Difference(walk[4], walk[0])));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => s_ml.Generation.WalkSamples(s_model.Value, 1, unit: 2));

        static float[] Difference(float[] a, float[] b) => [.. a.Zip(b, (x, y) => x - y)];
        static double Dot(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();
    }

    [TestMethod]
    public void CompletedRowsFitWhatIsKnown()
    {
        var holed = s_rows.Select(row => new Samples.Row { Features = [.. row.Features] }).ToArray();
        foreach (var row in holed)
            row.Features[4] = float.NaN;
        var made = Features(s_ml.Generation.Complete(s_model.Value, s_ml.ToView(holed, 6, true), ["sensor2"], seed: 2));
        for (var i = 0; i < made.Length; i++)
        {
            foreach (var known in new[] { 0, 1, 3, 5 })
                Assert.AreEqual(s_rows[i].Features[known], made[i][known]);
        }
        foreach (var slot in new[] { 2, 4 })
        {
            // Four slots of a plane of two dimensions tell the rest but for the noise.
            var error = made.Zip(s_rows, (a, b) => Math.Pow(a[slot] - b.Features[slot], 2)).Average();
            var spread = s_rows.Average(row => row.Features[slot] * (double)row.Features[slot]);
            Assert.IsLessThan(0.2 * spread, error, $"slot {slot}");
        }
        var unknown = Assert.ThrowsExactly<ArgumentException>(() => s_ml.Generation.Complete(s_model.Value, s_ml.ToView(holed, 6, true), ["sensor9"]));
        StringAssert.Contains(unknown.Message, "sensor9");
    }

    static void AreClose(float[] expected, float[] actual)
    {
        for (var i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], 1e-4f);
    }
}
