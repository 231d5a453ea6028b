using Extensions.ML;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(SlidingWindowTransformer), null, typeof(SignatureLoadModel), "Sliding window", SlidingWindowTransformer.LoaderSignature)]

namespace Extensions.ML;

/// <summary>
/// Puts the last steps of a series into one vector for every row: what a network over sequences reads. The rows must come in the order of
/// time.
/// </summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// | | |
/// |-|-|
/// | Does this estimator need to look at the data to train its parameters? | No |
/// | Input column | Single, or Vector of Single of known size; on request a DateTime beside it |
/// | Output column | Vector of Single, with SlotNames: `value[-2]`, `value[-1]`, `value[0]`, oldest step first |
/// | Exportable to ONNX | No |
///
/// Before the series has as many steps as the window, its first step stands for those missing. With a time column, 16 numbers follow that
/// say where the newest step lies in the day and in the week: sine and cosine of the first four harmonics of each. The view cannot be
/// shuffled, and is no row-to-row mapping: a window needs the rows before it.
/// ]]></format>
/// </remarks>
public sealed class SlidingWindowEstimator : IEstimator<SlidingWindowTransformer>
{
    readonly SlidingWindowTransformer _transformer;

    internal SlidingWindowEstimator(string outputColumnName, SeriesColumns columns, int windowSize)
    {
        ArgumentException.ThrowIfNullOrEmpty(outputColumnName);
        ArgumentException.ThrowIfNullOrEmpty(columns.ValueColumnName);
        ArgumentOutOfRangeException.ThrowIfLessThan(windowSize, 1);
        _transformer = new SlidingWindowTransformer(new(outputColumnName, columns, windowSize));
    }

    /// <summary>The transformer; nothing is learned.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    public SlidingWindowTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _transformer.GetOutputSchema(input.Schema);
        return _transformer;
    }

    /// <summary>The columns behind this estimator, told before any data is seen.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var description = _transformer.Contents;
        description.Columns.Check(inputSchema);
        return inputSchema.With([Shapes.Vector(description.OutputColumnName, Shapes.SlotNames)]);
    }
}

/// <summary>Adds a sliding window to every row. Made by <see cref="SlidingWindowEstimator"/>.</summary>
public sealed class SlidingWindowTransformer : ITransformer
{
    internal const string LoaderSignature = "SlidingWindow";
    static readonly ModelFormat s_format = new("SLID WIN", LoaderSignature);

    /// <summary>The contents of <c>model.json</c>.</summary>
    internal sealed record Description(string OutputColumnName, SeriesColumns Columns, int WindowSize);

    internal SlidingWindowTransformer(Description description)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(description.WindowSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(description.WindowSize, SeriesWindow.MostValues);
        Contents = description;
    }

    internal Description Contents { get; }

    bool ITransformer.IsRowToRowMapper => false;

    /// <summary>The columns that <see cref="Transform"/> gives for an input of this schema.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return WindowedView.SchemaWith(inputSchema, Contents.Columns, Contents.WindowSize, Contents.OutputColumnName);
    }

    /// <summary>Adds the window to a data view whose rows come in the order of time.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new WindowedView(input, Contents.Columns, Contents.WindowSize, Contents.OutputColumnName);
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) =>
        throw new InvalidOperationException("A sliding window is no row-to-row mapping: it needs the rows before a row.");

    void ICanSaveModel.Save(ModelSaveContext context) => s_format.Save(context, Contents);

    internal static SlidingWindowTransformer Create(IHostEnvironment env, ModelLoadContext context) =>
        s_format.Load<Description, SlidingWindowTransformer>(context, description => new(description));
}
