using static TorchSharp.torch;

namespace TorchSharp.Reference.Tests;

/// <summary>Twenty steps of each optimiser against PyTorch's, in single precision (where updates may be fused) and in double.</summary>
[TestClass]
public class OptimizerTests
{
    static readonly Dictionary<string, (string python, Func<IEnumerable<TorchSharp.Modules.Parameter>, optim.Optimizer> ours)> cases = new()
    {
        ["SGD"] = ("SGD(ps, 0.05)", ps => optim.SGD(ps, 0.05)),
        ["SGD decayed"] = ("SGD(ps, 0.05, weight_decay=0.1)", ps => optim.SGD(ps, 0.05, weight_decay: 0.1)),
        ["SGD with momentum"] = ("SGD(ps, 0.05, momentum=0.9, dampening=0.1)", ps => optim.SGD(ps, 0.05, 0.9, 0.1)),
        ["SGD of Nesterov"] = ("SGD(ps, 0.05, momentum=0.9, nesterov=True)", ps => optim.SGD(ps, 0.05, 0.9, nesterov: true)),
        ["Adagrad"] = ("Adagrad(ps, 0.05, lr_decay=0.01, weight_decay=0.1, initial_accumulator_value=0.1)",
            ps => optim.Adagrad(ps, 0.05, 0.01, 0.1, 0.1)),
        ["Adadelta"] = ("Adadelta(ps, 0.5, rho=0.8, weight_decay=0.1)", ps => optim.Adadelta(ps, 0.5, 0.8, weight_decay: 0.1)),
        ["RMSProp"] = ("RMSprop(ps, 0.01, alpha=0.9, weight_decay=0.1)", ps => optim.RMSProp(ps, 0.01, 0.9, weight_decay: 0.1)),
        ["RMSProp centred with momentum"] = ("RMSprop(ps, 0.01, momentum=0.9, centered=True)",
            ps => optim.RMSProp(ps, 0.01, momentum: 0.9, centered: true)),
        ["Adam"] = ("Adam(ps, 0.02)", ps => optim.Adam(ps, 0.02)),
        ["Adam decayed"] = ("Adam(ps, 0.02, (0.8, 0.95), 1e-6, 0.1)", ps => optim.Adam(ps, 0.02, 0.8, 0.95, 1e-6, 0.1)),
        ["Adam with the largest"] = ("Adam(ps, 0.02, amsgrad=True)", ps => optim.Adam(ps, 0.02, amsgrad: true)),
        ["Adam upwards"] = ("Adam(ps, 0.02, maximize=True)", ps => optim.Adam(ps, 0.02, maximize: true)),
        ["AdamW"] = ("AdamW(ps, 0.02, weight_decay=0.1)", ps => optim.AdamW(ps, 0.02, weight_decay: 0.1)),
        ["AdamW with the largest"] = ("AdamW(ps, 0.02, weight_decay=0.1, amsgrad=True)",
            ps => optim.AdamW(ps, 0.02, weight_decay: 0.1, amsgrad: true)),
    };

    static readonly Lazy<Dictionary<string, Python.Answer>> expected = new(() => Python.Run("""
        def steps(name, make):
            for kind, dtype in (('Single', torch.float32), ('Double', torch.float64)):
                ps = [wave(7, 5, dtype=dtype).requires_grad_(), wave(40003, frequency=0.2, dtype=dtype).requires_grad_()]
                optimizer = make(ps)
                for step in range(20):
                    optimizer.zero_grad()
                    sum(((p - 0.3) * (1 + 0.1 * step)).square().sum() + p.sin().sum() for p in ps).backward()
                    optimizer.step()
                for k, p in enumerate(ps): answer(f'{name} {kind} {k}', p)

        """ + string.Join("\n", cases.Select(entry => $"steps('{entry.Key}', lambda ps: torch.optim.{entry.Value.python})"))));

    static TorchSharp.Modules.Parameter[] Parameters(ScalarType dtype) =>
        [nn.Parameter(Sample.Wave([7, 5], dtype: dtype)), nn.Parameter(Sample.Wave([40003], 0.2, dtype))];

    static void Step(optim.Optimizer optimizer, TorchSharp.Modules.Parameter[] parameters, int step)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        Tensor loss = 0.0;
        foreach (var p in parameters) loss = loss + ((p - 0.3) * (1 + 0.1 * step)).square().sum() + p.sin().sum();
        loss.backward();
        optimizer.step();
    }

    public static IEnumerable<object[]> Names =>
        cases.Keys.SelectMany(name => new[] { ScalarType.Float32, ScalarType.Float64 }, (name, type) => new object[] { name, type });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Twenty_steps_equal_PyTorchs(string name, ScalarType type)
    {
        var answers = expected.Value;
        var parameters = Parameters(type);
        using var optimizer = cases[name].ours(parameters);
        for (var step = 0; step < 20; step++) Step(optimizer, parameters, step);
        var (kind, tolerance) = type == ScalarType.Float32 ? ("Single", 3e-5) : ("Double", 1e-11);
        for (var k = 0; k < 2; k++) Sample.Same(answers[$"{name} {kind} {k}"], parameters[k], tolerance, name);
    }

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public void A_stored_optimizer_goes_on_as_if_nothing_had_been(string name)
    {
        var make = cases[name].ours;
        var (straight, parted) = (Parameters(ScalarType.Float32), Parameters(ScalarType.Float32));
        using var first = (TorchSharp.Modules.OptimizerHelper)make(straight);
        using var second = (TorchSharp.Modules.OptimizerHelper)make(parted);
        for (var step = 0; step < 5; step++)
        {
            Step(first, straight, step);
            Step(second, parted, step);
        }
        using var stream = new MemoryStream();
        second.save_state_dict(new BinaryWriter(stream));
        using var third = (TorchSharp.Modules.OptimizerHelper)make(parted);
        stream.Position = 0;
        third.load_state_dict(new BinaryReader(stream));
        for (var step = 5; step < 10; step++)
        {
            Step(first, straight, step);
            Step(third, parted, step);
        }
        for (var k = 0; k < 2; k++) Assert.IsTrue(straight[k].Equals(parted[k]), $"{name}: parameter {k}");
    }

    public static IEnumerable<object[]> Kinds => cases.Keys.Select(name => new object[] { name });

    [TestMethod]
    public void An_optimizer_of_another_kind_is_refused()
    {
        using var sgd = optim.SGD(Parameters(ScalarType.Float32), 0.1);
        using var adam = optim.Adam(Parameters(ScalarType.Float32));
        using var stream = new MemoryStream();
        sgd.save_state_dict(new BinaryWriter(stream));
        stream.Position = 0;
        Assert.ThrowsExactly<InvalidDataException>(() => adam.load_state_dict(new BinaryReader(stream)));
    }

    [TestMethod]
    public void Groups_have_their_own_rates()
    {
        var (slow, fast) = (nn.Parameter(zeros(1)), nn.Parameter(zeros(1)));
        using var optimizer = optim.SGD(new TorchSharp.Modules.SGD.ParamGroup[] { new() { Parameters = [slow],
            Options = new() { LearningRate = 0.1 } }, new() { Parameters = [fast] } }, 1);
        foreach (var p in new[] { slow, fast }) p.grad = ones(1);
        optimizer.step();
        Assert.AreEqual(-0.1f, slow.item<float>(), 1e-7);
        Assert.AreEqual(-1f, fast.item<float>(), 1e-7);
        foreach (var group in optimizer.ParamGroups) group.LearningRate = 0.5;
        optimizer.step();
        Assert.AreEqual(-0.6f, slow.item<float>(), 1e-7);
        Assert.AreEqual(0.1, optimizer.ParamGroups.First().InitialLearningRate, 1e-12);
    }

    [TestMethod]
    public void A_parameter_without_gradient_stays()
    {
        var (with, without) = (nn.Parameter(ones(3)), nn.Parameter(ones(3)));
        using var optimizer = optim.Adam([with, without], 0.1);
        with.grad = ones(3);
        optimizer.step();
        Assert.IsFalse(with.Equals(ones(3)));
        Assert.IsTrue(without.Equals(ones(3)));
    }

    [TestMethod]
    public void Steps_leave_no_tensors_behind()
    {
        var parameters = Parameters(ScalarType.Float32);
        using var optimizer = optim.AdamW(parameters, amsgrad: true);
        Step(optimizer, parameters, 0);
        var before = Tensor.TotalCount;
        for (var step = 0; step < 50; step++) Step(optimizer, parameters, step);
        Assert.AreEqual(before, Tensor.TotalCount);
    }

    [TestMethod]
    public void Impossible_options_are_refused()
    {
        var parameters = Parameters(ScalarType.Float32);
        Assert.ThrowsExactly<ArgumentException>(() => optim.Adam(parameters, -1));
        Assert.ThrowsExactly<ArgumentException>(() => optim.AdamW(parameters, beta1: 1));
        Assert.ThrowsExactly<ArgumentException>(() => optim.RMSProp(parameters, eps: -1));
    }
}
