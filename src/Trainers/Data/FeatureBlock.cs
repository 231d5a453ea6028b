using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// Native memory for a block of rows on their way into a network: filled row by row, then read by the network where it lies. For one thread at a time.
/// </summary>
public sealed unsafe class FeatureBlock : IDisposable
{
    readonly Tensor tensor;
    float* start;

    /// <param name="capacity">Rows that there is room for, at least 1.</param>
    /// <param name="width">Values in a row, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public FeatureBlock(int capacity, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        (Capacity, Width) = (capacity, width);
        TorchEngine.Start();
        tensor = empty([capacity, width], dtype: ScalarType.Float32, device: CPU).DetachFromDisposeScope();
        start = (float*)NativeBytes.Address(tensor);
    }

    /// <summary>Rows that there is room for.</summary>
    public int Capacity { get; }

    /// <summary>Values in a row.</summary>
    public int Width { get; }

    /// <summary>The values of one row, to be written; valid until the block is disposed.</summary>
    /// <param name="row">From 0 to below <see cref="Capacity"/>.</param>
    public Span<float> this[int row]
    {
        get
        {
            ObjectDisposedException.ThrowIf(start == null, this);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Capacity, nameof(row));
            return new Span<float>(start + (long)row * Width, Width);
        }
    }

    /// <summary>The first rows as one tensor over the same memory, their first values scaled in place, as many as the scaler has slots. Of the caller's dispose scope.</summary>
    /// <returns>[count, <see cref="Width"/>]</returns>
    internal Tensor Scaled(int count, FeatureScaler scaler)
    {
        for (int row = 0; row < count; row++) scaler.Apply(this[row][..scaler.Width]);
        return tensor.narrow(0, 0, count);
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        start = null;
        tensor.Dispose();
    }
}
