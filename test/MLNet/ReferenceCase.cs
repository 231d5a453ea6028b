using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MLNet.Reference.Tests;

/// <summary>
/// One case of the reference data, and the context that it runs in: a new one with the case's seed, whose log is kept.
/// </summary>
public sealed class ReferenceCase(JsonElement file, JsonElement data)
{
    readonly List<LoggingEventArgs> _log = [];
    MLContext? _ml;

    public string Id => data.GetProperty("id").GetString()!;

    /// <summary>The case itself, and the file around it.</summary>
    public JsonElement Data => data;
    public JsonElement File => file;

    /// <summary>Everything that was logged in this case's context.</summary>
    public IReadOnlyList<LoggingEventArgs> Log => _log;

    public MLContext Ml => _ml ??= NewContext();

    MLContext NewContext()
    {
        var seed = data.TryGetProperty("contextSeed", out var given) ? given.Deserialize<int?>() : 1;
        var ml = new MLContext(seed);
        ml.Log += (_, message) =>
        {
            lock (_log)
                _log.Add(message);
        };
        return ml;
    }

    /// <summary>The objects of the case's own input, or of a shared one of the file.</summary>
    public List<T> Rows<T>(string? shared = null) => ParseRows<T>((shared is null ? data : file).GetProperty(shared ?? "input"));

    /// <summary>The objects of another case's input.</summary>
    public List<T> RowsOfCase<T>(string id)
        => ParseRows<T>(file.GetProperty("cases").EnumerateArray().Single(other => other.GetProperty("id").GetString() == id).GetProperty("input"));

    /// <summary>The same as a view.</summary>
    public IDataView View<T>(string? shared = null) where T : class => Ml.Data.LoadFromEnumerable(Rows<T>(shared));

    static List<T> ParseRows<T>(JsonElement input) => input.ValueKind == JsonValueKind.Array
        ? input.EnumerateArray().Select(row => Make<T>(row.EnumerateObject().Select(member => (member.Name, member.Value)))).ToList()
        : input.GetProperty("rows").EnumerateArray().Select(row => Make<T>(
            input.GetProperty("columns").EnumerateArray().Select(name => name.GetString()!).Zip(row.EnumerateArray()))).ToList();

    static T Make<T>(IEnumerable<(string Name, JsonElement Value)> members)
    {
        var values = members.ToArray();
        // A record with a constructor over its members, or a class that is filled.
        if (typeof(T).GetConstructor([]) is null)
            return (T)Activator.CreateInstance(typeof(T), typeof(T).GetConstructors()[0].GetParameters()
                .Select(parameter => Parse(values.Single(v => v.Name == parameter.Name).Value, parameter.ParameterType)).ToArray())!;
        var result = Activator.CreateInstance<T>();
        foreach (var (name, value) in values)
            if (typeof(T).GetField(name) is { } field)
                field.SetValue(result, Parse(value, field.FieldType));
            else if (typeof(T).GetProperty(name) is { SetMethod: { } set } property)
                set.Invoke(result, [Parse(value, property.PropertyType)]);
        return result;
    }

    static object? Parse(JsonElement value, Type type)
    {
        if (type.IsArray && type.GetArrayRank() == 1)
            return value.ValueKind == JsonValueKind.Null ? null : ParseArray(value, type.GetElementType()!);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(VBuffer<>))
        {
            var items = ParseArray(value, type.GetGenericArguments()[0]);
            return Activator.CreateInstance(type, items.Length, items, null);
        }
        if (value.ValueKind == JsonValueKind.Null || value.ValueKind is JsonValueKind.Array or JsonValueKind.Object)
            return null;
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        return Nullable.GetUnderlyingType(type) is { } inner ? Parse(value, inner)
            : type == typeof(string) ? text
            : type == typeof(ReadOnlyMemory<char>) ? text.AsMemory()
            : type == typeof(bool) ? bool.Parse(text)
            : type == typeof(TimeSpan) ? TimeSpan.ParseExact(text, "c", CultureInfo.InvariantCulture)
            : type == typeof(DateTime) ? DateTime.ParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind)
            : type == typeof(DateTimeOffset) ? DateTimeOffset.ParseExact(text, "O", CultureInfo.InvariantCulture)
            : type == typeof(DataViewRowId) ? ParseRowId(text)
            : type.IsEnum ? Enum.Parse(type, text)
            : type.IsPrimitive || type == typeof(decimal) ? Convert.ChangeType(text, type, CultureInfo.InvariantCulture)
            : null;
    }

    static Array ParseArray(JsonElement value, Type itemType)
    {
        var array = Array.CreateInstance(itemType, value.GetArrayLength());
        for (var i = 0; i < array.Length; i++)
            array.SetValue(Parse(value[i], itemType), i);
        return array;
    }

    static DataViewRowId ParseRowId(string text)
    {
        var parts = text.Split(':');
        return new(ulong.Parse(parts[1]), ulong.Parse(parts[0]));
    }
}
