using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

[InlineArray(3)]
struct LoaderSignature
{
    ulong _first;

    public static LoaderSignature From(string text)
    {
        LoaderSignature signature = default;
        Contracts.Check((text?.Length ?? 0) <= 24);
        var bytes = MemoryMarshal.AsBytes((Span<ulong>)signature);
        for (var i = 0; i < text?.Length; i++)
        {
            Contracts.Check(text[i] <= 0xFF);
            bytes[i] = (byte)text[i];
        }
        return signature;
    }

    public override string ToString()
    {
        ReadOnlySpan<ulong> words = this;
        return Encoding.Latin1.GetString(MemoryMarshal.AsBytes(words)).TrimEnd('\0');
    }
}

/// <summary>
/// The first 256 bytes of an entry, in the layout of the file. Behind it: the model's own bytes, the offsets and UTF-16 characters of
/// its strings, the name of the loader's assembly, and a tail signature. All positions count from the header's start.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = 0x100)]
struct ModelHeader
{
    const ulong SignatureValue = 0x4C45444F4D004C4D, TailSignatureValue = 0x4D4C004D4F44454C;
    const uint CurrentVersion = 0x00010002, OldestReadableVersion = 0x00010001, FirstVersionWithAssemblyName = 0x00010002;
    public const int Size = 0x100;

    public ulong Signature;
    public uint VerWritten, VerReadable;
    public long FpModel, CbModel;
    public long FpStringTable, CbStringTable;
    public long FpStringChars, CbStringChars;
    public ulong ModelSignature;
    public uint ModelVerWritten, ModelVerReadable;
    public LoaderSignature Loader, LoaderAlt;
    public long FpTail, FpLim;
    public long FpAssemblyName;
    public uint CbAssemblyName;

    public static void BeginWrite(BinaryWriter writer, out long start, out ModelHeader header)
    {
        start = writer.BaseStream.Position;
        header = new() { Signature = SignatureValue, VerWritten = CurrentVersion, VerReadable = CurrentVersion, FpModel = Size };
        writer.Write(new byte[Size]);
    }

    public void SetVersionInfo(VersionInfo version)
    {
        ModelSignature = version.ModelSignature;
        ModelVerWritten = version.VerWrittenCur;
        ModelVerReadable = version.VerReadableCur;
        Loader = LoaderSignature.From(version.LoaderSignature);
        LoaderAlt = LoaderSignature.From(version.LoaderSignatureAlt);
    }

    public void EndWrite(BinaryWriter writer, long start, IReadOnlyCollection<string> strings, string loaderAssemblyName)
    {
        CbModel = Here() - FpModel;
        if (strings.Count > 0)
        {
            FpStringTable = Here();
            long offset = 0;
            foreach (var text in strings)
                writer.Write(offset += text.Length * sizeof(char));
            CbStringTable = strings.Count * sizeof(long);
            FpStringChars = Here();
            CbStringChars = offset;
            foreach (var text in strings)
                writer.Write(MemoryMarshal.AsBytes(text.AsSpan()));
        }
        if (!string.IsNullOrEmpty(loaderAssemblyName))
        {
            FpAssemblyName = Here();
            CbAssemblyName = (uint)loaderAssemblyName.Length * sizeof(char);
            writer.Write(MemoryMarshal.AsBytes(loaderAssemblyName.AsSpan()));
        }
        FpTail = Here();
        writer.Write(TailSignatureValue);
        FpLim = Here();
        Validate(FpLim);

        writer.BaseStream.Position = start;
        writer.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<ModelHeader>(in this)));
        writer.BaseStream.Position = start + FpLim;

        long Here() => writer.BaseStream.Position - start; // reading BaseStream flushes
    }

    public static void BeginRead(out long start, out ModelHeader header, out string[] strings, out string loaderAssemblyName, BinaryReader reader)
    {
        start = reader.BaseStream.Position;
        header = default;
        var bytes = MemoryMarshal.AsBytes(new Span<ModelHeader>(ref header));
        Contracts.CheckDecode(reader.BaseStream.ReadAtLeast(bytes, Size, throwOnEndOfStream: false) == Size);
        header.Validate(reader.BaseStream.Length - start);
        strings = header.FpStringTable == 0 ? null : header.ReadStrings(reader, start);
        loaderAssemblyName = null;
        if (header.FpStringTable != 0 || header.VerWritten >= FirstVersionWithAssemblyName)
        {
            if (header.VerWritten >= FirstVersionWithAssemblyName && header.FpAssemblyName != 0)
                loaderAssemblyName = ReadText(reader, start + header.FpAssemblyName, header.CbAssemblyName);
            reader.BaseStream.Position = start + header.FpTail;
            Contracts.CheckDecode(reader.ReadUInt64() == TailSignatureValue, "Corrupt model file tail");
        }
        reader.BaseStream.Position = start + header.FpModel;
    }

    public readonly void EndRead(long start, BinaryReader reader)
    {
        Contracts.CheckDecode(FpModel + CbModel == reader.BaseStream.Position - start);
        reader.BaseStream.Position = start + FpLim;
    }

    readonly string[] ReadStrings(BinaryReader reader, long start)
    {
        reader.BaseStream.Position = start + FpStringTable;
        var ends = reader.ReadLongArray((int)(CbStringTable / sizeof(long)));
        Contracts.CheckDecode(ends[^1] == CbStringChars);
        var strings = new string[ends.Length];
        long offset = 0;
        for (var i = 0; i < ends.Length; i++)
        {
            Contracts.CheckDecode(offset <= ends[i] && ends[i] <= CbStringChars && ends[i] % sizeof(char) == 0);
            strings[i] = ReadText(reader, start + FpStringChars + offset, ends[i] - offset);
            offset = ends[i];
        }
        return strings;
    }

    static string ReadText(BinaryReader reader, long position, long byteCount)
    {
        reader.BaseStream.Position = position;
        Contracts.CheckDecode(byteCount <= reader.BaseStream.Length - position && byteCount / sizeof(char) < int.MaxValue);
        return Encoding.Unicode.GetString(reader.ReadBytes((int)byteCount));
    }

    /// <summary>Every part follows the one before it, within the size; sums cannot wrap around since no part is longer than the size.</summary>
    readonly void Validate(long size)
    {
        Contracts.CheckDecode(Signature == SignatureValue, "Wrong file type");
        Contracts.CheckDecode(VerReadable <= VerWritten, "Corrupt file header");
        Contracts.CheckDecode(VerReadable <= CurrentVersion, "File is too new");
        Contracts.CheckDecode(VerWritten >= OldestReadableVersion, "File is too old");
        Contracts.CheckDecode(FpModel == Size && 0 <= CbModel && CbModel <= size);

        var end = FpModel + CbModel;
        if (FpStringTable == 0)
            Contracts.CheckDecode(CbStringTable == 0 && FpStringChars == 0 && CbStringChars == 0);
        else
        {
            Contracts.CheckDecode(FpStringTable == end && 0 < CbStringTable && CbStringTable <= size && CbStringTable % sizeof(long) == 0);
            Contracts.CheckDecode(FpStringChars == FpStringTable + CbStringTable);
            Contracts.CheckDecode(0 <= CbStringChars && CbStringChars <= size && CbStringChars % sizeof(char) == 0);
            end = FpStringChars + CbStringChars;
        }
        if (VerWritten >= FirstVersionWithAssemblyName)
        {
            Contracts.CheckDecode(FpAssemblyName == 0 ? CbAssemblyName == 0 : FpAssemblyName == end && CbAssemblyName % sizeof(char) == 0);
            end += CbAssemblyName;
        }
        Contracts.CheckDecode(FpTail == end && FpLim == FpTail + sizeof(ulong) && FpLim <= size);
    }

    public readonly void CheckVersionInfo(VersionInfo version)
    {
        Contracts.CheckDecode(ModelSignature == version.ModelSignature, "Unknown file type");
        Contracts.CheckDecode(ModelVerReadable <= ModelVerWritten, "Corrupt file header");
        // Word for word, the misspelling and the order of the last two numbers too.
        var own = typeof(VersionInfo).Assembly.GetName().Version;
        if (ModelVerReadable > version.VerWrittenCur)
            throw Contracts.ExceptDecode(
                "Cause: ML.NET {0} cannont read component '{1}' of the model, because the model is too new.\n" +
                "Suggestion: Make sure the model is trained with ML.NET {0} or older.\n" +
                "Debug details: Maximum expected version {2}, got {3}.", own, version.LoaderSignature, ModelVerReadable, version.VerWrittenCur);
        if (ModelVerWritten < version.VerWeCanReadBack)
            throw Contracts.ExceptDecode(
                "Cause: ML.NET {0} cannot read component '{1}' of the model, because the model is too old.\n" +
                "Suggestion: Make sure the model is trained with ML.NET {0}.\n" +
                "Debug details: Minimum expected version {2}, got {3}.", own, version.LoaderSignature, ModelVerReadable, version.VerWrittenCur);
    }
}
