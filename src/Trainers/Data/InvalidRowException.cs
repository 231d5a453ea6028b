namespace Extensions.ML.Trainers;

/// <summary>A row of the data holds a value that cannot be learned from or scored: NaN or an infinity.</summary>
/// <param name="message">What is wrong and where.</param>
/// <param name="row">The row's index from 0.</param>
/// <param name="slot">The index from 0 of the value in the row.</param>
/// <param name="value">The offending value.</param>
public sealed class InvalidRowException(string message, long row, int slot, float value) : Exception(message)
{
    /// <summary>The row's index from 0, in the order of the source; -1 where it is not known.</summary>
    public long Row { get; } = row;

    /// <summary>The index from 0 of the value in the row.</summary>
    public int Slot { get; } = slot;

    /// <summary>The offending value: NaN, positive or negative infinity.</summary>
    public float Value { get; } = value;
}
