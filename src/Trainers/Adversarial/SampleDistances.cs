using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Euclidean distances within and between as many real and generated rows, and what they tell of a generator.</summary>
/// <param name="Real">[rows, rows]: between real rows.</param>
/// <param name="Generated">[rows, rows]: between generated rows.</param>
/// <param name="Across">[rows, rows]: from each real row to each generated one.</param>
readonly record struct SampleDistances(Tensor Real, Tensor Generated, Tensor Across)
{
    const int Neighbours = 5;

    /// <param name="real">[rows, width]</param>
    /// <param name="generated">[rows, width]</param>
    public static SampleDistances Of(Tensor real, Tensor generated)
        => new(cdist(real, real), cdist(generated, generated), cdist(real, generated));

    /// <summary>The energy distance of the two distributions, at least 0, and 0 in the limit only where they are the same (Székely and
    /// Rizzo, "Energy Statistics", 2013, equation 6.1).</summary>
    /// <returns>A scalar.</returns>
    public Tensor Energy() => 2 * Across.mean() - Real.mean() - Generated.mean();

    /// <summary>How far generated rows lie apart, by how far real ones do: far below 1 where a generator makes few different rows.</summary>
    public double Diversity() => Ratio(Generated.mean(), Real.mean());

    /// <summary>The same over pairs of one class alone: far below 1 where a generator makes few different rows of a class.</summary>
    /// <param name="classes">[rows] Int64: of the real rows and of the generated ones.</param>
    public double DiversityWithin(Tensor classes)
    {
        var same = classes.unsqueeze(0).eq(classes.unsqueeze(1)).to(Real.dtype);
        return Ratio((Generated * same).mean(), (Real * same).mean());
    }

    /// <summary>The share of real rows that have a generated row at most as near as their fifth neighbour among the real ones (Naeem et al.,
    /// "Reliable Fidelity and Diversity Metrics", ICML 2020, equation 10).</summary>
    public double Coverage()
    {
        long count = Real.shape[0];
        var radius = Real.kthvalue(Math.Min(Neighbours + 1, count), 1).Item1; // the row itself is the first
        return Across.amin(1).le(radius).to(ScalarType.Float32).mean().item<float>();
    }

    static double Ratio(Tensor generated, Tensor real) => generated.item<float>() / Math.Max(real.item<float>(), float.Epsilon);
}
