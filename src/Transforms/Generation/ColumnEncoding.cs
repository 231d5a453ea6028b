namespace Extensions.ML;

/// <summary>How scalar columns of numbers look to a generator.</summary>
public enum ColumnEncoding
{
    /// <summary>As they are, scaled.</summary>
    Linear,

    /// <summary>By their quantiles, brought to a normal distribution: heavy tails and values that occur often come back as they were.</summary>
    Quantile,
}
