using Microsoft.ML;
using Microsoft.ML.Data;
using static Microsoft.ML.Transforms.Image.ImagePixelExtractingEstimator;

namespace ImageAnalytics.Reference.Tests;

[TestClass]
public sealed class ExtractPixelsTests
{
    // 3 x 2 pixels; pixel i has red i, green 10 + i, blue 20 + i.
    static readonly byte[] Bgra = [.. Enumerable.Range(0, 6).SelectMany(i => new[] { (byte)(20 + i), (byte)(10 + i), (byte)i, (byte)255 })];
    static readonly byte[] Rgba = [.. Enumerable.Range(0, 6).SelectMany(i => new[] { (byte)i, (byte)(10 + i), (byte)(20 + i), (byte)255 })];

    static MLImage Image(MLPixelFormat format) =>
        MLImage.CreateFromPixels(3, 2, format, format == MLPixelFormat.Bgra32 ? Bgra : Rgba);

    static float[] Plane(int first) => [.. Enumerable.Range(first, 6).Select(i => (float)i)];

    static (float[] Values, VectorDataViewType Type) Extract(MLPixelFormat format, Func<TransformsCatalog, IEstimator<ITransformer>> how)
    {
        var data = Rows.Of(Image(format));
        var output = how(Rows.ML.Transforms).Fit(data).Transform(data);
        return (output.GetColumn<float[]>("Pixels").Single(), (VectorDataViewType)output.Schema["Pixels"].Type);
    }

    [TestMethod]
    [DataRow(MLPixelFormat.Bgra32), DataRow(MLPixelFormat.Rgba32)]
    public void ByDefaultRedThenGreenThenBlueChannelByChannel(MLPixelFormat format)
    {
        var (values, type) = Extract(format, t => t.ExtractPixels("Pixels", "Image"));
        CollectionAssert.AreEqual((float[])[.. Plane(0), .. Plane(10), .. Plane(20)], values);
        CollectionAssert.AreEqual((int[])[3, 2, 3], type.Dimensions.ToArray());
        Assert.AreEqual(NumberDataViewType.Single, type.ItemType);
    }

    [TestMethod]
    [DataRow(ColorsOrder.ARGB, "ARGB"), DataRow(ColorsOrder.ARBG, "ARBG"), DataRow(ColorsOrder.ABRG, "ABRG")]
    [DataRow(ColorsOrder.ABGR, "ABGR"), DataRow(ColorsOrder.AGRB, "AGRB"), DataRow(ColorsOrder.AGBR, "AGBR")]
    public void ChannelsComeInTheOrderAskedFor(ColorsOrder order, string letters)
    {
        var planes = new Dictionary<char, float[]>
        {
            ['A'] = [255, 255, 255, 255, 255, 255], ['R'] = Plane(0), ['G'] = Plane(10), ['B'] = Plane(20),
        };
        foreach (var colours in new[] { ColorBits.All, ColorBits.Rgb, ColorBits.Red | ColorBits.Blue, ColorBits.Green, ColorBits.Alpha | ColorBits.Blue })
        {
            var wanted = letters.Where(letter => letter switch
            {
                'A' => colours.HasFlag(ColorBits.Alpha),
                'R' => colours.HasFlag(ColorBits.Red),
                'G' => colours.HasFlag(ColorBits.Green),
                _ => colours.HasFlag(ColorBits.Blue),
            }).ToArray();

            var (apart, type) = Extract(MLPixelFormat.Bgra32, t => t.ExtractPixels("Pixels", "Image", colours, order));
            CollectionAssert.AreEqual(wanted.SelectMany(letter => planes[letter]).ToArray(), apart, $"{colours}");
            CollectionAssert.AreEqual((int[])[wanted.Length, 2, 3], type.Dimensions.ToArray());

            (var mixed, type) = Extract(MLPixelFormat.Bgra32, t => t.ExtractPixels("Pixels", "Image", colours, order, interleavePixelColors: true));
            CollectionAssert.AreEqual(Enumerable.Range(0, 6).SelectMany(i => wanted.Select(letter => planes[letter][i])).ToArray(), mixed, $"{colours}");
            CollectionAssert.AreEqual((int[])[2, 3, wanted.Length], type.Dimensions.ToArray());
        }
    }

    [TestMethod]
    public void TheOffsetIsTakenAwayBeforeScaling()
    {
        var (values, _) = Extract(MLPixelFormat.Rgba32,
            t => t.ExtractPixels("Pixels", "Image", ColorBits.Red, offsetImage: 2, scaleImage: 0.5f));
        CollectionAssert.AreEqual((float[])[-1, -0.5f, 0, 0.5f, 1, 1.5f], values);
    }

    [TestMethod]
    public void BytesAreNotScaled()
    {
        var data = Rows.Of(Image(MLPixelFormat.Bgra32));
        var output = Rows.ML.Transforms.ExtractPixels("Pixels", "Image", ColorBits.Blue, offsetImage: 2, scaleImage: 0.5f, outputAsFloatArray: false)
            .Fit(data).Transform(data);
        CollectionAssert.AreEqual((byte[])[20, 21, 22, 23, 24, 25], output.GetColumn<byte[]>("Pixels").Single());
        Assert.AreEqual(NumberDataViewType.Byte, ((VectorDataViewType)output.Schema["Pixels"].Type).ItemType);
    }

    [TestMethod]
    public void NoPictureGivesZeros()
    {
        var data = Rows.Of(null, Image(MLPixelFormat.Bgra32));
        var pixels = Rows.ML.Transforms.ExtractPixels("Pixels", "Image").Fit(data).Transform(data).GetColumn<float[]>("Pixels").ToArray();
        CollectionAssert.AreEqual(new float[18], pixels[0]);
        Assert.AreEqual(20, pixels[1][12]);
    }

    [TestMethod]
    public void WrongColumnsAndOptionsAreRefused()
    {
        var transforms = Rows.ML.Transforms;
        Assert.Throws<ArgumentException>(() => transforms.ExtractPixels("Pixels", "Image", 0));
        Assert.Throws<ArgumentException>(() => transforms.ExtractPixels("Pixels", "Image", scaleImage: 0));
        Assert.Throws<ArgumentException>(() => transforms.ExtractPixels("Pixels", "Image", offsetImage: float.NaN));
        Assert.Throws<ArgumentException>(() => transforms.ExtractPixels(" ", "Image"));

        var names = Rows.ML.Data.LoadFromEnumerable([new Named()]);
        StringAssert.Contains(Assert.Throws<ArgumentException>(() => transforms.ExtractPixels("Pixels", "Path").Fit(names)).Message, "'Path'");
        StringAssert.Contains(Assert.Throws<ArgumentException>(() => transforms.ExtractPixels("Pixels", "Gone").Fit(names)).Message, "'Gone'");
        // Pictures as loaded may differ in size; they must be resized first.
        var loaded = transforms.LoadImages("Image", "", "Path").Fit(names).Transform(names);
        StringAssert.Contains(Assert.Throws<ArgumentException>(() => transforms.ExtractPixels("Pixels", "Image").Fit(loaded)).Message, "unknown-size");
    }

    [TestMethod]
    public void APictureOfAnotherSizeThanItsColumnSaysIsRefused()
    {
        using var large = Pictures.Make(4, 4, (_, _) => (1, 2, 3));
        var data = Rows.Of(large);
        var output = Rows.ML.Transforms.ExtractPixels("Pixels", "Image").Fit(data).Transform(data);
        Assert.Throws<InvalidOperationException>(() => output.GetColumn<float[]>("Pixels").ToArray());
    }
}
