using static TorchSharp.torch;

namespace TorchSharp.Reference.Tests;

/// <summary>Dropout (Srivastava et al. 2014): what stays is scaled up, what is dropped is a fair draw.</summary>
[TestClass]
public class DropoutTests
{
    [TestMethod]
    [DataRow(0.1)]
    [DataRow(0.5)]
    [DataRow(0.9)]
    public void DropsTheShareAskedForAndScalesTheRest(double p)
    {
        manual_seed(3);
        const int count = 1_000_003;
        var y = nn.functional.dropout(ones(count), p);
        var dropped = (y == 0).sum().item<long>();
        // Five standard deviations of the binomial distribution.
        Assert.AreEqual(count * p, dropped, 5 * Math.Sqrt(count * p * (1 - p)));
        Assert.IsTrue(((y == 0) | ((y - 1 / (1 - p)).abs() < 1e-5)).all().item<bool>());
    }

    /// <summary>Neighbours at several distances, and the same places of one draw and the next, agree as often as independent draws do.</summary>
    [TestMethod]
    public void DrawsAreIndependent()
    {
        manual_seed(4);
        const int count = 1 << 20;
        var first = nn.functional.dropout(ones(count), 0.5) != 0;
        var second = nn.functional.dropout(ones(count), 0.5) != 0;
        var bound = 5 * Math.Sqrt(count) / 2;
        foreach (var distance in new[] { 1, 2, 16, 256, 4096, 65536 })
            Assert.AreEqual((count - distance) / 2.0, (first[distance..] == first[..^distance]).sum().item<long>(), bound, $"distance {distance}");
        Assert.AreEqual(count / 2.0, (first == second).sum().item<long>(), bound);
    }

    [TestMethod]
    public void GradientFlowsThroughWhatStayed()
    {
        manual_seed(5);
        foreach (var turned in new[] { false, true })
        {
            var x = rand(70, 33);
            if (turned)
                x = x.t();
            x = x.detach().requires_grad_();
            var y = nn.functional.dropout(x, 0.3);
            var gradient = autograd.grad([(y * y).sum()], [x])[0];
            // y = s x where it stayed, so the derivative of y² is 2 s y.
            Assert.IsLessThan(1e-5, (gradient - 2 / 0.7 * y).abs().max().item<float>());
        }
    }

    [TestMethod]
    public void RepeatsWithItsSeedWhateverTheThreads()
    {
        var threads = get_num_threads();
        try
        {
            var draws = new[] { 1, 2, 3 }.Select(count =>
            {
                set_num_threads(count);
                manual_seed(6);
                return nn.functional.dropout(ones(200_000), 0.2);
            }).ToArray();
            Assert.IsTrue(draws.All(draw => Same(draw, draws[0])));
            Assert.IsFalse(Same(nn.functional.dropout(ones(200_000), 0.2), draws[0]));
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [TestMethod]
    public void LeavesAsItIsOutsideOfTraining()
    {
        var x = rand(5, 7);
        Assert.IsTrue(Same(nn.functional.dropout(x, 0.5, training: false), x));
        Assert.IsTrue(Same(nn.functional.dropout(x, 0), x));
        Assert.AreEqual(0, nn.functional.dropout(x, 1).abs().sum().item<float>());
    }

    static bool Same(Tensor a, Tensor b) => (a == b).all().item<bool>();
}
