using Microsoft.ML;
using Microsoft.ML.Data;
using Samples.Data;
using Samples.Output;

namespace Benchmarks.Generation;

/// <summary>Pictures of digits as data views of a vector <c>Features</c> and a text <c>Label</c>.</summary>
sealed record DigitSet(IDataView Train, IDataView Test)
{
    public const int Pixels = DigitPictures.Side * DigitPictures.Side;

    public static DigitSet Load(MLContext ml, BenchmarkOptions options)
    {
        var pictures = DigitPictures.Load(new SampleOptions(options.Data, "", options.Quick));
        return new(View(ml, pictures.Training), View(ml, pictures.Test));
    }

    static IDataView View(MLContext ml, IEnumerable<(float[] Pixels, int Label)> pictures) =>
        ml.Data.LoadFromEnumerable(pictures.Select(picture => new Picture { Features = picture.Pixels, Label = $"{picture.Label}" }));

    /// <summary>The same pictures with every pixel 0 or 1.</summary>
    public static IDataView Binarise(MLContext ml, IDataView pictures) => ml.Data.LoadFromEnumerable(
        ml.Data.CreateEnumerable<Picture>(pictures, reuseRowObject: false).Select(picture => new Picture
        {
            Features = Array.ConvertAll(picture.Features, pixel => pixel > 0.5f ? 1f : 0f), Label = picture.Label,
        }));

    public sealed class Picture
    {
        [VectorType(Pixels)]
        public float[] Features { get; set; } = [];

        public string Label { get; set; } = "";
    }
}
