using System.Collections;
using System.Globalization;
using System.Reflection;

namespace Extensions.ML.Docs.Tests;

/// <summary>How the tables of options write defaults.</summary>
static class Defaults
{
    public static string Text(object? value) => value switch
    {
        null => "null",
        bool yes => yes ? "true" : "false",
        string text => $"\"{text}\"",
        Enum name => name.ToString(),
        CancellationToken => "none",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable items => items.Cast<object>().Select(Text).ToArray() is { Length: > 0 } texts ? string.Join(", ", texts) : "none",
        _ => Composed(value),
    };

    /// <summary>A type's name, with what it was made of, or with what differs from its own defaults.</summary>
    static string Composed(object value)
    {
        var type = value.GetType();
        if (type.GetConstructor(Type.EmptyTypes) == null)
            return $"{type.Name}({string.Join(", ", type.GetConstructors()[0].GetParameters().Select(of => Text(type.GetProperty(of.Name!)!.GetValue(value))))})";
        var plain = Activator.CreateInstance(type);
        var changed = Settable(type).Where(property => Text(property.GetValue(value)) != Text(property.GetValue(plain)))
            .Select(property => $"{property.Name} = {Text(property.GetValue(value))}").ToArray();
        return changed.Length == 0 ? type.Name : $"{type.Name} {{ {string.Join(", ", changed)} }}";
    }

    public static IEnumerable<PropertyInfo> Settable(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod?.IsPublic == true);
}
