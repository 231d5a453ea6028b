using System.Buffers.Binary;
using System.IO.Compression;

namespace Samples.Data;

/// <summary>Reads the gzipped IDX files of MNIST: a magic number and sizes, big-endian, then one byte a value.</summary>
public static class Idx
{
    /// <returns>One array a picture, row by row, scaled to 0..1.</returns>
    public static float[][] ReadImages(string path, int count = int.MaxValue)
    {
        using var file = Open(path, magic: 2051, out var stored);
        var pixels = new byte[ReadInt(file) * ReadInt(file)];
        var images = new float[Math.Min(count, stored)][];
        for (var i = 0; i < images.Length; i++)
        {
            file.ReadExactly(pixels);
            images[i] = Array.ConvertAll(pixels, pixel => pixel / 255f);
        }
        return images;
    }

    public static byte[] ReadLabels(string path, int count = int.MaxValue)
    {
        using var file = Open(path, magic: 2049, out var stored);
        var labels = new byte[Math.Min(count, stored)];
        file.ReadExactly(labels);
        return labels;
    }

    static Stream Open(string path, int magic, out int count)
    {
        var file = new BufferedStream(new GZipStream(File.OpenRead(path), CompressionMode.Decompress), 1 << 16);
        if (ReadInt(file) is var found && found != magic)
            throw new InvalidDataException($"{path}: the magic number is {found}, not {magic}.");
        count = ReadInt(file);
        return file;
    }

    static int ReadInt(Stream file)
    {
        Span<byte> bytes = stackalloc byte[4];
        file.ReadExactly(bytes);
        return BinaryPrimitives.ReadInt32BigEndian(bytes);
    }
}
