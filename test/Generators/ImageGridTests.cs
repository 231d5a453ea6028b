using System.Buffers.Binary;
using System.IO.Compression;

namespace Extensions.ML.Generators.Tests;

[TestClass]
public class ImageGridTests
{
    /// <summary>Pixels of a PNG file as the writer is known to store them: 8-bit RGB, every line filtered by the one above.</summary>
    static (int Width, int Height, byte[] Rgb) Decode(byte[] png)
    {
        int width = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), height = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20));
        var data = new MemoryStream();
        for (int at = 8; at < png.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            if (png.AsSpan(at + 4, 4).SequenceEqual("IDAT"u8)) data.Write(png, at + 8, length);
            at += 12 + length;
        }
        data.Position = 0;
        using var zlib = new ZLibStream(data, CompressionMode.Decompress);
        var rgb = new byte[3 * width * height];
        for (int y = 0; y < height; y++)
        {
            Assert.AreEqual(2, zlib.ReadByte());
            zlib.ReadExactly(rgb, y * 3 * width, 3 * width);
            for (int i = 0; i < 3 * width && y > 0; i++) rgb[y * 3 * width + i] += rgb[(y - 1) * 3 * width + i];
        }
        return (width, height, rgb);
    }

    [TestMethod]
    public void GreyImagesStandSideBySide()
    {
        float[][] images = [[0, 1, 0.5f, 0.2f, 2, -1], [1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0]];
        var (width, height, rgb) = Decode(new ImageGrid(6, height: 2, width: 3, scale: 1).Grid(images, columns: 2));
        Assert.AreEqual((7, 5), (width, height));
        byte[] Line(int y) => [.. Enumerable.Range(0, 7).Select(x => rgb[3 * (7 * y + x) + 1])];
        CollectionAssert.AreEqual(new byte[] { 0, 255, 128, 255, 255, 255, 255 }, Line(0));
        CollectionAssert.AreEqual(new byte[] { 51, 255, 0, 255, 255, 255, 255 }, Line(1));
        CollectionAssert.AreEqual(new byte[] { 255, 255, 255, 255, 255, 255, 255 }, Line(2));
        CollectionAssert.AreEqual(new byte[] { 0, 0, 0, 255, 255, 255, 255 }, Line(3));
    }

    [TestMethod]
    public void ColoursAreChannelByChannelAndAlphaComesFirst()
    {
        // One line of two pixels: red and blue.
        var (_, _, rgb) = Decode(new ImageGrid(6, channels: 3, height: 1, width: 2, white: 255, scale: 1).Image([255, 0, 0, 0, 0, 255]));
        CollectionAssert.AreEqual(new byte[] { 255, 0, 0, 0, 0, 255 }, rgb);
        (_, _, rgb) = Decode(new ImageGrid(8, channels: 4, height: 1, width: 2, scale: 1).Image([9, 9, 1, 0, 0, 0, 0, 1]));
        CollectionAssert.AreEqual(new byte[] { 255, 0, 0, 0, 0, 255 }, rgb);
    }

    [TestMethod]
    public void SizesAreChecked()
    {
        Assert.ThrowsExactly<ArgumentException>(() => new ImageGrid(10));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ImageGrid(9, scale: 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ImageGrid(9, white: 0));
        Assert.ThrowsExactly<ArgumentException>(() => new ImageGrid(9).Grid([], 3));
        Assert.ThrowsExactly<ArgumentException>(() => new ImageGrid(9).Image(new float[8]));
        Assert.ThrowsExactly<ArgumentException>(() => PngImage.Encode(new byte[5], 1, 2));
    }
}
