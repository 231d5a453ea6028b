using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>
/// A trained network as an ML.NET transformer: it adds columns to every row, scores in blocks when it reads a data view and
/// row by row in a <see cref="PredictionEngine{TSrc, TDst}"/>, and is saved by <c>ml.Model.Save</c> and loaded by
/// <c>ml.Model.Load</c> without registration.
/// </summary>
/// <remarks>Immutable; one instance serves many threads. It holds native memory until it is disposed.</remarks>
public abstract class NetworkTransformer : ITransformer, IDisposable
{
    private protected NetworkTransformer()
    {
    }

    /// <summary>What is computed for the rows.</summary>
    internal abstract IBatchScorer Scorer { get; }

    /// <summary>Writes the transformer into its entry of the model zip.</summary>
    internal abstract void Save(ModelSaveContext context);

    bool ITransformer.IsRowToRowMapper => true;

    /// <summary>The columns that <see cref="Transform"/> gives for an input of this schema.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The feature column is missing, or of another type or size than in training.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Bind(inputSchema).OutputSchema;

    /// <summary>Adds this transformer's columns to a data view. Nothing is computed until rows are read.</summary>
    /// <remarks>
    /// A trainer further down reads its input many times; put <c>AppendCacheCheckpoint</c> behind a network so that it
    /// runs once for each row.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The feature column is missing, or of another type or size than in training.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new BatchDataView(Bind(input.Schema), input);
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => Bind(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx) => Save(ctx);

    BatchRowMapper Bind(DataViewSchema inputSchema) => new(Scorer, inputSchema);

    /// <summary>Frees the network's memory. Scoring afterwards throws <see cref="ObjectDisposedException"/>.</summary>
    public abstract void Dispose();
}
