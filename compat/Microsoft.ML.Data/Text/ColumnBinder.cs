using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Turns the columns that were asked for into segments of fields, once the number of fields is known where it matters.</summary>
sealed class ColumnBinder(IChannel channel, int inputSize)
{
    public static bool NeedsInputSize(TextLoader.Column[] columns, IExceptionContext context)
    {
        foreach (var column in columns)
            context.CheckUserArg(column.Source is { Length: > 0 }, nameof(TextLoader.Column.Source),
                "Must specify some source column indices");
        return columns.Any(column => column.Source.Any(range => range is { AutoEnd: true, Max: null }));
    }

    public LoaderColumn[] Bind(TextLoader.Column[] columns)
    {
        var bound = new LoaderColumn[columns.Length];
        var segments = new Segment[columns.Length][];
        (int Column, int Range)? rest = null;
        for (var i = 0; i < columns.Length; i++)
        {
            channel.CheckNonWhiteSpace(columns[i].Name, nameof(TextLoader.Column.Name));
            var itemType = ItemType(columns[i]);
            segments[i] = new Segment[columns[i].Source.Length];
            for (var j = 0; j < segments[i].Length; j++)
            {
                if (columns[i].Source[j].AllOther)
                {
                    channel.CheckUserArg(rest is null, nameof(TextLoader.Range.AllOther), "At most one all other range can be specified");
                    rest = (i, j);
                }
                segments[i][j] = ToSegment(columns[i].Source[j]);
            }
            if (rest?.Column != i)
                bound[i] = LoaderColumn.Create(columns[i].Name.Trim(), itemType, segments[i]);
        }

        if (rest is var (column, range))
        {
            var taken = segments.SelectMany((of, i) => of.Where((_, j) => (i, j) != rest));
            segments[column] = [.. segments[column][..range], .. Gaps(segments[column][range], taken), .. segments[column][(range + 1)..]];
            channel.CheckUserArg(segments[column].Length > 0, nameof(TextLoader.Range.AllOther),
                "No index is selected as all other indexes.");
            bound[column] = LoaderColumn.Create(columns[column].Name.Trim(), ItemType(columns[column]), segments[column]);
        }
        if (columns.Select(c => c.Name.Trim()).Distinct().Count() < columns.Length)
            channel.Info("Duplicate name(s) specified - later columns will hide earlier ones");
        return bound;
    }

    PrimitiveDataViewType ItemType(TextLoader.Column column)
    {
        var type = column.DataKind.ToType();
        if (column.KeyCount is null)
            return type;
        channel.CheckUserArg(KeyDataViewType.IsValidDataType(type.RawType), "Type", "Bad item type for Key");
        return new KeyDataViewType(type.RawType, column.KeyCount.Count ?? type.RawType.ToMaxInt());
    }

    Segment ToSegment(TextLoader.Range range)
    {
        channel.CheckUserArg(range.Min is >= 0 and < Segment.OpenEnd - 1, nameof(range.Min));
        if (range.Max is { } max)
        {
            channel.CheckUserArg(range.Min <= max && max < Segment.OpenEnd - 1, nameof(range.Max));
            return new(range.Min, max + 1, range.ForceVector);
        }
        if (range.AutoEnd)
        {
            if (range.Min >= inputSize)
                throw channel.ExceptUserArg(nameof(range.Min), "Column #{0} not found in the dataset (it only has {1} columns)",
                    range.Min, inputSize);
            return new(range.Min, inputSize, true);
        }
        return range.VariableEnd ? new(range.Min, Segment.OpenEnd, true) : new(range.Min, range.Min + 1, range.ForceVector);
    }

    /// <summary>What is left of a segment when the others are taken out.</summary>
    static IEnumerable<Segment> Gaps(Segment segment, IEnumerable<Segment> taken)
    {
        var min = segment.Min;
        foreach (var other in taken.OrderBy(other => other.Min))
        {
            if (min >= segment.Lim)
                yield break;
            if (min < other.Min)
                yield return new(min, other.Min, true);
            min = Math.Max(min, other.Lim);
        }
        if (min < segment.Lim)
            yield return new(min, segment.Lim, true);
    }
}
