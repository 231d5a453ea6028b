namespace Extensions.ML.Trainers;

/// <summary>What a <see cref="FeatureScaler"/> is learned from: running mean and variance (Welford 1962), or minimum and maximum.</summary>
sealed class SlotStatistics(int width, FeatureScaling mode)
{
    readonly double[] mean = mode == FeatureScaling.Standardize ? new double[width] : [];
    readonly double[] squares = mode == FeatureScaling.Standardize ? new double[width] : [];
    readonly float[] min = mode == FeatureScaling.MinMax ? Filled(width, float.PositiveInfinity) : [];
    readonly float[] max = mode == FeatureScaling.MinMax ? Filled(width, float.NegativeInfinity) : [];

    public long Count { get; private set; }

    public void Add(ReadOnlySpan<float> row) => throw new NotImplementedException();

    public FeatureScaler ToScaler() => throw new NotImplementedException();

    static float[] Filled(int width, float value)
    {
        var values = new float[width];
        Array.Fill(values, value);
        return values;
    }
}
