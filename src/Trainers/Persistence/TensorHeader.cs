using System.Text.Json;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>One tensor as the header of a safetensors file states it.</summary>
readonly record struct TensorEntry(string Name, ScalarType Type, long[] Shape, long Begin, long End);

/// <summary>The JSON header of a safetensors file. Reading checks everything that later steps rely on.</summary>
static class TensorHeader
{
    /// <summary>The longest header that is read and written. The format allows 100 MB, which as JSON would take some ten times as much memory.</summary>
    public const long MaxLength = 32 << 20;

    /// <summary>The most tensors of a file: one takes about a kilobyte before its first value.</summary>
    const int MaxTensors = 100_000;

    const string MetadataName = "__metadata__";
    const int MaxDimensions = 32;

    static readonly (string Name, ScalarType Type, int Size)[] s_types =
    [
        ("F64", ScalarType.Float64, 8), ("F32", ScalarType.Float32, 4), ("F16", ScalarType.Float16, 2), ("BF16", ScalarType.BFloat16, 2),
        ("I64", ScalarType.Int64, 8), ("I32", ScalarType.Int32, 4), ("U8", ScalarType.Byte, 1), ("BOOL", ScalarType.Bool, 1),
    ];

    public static byte[] Write(IReadOnlyList<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        var names = new HashSet<string>(StringComparer.Ordinal);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(MetadataName);
                foreach (var (key, text) in metadata) json.WriteString(key, text);
                json.WriteEndObject();
            }
            long end = 0;
            foreach (var (name, tensor) in tensors)
            {
                if (name == MetadataName || !names.Add(name))
                    throw new ArgumentException($"The tensor name '{name}' {(name == MetadataName ? "is reserved" : "occurs twice")}.");
                var type = Array.Find(s_types, t => t.Type == tensor.dtype);
                if (type.Name is null)
                    throw new ArgumentException($"The tensor '{name}' has type {tensor.dtype}, which the format does not have.");
                json.WriteStartObject(name);
                json.WriteString("dtype", type.Name);
                json.WriteStartArray("shape");
                foreach (long size in tensor.shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(end);
                json.WriteNumberValue(end += NativeBytes.Length(tensor));
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        // Spaces up to a multiple of 8, so that the data is aligned for readers that map the file.
        while (buffer.Length % 8 != 0) buffer.WriteByte((byte)' ');
        if (buffer.Length > MaxLength || tensors.Count > MaxTensors)
            throw new ArgumentException($"{tensors.Count} tensors with a header of {buffer.Length} bytes are too many for a file: "
                + $"{MaxTensors} and {MaxLength} bytes can be read again.");
        return buffer.ToArray();
    }

    /// <exception cref="InvalidDataException">The header breaks a rule of the format.</exception>
    public static (List<TensorEntry> Entries, Dictionary<string, string> Metadata) Read(ReadOnlyMemory<byte> header)
    {
        try
        {
            using var json = JsonDocument.Parse(header, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            Require(json.RootElement.ValueKind == JsonValueKind.Object, "its header is not a JSON object");
            var entries = new List<TensorEntry>();
            var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var property in json.RootElement.EnumerateObject())
            {
                if (property.Name != MetadataName) entries.Add(ReadEntry(property));
                else ReadMetadata(property.Value, metadata);
                Require(entries.Count <= MaxTensors, $"it claims more than {MaxTensors} tensors");
            }
            CheckPlaces(entries);
            return (entries, metadata);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Invalid UTF-8 within a name shows as InvalidOperationException only when the name is read.
            throw new InvalidDataException("The tensor file is damaged: its header is not valid JSON.", e);
        }
    }

    static TensorEntry ReadEntry(JsonProperty property)
    {
        string name = property.Name;
        var value = property.Value;
        Require(value.ValueKind == JsonValueKind.Object && value.TryGetProperty("dtype", out _) && value.TryGetProperty("shape", out _)
            && value.TryGetProperty("data_offsets", out _), $"the entry '{name}' lacks dtype, shape or data_offsets");

        var dtype = value.GetProperty("dtype");
        string? typeName = dtype.ValueKind == JsonValueKind.String ? dtype.GetString() : null;
        var type = Array.Find(s_types, t => t.Name == typeName);
        Require(type.Name is not null, $"the tensor '{name}' has the unknown type '{typeName}'");

        long[] shape = ReadNumbers(value.GetProperty("shape"), name, MaxDimensions);
        long[] offsets = ReadNumbers(value.GetProperty("data_offsets"), name, 2);
        Require(offsets.Length == 2 && offsets[0] <= offsets[1], $"the tensor '{name}' has no valid data_offsets");

        long size = type.Size;
        foreach (long dimension in shape)
        {
            Require(dimension == 0 || size <= long.MaxValue / dimension, $"the shape of the tensor '{name}' is too large");
            size *= dimension;
        }
        Require(offsets[1] - offsets[0] == size, $"the tensor '{name}' needs {size} bytes but is given {offsets[1] - offsets[0]}");
        return new TensorEntry(name, type.Type, shape, offsets[0], offsets[1]);
    }

    static long[] ReadNumbers(JsonElement array, string name, int most)
    {
        Require(array.ValueKind == JsonValueKind.Array, $"the entry '{name}' has no list where one belongs");
        Require(array.GetArrayLength() <= most, $"the entry '{name}' has a list of {array.GetArrayLength()} numbers, more than {most}");
        var numbers = new long[array.GetArrayLength()];
        int i = 0;
        foreach (var element in array.EnumerateArray())
        {
            Require(element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out numbers[i]) && numbers[i] >= 0,
                $"the entry '{name}' holds something else than whole numbers from 0");
            i++;
        }
        return numbers;
    }

    static void ReadMetadata(JsonElement value, Dictionary<string, string> metadata)
    {
        Require(value.ValueKind == JsonValueKind.Object, "its metadata is not a JSON object");
        foreach (var property in value.EnumerateObject())
        {
            Require(property.Value.ValueKind == JsonValueKind.String, $"its metadata '{property.Name}' is not text");
            metadata[property.Name] = property.Value.GetString()!;
        }
    }

    /// <summary>Puts the entries in the order of their data, which must have neither gaps nor overlaps.</summary>
    static void CheckPlaces(List<TensorEntry> entries)
    {
        entries.Sort((a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.End.CompareTo(b.End));
        long end = 0;
        foreach (var entry in entries)
        {
            Require(entry.Begin == end, $"the data of the tensor '{entry.Name}' begins at {entry.Begin} where {end} is expected");
            end = entry.End;
        }
    }

    public static void Require(bool condition, string what)
    {
        if (!condition) throw new InvalidDataException($"The tensor file is damaged: {what}.");
    }
}
