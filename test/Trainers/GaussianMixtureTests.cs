using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

[TestClass]
public class GaussianMixtureTests
{
    /// <summary>Three groups of 2-dimensional rows, of 100, 200 and 300.</summary>
    static float[] Groups(int seed)
    {
        var normal = Support.Normal(1200, seed);
        for (int row = 0; row < 600; row++)
        {
            var (x, y) = (normal[2 * row], normal[2 * row + 1]);
            (normal[2 * row], normal[2 * row + 1]) = row < 100 ? (8 + x, y) : row < 300 ? (0.5f * x, 8 + x + 0.3f * y) : (-6 + 2 * x, -5 + 0.5f * y);
        }
        return normal;
    }

    [TestMethod]
    public void OneComponentHasClosedForm()
    {
        using var scope = NewDisposeScope();
        var x = tensor(Support.Plane(200, 4, 3), [200, 4]).to(ScalarType.Float64);
        foreach (var kind in Enum.GetValues<CovarianceKind>())
        {
            using var mixture = new GaussianMixture(1, 4);
            double likelihood = mixture.Fit(x, new MixtureFit(1, kind, Regularization: 1e-3), seed: 1);
            var centered = x - x.mean([0L]);
            var covariance = centered.t().matmul(centered) / 200;
            if (kind == CovarianceKind.Diagonal) covariance = covariance.diag().diag();
            covariance = covariance + 1e-3 * eye(4, dtype: ScalarType.Float64);
            var expected = -0.5 * ((centered.matmul(covariance.inverse()) * centered).sum(1) + covariance.logdet() + 4 * Math.Log(2 * Math.PI));
            Assert.AreEqual(expected.mean().item<double>(), likelihood, 1e-9);
            var stored = mixture.LogLikelihood(x.to(ScalarType.Float32)).to(ScalarType.Float64);
            Assert.IsLessThan(1e-2, (stored - expected).abs().max().item<double>()); // float32, variances of 0.001
        }
    }

    [TestMethod]
    public void EqualsScikitLearn()
    {
        using var scope = NewDisposeScope();
        var values = Groups(1);
        string file = Path.Combine(Support.TemporaryFolder(), "rows.json");
        File.WriteAllText(file, JsonSerializer.Serialize(values));
        string answer = Support.Python("""
            import json, sys, numpy as np
            try: from sklearn.mixture import GaussianMixture
            except ImportError: print('null'); sys.exit()
            x = np.array(json.load(open(sys.argv[1])), dtype=np.float64).reshape(-1, 2)
            answers = []
            for kind in ('full', 'diag'):
                m = GaussianMixture(3, covariance_type=kind, random_state=1, max_iter=500, tol=1e-9).fit(x)
                order = np.argsort(m.weights_)
                answers.append([m.score(x), *m.weights_[order], *m.means_[order].reshape(-1), *m.score_samples(x[:50])])
            print(json.dumps(answers))
            """, file);
        if (JsonSerializer.Deserialize<double[][]?>(answer) is not { } answers)
        {
            Assert.Inconclusive("Needs scikit-learn (Debian: python3-sklearn).");
            return;
        }
        foreach (var (kind, expected) in new[] { CovarianceKind.Full, CovarianceKind.Diagonal }.Zip(answers))
        {
            using var mixture = new GaussianMixture(3, 2);
            var x = tensor(values, [600, 2]);
            double likelihood = mixture.Fit(x, new MixtureFit(3, kind, Iterations: 500, Tolerance: 1e-9), seed: 2);
            int[] order = [.. Enumerable.Range(0, 3).OrderBy(c => mixture.Weights[c].item<float>())];
            double[] ours = [likelihood, .. order.Select(c => (double)mixture.Weights[c].item<float>()),
                .. order.SelectMany(c => Support.ToArray(mixture.Means[c]).Select(v => (double)v)),
                .. Support.ToArray(mixture.LogLikelihood(x.narrow(0, 0, 50))).Select(v => (double)v)];
            for (int i = 0; i < expected.Length; i++) Assert.AreEqual(expected[i], ours[i], 1e-3, $"{kind} {i}");
        }
    }

    [TestMethod]
    public void DrawsWhatItLearned()
    {
        using var scope = NewDisposeScope();
        using var mixture = new GaussianMixture(3, 2);
        var x = tensor(Groups(1), [600, 2]);
        mixture.Fit(x, new MixtureFit(3), seed: 1);
        var drawn = mixture.Draw(new RowNoise(1, 0, 20000)).to(ScalarType.Float64);
        var wide = x.to(ScalarType.Float64);
        Assert.IsLessThan(0.15, (drawn.mean([0L]) - wide.mean([0L])).abs().max().item<double>());
        Assert.IsLessThan(0.6, (drawn.t().matmul(drawn) / 20000 - wide.t().matmul(wide) / 600).abs().max().item<double>());
        var part = Support.ToArray(mixture.Draw(new RowNoise(1, 10, 5)));
        CollectionAssert.AreEqual(Support.ToArray(mixture.Draw(new RowNoise(1, 0, 20)).narrow(0, 10, 5)), part);
    }

    [TestMethod]
    public void SurvivesFewAndEqualRows()
    {
        using var scope = NewDisposeScope();
        foreach (int rows in new[] { 1, 3, 50 })
        {
            using var mixture = new GaussianMixture(5, 3);
            mixture.Fit(ones(rows, 3), new MixtureFit(5), seed: 1);
            Assert.IsTrue(mixture.Draw(new RowNoise(1, 0, 10)).sub(1).abs().max().item<float>() < 0.1f);
        }
    }
}
