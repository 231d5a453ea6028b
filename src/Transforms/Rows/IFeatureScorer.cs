using Extensions.ML.Trainers;
using Microsoft.ML;

namespace Extensions.ML;

/// <summary>A scorer of numbers: the floats of a row go in, floats come out.</summary>
interface IFeatureScorer : IBatchScorer
{
    /// <summary>What is read of a row.</summary>
    RowInput Input { get; }

    new IReadOnlyList<FloatColumn> Outputs { get; }

    /// <summary>Computes the output columns asked for.</summary>
    /// <param name="rows">Features, <see cref="RowInput.Size"/> a row; used up.</param>
    /// <param name="count">Number of rows, at least 1.</param>
    /// <param name="outputs">For each output column its block of at least <paramref name="count"/> rows, or null where it is not wanted.</param>
    void Score(FeatureBlock rows, int count, float[]?[] outputs);

    IReadOnlyList<OutputColumn> IBatchScorer.Outputs => Outputs;
    DataViewSchema.Column[] IBatchScorer.Bind(DataViewSchema schema) => Input.Bind(schema);
    ScoringBlock IBatchScorer.Open(DataViewRow row, DataViewSchema.Column[] inputs, bool[] active, int most) =>
        new FeatureScoringBlock(this, Input.Open(row, inputs), active, Math.Min(most, FeatureScoringBlock.RowsOf(Input.Size)));
}

/// <summary>Rows of floats in native memory, and the floats that their network gave.</summary>
sealed class FeatureScoringBlock(IFeatureScorer scorer, IRowInputReader reader, bool[] active, int rows) : ScoringBlock(rows)
{
    const int Bytes = 2 << 20;

    readonly FeatureBlock _features = new(rows, scorer.Input.Size);
    readonly float[]?[] _outputs = [.. scorer.Outputs.Select((output, i) => active[i] ? new float[rows * output.Size] : null)];

    /// <summary>
    /// Enough that the matrix products run at full speed, for which they pack the weights anew in every block; few enough that a block stays in
    /// the cache that the processor's cores share.
    /// </summary>
    public static int RowsOf(int width) => Math.Clamp(Bytes / sizeof(float) / width, 16, 512);

    public override void Read(int place) => reader.ReadChecked(_features[place]);

    public override void Score(int count) => scorer.Score(_features, count, _outputs);

    public override Delegate CreateGetter(int output, Func<int> row) => scorer.Outputs[output].CreateGetter(_outputs[output]!, row);

    public override void Dispose() => _features.Dispose();
}
