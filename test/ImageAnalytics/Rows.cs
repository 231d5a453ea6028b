using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace ImageAnalytics.Reference.Tests;

/// <summary>A picture of 3 columns and 2 rows in memory.</summary>
sealed class Small
{
    [ImageType(2, 3)]
    public MLImage? Image { get; set; }
}

/// <summary>A picture of 40 columns and 20 rows in memory.</summary>
sealed class Wide
{
    [ImageType(20, 40)]
    public MLImage? Image { get; set; }
}

/// <summary>A picture of 20 columns and 40 rows in memory.</summary>
sealed class Tall
{
    [ImageType(40, 20)]
    public MLImage? Image { get; set; }
}

sealed class Named
{
    public string Path { get; set; } = "";
}

static class Rows
{
    public static readonly MLContext ML = new(seed: 1);

    public static IDataView Of(params MLImage?[] images) => ML.Data.LoadFromEnumerable(images.Select(image => new Small { Image = image }).ToArray());

    public static IDataView OfWide(MLImage image) => ML.Data.LoadFromEnumerable([new Wide { Image = image }]);

    public static IDataView OfTall(MLImage image) => ML.Data.LoadFromEnumerable([new Tall { Image = image }]);

    /// <summary>What a look at the picture of the first row gives; the picture lives no longer than its cursor.</summary>
    public static T First<T>(IDataView view, string column, Func<MLImage, T> look)
    {
        var output = view.Schema[column];
        using var cursor = view.GetRowCursor([output]);
        var getter = cursor.GetGetter<MLImage>(output);
        Assert.IsTrue(cursor.MoveNext());
        MLImage image = null!;
        getter(ref image);
        return look(image);
    }
}
