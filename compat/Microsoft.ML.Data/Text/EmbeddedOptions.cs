using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>
/// The options that a text file may carry in its first lines, so that it is read without being described again, as in
/// <code>
/// #@ TextLoader{
/// #@   header+
/// #@   sep=tab
/// #@   col=Label:R4:0
/// #@   col=Features:R4:1-784
/// #@ }
/// </code>
/// A column is name:kind[count]:ranges, or {name=... type=... src=...} where the name has spaces.
/// </summary>
static class EmbeddedOptions
{
    static readonly (char Separator, string Name)[] s_separators =
        [(' ', "space"), ('\t', "tab"), (',', "comma"), (':', "colon"), (';', "semicolon"), ('|', "bar")];

    public static string SeparatorName(char separator)
        => s_separators.FirstOrDefault(pair => pair.Separator == separator).Name ?? separator.ToString();

    /// <summary>The options in the file, with those of the caller that do not describe it; null if the file has none.</summary>
    public static TextLoader.Options Find(IMultiStreamSource files, TextLoader.Options options, IChannelProvider provider)
    {
        var text = LineReader.ReadEmbeddedOptions(files);
        if (string.IsNullOrWhiteSpace(text))
            return null;
        using var channel = provider.Start("Parsing options from file");
        if (DescribesFile(options))
        {
            channel.Warning("Arguments cannot be embedded in the file and in the command line. The embedded arguments will be ignored");
            return null;
        }
        var found = Parse(text) ?? throw provider.Except("TextLoader options embedded in the file are invalid");
        (found.UseThreads, found.HeaderFile, found.MaxRows) = (options.UseThreads, options.HeaderFile, options.MaxRows);
        return found;
    }

    static bool DescribesFile(TextLoader.Options options) => options is not
    {
        AllowQuoting: false, AllowSparse: false, InputSize: null, DecimalMarker: '.', TrimWhitespace: false, HasHeader: false,
        ReadMultilines: false, EscapeChar: '"', MissingRealsAsNaNs: false,
    };

    static TextLoader.Options Parse(string text)
    {
        text = text.Trim();
        var open = text.IndexOf('{');
        if (open < 0 || text[..open].Trim() is not ("TextLoader" or "Text") || text[^1] != '}')
            return null;
        var options = new TextLoader.Options();
        var columns = new List<TextLoader.Column>();
        foreach (var (name, value) in Settings(text[(open + 1)..^1]))
        {
            var known = name switch
            {
                "header" => Flag(value, ref options.HasHeader),
                "quote" => Flag(value, ref options.AllowQuoting),
                "sparse" => Flag(value, ref options.AllowSparse),
                "trim" => Flag(value, ref options.TrimWhitespace),
                "multilines" => Flag(value, ref options.ReadMultilines),
                "missingrealnan" => Flag(value, ref options.MissingRealsAsNaNs),
                "sep" => Separators(value, options),
                "decimal" => Character(value, ref options.DecimalMarker),
                "escapechar" => Character(value, ref options.EscapeChar),
                "size" => Size(value, options),
                "col" => Column(value, columns),
                _ => false,
            };
            if (!known)
                return null;
        }
        options.Columns = [.. columns];
        return columns.Count > 0 ? options : null;
    }

    /// <summary>"name=value", "name={value}", "name+" and "name-", separated by spaces.</summary>
    static IEnumerable<(string Name, string Value)> Settings(string text)
    {
        for (var i = 0; i < text.Length;)
        {
            if (char.IsWhiteSpace(text[i]))
            {
                i++;
                continue;
            }
            var start = i;
            while (i < text.Length && !char.IsWhiteSpace(text[i]) && text[i] is not ('=' or '+' or '-'))
                i++;
            var name = text[start..i];
            if (i == text.Length || text[i] != '=')
            {
                yield return (name, i < text.Length ? text[i].ToString() : "");
                i++;
                continue;
            }
            start = ++i;
            var depth = 0;
            for (; i < text.Length && (depth > 0 || !char.IsWhiteSpace(text[i])); i++)
                depth += text[i] switch { '{' => 1, '}' => -1, _ => 0 };
            var value = text[start..i];
            yield return (name, value is ['{', .., '}'] ? value[1..^1] : value);
        }
    }

    static bool Flag(string text, ref bool value)
    {
        value = text == "+";
        return text is "+" or "-";
    }

    static bool Character(string text, ref char value)
    {
        if (text.Length == 1)
            value = text[0];
        return text.Length == 1;
    }

    static bool Size(string text, TextLoader.Options options)
    {
        var isNumber = int.TryParse(text, CultureInfo.InvariantCulture, out var size);
        options.InputSize = size;
        return isNumber;
    }

    static bool Separators(string text, TextLoader.Options options)
    {
        var parts = text == "," ? [text] : text.Split(',', StringSplitOptions.RemoveEmptyEntries);
        options.Separators = parts.Select(part =>
            s_separators.FirstOrDefault(pair => pair.Name == part) is { Name: not null } known ? known.Separator : part[0]).ToArray();
        return parts.Length > 0 && parts.All(part => part.Length == 1 || s_separators.Any(pair => pair.Name == part));
    }

    static bool Column(string text, List<TextLoader.Column> columns)
    {
        var column = new TextLoader.Column();
        if (text.Contains('='))
        {
            foreach (var (name, value) in Settings(text))
            {
                var isGood = name switch
                {
                    "name" => (column.Name = value) != "",
                    "type" => Kind(value, column),
                    "src" => Ranges(value, column),
                    _ => false,
                };
                if (!isGood)
                    return false;
            }
        }
        else
        {
            var parts = text.Split(':');
            if (parts.Length is < 2 or > 3 || parts.Length == 3 && !Kind(parts[1], column) || !Ranges(parts[^1], column))
                return false;
            column.Name = parts[0];
        }
        columns.Add(column);
        return !string.IsNullOrWhiteSpace(column.Name) && column.Source is not null;
    }

    static bool Kind(string text, TextLoader.Column column)
    {
        var open = text.IndexOf('[');
        if (open >= 0)
        {
            if (text[^1] != ']')
                return false;
            var count = text[(open + 1)..^1];
            column.KeyCount = new();
            if (count != "" && (!ulong.TryParse(count, CultureInfo.InvariantCulture, out var keys) || (column.KeyCount.Count = keys) == 0))
                return false;
            text = text[..open];
        }
        if (text != "" && Enum.TryParse<InternalDataKind>(text, out var kind))
            column.DataKind = (DataKind)kind;
        return text == "" || Enum.IsDefined(column.DataKind);
    }

    static bool Ranges(string text, TextLoader.Column column)
    {
        var ranges = text.Split(',').Select(Range).ToArray();
        column.Source = ranges;
        return !ranges.Contains(null);
    }

    /// <summary>
    /// "3", "3-5", "3-*" to the end of all lines, "3-**" to the end of each line; with ~ for -, only what nothing else takes.
    /// </summary>
    static TextLoader.Range Range(string text)
    {
        var at = text.AsSpan().IndexOfAny('-', '~');
        var range = new TextLoader.Range();
        if (!int.TryParse(at < 0 ? text : at == 0 && text[0] == '~' ? "0" : text[..at], CultureInfo.InvariantCulture, out range.Min))
            return null;
        range.Max = at < 0 ? range.Min : null;
        if (at < 0)
            return range;
        range.ForceVector = true;
        range.AllOther = text[at] == '~';
        var rest = text[(at + 1)..];
        range.AutoEnd = rest is "" or "*";
        range.VariableEnd = rest == "**";
        if (range.AutoEnd || range.VariableEnd)
            return range;
        if (!int.TryParse(rest, CultureInfo.InvariantCulture, out var max))
            return null;
        range.Max = max;
        return range;
    }

    /// <summary>The setting that describes a column whose value starts at a field.</summary>
    public static string Describe(DataViewSchema.Column column, int firstField)
    {
        var vector = column.Type as VectorDataViewType;
        var itemType = vector?.ItemType ?? column.Type;
        var kind = $"{itemType.GetRawKind()}{(itemType is KeyDataViewType key ? $"[{key.Count}]" : "")}";
        var fields = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{firstField}");
        if (vector is { IsKnownSize: true })
            fields.Append(CultureInfo.InvariantCulture, $"-{firstField + vector.Size - 1}");
        else if (vector is not null)
            fields.Append("-**");
        var isPlain = column.Name.AsSpan().IndexOfAny(" \t\r\n{}=\"") < 0;
        return isPlain ? $"col={column.Name}:{kind}:{fields}"
            : kind == nameof(InternalDataKind.R4) ? $"col={{name={{{column.Name}}} src={fields}}}"
            : $"col={{name={{{column.Name}}} type={kind} src={fields}}}";
    }
}
