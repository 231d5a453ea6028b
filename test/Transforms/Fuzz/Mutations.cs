using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace Extensions.ML.Transforms.Tests;

/// <summary>Damage and malice done to files, the same for the same random numbers.</summary>
static class Mutations
{
    static readonly string[] s_numbers =
        ["0", "-1", "1", "2", "1000", "1073741824", "2147483647", "-2147483648", "4294967296", "9223372036854775807", "1e300", "0.5", "null", "\"7\"", "[]"];

    /// <summary>Damages a file anywhere.</summary>
    public static byte[] OfBytes(byte[] file, Random random)
    {
        byte[] copy = [.. file];
        switch (random.Next(5))
        {
            case 0: // a cut end
                return copy[..random.Next(copy.Length)];
            case 1: // bits flipped
                for (var n = random.Next(1, 4); n > 0; n--)
                    copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
                return copy;
            case 2: // a piece repeated or left out
                return [.. copy[..random.Next(copy.Length)], .. copy[random.Next(copy.Length)..]];
            case 3: // bytes overwritten
                random.NextBytes(copy.AsSpan(random.Next(Math.Max(1, copy.Length - 4))) is { Length: > 4 } rest ? rest[..4] : copy);
                return copy;
            default: // a piece copied over another
                var length = random.Next(1, Math.Min(64, copy.Length));
                Array.Copy(copy, random.Next(copy.Length - length), copy, random.Next(copy.Length - length), length);
                return copy;
        }
    }

    /// <summary>Damages JSON so that it stays JSON: a value is exchanged, left out, doubled or moved.</summary>
    public static byte[] OfJson(byte[] json, Random random)
    {
        var root = JsonNode.Parse(json)!;
        var places = Places(root).ToArray();
        var numbers = places.Where(place => place.Node is JsonValue value && value.GetValueKind() == System.Text.Json.JsonValueKind.Number).ToArray();
        var (parent, key, node) = numbers.Length > 0 && random.Next(3) > 0 ? numbers[random.Next(numbers.Length)] : places[random.Next(places.Length)];
        switch (random.Next(8))
        {
            case 0: // left out
                if (parent is JsonObject from) from.Remove((string)key);
                else ((JsonArray)parent).RemoveAt((int)key);
                break;
            case 1: // what stands elsewhere
                Set(places[random.Next(places.Length)].Node?.DeepClone());
                break;
            case 2 when parent is JsonArray list: // a list made longer
                for (var n = random.Next(1, 40); n > 0; n--)
                    list.Add(node?.DeepClone());
                break;
            case 3: // a number near the right one
                if (node is JsonValue value && value.TryGetValue(out int number)) Set(number + random.Next(-2, 3));
                else Set(null);
                break;
            default:
                Set(JsonNode.Parse(s_numbers[random.Next(s_numbers.Length)]));
                break;
        }
        return Encoding.UTF8.GetBytes(root.ToJsonString());

        void Set(JsonNode? other)
        {
            if (parent is JsonObject owner) owner[(string)key] = other;
            else ((JsonArray)parent)[(int)key] = other;
        }
    }

    /// <summary>Damages a safetensors file: half the time what its header says, with the length made right.</summary>
    public static byte[] OfTensors(byte[] file, Random random)
    {
        switch (random.Next(5))
        {
            case 0 or 1:
                return OfBytes(file, random);
            case 2: // another length of the header
                byte[] copy = [.. file];
                BinaryPrimitives.WriteInt64LittleEndian(copy, random.Next(3) == 0 ? random.NextInt64() : random.Next(2000));
                return copy;
            default:
                var length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
                var header = random.Next(2) == 0 ? OfJson(file[8..(8 + length)], random) : OfBytes(file[8..(8 + length)], random);
                return [.. BitConverter.GetBytes((long)header.Length), .. header, .. file[(8 + length)..]];
        }
    }

    static IEnumerable<(JsonNode Parent, object Key, JsonNode? Node)> Places(JsonNode node)
    {
        IEnumerable<(JsonNode Parent, object Key, JsonNode? Node)> children = node switch
        {
            JsonObject owner => owner.Select(entry => (node, (object)entry.Key, entry.Value)),
            JsonArray list => list.Select((value, i) => (node, (object)i, value)),
            _ => [],
        };
        foreach (var child in children.ToArray())
        {
            yield return child;
            if (child.Node is null) continue;
            foreach (var inner in Places(child.Node)) yield return inner;
        }
    }
}
