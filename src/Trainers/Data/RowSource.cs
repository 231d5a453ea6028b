namespace Extensions.ML.Trainers;

/// <summary>
/// Rows of numbers that can be read from the first to the last as often as needed, always in the same order.
/// The face towards ML.NET implements it over an <c>IDataView</c>; the training loop knows nothing else of the data.
/// </summary>
public interface IRowSource
{
    /// <summary>Number of values in a row, at least 1.</summary>
    int Width { get; }

    /// <summary>Number of rows where it is known without reading them, else <see langword="null"/>.</summary>
    long? Count { get; }

    /// <summary>Opens a reader before the first row. Several readers may be open at once, each used by one thread.</summary>
    IRowReader Open();
}

/// <summary>Reads the rows of an <see cref="IRowSource"/> in order.</summary>
public interface IRowReader : IDisposable
{
    /// <summary>Fills <paramref name="row"/> (<see cref="IRowSource.Width"/> values) with the next row.</summary>
    /// <returns><see langword="false"/> after the last row; <paramref name="row"/> is then left as it was.</returns>
    bool TryRead(Span<float> row);
}
