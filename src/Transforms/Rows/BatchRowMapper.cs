using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>Binds a scorer to an input schema: the output schema is the input's columns followed by the scorer's.</summary>
sealed class BatchRowMapper : IRowToRowMapper
{
    readonly DataViewSchema.Column[] _inputs;

    public BatchRowMapper(IBatchScorer scorer, DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        Scorer = scorer;
        InputSchema = inputSchema;
        _inputs = scorer.Bind(inputSchema);

        var builder = new DataViewSchema.Builder();
        builder.AddColumns(inputSchema);
        foreach (var output in scorer.Outputs)
            builder.AddColumn(output.Name, output.Type, output.Annotations);
        OutputSchema = builder.ToSchema();
    }

    public IBatchScorer Scorer { get; }
    public DataViewSchema InputSchema { get; }
    public DataViewSchema OutputSchema { get; }

    /// <summary>Which of the scorer's outputs are among these columns of the output schema.</summary>
    public bool[] ActiveOutputs(IEnumerable<DataViewSchema.Column> columns)
    {
        var active = new bool[Scorer.Outputs.Count];
        foreach (var column in columns)
            if (column.Index >= InputSchema.Count)
                active[column.Index - InputSchema.Count] = true;
        return active;
    }

    /// <inheritdoc/>
    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        var needed = new SortedSet<int>();
        foreach (var column in dependingColumns)
        {
            if (column.Index < InputSchema.Count)
                needed.Add(column.Index);
            else
                needed.UnionWith(_inputs.Select(input => input.Index));
        }
        return needed.Select(index => InputSchema[index]).ToArray();
    }

    /// <summary>Space for rows of a source that are scored together; null where no output is active, and nothing is to be computed.</summary>
    public ScoringBlock? Open(DataViewRow row, bool[] active, int most) => active.Contains(true)
        ? Scorer.Open(row, Array.ConvertAll(_inputs, input => row.Schema[input.Index]), active, most) : null;

    /// <inheritdoc/>
    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(activeColumns);
        return new ScoredRow(this, input, activeColumns.ToArray());
    }
}
