using Microsoft.ML;

namespace Extensions.ML;

/// <summary>What a transformer computes: from columns of many rows, its output columns for the same rows.</summary>
/// <remarks>Implementations are called from many threads at once; a block is of one thread at a time.</remarks>
interface IBatchScorer
{
    IReadOnlyList<OutputColumn> Outputs { get; }

    /// <summary>Finds the columns that are read.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is missing, or of another type or size.</exception>
    DataViewSchema.Column[] Bind(DataViewSchema schema);

    /// <summary>Makes space for rows that are scored together.</summary>
    /// <param name="row">What they are read from: a cursor, or a single row.</param>
    /// <param name="inputs">What <see cref="Bind"/> found in its schema.</param>
    /// <param name="active">Which of <see cref="Outputs"/> are wanted, at least one.</param>
    /// <param name="most">No more rows than this come; space is made for as many as run well together, or fewer.</param>
    ScoringBlock Open(DataViewRow row, DataViewSchema.Column[] inputs, bool[] active, int most);
}

/// <summary>Rows that are scored together: read one by one, scored at once, and looked at through getters.</summary>
/// <param name="capacity">Rows that there is room for.</param>
abstract class ScoringBlock(int capacity) : IDisposable
{
    public int Capacity => capacity;

    /// <summary>Reads the row that the source stands on into place <paramref name="place"/>.</summary>
    public abstract void Read(int place);

    /// <summary>Computes the output columns of the first <paramref name="count"/> rows, which are used up.</summary>
    public abstract void Score(int count);

    /// <summary>A getter of an active output column.</summary>
    /// <param name="output">Its place among the scorer's outputs.</param>
    /// <param name="row">The place of the row; asked for at every call, before the block is looked at.</param>
    public abstract Delegate CreateGetter(int output, Func<int> row);

    public virtual void Dispose()
    {
    }
}
