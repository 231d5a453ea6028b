using Extensions.ML.Trainers;

namespace Extensions.ML;

/// <summary>What a transformer computes: from the features of many rows, its output columns for the same rows.</summary>
/// <remarks>Implementations are called from many threads at once.</remarks>
interface IBatchScorer
{
    /// <summary>What is read of a row.</summary>
    RowInput Input { get; }

    IReadOnlyList<OutputColumn> Outputs { get; }

    /// <summary>Computes the output columns asked for.</summary>
    /// <param name="rows">Features, <see cref="RowInput.Size"/> a row; used up.</param>
    /// <param name="count">Number of rows, at least 1.</param>
    /// <param name="outputs">For each output column its block of at least <paramref name="count"/> rows, or null where it is not wanted.</param>
    void Score(FeatureBlock rows, int count, float[]?[] outputs);
}
