using static TorchSharp.torch;

namespace TorchSharp.Reference.Tests;

/// <summary>Group normalization in single precision, which may be computed in a way of its own, against double precision.</summary>
[TestClass]
public class GroupNormTests
{
    /// <summary>Result and gradients in either order of memory.</summary>
    [TestMethod]
    [DataRow(8, 32, 14, 14)]
    [DataRow(2, 6, 5, 3)]
    [DataRow(3, 3, 1, 7)]
    [DataRow(1, 4, 9, 9)]
    public void EqualsDoublePrecision(int groups, int channels, int height, int width) => Compare(groups, channels, height, width, offset: 0, tolerance: 1e-5);

    internal static void Compare(int groups, int channels, int height, int width, double offset, double tolerance)
    {
        var expected = Run(ScalarType.Float64, channelsLast: false);
        foreach (bool channelsLast in new[] { false, true })
        {
            var single = Run(ScalarType.Float32, channelsLast);
            for (int i = 0; i < expected.Length; i++)
                Assert.IsLessThan(tolerance, ((single[i].to(ScalarType.Float64) - expected[i]).abs().max() / expected[i].abs().max()).item<double>(),
                    $"part {i}, channels last {channelsLast}");
        }

        Tensor[] Run(ScalarType type, bool channelsLast)
        {
            Tensor Leaf(double frequency, params long[] shape) => Sample.Wave(shape, frequency).to(type).detach().requires_grad_();
            var x = (Sample.Wave([3, channels, height, width], 1.1) + offset).to(type).detach().requires_grad_();
            if (channelsLast) x = x.detach().permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).requires_grad_();
            var (weight, bias) = (Leaf(1.3, channels), Leaf(1.7, channels));
            var y = nn.functional.group_norm(x, groups, weight, bias);
            return [y.detach(), .. autograd.grad([y.sin().sum()], [x, weight, bias])];
        }
    }
}
