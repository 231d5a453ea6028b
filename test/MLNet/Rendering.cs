using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Reference.Tests;

/// <summary>
/// Values in the form of the reference data. A call may give: null, numbers, texts, booleans, dates, row ids, vectors, sequences (arrays),
/// dictionaries and anonymous or other objects (their public members), schemas (all of their columns) and JSON nodes.
/// </summary>
public static class Rendering
{
    public static string Json(object? value) => Node(value)?.ToJsonString() ?? "null";

    public static JsonNode? Node(object? value) => value switch
    {
        null => null,
        JsonNode node => node,
        string text => JsonValue.Create(text),
        bool flag => JsonValue.Create(flag),
        float or double => Number(((IFormattable)value).ToString("R", CultureInfo.InvariantCulture)),
        sbyte or byte or short or ushort or int or uint or long or ulong => JsonNode.Parse(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture)),
        ReadOnlyMemory<char> text => JsonValue.Create(text.ToString()),
        DateTime date => JsonValue.Create(date.ToString("O", CultureInfo.InvariantCulture)),
        DateTimeOffset date => JsonValue.Create(date.ToString("O", CultureInfo.InvariantCulture)),
        TimeSpan span => JsonValue.Create(span.ToString("c")),
        DataViewRowId id => JsonValue.Create($"{id.High}:{id.Low}"),
        Enum name => JsonValue.Create(name.ToString()),
        DataViewSchema schema => new JsonArray(schema.Select(column => Node(Column(column))).ToArray()),
        IDictionary map => new JsonObject(map.Keys.Cast<string>().Select(key => KeyValuePair.Create(key, Node(map[key])))),
        _ when value.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(VBuffer<>)
            => Node(type.GetMethod(nameof(VBuffer<int>.DenseValues))!.Invoke(value, null)),
        IEnumerable items => new JsonArray(items.Cast<object?>().Select(Node).ToArray()),
        _ => Members(value),
    };

    static JsonNode Number(string text) => text is "NaN" or "Infinity" or "-Infinity" ? JsonValue.Create(text) : JsonNode.Parse(text)!;

    // Fields before properties, as the reference prints objects.
    static JsonObject Members(object value)
    {
        var type = value.GetType();
        var result = new JsonObject();
        foreach (var field in type.GetFields(BindingFlags.Public | BindingFlags.Instance))
            result.TryAdd(field.Name, Node(field.GetValue(value)));
        foreach (var property in type.GetProperties().Where(property => property.GetIndexParameters().Length == 0))
            result.TryAdd(property.Name, Node(property.GetValue(value)));
        return result;
    }

    public static object Exception(Exception e)
    {
        var result = new Dictionary<string, object?> { ["type"] = e.GetType().FullName, ["message"] = e.Message };
        if (e is ArgumentException { ParamName: { } name })
            result["paramName"] = name;
        if (e.InnerException is { } inner)
            result["inner"] = Exception(inner);
        return result;
    }

    /// <summary>What a call gives or throws, as a value.</summary>
    public static object? Try(Func<object?> call)
    {
        try
        {
            return Node(call());
        }
        catch (Exception e) when (e is not UnitTestAssertException)
        {
            return Exception(e);
        }
    }

    public static object Column(DataViewSchema.Column column) => new
    {
        index = column.Index,
        name = column.Name,
        type = column.Type.ToString(),
        rawType = TypeName(column.Type.RawType),
        hidden = column.IsHidden,
        annotations = column.Annotations.Schema.ToDictionary(
            annotation => annotation.Name, annotation => (object)new { type = annotation.Type.ToString(), value = Annotation(column, annotation) }),
    };

    /// <summary>"name: type (hidden) {annotation names}" of all columns.</summary>
    public static string[] ShortForm(DataViewSchema schema) => schema.Select(column =>
        $"{column.Name}: {column.Type}{(column.IsHidden ? " (hidden)" : "")}"
        + (column.Annotations.Schema.Count == 0 ? "" : $" {{{string.Join(",", column.Annotations.Schema.Select(annotation => annotation.Name))}}}")).ToArray();

    public static object[] Shape(SchemaShape shape) => shape.Select(column => (object)new
    {
        name = column.Name,
        kind = column.Kind.ToString(),
        itemType = column.ItemType.ToString(),
        isKey = column.IsKey,
        annotations = column.Annotations.Select(a => $"{a.Name}: {a.Kind} {a.ItemType}{(a.IsKey ? " key" : "")}").ToArray(),
    }).ToArray();

    static string TypeName(Type type) => !type.IsGenericType ? type.Name
        : $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(TypeName))}>";

    static JsonNode? Annotation(DataViewSchema.Column column, DataViewSchema.Column annotation)
        => Call(nameof(AnnotationValue), annotation.Type.RawType, column.Annotations, annotation.Name);

    static JsonNode? AnnotationValue<T>(DataViewSchema.Annotations annotations, string name)
    {
        T value = default!;
        annotations.GetValue(name, ref value);
        return Node(value);
    }

    /// <summary>The rows as arrays of raw values: of the visible columns, or of the ones named, or given.</summary>
    public static JsonArray Rows(IDataView data, params string[] columns)
        => RowsOf(data, columns.Length == 0 ? data.Schema.Where(column => !column.IsHidden).ToArray() : columns.Select(name => data.Schema[name]).ToArray());

    public static JsonArray RowsOf(IDataView data, params DataViewSchema.Column[] columns)
    {
        using var cursor = data.GetRowCursor(columns);
        var readers = columns.Select(column => Reader(cursor, column)).ToArray();
        var rows = new JsonArray();
        while (cursor.MoveNext())
            rows.Add((JsonNode)new JsonArray(readers.Select(read => read()).ToArray()));
        return rows;
    }

    /// <summary>The values of one column.</summary>
    public static JsonArray Values(IDataView data, DataViewSchema.Column column)
        => new(RowsOf(data, column).Select(row => row![0]?.DeepClone()).ToArray());

    public static JsonArray Values(IDataView data, string column) => Values(data, data.Schema[column]);

    static Func<JsonNode?> Reader(DataViewRow row, DataViewSchema.Column column)
    {
        return CallFunc(nameof(TypedReader), column.Type.RawType, row, column);

        static Func<JsonNode?> CallFunc(string method, Type type, params object[] arguments)
            => (Func<JsonNode?>)Method(method, type).Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
    }

    static Func<JsonNode?> TypedReader<T>(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<T>(column);
        T value = default!;
        return () =>
        {
            getter(ref value);
            return Node(value);
        };
    }

    static JsonNode? Call(string method, Type type, params object[] arguments)
        => (JsonNode?)Method(method, type).Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null);

    static MethodInfo Method(string name, Type type)
        => typeof(Rendering).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type);
}
