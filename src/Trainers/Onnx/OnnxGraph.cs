using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// An ONNX model under construction: the operators that a network is made of, in their order, and the weights that they use. It holds the weights
/// until it is disposed, as views of the network's own where they need no copy.
/// </summary>
sealed class OnnxGraph : IDisposable
{
    readonly List<OnnxNode> _nodes = [];
    readonly List<OnnxInitializer> _initializers = [];
    readonly List<OnnxPort> _inputs = [], _outputs = [];
    readonly Dictionary<string, OnnxTensor> _constants = [];
    // Tensors are told apart by identity: their own equality is that of their values.
    readonly Dictionary<object, Dictionary<string, OnnxTensor>> _weights = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<object, string> _names = new(ReferenceEqualityComparer.Instance);

    /// <summary>What the model is, in words.</summary>
    public string Description { get; set; } = "";

    /// <summary>What its user may want to know, by key.</summary>
    public SortedDictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<OnnxPort> Inputs => _inputs;
    public IReadOnlyList<OnnxPort> Outputs => _outputs;

    /// <summary>Has weights keep the names that they have in the network's file.</summary>
    public void NameWeights(nn.Module network)
    {
        foreach (var (name, tensor) in network.state_dict()) _names.TryAdd(tensor, name);
    }

    /// <summary>Declares an input.</summary>
    /// <param name="name">A name of its own.</param>
    /// <param name="type">Type of its values.</param>
    /// <param name="shape">Its sizes; those that may differ from call to call by a name.</param>
    public OnnxTensor Input(string name, OnnxType type, params OnnxSize[] shape)
    {
        _inputs.Add(new(name, type, shape));
        return new(this, name, type);
    }

    /// <summary>Declares an output, under a name of its own.</summary>
    /// <param name="name">The name; where something else has it already it becomes <c>NAME.output</c>.</param>
    /// <param name="value">What is given.</param>
    /// <param name="shape">Its sizes.</param>
    /// <returns>Its name.</returns>
    public string Output(string name, OnnxTensor value, params OnnxSize[] shape)
    {
        while (IsTaken(name)) name += ".output";
        _outputs.Add(new(name, value.Type, shape));
        _nodes.Add(new("Identity", [value.Name], [name], []));
        return name;
    }

    /// <summary>Weights of the network.</summary>
    /// <param name="weight">The tensor, any type of the format.</param>
    public OnnxTensor Weight(Tensor weight) => Weight(weight, "", w => w);

    /// <summary>What is made of weights once, here, and not in every call.</summary>
    /// <param name="weight">The weights.</param>
    /// <param name="form">What is made of them, in a word: the same of the same weights is stored once.</param>
    /// <param name="make">Makes it.</param>
    public OnnxTensor Weight(Tensor weight, string form, Func<Tensor, Tensor> make)
    {
        if (!_weights.TryGetValue(weight, out var forms)) _weights[weight] = forms = [];
        if (forms.TryGetValue(form, out var known)) return known;
        string name = _names.TryGetValue(weight, out var own) ? form == "" ? own : $"{own}.{form}" : $"/constant{_initializers.Count}";
        return forms[form] = Store(name, make(weight).detach().cpu().contiguous());
    }

    public OnnxTensor Number(double value) => Constant($"number {value:R}", () => tensor((float)value));

    public OnnxTensor Integer(long value) => Constant($"integer {value}", () => tensor(value));

    public OnnxTensor Integers(params ReadOnlySpan<long> values)
    {
        var copy = values.ToArray();
        return Constant($"integers {string.Join(',', copy)}", () => tensor(copy));
    }

    public OnnxTensor Numbers(ReadOnlySpan<float> values) => Store($"/constant{_initializers.Count}", tensor(values.ToArray()));

    OnnxTensor Constant(string value, Func<Tensor> make) => _constants.TryGetValue(value, out var known) ? known
        : _constants[value] = Store($"/constant{_initializers.Count}", make());

    OnnxTensor Store(string name, Tensor values)
    {
        while (IsTaken(name)) name += ".weight";
        _initializers.Add(new(name, values.DetachFromDisposeScope()));
        return new(this, name, values.dtype switch
        {
            ScalarType.Float32 => OnnxType.Single,
            ScalarType.Int64 => OnnxType.Int64,
            _ => throw new NotSupportedException($"Weights of {values.dtype} are not exported."),
        });
    }

    bool IsTaken(string name) => _inputs.Concat(_outputs).Any(port => port.Name == name) || _initializers.Exists(initializer => initializer.Name == name);

    /// <summary>Adds an operator of one result.</summary>
    /// <param name="operation">Its name in the operator set.</param>
    /// <param name="type">Type of the result.</param>
    /// <param name="inputs">What it takes; <see langword="null"/> for one that is left out.</param>
    /// <param name="attributes">Its settings.</param>
    public OnnxTensor Node(string operation, OnnxType type, OnnxTensor?[] inputs, params OnnxAttribute[] attributes) =>
        Nodes(operation, [type], inputs, attributes)[0];

    /// <summary>Adds an operator of several results.</summary>
    public OnnxTensor[] Nodes(string operation, OnnxType[] types, OnnxTensor?[] inputs, params OnnxAttribute[] attributes)
    {
        string name = $"/{operation}{_nodes.Count}"; // no name of a column or a weight
        var outputs = types.Select((type, i) => new OnnxTensor(this, types.Length == 1 ? name : $"{name}.{i}", type)).ToArray();
        _nodes.Add(new(operation, Array.ConvertAll(inputs, input => input?.Name ?? ""), Array.ConvertAll(outputs, output => output.Name), attributes));
        return outputs;
    }

    /// <summary>Side by side along an axis.</summary>
    public OnnxTensor Cat(long axis, params OnnxTensor[] parts) =>
        parts.Length == 1 ? parts[0] : Node("Concat", parts[0].Type, parts, new OnnxAttribute("axis", axis));

    /// <summary>What the outputs need, in the order of computation.</summary>
    public (IReadOnlyList<OnnxNode> Nodes, IReadOnlyList<OnnxInitializer> Initializers) Needed()
    {
        var wanted = _outputs.Select(output => output.Name).ToHashSet();
        var nodes = new List<OnnxNode>();
        foreach (var node in _nodes.AsEnumerable().Reverse())
        {
            if (!node.Outputs.Any(wanted.Contains)) continue;
            nodes.Add(node);
            wanted.UnionWith(node.Inputs);
        }
        nodes.Reverse();
        return (nodes, _initializers.FindAll(initializer => wanted.Contains(initializer.Name)));
    }

    public void Dispose()
    {
        foreach (var initializer in _initializers) initializer.Values.Dispose();
    }
}

/// <summary>A size of a tensor: a number, or a name where it may differ from call to call.</summary>
readonly record struct OnnxSize(long Value, string? Name)
{
    /// <summary>Rows of a batch.</summary>
    public static readonly OnnxSize Rows = "rows";

    public static implicit operator OnnxSize(long value) => new(value, null);
    public static implicit operator OnnxSize(string name) => new(0, name);
}

/// <summary>An input or output of a model.</summary>
sealed record OnnxPort(string Name, OnnxType Type, OnnxSize[] Shape);

/// <summary>A setting of an operator.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">An Int64, Single, String or array of Int64.</param>
readonly record struct OnnxAttribute(string Name, object Value)
{
    public OnnxAttribute(string name, long value) : this(name, (object)value)
    {
    }
}

/// <summary>An operator in its place.</summary>
sealed record OnnxNode(string Operation, string[] Inputs, string[] Outputs, OnnxAttribute[] Attributes);

/// <summary>Stored values.</summary>
sealed record OnnxInitializer(string Name, Tensor Values);
