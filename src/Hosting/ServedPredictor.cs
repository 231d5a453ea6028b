using Microsoft.ML;

namespace Extensions.ML.Hosting;

/// <summary>
/// Answers single rows as a <see cref="PredictionEngine{TSrc, TDst}"/> does, for any number of callers at once: rows that wait at the same time are computed
/// together.
/// </summary>
/// <remarks>
/// Registered by <see cref="ExtensionsMLBuilder.AddModel"/>. In the place of the pool of Microsoft.Extensions.ML because that one computes each row by itself
/// and leaves the native memory of a replaced model to the finalizer; here it is freed when the last request on it is answered.
/// </remarks>
/// <typeparam name="TRow">A row: properties named as the columns that the model was trained on. A <c>float[]</c> needs no size.</typeparam>
/// <typeparam name="TResult">Properties named as the columns that are wanted; what no property asks for is not computed.</typeparam>
public sealed class ServedPredictor<TRow, TResult> : ServedModel<TRow, TResult> where TRow : class, new() where TResult : class, new()
{
    internal ServedPredictor(string name, Func<Settings> settings) : base(name, settings)
    {
    }

    /// <summary>The columns of the live model's output, with their annotations such as slot names.</summary>
    /// <exception cref="PredictionException">No model is there.</exception>
    public DataViewSchema OutputSchema
    {
        get
        {
            var live = Lease();
            live.Release();
            return live.OutputSchema;
        }
    }

    /// <summary>What the model gives for a row.</summary>
    /// <param name="row">The row; it must not change until the answer is there.</param>
    /// <param name="cancellation">Takes the request out of the queue. A batch under way with it goes on for the others.</param>
    /// <exception cref="PredictionException">The request was refused, or the model refuses the row: see <see cref="PredictionException.Failure"/>.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task<TResult> PredictAsync(TRow row, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(row);
        return AskAsync(row, cancellation);
    }

    private protected override IBatchEngine<TRow, TResult> Bind(ITransformer model, DataViewSchema inputSchema) =>
        new BatchEngine<TRow, TResult>(Serving.Context, model, inputSchema);

    private protected override TRow Probe(DataViewSchema inputSchema) => RowShape.Probe<TRow>(inputSchema);
}
