using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.ML.Data;

namespace ImageAnalytics.Reference.Tests;

[TestClass]
public sealed class MLImageTests
{
    [TestMethod]
    public void RealPngFilesHoldThePixelsOfTheMnistFiles()
    {
        var mnist = Pictures.MnistFolder();
        using var zipped = new GZipStream(File.OpenRead(Path.Combine(mnist, "t10k-images-idx3-ubyte.gz")), CompressionMode.Decompress);
        using var unzipped = new MemoryStream();
        zipped.CopyTo(unzipped);
        var idx = unzipped.ToArray();
        Assert.AreEqual(2051, BinaryPrimitives.ReadInt32BigEndian(idx));

        var files = Directory.GetFiles(Path.Combine(mnist, "png"), "*.png");
        Assert.HasCount(200, files);
        foreach (var file in files)
        {
            var number = int.Parse(Path.GetFileNameWithoutExtension(file)) - 60_000;
            var expected = idx.AsSpan(16 + number * 784, 784).ToArray();
            using var image = MLImage.CreateFromFile(file);
            Assert.AreEqual((28, 28, 32), (image.Width, image.Height, image.BitsPerPixel));
            for (var i = 0; i < 784; i++)
            {
                var grey = expected[i];
                Assert.AreEqual((grey, grey, grey, (byte)255), image.At(i % 28, i / 28), $"{file}, pixel {i}");
            }
        }
    }

    [TestMethod]
    [DataRow(0), DataRow(1), DataRow(2), DataRow(3), DataRow(4), DataRow(-1)]
    public void EveryColourTypeIsReadThroughEveryRowFilter(int filter)
    {
        var random = new Random(7);
        const int width = 19, height = 11;
        int FilterOf(int y) => filter >= 0 ? filter : y % 5;
        foreach (var (type, channels) in new[] { (0, 1), (2, 3), (4, 2), (6, 4) })
        {
            var rows = Enumerable.Range(0, height).Select(_ => new byte[width * channels]).ToArray();
            foreach (var row in rows)
                random.NextBytes(row);
            using var image = Pictures.Decode(new PngBuilder(width, height, type).Data(rows, channels, FilterOf).End());
            for (var y = 0; y < height; y++)
                for (var x = 0; x < width; x++)
                {
                    var sample = rows[y].AsSpan(x * channels, channels);
                    var alpha = type is 4 or 6 ? sample[^1] : (byte)255;
                    var (r, g, b) = type is 0 or 4 ? (sample[0], sample[0], sample[0]) : (sample[0], sample[1], sample[2]);
                    // Pictures hold their colours multiplied by alpha.
                    byte Times(byte channel) => (byte)Math.Round(channel * alpha / 255.0, MidpointRounding.AwayFromZero);
                    Assert.AreEqual((Times(r), Times(g), Times(b), alpha), image.At(x, y), $"colour type {type}, pixel {x}, {y}");
                }
        }
    }

    [TestMethod]
    [DataRow(1), DataRow(2), DataRow(4), DataRow(8)]
    public void PalettesOfAnyDepthGiveColourAndTransparency(int depth)
    {
        var colours = 1 << Math.Min(depth, 4);
        var palette = Enumerable.Range(0, colours * 3).Select(i => (byte)(i * 5)).ToArray();
        const int width = 13;
        var rows = Enumerable.Range(0, 4).Select(y =>
        {
            var row = new byte[(width * depth + 7) / 8];
            for (var x = 0; x < width; x++)
                row[x * depth / 8] |= (byte)((x + y) % colours << 8 - depth - x * depth % 8);
            return row;
        }).ToArray();
        using var image = Pictures.Decode(new PngBuilder(width, 4, 3, depth).Chunk("PLTE", palette).Chunk("tRNS", [0])
            .Data(rows, 1, y => y).End());
        for (var y = 0; y < 4; y++)
            for (var x = 0; x < width; x++)
            {
                var index = (x + y) % colours;
                Assert.AreEqual(index == 0 ? ((byte)0, (byte)0, (byte)0, (byte)0)
                    : (palette[index * 3], palette[index * 3 + 1], palette[index * 3 + 2], (byte)255), image.At(x, y), $"pixel {x}, {y}");
            }
    }

    [TestMethod]
    public void DataInManyChunksWithOthersBetweenAreRead()
    {
        byte[][] rows = [[1, 2, 3], [4, 5, 6]];
        var zipped = PngBuilder.Zip(PngBuilder.Filtered(rows, 1, _ => 0));
        using var image = Pictures.Decode(new PngBuilder(3, 2, 0).Chunk("tEXt", [.. "Title\0grey"u8])
            .Chunk("IDAT", zipped[..3]).Chunk("IDAT", []).Chunk("IDAT", zipped[3..]).End());
        Assert.AreEqual((byte)6, image.At(2, 1).R);
    }

    [TestMethod]
    public void SavedPicturesAreReadAgainAsTheyWere()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.png");
        try
        {
            using var original = Pictures.Make(31, 17, (x, y) => (x * 8, y * 15, x * y % 256));
            original.Save(path);
            using var read = MLImage.CreateFromFile(path);
            Assert.AreEqual((31, 17), (read.Width, read.Height));
            CollectionAssert.AreEqual(original.GetBGRPixels, read.GetBGRPixels);

            // Half transparent: colours lose their last bit to alpha, and no more.
            byte[] pixel = [100, 60, 20, 128];
            using var clear = MLImage.CreateFromPixels(1, 1, MLPixelFormat.Bgra32, pixel);
            clear.Save(path);
            using var again = MLImage.CreateFromFile(path);
            var (r, g, b, a) = again.At(0, 0);
            Assert.AreEqual((20, 60, 100, 128), (r, g, b, a));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [TestMethod]
    public void PixelsAreHeldInTheFormatThatTheyCameIn()
    {
        byte[] data = [10, 20, 30, 255, 40, 50, 60, 255];
        using var bgra = MLImage.CreateFromPixels(2, 1, MLPixelFormat.Bgra32, data);
        using var rgba = MLImage.CreateFromPixels(2, 1, MLPixelFormat.Rgba32, data);
        CollectionAssert.AreEqual(data, bgra.Pixels.ToArray());
        CollectionAssert.AreEqual(data, rgba.Pixels.ToArray());
        CollectionAssert.AreEqual(new byte[] { 10, 20, 30, 40, 50, 60 }, bgra.GetBGRPixels);
        CollectionAssert.AreEqual(new byte[] { 30, 20, 10, 60, 50, 40 }, rgba.GetBGRPixels);
        bgra.Tag = "left";
        Assert.AreEqual("left", bgra.Tag);
    }

    [TestMethod]
    public void WrongArgumentsAreNamed()
    {
        var pixels = new byte[16];
        Assert.AreEqual("imageStream", Assert.ThrowsExactly<ArgumentNullException>(() => MLImage.CreateFromStream(null!)).ParamName);
        Assert.AreEqual("imagePath", Assert.ThrowsExactly<ArgumentNullException>(() => MLImage.CreateFromFile(null!)).ParamName);
        Assert.AreEqual("imagePath", Assert.ThrowsExactly<ArgumentException>(() => MLImage.CreateFromFile("/nowhere.png")).ParamName);
        Assert.AreEqual("imageStream", Assert.ThrowsExactly<ArgumentException>(() => Pictures.Decode([1, 2, 3])).ParamName);
        Assert.AreEqual("pixelFormat", Assert.ThrowsExactly<ArgumentException>(
            () => MLImage.CreateFromPixels(2, 2, MLPixelFormat.Unknown, pixels)).ParamName);
        Assert.AreEqual("width", Assert.ThrowsExactly<ArgumentException>(() => MLImage.CreateFromPixels(0, 2, MLPixelFormat.Rgba32, pixels)).ParamName);
        Assert.AreEqual("height", Assert.ThrowsExactly<ArgumentException>(() => MLImage.CreateFromPixels(2, -1, MLPixelFormat.Rgba32, pixels)).ParamName);
        Assert.ThrowsExactly<ArgumentException>(() => MLImage.CreateFromPixels(2, 3, MLPixelFormat.Rgba32, pixels));
        using var image = MLImage.CreateFromPixels(2, 2, MLPixelFormat.Rgba32, pixels);
        Assert.AreEqual("imagePath", Assert.ThrowsExactly<ArgumentException>(() => image.Save("picture.text")).ParamName);
    }

    [TestMethod]
    public void ADisposedPictureSaysSo()
    {
        var image = Pictures.Make(2, 2, (_, _) => (1, 2, 3));
        image.Dispose();
        image.Dispose();
        Assert.ThrowsExactly<InvalidOperationException>(() => image.Width);
        Assert.ThrowsExactly<InvalidOperationException>(() => image.Pixels.Length);
        Assert.ThrowsExactly<InvalidOperationException>(() => image.Tag);
        Assert.ThrowsExactly<InvalidOperationException>(() => image.Save("x.png"));
    }
}
