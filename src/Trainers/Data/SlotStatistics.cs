using System.Numerics.Tensors;

namespace Extensions.ML.Trainers;

/// <summary>
/// What a <see cref="FeatureScaler"/> is learned from: running mean and sum of squared deviations (Welford 1962) in double precision, or
/// minimum and maximum.
/// </summary>
sealed class SlotStatistics(int width, FeatureScaling mode)
{
    readonly double[] mean = Moments(width, mode);
    readonly double[] squares = Moments(width, mode);
    readonly double[] values = Moments(width, mode);
    readonly double[] before = Moments(width, mode);
    readonly float[] min = mode == FeatureScaling.MinMax ? Filled(width, float.PositiveInfinity) : [];
    readonly float[] max = mode == FeatureScaling.MinMax ? Filled(width, float.NegativeInfinity) : [];
    float lowest = float.PositiveInfinity;
    float highest = float.NegativeInfinity;

    public long Count { get; private set; }

    /// <summary>Whether every value so far lies from 0 to 1.</summary>
    public bool IsUnitRange => lowest >= 0 && highest <= 1;

    /// <summary>Takes in one row of finite values.</summary>
    public void Add(ReadOnlySpan<float> row)
    {
        Count++;
        lowest = Math.Min(lowest, TensorPrimitives.Min(row));
        highest = Math.Max(highest, TensorPrimitives.Max(row));
        switch (mode)
        {
            case FeatureScaling.Standardize or FeatureScaling.Auto:
                TensorPrimitives.ConvertTruncating(row, values);
                TensorPrimitives.Subtract(values, mean, before);
                TensorPrimitives.MultiplyAdd(before, 1.0 / Count, mean, mean);
                TensorPrimitives.Subtract(values, mean, values);
                TensorPrimitives.MultiplyAdd(before, values, squares, squares);
                break;
            case FeatureScaling.MinMax:
                TensorPrimitives.Min(min, row, min);
                TensorPrimitives.Max(max, row, max);
                break;
        }
    }

    /// <param name="layout">What the slots are; those that are not numeric are left as they are. <see langword="null"/>: all are
    /// numeric.</param>
    /// <exception cref="InvalidOperationException">There were no rows, or a slot spans more than float32 can hold.</exception>
    public FeatureScaler ToScaler(SlotLayout? layout = null)
    {
        if (Count == 0) throw new InvalidOperationException("There are no rows to learn from.");
        var chosen = mode != FeatureScaling.Auto ? mode : IsUnitRange ? FeatureScaling.None : FeatureScaling.Standardize;
        if (chosen == FeatureScaling.None) return FeatureScaler.Identity(width);
        var offset = new float[width];
        var scale = new float[width];
        for (int i = 0; i < width; i++)
        {
            double range = chosen == FeatureScaling.Standardize ? Math.Sqrt(squares[i] / Count) : (double)max[i] - min[i];
            if (range > float.MaxValue)
                throw new InvalidOperationException($"Slot {i} spans {range:g3}: more than single precision can subtract.");
            offset[i] = chosen == FeatureScaling.Standardize ? (float)mean[i] : min[i];
            // A slot that does not change, or by less than a float can express the inverse of, is only moved to 0.
            float inverse = (float)(1 / range);
            scale[i] = range > 0 && float.IsFinite(inverse) && inverse > 0 ? inverse : 1;
        }
        foreach (var group in layout?.Groups.Where(group => group.Kind != SlotKind.Numeric) ?? [])
        {
            offset.AsSpan(group.Start, group.Count).Clear();
            scale.AsSpan(group.Start, group.Count).Fill(1);
        }
        return new FeatureScaler(chosen, offset, scale);
    }

    static double[] Moments(int width, FeatureScaling mode) =>
        mode is FeatureScaling.Standardize or FeatureScaling.Auto ? new double[width] : [];

    static float[] Filled(int width, float value)
    {
        var values = new float[width];
        Array.Fill(values, value);
        return values;
    }
}
