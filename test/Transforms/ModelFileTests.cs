using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.ML;

namespace Extensions.ML.Transforms.Tests;

/// <summary>Zip bombs and other zips that are refused before ML.NET unpacks them.</summary>
[TestClass]
public class ModelFileTests
{
    [TestMethod]
    public void ModelsPassAndAreLoadedAfterwards()
    {
        var ml = new MLContext(seed: 1);
        var data = Components.Data(ml);
        var model = Components.All["detector, several networks"](ml).Fit(data);
        using var stream = new MemoryStream();
        ml.Model.Save(model, data.Schema, stream);
        stream.Position = 0;
        ModelFile.Check(stream);
        Assert.AreEqual(0, stream.Position);
        using var loaded = (AutoencoderAnomalyTransformer)ml.Model.Load(stream, out _);
        ((IDisposable)model).Dispose();
    }

    [TestMethod]
    public void WhatUnpacksTooFarIsRefused()
    {
        var bomb = Zip(("TransformerChain/Model.key", new byte[64 << 20]));
        Assert.IsLessThan(1 << 20, bomb.Length);
        Refused(bomb, null, "100 times");
        Refused(bomb, new() { Ratio = 10_000, Bytes = (64 << 20) - 1 }, "bytes");
        ModelFile.Check(new MemoryStream(bomb), new() { Ratio = 10_000, Bytes = 64 << 20 });
        Refused(Zip([.. Enumerable.Range(0, 20).Select(i => ($"{i}", new byte[1]))]), new() { Parts = 19 }, "parts");
        // Many small bombs are one.
        Refused(Zip([.. Enumerable.Range(0, 20).Select(i => ($"{i}", new byte[1 << 20]))]), new() { Bytes = 19 << 20 }, "bytes");
    }

    [TestMethod]
    [DataRow("../x")]
    [DataRow("/x")]
    [DataRow("a/..\\x")]
    [DataRow("C:\\x")]
    public void NamesThatLeadOutAreRefused(string name) => Refused(Zip((name, new byte[1])), null, "outside");

    [TestMethod]
    public void OtherFilesAreRefused()
    {
        Refused(Zip(("a/b", new byte[1]), ("A\\b", new byte[1])), null, "twice");
        Refused(new byte[100], null, "");
        Refused([], null, "");
        Assert.ThrowsExactly<ArgumentException>(() => ModelFile.Check(new GZipStream(new MemoryStream(), CompressionMode.Decompress)));
    }

    /// <summary>What <see cref="ModelFile"/> relies on: a part that claims to be shorter than it is gives no more than it claims.</summary>
    [TestMethod]
    public void FalseLengthsCutParts()
    {
        var zip = Zip(("a", new byte[64 << 20]));
        for (var at = 0; at + 4 <= zip.Length; at++)
            if (BinaryPrimitives.ReadInt32LittleEndian(zip.AsSpan(at)) == 64 << 20) BinaryPrimitives.WriteInt32LittleEndian(zip.AsSpan(at), 1000);
        ModelFile.Check(new MemoryStream(zip));
        using var archive = new ZipArchive(new MemoryStream(zip));
        using var part = archive.Entries[0].Open();
        var buffer = new byte[1 << 16];
        long read = 0;
        try
        {
            for (int got; (got = part.Read(buffer)) > 0;) read += got;
        }
        catch (InvalidDataException)
        {
            // Some versions of the framework compare the checksum.
        }
        Assert.IsLessThanOrEqualTo(1000, read);
    }

    static void Refused(byte[] file, ModelFileLimits? limits, string what) =>
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => ModelFile.Check(new MemoryStream(file), limits)).Message, what);

    static byte[] Zip(params (string Name, byte[] Content)[] parts) => Zip(parts, CompressionLevel.SmallestSize);

    internal static byte[] Zip(IEnumerable<(string Name, byte[] Content)> parts, CompressionLevel level)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, content) in parts)
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(content);
            }
        return stream.ToArray();
    }
}
