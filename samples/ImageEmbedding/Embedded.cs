using System.Numerics.Tensors;

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

    /// <summary>Each unit's values over the pictures, with mean 0 and standard deviation 1; in order of falling spread before that.</summary>
    public static (int Unit, float[] Values)[] Standardised(Embedded[] pictures) =>
    [
        .. Enumerable.Range(0, pictures[0].Embedding.Length).Select(unit =>
        {
            var values = Array.ConvertAll(pictures, picture => picture.Embedding[unit]);
            var mean = values.Average();
            var spread = MathF.Sqrt(values.Average(value => (value - mean) * (value - mean)));
            return (unit, Spread: spread, Values: Array.ConvertAll(values, value => (value - mean) / Math.Max(spread, 1e-12f)));
        }).OrderByDescending(unit => unit.Spread).Select(unit => (unit.unit, unit.Values)),
    ];

    /// <summary>How the pixels go with a unit: the mean over the pictures of pixel times standardised unit.</summary>
    public static float[] Response(Embedded[] pictures, float[] unit)
    {
        var response = new float[pictures[0].Pixels.Length];
        foreach (var (picture, value) in pictures.Zip(unit))
            TensorPrimitives.MultiplyAdd(picture.Pixels, value / pictures.Length, response, response);
        return response;
    }
}
