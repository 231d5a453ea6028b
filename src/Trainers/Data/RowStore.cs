using System.Numerics;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// Rows of float32 in native memory, in chunks, so that it grows without copying and without a limit of 2 GB, and is freed at once.
/// </summary>
sealed unsafe class RowStore : IDisposable
{
    const long ChunkBytes = 32 << 20;

    readonly int shift;
    readonly List<Tensor> chunks = [];
    nint[] starts = [];

    /// <param name="width">Values in a row.</param>
    /// <param name="expected">Rows expected, where known: small stores then take no large chunk.</param>
    public RowStore(int width, long? expected = null)
    {
        Width = width;
        ulong rows = (ulong)Math.Max(1, Math.Min(ChunkBytes / (width * 4L), expected ?? long.MaxValue));
        shift = BitOperations.Log2(BitOperations.RoundUpToPowerOf2(rows));
    }

    public int Width { get; }

    public int Count { get; private set; }

    public Span<float> this[int row] => new(Address(row), Width);

    /// <summary>Room for the row after the last; it becomes a row by <see cref="Commit"/>.</summary>
    public Span<float> Next()
    {
        if (Count >> shift == chunks.Count)
        {
            // Detached: the store, not the caller's dispose scope, decides when the rows are freed.
            var chunk = empty([1L << shift, Width], dtype: ScalarType.Float32, device: CPU).DetachFromDisposeScope();
            chunks.Add(chunk);
            Array.Resize(ref starts, chunks.Count);
            starts[^1] = (nint)NativeBytes.Address(chunk);
        }
        return this[Count];
    }

    public void Commit() => Count++;

    /// <summary>Takes all memory that <paramref name="rows"/> rows need, so that <see cref="Next"/> never calls the engine.</summary>
    public void Reserve(int rows)
    {
        for (Count = 0; Count < rows; Count += 1 << shift) Next();
        Count = 0;
    }

    /// <summary>Forgets the rows and keeps the memory.</summary>
    public void Clear() => Count = 0;

    public void Scale(FeatureScaler scaler)
    {
        for (int row = 0; row < Count; row++) scaler.Apply(this[row][..scaler.Width]);
    }

    /// <summary>Copies rows, one after the other.</summary>
    /// <param name="rows">Row numbers, counted from <paramref name="first"/>.</param>
    /// <param name="first">The row that number 0 means.</param>
    /// <param name="destination">Memory for <c>rows.Length * Width</c> values.</param>
    public void Gather(ReadOnlySpan<int> rows, int first, float* destination)
    {
        long bytes = Width * 4L;
        foreach (int row in rows)
        {
            Buffer.MemoryCopy(Address(first + row), destination, bytes, bytes);
            destination += Width;
        }
    }

    /// <summary>Moves the rows to a device, freeing each chunk as soon as it is there.</summary>
    /// <returns>[Count, Width]</returns>
    public Tensor MoveTo(Device device)
    {
        var moved = empty([Count, Width], dtype: ScalarType.Float32, device: device).DetachFromDisposeScope();
        long start = 0;
        foreach (var chunk in chunks)
        {
            long rows = Math.Min(1L << shift, Count - start);
            if (rows > 0)
            {
                using var source = chunk.narrow(0, 0, rows);
                using var target = moved.narrow(0, start, rows);
                target.copy_(source);
                start += rows;
            }
            chunk.Dispose();
        }
        chunks.Clear();
        Count = 0;
        return moved;
    }

    public void Dispose()
    {
        foreach (var chunk in chunks) chunk.Dispose();
        chunks.Clear();
        Count = 0;
    }

    float* Address(int row) => (float*)starts[row >> shift] + (long)(row & ((1 << shift) - 1)) * Width;
}
