using static TorchSharp.torch;

namespace TorchSharp.Reference.Tests;

[TestClass]
public class RandomTests
{
    [TestMethod]
    public void The_same_seed_gives_PyTorchs_numbers()
    {
        var answers = Python.Run("""
            torch.manual_seed(5)
            answer('rand', torch.rand(7))
            answer('randn', torch.randn(40))
            answer('randint', torch.randint(3, 50, (9,)))
            answer('randperm', torch.randperm(11))
            answer('bernoulli', torch.full((30,), 0.3).bernoulli())
            answer('normal', torch.empty(5).normal_(2, 3))
            answer('uniform', torch.empty(5, dtype=torch.float64).uniform_(-1, 4))
            answer('multinomial', torch.tensor([0.1, 0.6, 0.3]).multinomial(8, True))
            """);
        using var scope = NewDisposeScope();
        manual_seed(5);
        Sample.Same(answers["rand"], rand(7), 1e-7);
        Sample.Same(answers["randn"], randn(40), 1e-6);
        Sample.Same(answers["randint"], randint(3, 50, [9L]), 0);
        Sample.Same(answers["randperm"], randperm(11), 0);
        Sample.Same(answers["bernoulli"], full(30, 0.3).bernoulli(), 0);
        Sample.Same(answers["normal"], empty(5).normal_(2, 3), 1e-6);
        Sample.Same(answers["uniform"], empty(5, float64).uniform_(-1, 4), 1e-12);
        Sample.Same(answers["multinomial"], tensor(new[] { 0.1f, 0.6f, 0.3f }).multinomial(8, true), 0);
    }

    [TestMethod]
    public void A_seed_or_a_state_brings_the_same_numbers_back()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var first = rand(10);
        var state = get_rng_state();
        var second = randn(10);
        set_rng_state(state);
        Assert.IsTrue(second.Equals(randn(10)));
        manual_seed(1);
        Assert.IsTrue(first.Equals(rand(10)));
        Assert.IsFalse(first.Equals(rand(10)));
        Assert.AreEqual(1, initial_seed());
    }

    [TestMethod]
    public void A_generator_of_its_own_is_independent()
    {
        using var scope = NewDisposeScope();
        using var mine = new Generator(9);
        var numbers = rand(5, generator: mine);
        manual_seed(3);
        var common = rand(5);
        mine.manual_seed(9);
        manual_seed(3);
        Assert.IsTrue(numbers.Equals(rand(5, generator: mine)));
        Assert.IsTrue(common.Equals(rand(5)));
        Assert.IsTrue(randperm(100, generator: mine).sort().Values.Equals(arange(100)));
    }

    [TestMethod]
    public void Distributions_have_their_moments()
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        var normal = empty(200_000).normal_(3, 2);
        Assert.AreEqual(3, normal.mean().ToDouble(), 0.03);
        Assert.AreEqual(2, normal.std().ToDouble(), 0.02);
        Assert.AreEqual(0.5, empty(200_000).exponential_(2).mean().ToDouble(), 0.01);
        var weight = empty(400, 300);
        nn.init.xavier_uniform_(weight);
        Assert.AreEqual(Math.Sqrt(2.0 / 700), weight.std().ToDouble(), 1e-3);
        nn.init.kaiming_normal_(weight, nonlinearity: nn.init.NonlinearityType.ReLU);
        Assert.AreEqual(Math.Sqrt(2.0 / 300), weight.std().ToDouble(), 1e-3);
        nn.init.orthogonal_(weight);
        Assert.IsTrue(weight.t().matmul(weight).allclose(eye(300), atol: 1e-4));
        nn.init.trunc_normal_(weight, std: 1, a: -0.5, b: 0.5);
        Assert.IsTrue(weight.abs().max().ToDouble() <= 0.5);
    }
}
