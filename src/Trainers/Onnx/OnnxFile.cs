using Google.Protobuf;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Writes models in the ONNX format, which is a Protocol Buffers message; the numbers here are those of its fields.</summary>
static class OnnxFile
{
    /// <summary>Of the operator set: every operator that is used here, and the exact Gelu. ONNX Runtime has it from version 1.17 on.</summary>
    public const int OperatorSet = 20;

    /// <summary>Of the format, as it belongs to the operator set.</summary>
    const int FormatVersion = 9;

    const string Producer = "Extensions.ML";

    /// <summary>Writes a model.</summary>
    /// <param name="stream">Where to; need not seek.</param>
    /// <param name="graph">The model.</param>
    /// <exception cref="NotSupportedException">It is larger than the format's 2 GB.</exception>
    public static void Write(Stream stream, OnnxGraph graph)
    {
        var (nodes, initializers) = graph.Needed();
        var head = new OnnxMessage();
        head.Add(1, FormatVersion);
        head.Add(2, Producer);
        head.Add(3, typeof(OnnxFile).Assembly.GetName().Version!.ToString(3));
        head.Add(6, graph.Description);
        head.Add(8, new OnnxMessage().Add(1, "").Add(2, OperatorSet));
        foreach (var (key, value) in graph.Metadata) head.Add(14, new OnnxMessage().Add(1, key).Add(2, value));

        var body = new OnnxMessage();
        foreach (var node in nodes) body.Add(1, Node(node));
        body.Add(2, Producer);
        foreach (var input in graph.Inputs) body.Add(11, Port(input));
        foreach (var result in graph.Outputs) body.Add(12, Port(result));
        var weights = initializers.Select(initializer => (Head: TensorHead(initializer), initializer.Values)).ToArray();
        long size = body.Length + weights.Sum(weight => Framed(weight.Head.Length + NativeBytes.Length(weight.Values)));
        if (head.Length + Framed(size) > int.MaxValue)
            throw new NotSupportedException($"The model takes {size:N0} bytes; a file of the ONNX format holds {int.MaxValue:N0} at most.");

        using var output = new CodedOutputStream(stream, leaveOpen: true);
        head.WriteTo(output, stream);
        output.WriteTag(7, WireFormat.WireType.LengthDelimited);
        output.WriteLength((int)size);
        body.WriteTo(output, stream);
        foreach (var (tensorHead, values) in weights)
        {
            output.WriteTag(5, WireFormat.WireType.LengthDelimited);
            output.WriteLength(checked((int)(tensorHead.Length + NativeBytes.Length(values))));
            tensorHead.WriteTo(output, stream);
            NativeBytes.WriteTo(stream, values);
        }

        // With a tag of one byte, as every field up to 15 has it.
        static long Framed(long length) => length > int.MaxValue ? length : 1 + CodedOutputStream.ComputeLengthSize((int)length) + length;
    }

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
        return message.AddBytesHead(9, NativeBytes.Length(initializer.Values));
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
