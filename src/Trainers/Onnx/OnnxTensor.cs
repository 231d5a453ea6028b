using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Types of ONNX tensors, by their numbers in the format.</summary>
enum OnnxType
{
    Single = 1,
    Int64 = 7,
    Boolean = 9,
}

/// <summary>A tensor of an ONNX graph that is being built: what a network computes, told instead of computed. Its methods are named after those of
/// <see cref="Tensor"/> where these do the same.</summary>
/// <param name="graph">The graph.</param>
/// <param name="name">Its name there.</param>
/// <param name="type">Type of its values.</param>
sealed class OnnxTensor(OnnxGraph graph, string name, OnnxType type)
{
    public OnnxGraph Graph => graph;
    public string Name => name;
    public OnnxType Type => type;

    public static OnnxTensor operator +(OnnxTensor a, OnnxTensor b) => a.With("Add", b);
    public static OnnxTensor operator -(OnnxTensor a, OnnxTensor b) => a.With("Sub", b);
    public static OnnxTensor operator *(OnnxTensor a, OnnxTensor b) => a.With("Mul", b);
    public static OnnxTensor operator /(OnnxTensor a, OnnxTensor b) => a.With("Div", b);
    public static OnnxTensor operator +(OnnxTensor a, double b) => a + a.Number(b);
    public static OnnxTensor operator -(OnnxTensor a, double b) => a - a.Number(b);
    public static OnnxTensor operator *(OnnxTensor a, double b) => a * a.Number(b);
    public static OnnxTensor operator /(OnnxTensor a, double b) => a / a.Number(b);
    public static OnnxTensor operator +(double a, OnnxTensor b) => b.Number(a) + b;
    public static OnnxTensor operator -(double a, OnnxTensor b) => b.Number(a) - b;
    public static OnnxTensor operator *(double a, OnnxTensor b) => b.Number(a) * b;
    public static OnnxTensor operator -(OnnxTensor a) => a.Apply("Neg");

    public static OnnxTensor operator +(OnnxTensor a, Tensor b) => a + a.Graph.Weight(b);
    public static OnnxTensor operator -(OnnxTensor a, Tensor b) => a - a.Graph.Weight(b);
    public static OnnxTensor operator *(OnnxTensor a, Tensor b) => a * a.Graph.Weight(b);
    public static OnnxTensor operator /(OnnxTensor a, Tensor b) => a / a.Graph.Weight(b);

    public OnnxTensor abs() => Apply("Abs");
    public OnnxTensor exp() => Apply("Exp");
    public OnnxTensor log() => Apply("Log");
    public OnnxTensor sqrt() => Apply("Sqrt");
    public OnnxTensor square() => this * this;
    public OnnxTensor round() => Apply("Round");
    public OnnxTensor relu() => Apply("Relu");
    public OnnxTensor sigmoid() => Apply("Sigmoid");
    public OnnxTensor softplus() => Apply("Softplus");
    public OnnxTensor tanh() => Apply("Tanh");
    public OnnxTensor sin() => Apply("Sin");
    public OnnxTensor cos() => Apply("Cos");
    public OnnxTensor sinh() => Apply("Sinh");
    public OnnxTensor asinh() => Apply("Asinh");
    public OnnxTensor clamp(double min, double max) => graph.Node("Clip", type, [this, Number(min), Number(max)]);
    public OnnxTensor clamp_min(double min) => With("Max", Number(min));
    public OnnxTensor clamp_max(double max) => With("Min", Number(max));
    public OnnxTensor minimum(OnnxTensor other) => With("Min", other);

    public OnnxTensor eq(OnnxTensor other) => With("Equal", other, OnnxType.Boolean);
    public OnnxTensor gt(OnnxTensor other) => With("Greater", other, OnnxType.Boolean);
    public OnnxTensor ge(OnnxTensor other) => With("GreaterOrEqual", other, OnnxType.Boolean);
    public OnnxTensor lt(OnnxTensor other) => With("Less", other, OnnxType.Boolean);
    public OnnxTensor gt(double other) => gt(Number(other));
    public OnnxTensor lt(double other) => lt(Number(other));
    public OnnxTensor logical_not() => Apply("Not");

    /// <summary>The size of an axis, [1].</summary>
    public OnnxTensor size(long axis) =>
        graph.Node("Shape", OnnxType.Int64, [this], new OnnxAttribute("start", axis), new OnnxAttribute("end", axis + 1));

    /// <summary>As many numbers from 0 on as this one, a size, says.</summary>
    public OnnxTensor arange() => graph.Node("Range", OnnxType.Int64, [graph.Integer(0), squeeze(0), graph.Integer(1)]);

    /// <summary>One tensor where this is true, another where it is not.</summary>
    public OnnxTensor where(OnnxTensor yes, OnnxTensor no) => graph.Node("Where", yes.Type, [this, yes, no]);

    public OnnxTensor to(OnnxType wanted) => wanted == type ? this : graph.Node("Cast", wanted, [this], new OnnxAttribute("to", (long)wanted));

    public OnnxTensor matmul(OnnxTensor other) => With("MatMul", other);
    public OnnxTensor matmul(Tensor other) => matmul(graph.Weight(other));

    /// <summary>A fully connected layer.</summary>
    /// <param name="weight">[values out, values in]</param>
    /// <param name="bias">[values out], or <see langword="null"/>.</param>
    public OnnxTensor linear(Tensor weight, Tensor? bias)
    {
        var product = matmul(graph.Weight(weight, "T", w => w.t()));
        return bias is null ? product : product + bias;
    }

    /// <summary>A size of 0 is that of this tensor; one of -1 follows from the others.</summary>
    public OnnxTensor reshape(params ReadOnlySpan<long> shape) => graph.Node("Reshape", type, [this, graph.Integers(shape)]);

    public OnnxTensor permute(params long[] order) => graph.Node("Transpose", type, [this], new OnnxAttribute("perm", order));
    public OnnxTensor unsqueeze(long axis) => graph.Node("Unsqueeze", type, [this, graph.Integers(axis)]);
    public OnnxTensor squeeze(long axis) => graph.Node("Squeeze", type, [this, graph.Integers(axis)]);

    /// <param name="axis">The axis.</param>
    /// <param name="start">The first element.</param>
    /// <param name="length">Number of elements.</param>
    public OnnxTensor narrow(long axis, long start, long length) => Slice(axis, start, start + length, 1);

    public OnnxTensor flip(long axis) => Slice(axis, -1, long.MinValue, -1);

    OnnxTensor Slice(long axis, long start, long end, long step) => graph.Node("Slice", type,
        [this, graph.Integers(start), graph.Integers(end), graph.Integers(axis), graph.Integers(step)]);

    /// <summary>The same for every one of some rows in front: shapes are broadcast both ways.</summary>
    public OnnxTensor expand(params ReadOnlySpan<long> shape) => graph.Node("Expand", type, [this, graph.Integers(shape)]);

    /// <summary>Parts of this tensor by their numbers along an axis.</summary>
    public OnnxTensor index_select(long axis, OnnxTensor numbers) => graph.Node("Gather", type, [this, numbers], new OnnxAttribute("axis", axis));

    public OnnxTensor gather(long axis, OnnxTensor numbers) => graph.Node("GatherElements", type, [this, numbers], new OnnxAttribute("axis", axis));

    public OnnxTensor sum(long axis, bool keepdim = false) => Reduce("ReduceSum", axis, keepdim);
    public OnnxTensor mean(long axis, bool keepdim = false) => Reduce("ReduceMean", axis, keepdim);
    public OnnxTensor amin(long axis, bool keepdim = false) => Reduce("ReduceMin", axis, keepdim);

    OnnxTensor Reduce(string operation, long axis, bool keepdim) =>
        graph.Node(operation, type, [this, graph.Integers(axis)], new OnnxAttribute("keepdims", keepdim ? 1 : 0));

    public OnnxTensor softmax(long axis) => graph.Node("Softmax", type, [this], new OnnxAttribute("axis", axis));
    public OnnxTensor log_softmax(long axis) => graph.Node("LogSoftmax", type, [this], new OnnxAttribute("axis", axis));

    public OnnxTensor cumsum(long axis) => graph.Node("CumSum", type, [this, graph.Integer(axis)]);

    public OnnxTensor argmax(long axis) =>
        graph.Node("ArgMax", OnnxType.Int64, [this], new OnnxAttribute("axis", axis), new OnnxAttribute("keepdims", 0));

    /// <summary>The numbers of the elements along the last axis, the least first. No two may be equal.</summary>
    /// <param name="count">Elements along the axis.</param>
    public OnnxTensor argsort(long count) => graph.Nodes("TopK", [type, OnnxType.Int64], [this, graph.Integers(count)],
        new OnnxAttribute("axis", -1), new OnnxAttribute("largest", 0), new OnnxAttribute("sorted", 1))[1];

    /// <summary>Indicators of classes along a further axis.</summary>
    /// <param name="classes">Classes that there are, from 0.</param>
    /// <returns>[..., classes], of <see cref="OnnxType.Single"/></returns>
    public OnnxTensor one_hot(long classes) =>
        unsqueeze(-1).eq(graph.Integers([.. Enumerable.Range(0, (int)classes).Select(c => (long)c)])).to(OnnxType.Single);

    /// <summary>An operator of this tensor alone.</summary>
    public OnnxTensor Apply(string operation, params OnnxAttribute[] attributes) => graph.Node(operation, type, [this], attributes);

    OnnxTensor With(string operation, OnnxTensor other, OnnxType? result = null) => graph.Node(operation, result ?? type, [this, other]);

    OnnxTensor Number(double value) => type == OnnxType.Int64 ? graph.Integer((long)value) : graph.Number(value);
}
