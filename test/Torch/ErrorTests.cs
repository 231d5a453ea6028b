using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Reference.Tests;

/// <summary>What goes wrong arrives as an exception that says what; nothing takes the process down.</summary>
[TestClass]
public class ErrorTests
{
    [TestMethod]
    public void Native_errors_arrive_with_their_message()
    {
        using var scope = NewDisposeScope();
        StringAssert.Contains(Assert.ThrowsExactly<ExternalException>(() => ones(3, 4).mm(ones(2, 2))).Message, "(3x4 and 2x2)");
        StringAssert.Contains(Assert.ThrowsExactly<ExternalException>(() => ones(3) + ones(2)).Message, "must match the size");
        StringAssert.Contains(Assert.ThrowsExactly<ExternalException>(() => ones(2, 2).view(3)).Message, "invalid for input of size 4");
        StringAssert.Contains(Assert.ThrowsExactly<ExternalException>(() => ones(2).sum(5)).Message, "Dimension out of range");
        Assert.ThrowsExactly<ExternalException>(() => linalg.cholesky(-eye(3)));
        Assert.ThrowsExactly<ExternalException>(() => ones(3)[7]);
        Assert.ThrowsExactly<ExternalException>(() => ones(2).log_().backward());
        Assert.ThrowsExactly<ExternalException>(() => nn.functional.one_hot(tensor(new long[] { 5 }), 3));
        Assert.ThrowsExactly<ExternalException>(() => empty(1L << 60));
    }

    [TestMethod]
    public void Changes_in_place_that_break_a_gradient_are_found()
    {
        using var scope = NewDisposeScope();
        var x = ones(3, requires_grad: true);
        Assert.ThrowsExactly<ExternalException>(() => x.add_(1));
        var y = x.exp();
        y.add_(1);
        Assert.ThrowsExactly<ExternalException>(() => y.sum().backward());
    }

    [TestMethod]
    public void Disposed_tensors_refuse_to_work()
    {
        var gone = ones(3);
        gone.Dispose();
        Assert.ThrowsExactly<InvalidOperationException>(() => gone + 1);
        Assert.ThrowsExactly<InvalidOperationException>(() => ones(3) + gone);
        Assert.ThrowsExactly<InvalidOperationException>(() => cat([ones(3), gone]));
        Assert.ThrowsExactly<InvalidOperationException>(() => gone.shape);
        Assert.ThrowsExactly<InvalidOperationException>(() => gone.bytes.ToArray());
        Assert.ThrowsExactly<InvalidOperationException>(() => gone.grad);
        Assert.ThrowsExactly<InvalidOperationException>(() => gone.ToSingle());
    }

    [TestMethod]
    public void Numbers_of_another_type_are_refused()
    {
        using var scope = NewDisposeScope();
        Assert.ThrowsExactly<ArgumentException>(() => ones(3).data<double>());
        Assert.ThrowsExactly<ArgumentException>(() => ones(1).item<int>());
        Assert.ThrowsExactly<ArgumentException>(() => ones(2).item<float>());
        Assert.ThrowsExactly<InvalidOperationException>(() => ones(2, 3).t().bytes.ToArray());
        Assert.ThrowsExactly<ArgumentException>(() => ones(2).bytes = new byte[3]);
        Assert.ThrowsExactly<ArgumentException>(() => tensor(new[] { 1f, 2 }, [3]));
    }

    [TestMethod]
    public void Modules_refuse_what_they_cannot_be()
    {
        using var net = nn.Linear(2, 2);
        Assert.ThrowsExactly<ArgumentException>(() => net.to(ScalarType.Int32));
        Assert.ThrowsExactly<ExternalException>(() => net.call(ones(1, 3)));
        Assert.ThrowsExactly<ArgumentException>(() => nn.Conv2d(3, 4, 3).call(ones(1, 2, 5, 5)));
    }

    [TestMethod]
    public void Devices_that_are_not_there_are_refused()
    {
        Assert.AreEqual(cuda.is_available(), cuda.device_count() > 0);
        if (cuda.is_available()) Assert.Inconclusive("this machine has a CUDA device");
        Assert.ThrowsExactly<InvalidOperationException>(() => ones(1).to(DeviceType.CUDA));
        Assert.ThrowsExactly<InvalidOperationException>(() => device("cuda:0"));
    }

    [TestMethod]
    public void Errors_on_many_threads_stay_apart()
    {
        Parallel.For(0, 200, k =>
        {
            using var scope = NewDisposeScope();
            var error = Assert.ThrowsExactly<ExternalException>(() => ones(3, 4).mm(ones(k + 5, 2)));
            StringAssert.Contains(error.Message, $"(3x4 and {k + 5}x2)");
        });
    }
}
