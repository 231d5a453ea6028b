using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.ML.Data.Conversion;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>How a type, and a block of its values, stand in the binary format of data views. A block holds one value here.</summary>
abstract class ValueCodec(DataViewType type)
{
    public DataViewType Type => type;

    /// <summary>The codec of a type; null if the format has none.</summary>
    public static ValueCodec TryGet(DataViewType type)
        => type is VectorDataViewType || type is KeyDataViewType || type.IsStandardScalar()
            ? Utils.MarshalInvoke(Make<int>, type.GetItemType().RawType, type) : null;

    static ValueCodec Make<T>(DataViewType type)
        => type is VectorDataViewType vector ? new VectorCodec<T>(vector) : new ScalarCodec<T>(type);

    /// <summary>Name, length of the parameters, parameters.</summary>
    public void WriteDefinition(BinaryWriter writer)
    {
        writer.Write(Name(type));
        using var parameters = new MemoryStream();
        using var inner = new BinaryWriter(parameters, Encoding.UTF8, leaveOpen: true);
        if (type is VectorDataViewType vector)
        {
            TryGet(vector.ItemType).WriteDefinition(inner);
            inner.WriteIntArray(vector.Dimensions.AsSpan());
        }
        else if (type is KeyDataViewType key)
        {
            TryGet(ColumnTypeExtensions.PrimitiveTypeFromType(key.RawType)).WriteDefinition(inner);
            inner.Write(key.Count);
        }
        inner.Flush();
        writer.Write7BitEncodedInt64(parameters.Length);
        writer.Write(parameters.ToArray());
    }

    static string Name(DataViewType type)
        => type is VectorDataViewType ? "VBuffer" : type is KeyDataViewType ? "Key2" : type is TextDataViewType ? "TextSpan" : type.RawType.Name;

    /// <summary>Null if the name is not known.</summary>
    public static ValueCodec ReadDefinition(IExceptionContext ctx, BinaryReader reader)
    {
        var name = reader.ReadString();
        ctx.CheckDecode(name.Length > 0, "Non-empty signature string expected");
        var length = reader.Read7BitEncodedInt64();
        var end = reader.BaseStream.Position + length;
        ctx.CheckDecode(0 <= length && end <= reader.BaseStream.Length, "Codec type definition read from stream too large");
        var type = ReadType(ctx, reader, name);
        if (type is null)
            reader.BaseStream.Position = end;
        ctx.CheckDecode(reader.BaseStream.Position == end, "Codec type definition of a wrong length");
        return type is null ? null : TryGet(type);
    }

    static DataViewType ReadType(IExceptionContext ctx, BinaryReader reader, string name)
    {
        if (name is not ("VBuffer" or "Key2"))
            return Enum.GetValues<InternalDataKind>().Select(kind => kind.ToType()).FirstOrDefault(type => Name(type) == name);
        var itemType = ReadDefinition(ctx, reader)?.Type as PrimitiveDataViewType;
        ctx.CheckDecode(itemType != null);
        if (name == "VBuffer")
        {
            var dimensions = reader.ReadIntArray();
            ctx.CheckDecode(dimensions?.All(size => size >= 0) != false);
            return dimensions is null ? new VectorDataViewType(itemType) : new VectorDataViewType(itemType, dimensions);
        }
        var count = reader.ReadUInt64();
        ctx.CheckDecode(KeyDataViewType.IsValidDataType(itemType.RawType) && 0 < count && count <= itemType.RawType.ToMaxInt());
        return new KeyDataViewType(itemType.RawType, count);
    }

    /// <summary>The value of an annotation as a block.</summary>
    public abstract byte[] Bytes(DataViewSchema.Annotations annotations, DataViewSchema.Column annotation);

    /// <summary>A getter of the value of a block.</summary>
    public abstract Delegate ReadGetter(IExceptionContext ctx, BinaryReader reader);

    static byte[] Block(Action<BinaryWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
            write(writer);
        return stream.ToArray();
    }

    sealed class ScalarCodec<T>(DataViewType type) : ValueCodec(type)
    {
        public override byte[] Bytes(DataViewSchema.Annotations annotations, DataViewSchema.Column annotation) => Block(writer =>
        {
            T value = default;
            annotations.GetValue(annotation.Name, ref value);
            WriteItems<T>(writer, [value]);
        });

        public override Delegate ReadGetter(IExceptionContext ctx, BinaryReader reader)
        {
            var value = ReadItems<T>(ctx, reader, 1)[0];
            return new ValueGetter<T>((ref T result) => result = value);
        }
    }

    sealed class VectorCodec<T>(VectorDataViewType type) : ValueCodec(type)
    {
        public override byte[] Bytes(DataViewSchema.Annotations annotations, DataViewSchema.Column annotation) => Block(writer =>
        {
            VBuffer<T> value = default;
            annotations.GetValue(annotation.Name, ref value);
            Contracts.Check(!type.IsKnownSize || value.Length == type.Size);
            writer.Write(1); // vectors
            writer.Write(type.Size);
            if (!type.IsKnownSize)
                writer.Write(value.Length);
            writer.Write(value.IsDense ? -1 : value.GetValues().Length);
            writer.WriteIntArray(value.GetIndices());
            WriteItems(writer, value.GetValues());
        });

        public override Delegate ReadGetter(IExceptionContext ctx, BinaryReader reader)
        {
            ctx.CheckDecode(reader.ReadInt32() == 1);
            var length = reader.ReadInt32();
            ctx.CheckDecode(type.IsKnownSize ? length == type.Size : length >= 0);
            if (length == 0)
                length = reader.ReadInt32();
            var count = reader.ReadInt32();
            var indices = reader.ReadIntArray() ?? [];
            ctx.CheckDecode(length >= 0 && (count == -1 ? indices.Length == 0 : 0 <= count && count < length && indices.Length == count));
            for (var i = 0; i < indices.Length; i++)
                ctx.CheckDecode((i == 0 ? 0 : indices[i - 1] + 1) <= indices[i] && indices[i] < length);
            var items = ReadItems<T>(ctx, reader, count < 0 ? length : count);
            var value = new VBuffer<T>(length, items.Length, items, indices);
            return new ValueGetter<VBuffer<T>>((ref VBuffer<T> result) => value.CopyTo(ref result));
        }
    }

    /// <summary>Texts behind a table of where each ends, flags as bits, all else as the bytes that it consists of.</summary>
    static void WriteItems<T>(BinaryWriter writer, ReadOnlySpan<T> items)
    {
        var values = items.ToArray();
        switch (values)
        {
            case ReadOnlyMemory<char>[] texts:
                writer.Write(texts.Length);
                var end = 0;
                foreach (var text in texts)
                    writer.Write(end += text.Length);
                writer.Write(string.Concat(texts));
                break;
            case bool[] flags:
                foreach (var bits in flags.Chunk(8))
                    writer.Write((byte)bits.Select((flag, i) => flag ? 1 << i : 0).Sum());
                break;
            case DateTime[] dates:
                foreach (var date in dates)
                    writer.Write(date.Ticks);
                break;
            case DateTimeOffset[] dates:
                foreach (var date in dates)
                    writer.Write((short)date.Offset.TotalMinutes);
                foreach (var date in dates)
                    writer.Write(date.DateTime.Ticks);
                break;
            default:
                foreach (var value in values)
                    ValueStreams.Write(writer, value);
                break;
        }
    }

    static T[] ReadItems<T>(IExceptionContext ctx, BinaryReader reader, int count)
    {
        // A flag takes one bit, nothing takes less.
        ctx.CheckDecode(count <= (reader.BaseStream.Length - reader.BaseStream.Position) * 8);
        if (typeof(T) == typeof(ReadOnlyMemory<char>))
            return (T[])(object)ReadTexts(ctx, reader, count);
        if (typeof(T) == typeof(bool))
        {
            var bytes = reader.ReadBytes((count + 7) / 8);
            ctx.CheckDecode(bytes.Length == (count + 7) / 8);
            return (T[])(object)Enumerable.Range(0, count).Select(i => (bytes[i / 8] >> i % 8 & 1) != 0).ToArray();
        }
        if (typeof(T) == typeof(DateTime))
            return (T[])(object)Read(() => new DateTime(reader.ReadInt64()));
        if (typeof(T) == typeof(DateTimeOffset))
        {
            var offsets = Read(reader.ReadInt16);
            return (T[])(object)offsets.Select(minutes => new DateTimeOffset(reader.ReadInt64(), TimeSpan.FromMinutes(minutes))).ToArray();
        }
        return Read(() => ValueStreams.Read<T>(reader));

        TItem[] Read<TItem>(Func<TItem> read)
        {
            var items = new List<TItem>();
            for (var i = 0; i < count; i++)
                items.Add(read());
            return items.ToArray();
        }
    }

    static ReadOnlyMemory<char>[] ReadTexts(IExceptionContext ctx, BinaryReader reader, int count)
    {
        ctx.CheckDecode(reader.ReadInt32() == count);
        var ends = reader.ReadIntArray(count) ?? [];
        var text = reader.ReadString().AsMemory();
        var texts = new ReadOnlyMemory<char>[count];
        for (int i = 0, start = 0; i < count; start = ends[i++])
        {
            ctx.CheckDecode(start <= ends[i] && ends[i] <= text.Length);
            texts[i] = text[start..ends[i]];
        }
        return texts;
    }
}
