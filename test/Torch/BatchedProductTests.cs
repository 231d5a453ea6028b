using static TorchSharp.torch;

namespace TorchSharp.Reference.Tests;

/// <summary>Products of batches of matrices in single precision, which may be computed in a way of their own, against double precision.</summary>
[TestClass]
public class BatchedProductTests
{
    /// <summary>Operands whose rows, columns or neither lie side by side in memory, or that are one matrix for the whole batch.</summary>
    public static IEnumerable<object[]> Layouts => [["plain"], ["transposed"], ["strided"], ["part"], ["expanded"], ["reversed"]];

    [TestMethod]
    [DynamicData(nameof(Layouts))]
    public void EqualsDoublePrecision(string layout)
    {
        foreach (var other in Layouts)
            foreach (var (batch, m, k, n) in new[] { (3, 4, 5, 6), (1, 1, 7, 1), (5, 1, 1, 1), (2, 3, 1, 4), (40, 30, 16, 30), (2, 130, 90, 70) })
            {
                var (a, b) = (Operand(layout, batch, m, k, 1), Operand((string)other[0], batch, k, n, 1.3));
                var expected = Run(a.to(ScalarType.Float64), b.to(ScalarType.Float64));
                var single = Run(a, b);
                for (int i = 0; i < expected.Length; i++)
                    Assert.IsLessThan(1e-5, ((single[i].to(ScalarType.Float64) - expected[i]).abs().max() / expected[i].abs().max()).item<double>(),
                        $"part {i} of {layout} and {other[0]}, {batch} x {m} x {k} x {n}");
            }

        static Tensor[] Run(Tensor a, Tensor b)
        {
            (a, b) = (a.detach().requires_grad_(), b.detach().requires_grad_());
            var product = a.bmm(b);
            return [product.detach(), .. autograd.grad([product.square().sum()], [a, b])];
        }
    }

    static Tensor Operand(string layout, long batch, long rows, long columns, double frequency)
    {
        Tensor Wave(params long[] shape) => Sample.Wave(shape, frequency, ScalarType.Float32);
        return layout switch
        {
            "plain" => Wave(batch, rows, columns),
            "transposed" => Wave(batch, columns, rows).transpose(1, 2),
            "strided" => Wave(batch, rows, columns, 2).select(3, 1),
            "part" => Wave(batch, rows, columns + 3).narrow(2, 2, columns),
            "expanded" => Wave(1, rows, columns).expand(batch, rows, columns),
            _ => Wave(rows, batch, columns).transpose(0, 1),
        };
    }

    [TestMethod]
    public void EmptyBatchesGiveZeros()
    {
        CollectionAssert.AreEqual(new long[] { 0, 2, 3 }, zeros(new long[] { 0, 2, 4 }).bmm(zeros(new long[] { 0, 4, 3 })).shape);
        Assert.AreEqual(0, zeros(new long[] { 2, 3, 0 }).bmm(zeros(new long[] { 2, 0, 4 })).abs().sum().item<float>());
    }

    [TestMethod]
    public void ShapesThatDoNotFitAreRefused()
    {
        Assert.Throws<Exception>(() => zeros(2, 3, 4).bmm(zeros(2, 5, 6)));
        Assert.Throws<Exception>(() => zeros(2, 3, 4).bmm(zeros(3, 4, 6)));
        Assert.Throws<Exception>(() => zeros(3, 4).bmm(zeros(4, 6)));
        Assert.Throws<Exception>(() => zeros(2, 3, 4).bmm(zeros(2, 4, 6).to(ScalarType.Float64)));
    }
}
