using System.Text.Json;
using System.Text.RegularExpressions;

namespace MLNet.Reference.Tests;

/// <summary>How near two values must be, and which properties are not compared.</summary>
public sealed record Tolerance(double Relative, double Absolute, string[] Ignored)
{
    /// <summary>Where two values differ first and how; null if they do not.</summary>
    public string? FirstDifference(JsonElement wanted, JsonElement actual, string path)
    {
        if (IsNumber(wanted, out var x) && IsNumber(actual, out var y))
            return IsNear(x, y) ? null : $"{path}: wanted {wanted}, got {actual}";
        if (wanted.ValueKind != actual.ValueKind)
            return $"{path}: wanted {Short(wanted)}, got {Short(actual)}";
        return wanted.ValueKind switch
        {
            JsonValueKind.Array => ArrayDifference(wanted, actual, path),
            JsonValueKind.Object => ObjectDifference(wanted, actual, path),
            JsonValueKind.String => Matches(wanted.GetString()!, actual.GetString()!) ? null : $"{path}: wanted '{wanted}', got '{actual}'",
            _ => null,
        };
    }

    string? ArrayDifference(JsonElement wanted, JsonElement actual, string path)
    {
        var (n, m) = (wanted.GetArrayLength(), actual.GetArrayLength());
        for (var i = 0; i < Math.Min(n, m); i++)
            if (FirstDifference(wanted[i], actual[i], $"{path}[{i}]") is { } difference)
                return difference;
        return n == m ? null : $"{path}: wanted {n} items, got {m}";
    }

    string? ObjectDifference(JsonElement wanted, JsonElement actual, string path)
    {
        foreach (var property in wanted.EnumerateObject().Where(property => !Ignored.Contains(property.Name)))
        {
            if (!actual.TryGetProperty(property.Name, out var value))
                return $"{path}: '{property.Name}' is missing";
            if (FirstDifference(property.Value, value, $"{path}.{property.Name}") is { } difference)
                return difference;
        }
        var extra = actual.EnumerateObject().FirstOrDefault(property => !Ignored.Contains(property.Name) && !wanted.TryGetProperty(property.Name, out _));
        return extra.Value.ValueKind == JsonValueKind.Undefined ? null : $"{path}: '{extra.Name}' is not wanted";
    }

    // Values that are not finite are written as text.
    static bool IsNumber(JsonElement element, out double value)
    {
        value = element.ValueKind switch
        {
            JsonValueKind.Number => element.GetDouble(),
            JsonValueKind.String when element.GetString() is "NaN" => double.NaN,
            JsonValueKind.String when element.GetString() is "Infinity" => double.PositiveInfinity,
            JsonValueKind.String when element.GetString() is "-Infinity" => double.NegativeInfinity,
            _ => 0,
        };
        return element.ValueKind == JsonValueKind.Number || !double.IsFinite(value);
    }

    bool IsNear(double x, double y)
        => x.Equals(y) || x == y || Math.Abs(x - y) <= Math.Max(Absolute, Relative * Math.Max(Math.Abs(x), Math.Abs(y)));

    // "<dir>" stands for some folder.
    static bool Matches(string wanted, string actual)
        => wanted == actual || wanted.Contains("<dir>") && Regex.IsMatch(actual, "^" + Regex.Escape(wanted).Replace("<dir>", ".*") + "$", RegexOptions.Singleline);

    static string Short(JsonElement element) => element.GetRawText() is var text && text.Length > 200 ? text[..200] + " ..." : text;
}
