namespace Extensions.ML.Trainers;

/// <summary>How each input slot is brought to a range that a network learns well from.</summary>
public enum FeatureScaling
{
    /// <summary>The values are used as they are.</summary>
    None,

    /// <summary>Mean 0 and standard deviation 1 over the training rows: <c>(x - mean) / deviation</c>.</summary>
    Standardize,

    /// <summary>0 to 1 over the training rows: <c>(x - min) / (max - min)</c>. What binary cross-entropy needs.</summary>
    MinMax,

    /// <summary><see cref="None"/> where every value of the training rows lies from 0 to 1, else <see cref="Standardize"/>.</summary>
    Auto,
}
