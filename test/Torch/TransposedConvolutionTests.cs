using static TorchSharp.torch;

namespace TorchSharp.Reference.Tests;

/// <summary>Transposed convolutions in single precision, which may be computed in a way of their own, against those in double precision.</summary>
[TestClass]
public class TransposedConvolutionTests
{
    /// <summary>Result, gradients, and the gradient of a gradient, for few and many channels in either order of memory, odd sizes, uneven strides
    /// and no bias.</summary>
    [TestMethod]
    [DataRow(2, 3, 7, 5, 3, 2, 2, 1, 1)]
    [DataRow(4, 16, 7, 7, 3, 2, 2, 1, 0)]
    [DataRow(16, 9, 4, 3, 5, 2, 1, 2, 0)]
    [DataRow(16, 1, 6, 4, 3, 2, 2, 1, 1)]
    [DataRow(3, 8, 1, 1, 3, 2, 2, 1, 1)]
    [DataRow(3, 8, 5, 4, 4, 3, 3, 0, 2)]
    public void EqualsDoublePrecision(int inputs, int outputs, int height, int width, int kernel, int down, int across, int padding, int output)
    {
        foreach (bool hasBias in new[] { true, false })
        {
            var expected = Run(ScalarType.Float64, channelsLast: false);
            foreach (bool channelsLast in new[] { false, true })
            {
                var single = Run(ScalarType.Float32, channelsLast);
                for (int i = 0; i < expected.Length; i++)
                    Assert.IsLessThan(1e-5, ((single[i].to(ScalarType.Float64) - expected[i]).abs().max() / expected[i].abs().max()).item<double>(),
                        $"part {i}, bias {hasBias}, channels last {channelsLast}");
            }

            Tensor[] Run(ScalarType type, bool channelsLast)
            {
                Tensor Leaf(double frequency, params long[] shape) => Sample.Wave(shape, frequency).to(type).detach().requires_grad_();
                var x = Leaf(1, 3, inputs, height, width);
                if (channelsLast) x = x.detach().permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).requires_grad_();
                var weight = Leaf(1.3, inputs, outputs, kernel, kernel);
                var bias = hasBias ? Leaf(1.7, outputs) : null;
                var y = nn.functional.conv_transpose2d(x, weight, bias!, [down, across], [padding, padding], [output, Math.Min(output, across - 1)]);
                var gradients = autograd.grad([y.sin().sum()], bias is null ? [x, weight] : [x, weight, bias], retain_graph: true, create_graph: true);
                var second = autograd.grad([gradients[0].square().sum() + gradients[1].square().sum()], [x, weight]);
                return [y.detach(), .. gradients.Select(g => g.detach()), .. second];
            }
        }
    }

    [TestMethod]
    public void ShapesThatDoNotFitAreRefused()
    {
        var x = rand(2, 3, 5, 5);
        Assert.Throws<Exception>(() => nn.functional.conv_transpose2d(x, rand(4, 8, 3, 3)));
        Assert.Throws<Exception>(() => nn.functional.conv_transpose2d(x, rand(3, 8, 3, 3), rand(7)));
        Assert.Throws<Exception>(() => nn.functional.conv_transpose2d(x, rand(3, 8, 3, 3), null!, [2, 2], [1, 1], [2, 2]));
        Assert.Throws<Exception>(() => nn.functional.conv_transpose2d(x, rand(3, 8, 3, 3), null!, [1, 1], [9, 9]));
    }
}
