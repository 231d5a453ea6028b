using static TorchSharp.torch;

namespace TorchSharp.Reference.Tests;

/// <summary>Gradients against central finite differences in double precision.</summary>
[TestClass]
public class GradientTests
{
    static readonly (string name, Func<Tensor, Tensor> f)[] cases =
    [
        ("exp", x => x.exp()), ("log", x => (x + 2).log()), ("sqrt", x => (x + 2).sqrt()), ("tanh", x => x.tanh()),
        ("sigmoid", x => x.sigmoid()), ("erf", x => x.erf()),
        ("pow", x => (x + 2).pow(2.5)), ("divide", x => 1 / (x + 3)), ("square", x => x.square()), ("gelu", x => nn.functional.gelu(x)),
        ("silu", x => nn.functional.silu(x)),
        ("elu", x => nn.functional.elu(x, 1)), ("softplus", x => nn.functional.softplus(x)),
        ("logsigmoid", x => nn.functional.logsigmoid(x)), ("softmax", x => x.softmax(1)),
        ("log_softmax", x => x.log_softmax(0)), ("logsumexp", x => x.logsumexp(1)), ("mean", x => x.mean([0])), ("std", x => x.std(1)),
        ("var", x => x.var(0)), ("norm", x => x.norm()),
        ("prod", x => x.prod(1)), ("cumsum", x => x.cumsum(1)), ("max", x => x.max(1).values), ("matmul", x => x.matmul(x.t())),
        ("inverse", x => linalg.inv(x.matmul(x.t()) + eye(3, dtype: float64))),
        ("cholesky", x => linalg.cholesky(x.matmul(x.t()) + eye(3, dtype: float64))),
        ("logdet", x => (x.matmul(x.t()) + eye(3, dtype: float64)).logdet()), ("einsum", x => einsum("ij,kj->ik", x, x)),
        ("reshape", x => x.reshape(2, 6).t() * 2), ("cat", x => cat([x, x * 2], 1)),
        ("index", x => x[TensorIndex.Colon, 1..3] * x[TensorIndex.Colon, ..2]), ("gather", x => x.gather(1, zeros(3, 2, int64))),
        ("flip", x => x.flip(1) * x), ("where", x => where(x > 0, x * 2, x.exp())), ("clamp", x => x.clamp(-0.5, 0.5)),
        ("layer_norm", x => nn.functional.layer_norm(x, [4])), ("expand", x => x.unsqueeze(0).expand(2, 3, 4)),
        ("mse_loss", x => nn.functional.mse_loss(x, x.detach() * 0 + 0.3)),
        ("cross_entropy", x => nn.functional.cross_entropy(x, tensor(new long[] { 0, 3, 1 }), label_smoothing: 0.1)),
        ("bce_logits", x => nn.functional.binary_cross_entropy_with_logits(x, zeros_like(x) + 0.4)),
        ("conv1d", x => nn.functional.conv1d(x.unsqueeze(0), Sample.Wave([2, 3, 2]))),
        ("linear", x => nn.functional.linear(x, Sample.Wave([5, 4]), Sample.Wave([5]))),
        ("huber", x => nn.functional.huber_loss(x, zeros_like(x), 0.4)),
        ("attention", x => nn.functional.scaled_dot_product_attention(x.unsqueeze(0), x.unsqueeze(0), x.unsqueeze(0))),
        ("pad", x => nn.functional.pad(x.unsqueeze(0), [1L, 1], PaddingModes.Reflect)),
    ];

    public static IEnumerable<object[]> Names => cases.Select(c => new object[] { c.name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Equals_the_finite_difference(string name)
    {
        using var scope = NewDisposeScope();
        var f = cases.First(c => c.name == name).f;
        var start = Sample.Values(Sample.Wave([3, 4], 1.1));

        double Loss(double[] values)
        {
            using var unrecorded = no_grad();
            return Weighted(f(tensor(values, [3, 4]))).ToDouble();
        }

        var x = tensor(start, [3, 4], requires_grad: true);
        Weighted(f(x)).backward();
        var gradient = Sample.Values(x.grad!);
        const double Step = 1e-6;
        for (var k = 0; k < start.Length; k++)
        {
            var (up, down) = ((double[])start.Clone(), (double[])start.Clone());
            up[k] += Step;
            down[k] -= Step;
            var difference = (Loss(up) - Loss(down)) / (2 * Step);
            Assert.AreEqual(difference, gradient[k], 1e-6 * Math.Max(1, Math.Abs(difference)), $"{name}, element {k}");
        }
    }

    /// <summary>A sum in which no two elements count alike.</summary>
    static Tensor Weighted(Tensor tensor) => (tensor * Sample.Wave(tensor.shape, 0.9)).sum();

    [TestMethod]
    public void Second_derivative_of_a_cube_is_six_times_its_argument()
    {
        using var scope = NewDisposeScope();
        var x = tensor(3.0, requires_grad: true);
        var first = autograd.grad([x.pow(3)], [x], create_graph: true)[0];
        var second = autograd.grad([first], [x])[0];
        Assert.AreEqual(27, first.ToDouble(), 1e-12);
        Assert.AreEqual(18, second.ToDouble(), 1e-12);
    }

    [TestMethod]
    public void Gradients_add_up_until_they_are_zeroed()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { 1.0, 2 }, requires_grad: true);
        x.square().sum().backward();
        x.square().sum().backward();
        CollectionAssert.AreEqual(new[] { 4.0, 8 }, Sample.Values(x.grad!));
        x.grad!.zero_();
        CollectionAssert.AreEqual(new[] { 0.0, 0 }, Sample.Values(x.grad!));
        x.grad = null;
        Assert.IsNull(x.grad);
    }

    [TestMethod]
    public void Intermediate_gradients_are_kept_on_request()
    {
        using var scope = NewDisposeScope();
        var x = tensor(2.0, requires_grad: true);
        var y = x * 3;
        y.retain_grad();
        y.square().backward();
        Assert.AreEqual(12, y.grad!.ToDouble(), 1e-12);
        Assert.IsTrue(x.is_leaf);
        Assert.IsFalse(y.is_leaf);
    }

    [TestMethod]
    public void Modes_nest_and_are_restored()
    {
        using var scope = NewDisposeScope();
        var x = tensor(1.0, requires_grad: true);
        Assert.IsTrue(is_grad_enabled());
        using (no_grad())
        {
            Assert.IsFalse((x * 2).requires_grad);
            using (enable_grad()) Assert.IsTrue((x * 2).requires_grad);
            Assert.IsFalse(is_grad_enabled());
        }
        Assert.IsTrue((x * 2).requires_grad);
        using (inference_mode())
        {
            Assert.IsTrue(is_inference_mode_enabled());
            Assert.IsFalse((x * 2).requires_grad);
        }
        Assert.IsFalse(is_inference_mode_enabled());
        Assert.IsFalse((x * 2).detach().requires_grad);
    }

    [TestMethod]
    public void Modes_belong_to_their_thread()
    {
        using var off = no_grad();
        var elsewhere = false;
        var thread = new Thread(() => elsewhere = is_grad_enabled());
        thread.Start();
        thread.Join();
        Assert.IsTrue(elsewhere);
        Assert.IsFalse(is_grad_enabled());
    }

    [TestMethod]
    public void Clipping_scales_the_norm_of_all_gradients()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (nn.Parameter(zeros(2)), nn.Parameter(zeros(1)));
        a.grad = tensor(new[] { 3f, 0 });
        b.grad = tensor(new[] { 4f });
        Assert.AreEqual(5, nn.utils.clip_grad_norm_([a, b], 1), 1e-6);
        Sample.Same([0.6, 0, 0.8], [.. Sample.Values(a.grad!), .. Sample.Values(b.grad!)], 1e-6);
        nn.utils.clip_grad_value_([a, b], 0.7);
        Sample.Same([0.6, 0, 0.7], [.. Sample.Values(a.grad!), .. Sample.Values(b.grad!)], 1e-6);
        Assert.AreEqual(3, nn.utils.parameters_to_vector([a, b]).numel());
    }
}
