using Google.Protobuf;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>A model in the ONNX format, which is a Protocol Buffers message; the numbers here are those of its fields.</summary>
sealed class OnnxFile
{
    /// <summary>Of the operator set: every operator that is used here, the exact Gelu among them. ONNX Runtime has it from version 1.17 on.</summary>
    const int OperatorSet = 20;

    /// <summary>Of the format, as it belongs to the operator set.</summary>
    const int FormatVersion = 9;

    const string Producer = "Extensions.ML";

    const int GraphField = 7, WeightField = 5, WeightBytesField = 9;

    // What stands before the graph; the graph without its weights; and of each weight what stands before its bytes.
    readonly OnnxMessage _head = new(), _graph = new();
    readonly (OnnxMessage Head, Tensor Values)[] _weights;
    readonly long _graphLength;

    /// <param name="graph">The model. It keeps the weights, which are read when the file is written.</param>
    /// <exception cref="NotSupportedException">It is larger than the format's 2 GB.</exception>
    public OnnxFile(OnnxGraph graph)
    {
        var (nodes, initializers) = graph.Needed();
        Check(initializers.Sum(initializer => NativeBytes.Length(initializer.Values)));
        _head.Add(1, FormatVersion).Add(2, Producer).Add(3, typeof(OnnxFile).Assembly.GetName().Version!.ToString(3)).Add(6, graph.Description);
        _head.Add(8, new OnnxMessage().Add(1, "").Add(2, OperatorSet));
        foreach (var (key, value) in graph.Metadata) _head.Add(14, new OnnxMessage().Add(1, key).Add(2, value));

        foreach (var node in nodes) _graph.Add(1, Node(node));
        _graph.Add(2, Producer);
        foreach (var input in graph.Inputs) _graph.Add(11, Port(input));
        foreach (var output in graph.Outputs) _graph.Add(12, Port(output));
        _weights = [.. initializers.Select(initializer => (TensorHead(initializer), initializer.Values))];
        _graphLength = _graph.Length + _weights.Sum(weight => Framed(Length(weight)));
        Check(_head.Length + Framed(_graphLength));

        static void Check(long length)
        {
            if (length > int.MaxValue)
                throw new NotSupportedException($"The model takes {length:N0} bytes; a file of the ONNX format holds {int.MaxValue:N0} at most.");
        }
    }

    /// <summary>Writes the file.</summary>
    /// <param name="stream">Where to; need not seek. Left open.</param>
    public void Write(Stream stream)
    {
        using var output = new CodedOutputStream(stream, leaveOpen: true);
        _head.WriteTo(output, stream);
        Announce(GraphField, _graphLength);
        _graph.WriteTo(output, stream);
        foreach (var weight in _weights)
        {
            Announce(WeightField, Length(weight));
            weight.Head.WriteTo(output, stream);
            NativeBytes.WriteTo(stream, weight.Values);
        }

        void Announce(int field, long length)
        {
            output.WriteTag(field, WireFormat.WireType.LengthDelimited);
            output.WriteLength((int)length);
        }
    }

    static long Length((OnnxMessage Head, Tensor Values) weight) => weight.Head.Length + NativeBytes.Length(weight.Values);

    // With a tag of one byte, as every field up to 15 has it.
    static long Framed(long length) => length > int.MaxValue ? length : 1 + CodedOutputStream.ComputeLengthSize((int)length) + length;

    static OnnxMessage Node(OnnxNode node)
    {
        var message = new OnnxMessage();
        foreach (string input in node.Inputs) message.Add(1, input);
        foreach (string output in node.Outputs) message.Add(2, output);
        message.Add(3, node.Outputs[0]).Add(4, node.Operation);
        foreach (var attribute in node.Attributes) message.Add(5, Attribute(attribute));
        return message;
    }

    static OnnxMessage Attribute(OnnxAttribute attribute)
    {
        const int single = 1, integer = 2, text = 3, integers = 7, type = 20;
        var message = new OnnxMessage().Add(1, attribute.Name);
        switch (attribute.Value)
        {
            case float value: return message.Add(2, value).Add(type, single);
            case long value: return message.Add(3, value).Add(type, integer);
            case string value: return message.Add(4, value).Add(type, text);
            case long[] values:
                foreach (long value in values) message.Add(8, value);
                return message.Add(type, integers);
            default: throw new ArgumentException($"An attribute cannot be a {attribute.Value.GetType().Name}.", nameof(attribute));
        }
    }

    static OnnxMessage Port(OnnxPort port)
    {
        var shape = new OnnxMessage();
        foreach (var size in port.Shape) shape.Add(1, size.Name is { } name ? new OnnxMessage().Add(2, name) : new OnnxMessage().Add(1, size.Value));
        return new OnnxMessage().Add(1, port.Name).Add(2, new OnnxMessage().Add(1, new OnnxMessage().Add(1, (long)port.Type).Add(2, shape)));
    }

    /// <summary>A tensor up to its bytes, which come last.</summary>
    static OnnxMessage TensorHead(OnnxInitializer initializer)
    {
        var message = new OnnxMessage();
        foreach (long size in initializer.Values.shape) message.Add(1, size);
        message.Add(2, (long)(initializer.Values.dtype == ScalarType.Int64 ? OnnxType.Int64 : OnnxType.Single)).Add(8, initializer.Name);
        return message.AddBytesHead(WeightBytesField, NativeBytes.Length(initializer.Values));
    }
}

/// <summary>A message of few bytes.</summary>
sealed class OnnxMessage
{
    readonly MemoryStream _bytes = new();

    public long Length => _bytes.Length;

    public OnnxMessage Add(int field, long value) => Write(field, WireFormat.WireType.Varint, output => output.WriteInt64(value));

    public OnnxMessage Add(int field, float value) => Write(field, WireFormat.WireType.Fixed32, output => output.WriteFloat(value));

    public OnnxMessage Add(int field, string value) => Write(field, WireFormat.WireType.LengthDelimited, output => output.WriteString(value));

    public OnnxMessage Add(int field, OnnxMessage value)
    {
        AddBytesHead(field, value.Length);
        value._bytes.WriteTo(_bytes);
        return this;
    }

    /// <summary>Announces bytes that the caller writes behind the message.</summary>
    public OnnxMessage AddBytesHead(int field, long length) => Write(field, WireFormat.WireType.LengthDelimited, output => output.WriteLength(checked((int)length)));

    OnnxMessage Write(int field, WireFormat.WireType type, Action<CodedOutputStream> write)
    {
        using var output = new CodedOutputStream(_bytes, leaveOpen: true);
        output.WriteTag(field, type);
        write(output);
        return this;
    }

    /// <summary>Writes the message to a stream after what is still on its way there.</summary>
    public void WriteTo(CodedOutputStream output, Stream stream)
    {
        output.Flush();
        _bytes.WriteTo(stream);
    }
}
