using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>
/// A schema in the binary format of data views, with no rows: a header of 256 bytes, the annotations of each column with a table of them,
/// the table of columns, and a tail signature. Positions count from the start of the stream.
/// </summary>
static class SchemaFile
{
    const int HeaderSize = 256;
    const ulong Signature = 0x00425644004C4D43, TailSignature = 0x434D4C0044564200, Version = 0x0001000100010006, OldestVersion = 0x0001000100010002;
    const byte Uncompressed = 0, Deflate = 1;

    public static void Write(Stream stream, DataViewSchema schema, bool keepHidden = false)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        var columns = schema.Where(column => (keepHidden || !column.IsHidden) && ValueCodec.TryGet(column.Type) != null).ToArray();
        writer.Write(new byte[HeaderSize]);
        var annotationTables = columns.Select(column => WriteAnnotations(writer, column.Annotations)).ToArray();
        var tableOfColumns = writer.BaseStream.Position;
        for (var i = 0; i < columns.Length; i++)
        {
            writer.Write(columns[i].Name);
            ValueCodec.TryGet(columns[i].Type).WriteDefinition(writer);
            writer.Write(Deflate);
            writer.Write7BitEncodedInt(1); // rows of a block
            writer.Write((long)HeaderSize); // where the blocks would be listed
            writer.Write(annotationTables[i]);
        }
        var tail = writer.BaseStream.Position;
        writer.Write(TailSignature);

        writer.BaseStream.Position = 0;
        writer.Write(Signature);
        writer.Write(Version);
        writer.Write(Version);
        writer.Write(tableOfColumns);
        writer.Write(tail);
        writer.Write(0L); // rows
        writer.Write(columns.Length);
    }

    /// <summary>Where the table of annotations begins; 0 if there are none.</summary>
    static long WriteAnnotations(BinaryWriter writer, DataViewSchema.Annotations annotations)
    {
        var written = new List<(string Name, ValueCodec Codec, byte Compression, long Position, long Length)>();
        foreach (var column in annotations.Schema)
            if (ValueCodec.TryGet(column.Type) is { } codec)
            {
                var start = writer.BaseStream.Position;
                var compression = WriteBlock(writer, codec.Bytes(annotations, column));
                written.Add((column.Name, codec, compression, start, writer.BaseStream.Position - start));
            }
        if (written.Count == 0)
            return 0;
        var table = writer.BaseStream.Position;
        writer.Write7BitEncodedInt(written.Count);
        foreach (var (name, codec, compression, position, length) in written)
        {
            writer.Write(name);
            codec.WriteDefinition(writer);
            writer.Write(compression);
            writer.Write(position);
            writer.Write7BitEncodedInt64(length);
        }
        return table;
    }

    /// <summary>Compressed only where that makes it shorter.</summary>
    static byte WriteBlock(BinaryWriter writer, byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var deflate = new DeflateStream(compressed, CompressionMode.Compress, leaveOpen: true))
            deflate.Write(bytes);
        var isShorter = compressed.Length < bytes.Length;
        writer.Write(isShorter ? compressed.ToArray() : bytes);
        return isShorter ? Deflate : Uncompressed;
    }

    public static DataViewSchema Read(IExceptionContext ctx, Stream stream)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        if (stream.Length < HeaderSize)
            throw ctx.ExceptDecode("Read only {0} bytes in file, expected header size of {1}", stream.Length, HeaderSize);
        ctx.CheckDecode(reader.ReadUInt64() == Signature, "This does not appear to be a binary dataview file");
        var (version, compatibleVersion) = (reader.ReadUInt64(), reader.ReadUInt64());
        ctx.CheckDecode(compatibleVersion <= version && version >= OldestVersion, "Unexpected version of a binary dataview file");
        ctx.Check(compatibleVersion <= Version, "Cannot read a binary dataview file of a later version");
        var (tableOfColumns, tail, rows, count) = (reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt32());
        ctx.CheckDecode(rows >= 0, "Row count cannot be negative");
        ctx.CheckDecode(count >= 0, "Column count cannot be negative");
        ctx.CheckDecode(HeaderSize <= tail && tail <= stream.Length - sizeof(ulong), "Tail offset out of range");
        ctx.CheckDecode(count == 0 || HeaderSize <= tableOfColumns && tableOfColumns <= tail, "Table of contents offset out of range");
        stream.Position = tail;
        ctx.CheckDecode(reader.ReadUInt64() == TailSignature, "Incorrect tail signature");

        var builder = new DataViewSchema.Builder();
        stream.Position = tableOfColumns;
        for (var i = 0; i < count; i++)
        {
            var name = reader.ReadString();
            var codec = ValueCodec.ReadDefinition(ctx, reader);
            reader.ReadByte(); // compression
            reader.Read7BitEncodedInt(); // rows of a block
            reader.ReadInt64(); // where the blocks are listed
            var annotations = reader.ReadInt64();
            ctx.CheckDecode(annotations == 0 || HeaderSize <= annotations && annotations <= tail, "Metadata TOC offset out of range");
            if (codec is null)
                continue; // of a kind that is not known here
            var next = stream.Position;
            builder.AddColumn(name, codec.Type, annotations == 0 ? null : ReadAnnotations(ctx, reader, annotations, tail));
            stream.Position = next;
        }
        return builder.ToSchema();
    }

    static DataViewSchema.Annotations ReadAnnotations(IExceptionContext ctx, BinaryReader reader, long table, long tail)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        var names = new HashSet<string>();
        reader.BaseStream.Position = table;
        var count = reader.Read7BitEncodedInt();
        ctx.CheckDecode(count > 0, "Bad number of metadata TOC entries read");
        for (var i = 0; i < count; i++)
        {
            var name = reader.ReadString();
            ctx.CheckDecode(name.Length > 0, "Metadata kind must be non-empty string");
            ctx.CheckDecode(names.Add(name), "Duplicate metadata kind read from file");
            var codec = ValueCodec.ReadDefinition(ctx, reader);
            var compression = reader.ReadByte();
            var (position, length) = (reader.ReadInt64(), reader.Read7BitEncodedInt64());
            ctx.CheckDecode(HeaderSize <= position && position <= tail, "Metadata block offset out of range");
            ctx.CheckDecode(0 < length && length <= tail - position, "Metadata block size out of range");
            if (codec is null || compression > Deflate)
                continue;
            var next = reader.BaseStream.Position;
            reader.BaseStream.Position = position;
            var block = new MemoryStream(reader.ReadBytes(checked((int)length)));
            using var values = new BinaryReader(compression == Deflate ? Inflate(block) : block, Encoding.UTF8);
            builder.Add(name, codec.Type, codec.ReadGetter(ctx, values));
            reader.BaseStream.Position = next;
        }
        return builder.ToAnnotations();
    }

    static MemoryStream Inflate(MemoryStream block)
    {
        var result = new MemoryStream();
        using (var deflate = new DeflateStream(block, CompressionMode.Decompress))
            deflate.CopyTo(result);
        result.Position = 0;
        return result;
    }
}
