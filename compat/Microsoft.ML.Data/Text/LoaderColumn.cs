using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Fields <see cref="Min"/> up to, not including, <see cref="Lim"/> of a line.</summary>
readonly record struct Segment(int Min, int Lim, bool ForceVector)
{
    /// <summary>The limit of a segment that goes to the end of each line.</summary>
    public const int OpenEnd = int.MaxValue;

    public bool IsVariable => Lim == OpenEnd;
}

/// <summary>A column and the fields that its value, or the slots of its vector, come from.</summary>
sealed class LoaderColumn
{
    LoaderColumn(string name, DataViewType type, Segment[] segments, int fixedSize)
        => (Name, Type, Segments, FixedSize) = (name, type, segments, fixedSize);

    public string Name { get; }
    public DataViewType Type { get; }
    public Segment[] Segments { get; }

    /// <summary>Number of slots apart from those of a variable segment.</summary>
    public int FixedSize { get; }

    public PrimitiveDataViewType ItemType => (Type as VectorDataViewType)?.ItemType ?? (PrimitiveDataViewType)Type;

    public static LoaderColumn Create(string name, PrimitiveDataViewType itemType, Segment[] segments)
    {
        var sorted = segments.OrderBy(segment => segment.Min).ToArray();
        for (var i = 1; i < sorted.Length; i++)
            if (sorted[i - 1].Lim > sorted[i].Min)
                throw Contracts.ExceptUserArg(nameof(TextLoader.Column.Source), "Intervals specified for column '{0}' overlap", name);

        var size = segments.Where(segment => !segment.IsVariable).Sum(segment => segment.Lim - segment.Min);
        DataViewType type = segments.Any(segment => segment.IsVariable) ? new VectorDataViewType(itemType)
            : size > 1 || segments[0].ForceVector ? new VectorDataViewType(itemType, size) : itemType;
        return new(name, type, segments, size);
    }

    public void Save(ModelSaveContext ctx)
    {
        ctx.SaveNonEmptyString(Name);
        ctx.Writer.Write((byte)ItemType.GetRawKind());
        ctx.Writer.Write((ItemType as KeyDataViewType)?.Count ?? 0);
        ctx.Writer.Write(Segments.Length);
        foreach (var (min, lim, forceVector) in Segments)
        {
            ctx.Writer.Write(min);
            ctx.Writer.Write(lim);
            ctx.Writer.Write(forceVector);
        }
    }

    public static LoaderColumn Load(ModelLoadContext ctx)
    {
        var name = ctx.LoadNonEmptyString();
        var kind = (DataKind)ctx.Reader.ReadByte();
        Contracts.CheckDecode(Enum.IsDefined(kind));
        var keyCount = ctx.Reader.ReadUInt64();
        var itemType = keyCount > 0 ? new KeyDataViewType(kind.ToType().RawType, keyCount) : kind.ToType();
        var segments = new List<Segment>();
        for (var left = ctx.Reader.ReadInt32(); left > 0; left--)
        {
            var segment = new Segment(ctx.Reader.ReadInt32(), ctx.Reader.ReadInt32(), ctx.Reader.ReadBoolean());
            Contracts.CheckDecode(0 <= segment.Min && segment.Min < segment.Lim);
            segments.Add(segment);
        }
        Contracts.CheckDecode(segments.Count > 0);
        return Create(name, itemType, [.. segments]);
    }
}
