using System.Numerics.Tensors;
using Extensions.ML.Trainers;

namespace ImageEmbedding;

/// <summary>A picture after the pipeline: its pixels, its code, and how it is drawn again from the code.</summary>
sealed class Embedded
{
    public float[] Pixels { get; set; } = [];

    public float[] Embedding { get; set; } = [];

    public float[] Reconstruction { get; set; } = [];

    public float Label { get; set; }
}

/// <summary>What can be read off the codes of many pictures.</summary>
static class Codes
{
    /// <returns>How often the nearest other point is of the same class.</returns>
    public static double NeighbourAgreement(IReadOnlyList<float[]> points, IReadOnlyList<int> labels)
    {
        var agreeing = 0;
        Parallel.For(0, points.Count, i =>
        {
            var nearest = Enumerable.Range(0, points.Count).Where(j => j != i)
                .MinBy(j => TensorPrimitives.Distance<float>(points[i], points[j]));
            if (labels[nearest] == labels[i])
                Interlocked.Increment(ref agreeing);
        });
        return agreeing / (double)points.Count;
    }

    /// <summary>Each unit's mean, standard deviation, and values over the pictures brought to mean 0 and deviation 1; in order of falling
    /// deviation.</summary>
    public static Unit[] Units(Embedded[] pictures) =>
    [
        .. Enumerable.Range(0, pictures[0].Embedding.Length).Select(unit =>
        {
            var values = Array.ConvertAll(pictures, picture => picture.Embedding[unit]);
            var mean = values.Average();
            var deviation = MathF.Sqrt(values.Average(value => (value - mean) * (value - mean)));
            return new Unit(unit, mean, deviation, Array.ConvertAll(values, value => (value - mean) / Math.Max(deviation, 1e-12f)));
        }).OrderByDescending(unit => unit.Deviation),
    ];

    /// <summary>How the pixels go with a unit: the mean over the pictures of pixel times standardised unit.</summary>
    public static float[] Response(Embedded[] pictures, Unit unit)
    {
        var response = new float[pictures[0].Pixels.Length];
        foreach (var (picture, value) in pictures.Zip(unit.Values))
            TensorPrimitives.MultiplyAdd(picture.Pixels, value / pictures.Length, response, response);
        return response;
    }

    /// <summary>What the decoder draws while one unit moves from its mean and all others stay at theirs.</summary>
    /// <param name="model">The trained autoencoder.</param>
    /// <param name="units">All of them.</param>
    /// <param name="moved">The one that moves.</param>
    /// <param name="steps">How far, in standard deviations.</param>
    /// <returns>One picture a step.</returns>
    public static float[][] Decoded(AutoencoderModel model, Unit[] units, Unit moved, float[] steps)
    {
        var code = units.OrderBy(unit => unit.Index).Select(unit => unit.Mean).ToArray();
        return Array.ConvertAll(steps, step =>
        {
            var picture = new float[model.Architecture.InputSize];
            code[moved.Index] = moved.Mean + step * moved.Deviation;
            model.Decode(code, picture);
            return picture;
        });
    }

    /// <summary>How each pixel moves the error of its picture.</summary>
    public static float[][] Saliencies(AutoencoderModel model, IReadOnlyList<Embedded> pictures)
    {
        var width = model.Architecture.InputSize;
        using var block = new FeatureBlock(pictures.Count, width);
        for (var i = 0; i < pictures.Count; i++)
            pictures[i].Pixels.CopyTo(block[i]);
        var gradients = new float[pictures.Count * width];
        model.Saliency(block, pictures.Count, gradients);
        return [.. gradients.Chunk(width)];
    }
}

/// <summary>One value of the codes: where it lies over the pictures, and how far it is spread.</summary>
sealed record Unit(int Index, float Mean, float Deviation, float[] Values)
{
    public string Name => $"unit {Index}";
}
