using Extensions.ML.Trainers;

namespace Extensions.ML.Generators;

/// <summary>A generator that makes rows of latent vectors: between those of two rows lie those of rows between them.</summary>
public interface ILatentSpace
{
    /// <summary>Values in a latent vector.</summary>
    int LatentSize { get; }

    /// <summary>Whether latent vectors can be found for given rows.</summary>
    bool CanEncode { get; }

    /// <summary>Draws the latent vectors that <see cref="RowGenerator.Generate"/> makes rows of.</summary>
    /// <param name="noise">Where randomness comes from: the row count, and a stream for each row.</param>
    /// <param name="classes">The class of each row, from 0; empty for a model that knows none.</param>
    /// <returns>[rows, latent size]</returns>
    /// <exception cref="ArgumentException">There are not as many classes as rows, or a class is not one of the model's.</exception>
    float[] DrawLatents(RowNoise noise, ReadOnlySpan<int> classes);

    /// <summary>The latent vectors of rows.</summary>
    /// <param name="rows">[rows, input size], in the units of the training data; finite.</param>
    /// <param name="classes">The class of each row, from 0; empty for a model that knows none.</param>
    /// <returns>[rows, latent size]</returns>
    /// <exception cref="ArgumentException">The values are not whole rows, or the classes do not fit.</exception>
    /// <exception cref="NotSupportedException"><see cref="CanEncode"/> is false.</exception>
    float[] Encode(ReadOnlySpan<float> rows, ReadOnlySpan<int> classes);

    /// <summary>What latent vectors stand for: the means of numbers, the likeliest of categories.</summary>
    /// <param name="latents">[rows, latent size]</param>
    /// <param name="classes">The class of each row, from 0; empty for a model that knows none.</param>
    /// <returns>[rows, input size], in the units of the training data.</returns>
    /// <exception cref="ArgumentException">The values are not whole latent vectors, or the classes do not fit.</exception>
    /// <exception cref="NotSupportedException">Rows are not made of latent vectors alone.</exception>
    float[] Decode(ReadOnlySpan<float> latents, ReadOnlySpan<int> classes);
}
