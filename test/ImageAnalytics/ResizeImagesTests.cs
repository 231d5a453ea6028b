using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using static Microsoft.ML.Transforms.Image.ImageResizingEstimator;

namespace ImageAnalytics.Reference.Tests;

[TestClass]
public sealed class ResizeImagesTests
{
    // Red grows to the right, green downwards.
    static MLImage Ramp(int width, int height) => Pictures.Make(width, height, (x, y) => (x * 255 / (width - 1), y * 255 / (height - 1), 90));

    static T Resize<T>(IDataView data, int width, int height, Func<MLImage, T> look,
        ResizingKind kind = ResizingKind.IsoCrop, Anchor anchor = Anchor.Center)
    {
        var output = Rows.ML.Transforms.ResizeImages("Resized", width, height, "Image", kind, anchor).Fit(data).Transform(data);
        Assert.AreEqual(new ImageDataViewType(height, width), output.Schema["Resized"].Type);
        return Rows.First(output, "Resized", image =>
        {
            Assert.AreEqual((width, height), (image.Width, image.Height));
            return look(image);
        });
    }

    static void AreNear((int R, int G, int B) expected, (byte R, byte G, byte B, byte A) actual, int tolerance)
    {
        Assert.AreEqual(expected.R, actual.R, (double)tolerance);
        Assert.AreEqual(expected.G, actual.G, (double)tolerance);
        Assert.AreEqual(expected.B, actual.B, (double)tolerance);
        Assert.AreEqual(255, actual.A);
    }

    [TestMethod]
    [DataRow(ResizingKind.IsoPad), DataRow(ResizingKind.IsoCrop), DataRow(ResizingKind.Fill)]
    public void APictureOfOneColourStaysSo(ResizingKind kind)
    {
        foreach (var side in new[] { 5, 20, 33, 100 })
        {
            using var image = Pictures.Make(40, 20, (_, _) => (200, 100, 50));
            Resize(Rows.OfWide(image), side * 2, side, resized =>
            {
                for (var y = 0; y < side; y++)
                    for (var x = 0; x < side * 2; x++)
                        AreNear((200, 100, 50), resized.At(x, y), 1);
                return true;
            }, kind);
        }
    }

    [TestMethod]
    public void ASizeThatFitsLeavesEveryPixel()
    {
        using var image = Ramp(40, 20);
        var expected = image.GetBGRPixels;
        CollectionAssert.AreEqual(expected, Resize(Rows.OfWide(image), 40, 20, resized => resized.GetBGRPixels));
    }

    [TestMethod]
    public void FillTakesWholePixels()
    {
        // Twice as large, every pixel becomes a block of four.
        using var image = Ramp(40, 20);
        Resize(Rows.OfWide(image), 80, 40, resized =>
        {
            for (var y = 0; y < 40; y++)
                for (var x = 0; x < 80; x++)
                    Assert.AreEqual(((byte)(x / 2 * 255 / 39), (byte)(y / 2 * 255 / 19), (byte)90, (byte)255), resized.At(x, y));
            return true;
        }, ResizingKind.Fill);
        // A fifth as large, the middle pixel of each block remains.
        using var larger = Pictures.Make(40, 20, (x, y) => (x, y, 0));
        Resize(Rows.OfWide(larger), 8, 4, resized =>
        {
            for (var y = 0; y < 4; y++)
                for (var x = 0; x < 8; x++)
                    Assert.AreEqual(((byte)(x * 5 + 2), (byte)(y * 5 + 2), (byte)0, (byte)255), resized.At(x, y));
            return true;
        }, ResizingKind.Fill);
    }

    [TestMethod]
    [DataRow(Anchor.Left, 0), DataRow(Anchor.Center, 10), DataRow(Anchor.Right, 20), DataRow(Anchor.Top, 10), DataRow(Anchor.Bottom, 10)]
    public void IsoCropCutsAWidePictureAwayFromTheAnchor(Anchor anchor, int first)
    {
        using var image = Ramp(40, 20);
        Resize(Rows.OfWide(image), 20, 20, resized =>
        {
            for (var y = 0; y < 20; y++)
                for (var x = 0; x < 20; x++)
                    AreNear(((x + first) * 255 / 39, y * 255 / 19, 90), resized.At(x, y), 1);
            return true;
        }, ResizingKind.IsoCrop, anchor);
    }

    [TestMethod]
    [DataRow(Anchor.Top, 0), DataRow(Anchor.Center, 10), DataRow(Anchor.Bottom, 20), DataRow(Anchor.Left, 10), DataRow(Anchor.Right, 10)]
    public void IsoCropCutsATallPictureAwayFromTheAnchor(Anchor anchor, int first)
    {
        using var image = Ramp(20, 40);
        Resize(Rows.OfTall(image), 20, 20, resized =>
        {
            for (var y = 0; y < 20; y++)
                for (var x = 0; x < 20; x++)
                    AreNear((x * 255 / 19, (y + first) * 255 / 39, 90), resized.At(x, y), 1);
            return true;
        }, ResizingKind.IsoCrop, anchor);
    }

    [TestMethod]
    [DataRow(true), DataRow(false)]
    public void IsoPadShowsAllBetweenBlackMargins(bool wide)
    {
        using var image = wide ? Ramp(40, 20) : Ramp(20, 40);
        Resize(wide ? Rows.OfWide(image) : Rows.OfTall(image), 40, 40, resized =>
        {
            for (var y = 0; y < 40; y++)
                for (var x = 0; x < 40; x++)
                {
                    var (along, across) = wide ? (x, y - 10) : (y, x - 10);
                    var (r, g, b, _) = resized.At(x, y);
                    if (across is < 0 or >= 20)
                        Assert.AreEqual((0, 0, 0), (r, g, b), $"pixel {x}, {y}");
                    else
                        AreNear(wide ? (along * 255 / 39, across * 255 / 19, 90) : (across * 255 / 19, along * 255 / 39, 90), resized.At(x, y), 1);
                }
            return true;
        }, ResizingKind.IsoPad);
    }

    [TestMethod]
    [DataRow(10), DataRow(5), DataRow(7)]
    public void ReducingAverages(int height)
    {
        // A checkerboard of single pixels has no detail left at half its size or less, only its mean.
        using var board = Pictures.Make(40, 20, (x, y) => (x + y) % 2 == 0 ? (240, 240, 240) : (20, 20, 20));
        Resize(Rows.OfWide(board), height * 2, height, resized =>
        {
            for (var y = 0; y < height; y++)
                for (var x = 0; x < height * 2; x++)
                    AreNear((130, 130, 130), resized.At(x, y), 2);
            return true;
        });
        // A ramp stays one, with the same mean, in either direction.
        using var ramp = Ramp(40, 20);
        Resize(Rows.OfWide(ramp), height * 2, height, resized =>
        {
            var mean = Enumerable.Range(0, height * 2).Average(x => resized.At(x, height / 2).R);
            Assert.AreEqual(127.5, mean, 2);
            for (var x = 1; x < height * 2; x++)
                Assert.IsGreaterThan(resized.At(x - 1, 0).R, resized.At(x, 0).R);
            return true;
        });
    }

    [TestMethod]
    public void EnlargingKeepsARampSmooth()
    {
        using var ramp = Ramp(40, 20);
        Resize(Rows.OfWide(ramp), 160, 80, resized =>
        {
            for (var x = 12; x < 148; x++)
                Assert.AreEqual(((x + 0.5) / 4 - 0.5) * 255 / 39, resized.At(x, 40).R, 2, $"column {x}");
            return true;
        });
    }

    [TestMethod]
    public void GreyIsTheWeightedMeanOfTheColours()
    {
        using var image = Pictures.Make(3, 2, (x, y) => (x * 100, y * 200, 250 - x * 50));
        var data = Rows.Of(image);
        var output = Rows.ML.Transforms.ConvertToGrayscale("Grey", "Image").Fit(data).Transform(data);
        Assert.AreEqual(new ImageDataViewType(2, 3), output.Schema["Grey"].Type);
        Rows.First(output, "Grey", grey =>
        {
            for (var y = 0; y < 2; y++)
                for (var x = 0; x < 3; x++)
                {
                    var expected = (int)Math.Round(0.3 * x * 100 + 0.59 * y * 200 + 0.11 * (250 - x * 50));
                    AreNear((expected, expected, expected), grey.At(x, y), 1);
                }
            return true;
        });
    }

    [TestMethod]
    public void WrongSizesAndColumnsAreRefused()
    {
        var transforms = Rows.ML.Transforms;
        Assert.Throws<ArgumentException>(() => transforms.ResizeImages("Resized", 0, 5, "Image"));
        Assert.Throws<ArgumentException>(() => transforms.ResizeImages("Resized", 5, -1, "Image"));
        Assert.Throws<ArgumentException>(() => transforms.ResizeImages("Resized", 5, 5, "Image", (ResizingKind)9));
        var names = Rows.ML.Data.LoadFromEnumerable([new Named()]);
        StringAssert.Contains(Assert.Throws<ArgumentException>(() => transforms.ResizeImages("Resized", 5, 5, "Path").Fit(names)).Message, "'Path'");
        StringAssert.Contains(Assert.Throws<ArgumentException>(() => transforms.ConvertToGrayscale("Grey", "Path").Fit(names)).Message, "'Path'");
    }
}
