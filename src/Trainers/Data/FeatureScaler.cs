using System.Numerics.Tensors;

namespace Extensions.ML.Trainers;

/// <summary>
/// An affine map per slot, learned from the training rows and kept with the model: <c>scaled = (x - offset) * scale</c>.
/// Immutable and safe for many threads. A slot that never changes keeps scale 1, so that it becomes 0 and never NaN.
/// </summary>
public sealed class FeatureScaler
{
    readonly float[] offset;
    readonly float[] opposite; // of the offset, so that one pass over a row scales it
    readonly float[] scale;
    readonly float[] inverse;

    /// <summary>A scaler from its parts, as read from a saved model.</summary>
    /// <param name="mode">Which scaling these parts are the result of.</param>
    /// <param name="offset">What is subtracted, one finite value per slot.</param>
    /// <param name="scale">What is multiplied by after that, one finite value above 0 per slot.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a value is out of its range.</exception>
    public FeatureScaler(FeatureScaling mode, ReadOnlySpan<float> offset, ReadOnlySpan<float> scale)
    {
        if (offset.Length != scale.Length)
            throw new ArgumentException($"A scaler needs as many offsets as scales; got {offset.Length} and {scale.Length}.");
        for (int i = 0; i < scale.Length; i++)
        {
            if (!float.IsFinite(offset[i]) || !float.IsFinite(scale[i]) || scale[i] <= 0)
                throw new ArgumentException(
                    $"Slot {i}: offset {offset[i]} and scale {scale[i]}; both must be finite and the scale above 0.");
        }
        Mode = mode;
        this.offset = offset.ToArray();
        opposite = new float[offset.Length];
        TensorPrimitives.Negate(offset, opposite);
        this.scale = scale.ToArray();
        inverse = new float[scale.Length];
        TensorPrimitives.Divide(1f, scale, inverse);
    }

    /// <summary>The scaling that this is the result of.</summary>
    public FeatureScaling Mode { get; }

    /// <summary>Number of slots.</summary>
    public int Width => offset.Length;

    /// <summary>What is subtracted from each slot.</summary>
    public ReadOnlySpan<float> Offset => offset;

    /// <summary>What each slot is multiplied by after the subtraction.</summary>
    public ReadOnlySpan<float> Scale => scale;

    /// <summary>The scaler that leaves every value as it is.</summary>
    /// <param name="width">Number of slots, at least 1.</param>
    public static FeatureScaler Identity(int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        var ones = new float[width];
        Array.Fill(ones, 1f);
        return new FeatureScaler(FeatureScaling.None, new float[width], ones);
    }

    /// <summary>Learns a scaler in one pass over a source, in double precision.</summary>
    /// <param name="rows">The rows to learn from.</param>
    /// <param name="mode">The scaling.</param>
    /// <param name="cancellation">Stops the pass.</param>
    /// <exception cref="InvalidRowException">A value is NaN or infinite.</exception>
    /// <exception cref="InvalidOperationException">The source has no rows.</exception>
    public static FeatureScaler Learn(IRowSource rows, FeatureScaling mode, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var statistics = new SlotStatistics(rows.Width, mode);
        var row = new float[rows.Width];
        using var reader = rows.Open();
        for (long index = 0; reader.TryRead(row); index++)
        {
            cancellation.ThrowIfCancellationRequested();
            CheckFinite(row, index);
            statistics.Add(row);
        }
        return statistics.ToScaler();
    }

    /// <summary>Scales whole rows in place.</summary>
    /// <param name="rows">One row or several, one after the other: a multiple of <see cref="Width"/> values.</param>
    public void Apply(Span<float> rows)
    {
        CheckLength(rows.Length);
        if (Mode == FeatureScaling.None) return;
        for (; rows.Length > 0; rows = rows[Width..])
        {
            var row = rows[..Width];
            TensorPrimitives.AddMultiply(row, opposite, scale, row);
        }
    }

    /// <summary>Takes scaled rows back to the original units in place: the inverse of <see cref="Apply(Span{float})"/>.</summary>
    /// <param name="rows">One row or several, one after the other: a multiple of <see cref="Width"/> values.</param>
    public void Invert(Span<float> rows)
    {
        CheckLength(rows.Length);
        if (Mode == FeatureScaling.None) return;
        for (; rows.Length > 0; rows = rows[Width..])
        {
            var row = rows[..Width];
            TensorPrimitives.MultiplyAdd(row, inverse, offset, row);
        }
    }

    /// <summary><see cref="Apply(Span{float})"/> in ONNX.</summary>
    /// <param name="rows">[rows, <see cref="Width"/>]</param>
    internal OnnxTensor Apply(OnnxTensor rows) =>
        Mode == FeatureScaling.None ? rows : (rows - rows.Graph.Numbers(offset)) * rows.Graph.Numbers(scale);

    /// <summary><see cref="Invert(Span{float})"/> in ONNX.</summary>
    /// <param name="rows">[rows, <see cref="Width"/>]</param>
    internal OnnxTensor Invert(OnnxTensor rows) =>
        Mode == FeatureScaling.None ? rows : rows * rows.Graph.Numbers(inverse) + rows.Graph.Numbers(offset);

    /// <summary>Throws where a row holds NaN or an infinity.</summary>
    /// <param name="row">The values.</param>
    /// <param name="index">The row's index for the message, from 0; -1 where it is not known.</param>
    /// <exception cref="InvalidRowException">A value is NaN or infinite.</exception>
    public static void CheckFinite(ReadOnlySpan<float> row, long index)
    {
        if (TensorPrimitives.IsFiniteAll(row)) return;
        int slot = 0;
        while (float.IsFinite(row[slot])) slot++;
        string where = index < 0 ? $"slot {slot}" : $"row {index}, slot {slot}";
        throw new InvalidRowException($"The value at {where} is {row[slot]}; finite numbers are expected. "
            + "Replace or drop missing values first.", index, slot, row[slot]);
    }

    void CheckLength(int length)
    {
        if (length % Width != 0)
            throw new ArgumentException($"Got {length} values; a multiple of the scaler's {Width} slots is expected.");
    }
}
