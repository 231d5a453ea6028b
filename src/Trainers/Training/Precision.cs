namespace Extensions.ML.Trainers;

/// <summary>Number format of the arithmetic in a network.</summary>
public enum Precision
{
    /// <summary>IEEE single precision throughout.</summary>
    Float32,

    /// <summary>
    /// bfloat16 in the layers, single precision in weights, optimiser and loss. Faster where the processor multiplies bfloat16 in hardware
    /// (GPUs since Ampere; CPUs with AVX512-BF16 or AMX), else slower.
    /// </summary>
    BFloat16,
}
