using static TorchSharp.torch;

namespace TorchSharp.Reference.Tests;

/// <summary>Each module against PyTorch's with the same weights: names of parameters, output, and gradients of input and weights.</summary>
[TestClass]
public class ModuleTests
{
    sealed record Case(string Python, Func<nn.Module> Make, long[] Input, Func<nn.Module, Tensor, Tensor>? Forward = null,
        string Call = "net(x)");

    static Tensor Plain(nn.Module module, Tensor input) => ((nn.Module<Tensor, Tensor>)module).call(input);

    static readonly Dictionary<string, Case> cases = new()
    {
        ["Linear"] = new("nn.Linear(4, 3)", () => nn.Linear(4, 3), [2, 5, 4]),
        ["Linear without bias"] = new("nn.Linear(4, 3, bias=False)", () => nn.Linear(4, 3, false), [5, 4]),
        ["Identity"] = new("nn.Identity()", () => nn.Identity(), [2, 3]),
        ["ReLU"] = new("nn.ReLU()", () => nn.ReLU(), [2, 9]),
        ["LeakyReLU"] = new("nn.LeakyReLU(0.1)", () => nn.LeakyReLU(0.1), [2, 9]),
        ["ELU"] = new("nn.ELU(0.8)", () => nn.ELU(0.8), [2, 9]),
        ["GELU"] = new("nn.GELU()", () => nn.GELU(), [2, 9]),
        ["SiLU"] = new("nn.SiLU()", () => nn.SiLU(), [2, 9]),
        ["Tanh"] = new("nn.Tanh()", () => nn.Tanh(), [2, 9]),
        ["Sigmoid"] = new("nn.Sigmoid()", () => nn.Sigmoid(), [2, 9]),
        ["Softplus"] = new("nn.Softplus(2, 1)", () => nn.Softplus(2, 1), [2, 9]),
        ["Softmax"] = new("nn.Softmax(1)", () => nn.Softmax(1), [2, 9]),
        ["LogSoftmax"] = new("nn.LogSoftmax(1)", () => nn.LogSoftmax(1), [2, 9]),
        ["Flatten"] = new("nn.Flatten()", () => nn.Flatten(), [2, 3, 4]),
        ["Unflatten"] = new("nn.Unflatten(1, (2, 3))", () => nn.Unflatten(1, [2, 3]), [2, 6]),
        ["Sequential"] = new("nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 2), nn.Tanh())",
            () => nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 2), nn.Tanh()), [7, 4]),
        ["LayerNorm"] = new("nn.LayerNorm(4)", () => nn.LayerNorm(4), [2, 3, 4]),
        ["LayerNorm of two dimensions"] = new("nn.LayerNorm([3, 4])", () => nn.LayerNorm([3, 4]), [2, 3, 4]),
        ["GroupNorm"] = new("nn.GroupNorm(2, 4)", () => nn.GroupNorm(2, 4), [2, 4, 3]),
        ["BatchNorm1d"] = new("nn.BatchNorm1d(3)", () => nn.BatchNorm1d(3), [6, 3]),
        ["BatchNorm2d"] = new("nn.BatchNorm2d(3)", () => nn.BatchNorm2d(3), [2, 3, 4, 4]),
        ["BatchNorm2d scoring"] = new("nn.BatchNorm2d(3).eval()", () => Scoring(nn.BatchNorm2d(3)), [2, 3, 4, 4]),
        ["Conv1d"] = new("nn.Conv1d(3, 5, 3, stride=2, padding=1)", () => nn.Conv1d(3, 5, 3, 2, 1), [2, 3, 8]),
        ["Conv2d"] = new("nn.Conv2d(3, 4, 3, stride=2, padding=1)", () => nn.Conv2d(3, 4, 3, 2, 1), [2, 3, 8, 8]),
        ["Conv2d of groups"] = new("nn.Conv2d(4, 6, (3, 2), dilation=(2, 1), groups=2, bias=False)",
            () => nn.Conv2d(4, 6, (3, 2), dilation: (2, 1), groups: 2, bias: false), [2, 4, 8, 8]),
        ["Conv2d same"] = new("nn.Conv2d(3, 4, 4, padding='same')", () => nn.Conv2d(3, 4, 4, Padding.Same), [2, 3, 7, 7]),
        ["Conv2d reflecting"] = new("nn.Conv2d(3, 4, 3, padding=1, padding_mode='reflect')",
            () => nn.Conv2d(3, 4, 3, padding: 1, padding_mode: PaddingModes.Reflect), [2, 3, 6, 6]),
        ["ConvTranspose2d"] = new("nn.ConvTranspose2d(3, 4, 3, stride=2, padding=1, output_padding=1)",
            () => nn.ConvTranspose2d(3, 4, 3, 2, 1, 1), [2, 3, 5, 5]),
        ["MaxPool2d"] = new("nn.MaxPool2d(2, 1)", () => nn.MaxPool2d(2, 1), [1, 2, 5, 5]),
        ["AvgPool2d"] = new("nn.AvgPool2d(3, 2, 1)", () => nn.AvgPool2d(3, 2, 1), [1, 2, 6, 6]),
        ["AdaptiveAvgPool2d"] = new("nn.AdaptiveAvgPool2d((2, 3))", () => nn.AdaptiveAvgPool2d((2, 3)), [1, 2, 5, 5]),
        ["Upsample"] = new("nn.Upsample(scale_factor=2, mode='bilinear', align_corners=True)",
            () => nn.Upsample(scale_factor: [2, 2], mode: UpsampleMode.Bilinear, align_corners: true), [1, 2, 3, 3]),
        ["Embedding"] = new("nn.Embedding(7, 3)", () => nn.Embedding(7, 3), [4],
            (m, x) => Plain(m, (x.detach() * 3 + 3).round().@long()) + x.unsqueeze(1),
            "net((x.detach() * 3 + 3).round().long()) + x.unsqueeze(1)"),
        ["LSTM"] = new("nn.LSTM(3, 4, 2, bidirectional=True)", () => nn.LSTM(3, 4, 2, bidirectional: true), [5, 2, 3],
            (m, x) => ((TorchSharp.Modules.LSTM)m).call(x).Item1, "net(x)[0]"),
        ["LSTM cells"] = new("nn.LSTM(3, 4, batch_first=True)", () => nn.LSTM(3, 4, batchFirst: true), [2, 5, 3],
            (m, x) => ((TorchSharp.Modules.LSTM)m).call(x).Item3, "net(x)[1][1]"),
        ["GRU"] = new("nn.GRU(3, 4, 2, batch_first=True)", () => nn.GRU(3, 4, 2, batchFirst: true), [2, 5, 3],
            (m, x) => ((TorchSharp.Modules.GRU)m).call(x).Item1, "net(x)[0]"),
        ["MultiheadAttention"] = new("nn.MultiheadAttention(8, 2)", () => nn.MultiheadAttention(8, 2), [5, 2, 8],
            (m, x) => ((TorchSharp.Modules.MultiheadAttention)m).call(x, x, x).Item1, "net(x, x, x)[0]"),
        ["MultiheadAttention masked"] = new("nn.MultiheadAttention(8, 2)", () => nn.MultiheadAttention(8, 2), [5, 2, 8],
            (m, x) => ((TorchSharp.Modules.MultiheadAttention)m).call(x, x * 2, x + 1,
                tensor(new[,] { { false, false, false, false, true }, { false, true, false, false, false } }), true,
                full(5, 5, double.NegativeInfinity, ScalarType.Float64).triu(1)).Item1,
            "net(x, x * 2, x + 1, key_padding_mask=torch.tensor([[0, 0, 0, 0, 1], [0, 1, 0, 0, 0]]).bool(), attn_mask=torch.full((5, 5), -math.inf, dtype=torch.float64).triu(1))[0]"),
        ["MultiheadAttention weights"] = new("nn.MultiheadAttention(8, 2)", () => nn.MultiheadAttention(8, 2), [5, 2, 8],
            (m, x) => ((TorchSharp.Modules.MultiheadAttention)m).call(x, x, x).Item2, "net(x, x, x)[1]"),
    };

    static nn.Module Scoring(nn.Module module)
    {
        module.eval();
        return module;
    }

    static readonly Lazy<Dictionary<string, Python.Answer>> expected = new(() => Python.Run(string.Join("\n", cases.Select(entry => $"""
        net = fill({entry.Value.Python}.double())
        x = wave({string.Join(", ", entry.Value.Input)},).requires_grad_()
        y = {entry.Value.Call}
        (y * wave(*y.shape, frequency=0.9)).sum().backward()
        answer('{entry.Key}: output', y)
        answer('{entry.Key}: input', x.grad)
        for name, p in net.named_parameters(): answer('{entry.Key}: ' + name, torch.zeros_like(p) if p.grad is None else p.grad)
        for name, b in net.named_buffers(): answer('{entry.Key}: ' + name, b)
        """))));

    public static IEnumerable<object[]> Names => cases.Keys.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Equals_PyTorch(string name)
    {
        var answers = expected.Value;
        using var scope = NewDisposeScope();
        var test = cases[name];
        var net = Sample.Fill(test.Make().to(ScalarType.Float64));
        var x = Sample.Wave(test.Input).requires_grad_();
        var y = (test.Forward ?? Plain)(net, x);
        (y * Sample.Wave(y.shape, 0.9)).sum().backward();
        Sample.Same(answers[$"{name}: output"], y, 1e-10, "output");
        Sample.Same(answers[$"{name}: input"], x.grad!, 1e-10, "gradient of the input");
        var own = answers.Keys.Where(key => key.StartsWith(name + ": ") && key != $"{name}: output" && key != $"{name}: input").Select(key => key[(name.Length + 2)..]).ToList();
        CollectionAssert.AreEquivalent(own, net.state_dict().Keys.ToList());
        foreach (var (key, parameter) in net.named_parameters()) Sample.Same(answers[$"{name}: {key}"],
            parameter.grad ?? zeros_like(parameter), 1e-9, "gradient of " + key);
        foreach (var (key, buffer) in net.named_buffers()) Sample.Same(answers[$"{name}: {key}"], buffer, 1e-10, key);
    }

    [TestMethod]
    public void Initial_weights_are_PyTorchs_for_the_same_seed()
    {
        var answers = Python.Run("""
            for name, make in dict(linear=lambda: nn.Linear(30, 20), conv=lambda: nn.Conv2d(3, 8, 3), transposed=lambda: nn.ConvTranspose2d(3, 8, 3), lstm=lambda: nn.LSTM(6, 5), embedding=lambda: nn.Embedding(9, 4)).items():
                torch.manual_seed(7)
                for key, p in make().named_parameters(): answer(name + '.' + key, p)
            """);
        foreach (var (name, make) in new (string, Func<nn.Module>)[] { ("linear", () => nn.Linear(30, 20)),
            ("conv", () => nn.Conv2d(3, 8, 3)), ("transposed", () => nn.ConvTranspose2d(3, 8, 3)), ("lstm", () => nn.LSTM(6, 5)),
            ("embedding", () => nn.Embedding(9, 4)) })
        {
            manual_seed(7);
            using var module = make();
            foreach (var (key, parameter) in module.named_parameters()) Sample.Same(answers[$"{name}.{key}"], parameter, 1e-7,
                $"{name}.{key}");
        }
    }

    [TestMethod]
    public void Dropout_keeps_the_mean_and_rests_when_scoring()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var dropout = nn.Dropout(0.25);
        var y = dropout.call(ones(200_000));
        Assert.AreEqual(0.25, (y == 0).@double().mean().ToDouble(), 0.005);
        Assert.AreEqual(1, y.mean().ToDouble(), 0.01);
        dropout.eval();
        Assert.IsTrue(dropout.call(ones(10)).Equals(ones(10)));
    }

    sealed class Net : nn.Module<Tensor, Tensor>
    {
        readonly TorchSharp.Modules.Linear first = nn.Linear(4, 3);
        readonly TorchSharp.Modules.Parameter scale = nn.Parameter(ones(3));
        readonly Tensor offset = zeros(3);
        readonly TorchSharp.Modules.ModuleList<nn.Module<Tensor, Tensor>> rest = nn.ModuleList<nn.Module<Tensor, Tensor>>(nn.ReLU(),
            nn.Linear(3, 2));

        public Net() : base("Net") => RegisterComponents();

        public override Tensor forward(Tensor input)
        {
            var x = first.call(input) * scale + offset;
            foreach (var module in rest) x = module.call(x);
            return x;
        }
    }

    [TestMethod]
    public void Fields_of_a_module_are_its_components()
    {
        using var net = new Net();
        CollectionAssert.AreEqual(new[] { "scale", "first.weight", "first.bias", "rest.1.weight", "rest.1.bias" },
            net.named_parameters().Select(p => p.name).ToArray());
        CollectionAssert.AreEqual(new[] { "offset" }, net.named_buffers().Select(b => b.name).ToArray());
        CollectionAssert.AreEqual(new[] { "first", "rest" }, net.named_children().Select(c => c.name).ToArray());
        CollectionAssert.AreEqual(new[] { "first", "rest", "rest.0", "rest.1" }, net.named_modules().Select(m => m.name).ToArray());
        Assert.AreEqual("Net", net.GetName());
        Assert.IsTrue(net.has_parameter("rest.1.bias"));
        Assert.IsNull(net.get_parameter("rest.9.bias"));
        var visited = new List<string>();
        net.apply(module => visited.Add(module.GetName()));
        Assert.AreEqual("Net", visited[^1]);
        net.eval();
        Assert.IsTrue(net.modules().All(module => !module.training));
        net.train();
        Assert.IsTrue(net.training && net.modules().All(module => module.training));
    }

    [TestMethod]
    public void A_module_changes_type_with_everything_in_it()
    {
        using var scope = NewDisposeScope();
        var net = new Net();
        net.call(rand(5, 4)).sum().backward();
        net.to(ScalarType.Float64);
        Assert.IsTrue(net.state_dict().Values.All(value => value.dtype == ScalarType.Float64));
        Assert.IsTrue(net.parameters().All(p => p.grad!.dtype == ScalarType.Float64));
        Assert.AreEqual(ScalarType.Float64, net.call(rand(5, 4, float64)).dtype);
        net.zero_grad();
        Assert.IsTrue(net.parameters().All(p => p.grad is null));
    }

    [TestMethod]
    public void State_copies_from_one_module_to_another()
    {
        using var scope = NewDisposeScope();
        var (source, target) = (new Net(), new Net());
        var x = rand(3, 4);
        Assert.IsFalse(source.call(x).allclose(target.call(x)));
        var (missing, unexpected) = target.load_state_dict(source.state_dict());
        Assert.AreEqual(0, missing.Count + unexpected.Count);
        Assert.IsTrue(source.call(x).Equals(target.call(x)));
        var partial = new Dictionary<string, Tensor> { ["scale"] = ones(3), ["nothing"] = ones(1) };
        Assert.ThrowsExactly<InvalidOperationException>(() => target.load_state_dict(partial));
        (missing, unexpected) = target.load_state_dict(partial, strict: false);
        Assert.AreEqual(5, missing.Count);
        CollectionAssert.AreEqual(new[] { "nothing" }, unexpected.ToArray());
    }

    [TestMethod]
    public void Hooks_see_and_change_what_passes()
    {
        using var scope = NewDisposeScope();
        var net = nn.Linear(2, 2);
        var x = ones(1, 2);
        var plain = net.call(x);
        var pre = net.register_forward_pre_hook((_, input) => input * 2);
        var doubled = net.call(x);
        pre.remove();
        var post = net.register_forward_hook((_, _, output) => output + 1);
        Assert.IsTrue(doubled.allclose(net.forward(x * 2)));
        Assert.IsTrue(net.call(x).allclose(plain + 1));
        post.remove();
        Assert.IsTrue(net.call(x).allclose(plain));
    }

    [TestMethod]
    public void A_pretrained_table_is_used_as_it_is()
    {
        using var scope = NewDisposeScope();
        var table = Sample.Wave([5, 3]);
        var embedding = nn.Embedding_from_pretrained(table);
        Assert.IsTrue(embedding.call(tensor(new long[] { 4, 0 })).Equals(table.index_select(0, tensor(new long[] { 4, 0 }))));
        Assert.IsFalse(embedding.weight!.requires_grad);
    }

    [TestMethod]
    public void Sequences_of_modules_slice_and_grow()
    {
        using var scope = NewDisposeScope();
        var net = nn.Sequential(("in", nn.Linear(3, 4)), ("act", nn.ReLU()), ("out", nn.Linear(4, 2)));
        CollectionAssert.AreEqual(new[] { "in.weight", "in.bias", "out.weight", "out.bias" }, net.state_dict().Keys.ToArray());
        Assert.AreEqual(3, net.Count);
        var x = rand(2, 3);
        Assert.IsTrue(net[1..].call(net[..1].call(x)).allclose(net.call(x)));
        net.append("last", nn.Identity());
        Assert.AreEqual(4, net.Count);
    }
}
