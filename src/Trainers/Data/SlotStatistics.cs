using System.Numerics.Tensors;

namespace Extensions.ML.Trainers;

/// <summary>
/// What a <see cref="FeatureScaler"/> is learned from: running mean and sum of squared deviations (Welford 1962) in double precision, or
/// minimum and maximum.
/// </summary>
sealed class SlotStatistics(int width, FeatureScaling mode)
{
    readonly double[] mean = mode == FeatureScaling.Standardize ? new double[width] : [];
    readonly double[] squares = mode == FeatureScaling.Standardize ? new double[width] : [];
    readonly double[] values = mode == FeatureScaling.Standardize ? new double[width] : [];
    readonly double[] before = mode == FeatureScaling.Standardize ? new double[width] : [];
    readonly float[] min = mode == FeatureScaling.MinMax ? Filled(width, float.PositiveInfinity) : [];
    readonly float[] max = mode == FeatureScaling.MinMax ? Filled(width, float.NegativeInfinity) : [];

    public long Count { get; private set; }

    /// <summary>Takes in one row of finite values.</summary>
    public void Add(ReadOnlySpan<float> row)
    {
        Count++;
        switch (mode)
        {
            case FeatureScaling.Standardize:
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

    /// <exception cref="InvalidOperationException">There were no rows, or a slot spans more than float32 can hold.</exception>
    public FeatureScaler ToScaler()
    {
        if (Count == 0) throw new InvalidOperationException("There are no rows to learn from.");
        if (mode == FeatureScaling.None) return FeatureScaler.Identity(width);
        var offset = new float[width];
        var scale = new float[width];
        for (int i = 0; i < width; i++)
        {
            double range = mode == FeatureScaling.Standardize ? Math.Sqrt(squares[i] / Count) : (double)max[i] - min[i];
            if (range > float.MaxValue)
                throw new InvalidOperationException($"Slot {i} goes from {min[i]} to {max[i]}: more than single precision can subtract.");
            offset[i] = mode == FeatureScaling.Standardize ? (float)mean[i] : min[i];
            // A slot that does not change, or by less than a float can express the inverse of, is only moved to 0.
            float inverse = (float)(1 / range);
            scale[i] = range > 0 && float.IsFinite(inverse) && inverse > 0 ? inverse : 1;
        }
        return new FeatureScaler(mode, offset, scale);
    }

    static float[] Filled(int width, float value)
    {
        var values = new float[width];
        Array.Fill(values, value);
        return values;
    }
}
