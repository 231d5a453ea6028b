using System.Runtime.InteropServices;
using Extensions.ML.Trainers;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Extensions.ML.Generators;

/// <summary>Rows of features, one after the other: the points that metrics of generated rows compare. Immutable.</summary>
sealed class FeatureMatrix
{
    readonly float[] _values;

    /// <param name="values">[rows, width], finite; not copied.</param>
    /// <param name="width">Features of a row, at least 1.</param>
    /// <exception cref="ArgumentException">The values are not whole rows.</exception>
    /// <exception cref="InvalidRowException">A value is NaN or infinite.</exception>
    public FeatureMatrix(float[] values, int width)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (values.Length % width != 0)
            throw new ArgumentException($"Got {values.Length} values; a multiple of {width} is expected.", nameof(values));
        (_values, Width, Count) = (values, width, values.Length / width);
        for (int row = 0; row < Count; row++) FeatureScaler.CheckFinite(this[row], row);
    }

    /// <summary>Features of a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Count { get; }

    public ReadOnlySpan<float> this[int row] => _values.AsSpan(row * Width, Width);

    /// <summary>Checks that two samples can be compared.</summary>
    /// <param name="real">Of real rows.</param>
    /// <param name="generated">Of generated rows.</param>
    /// <param name="least">Rows that each needs.</param>
    /// <exception cref="ArgumentException">They differ in width, or one has too few rows.</exception>
    public static void RequireComparable(FeatureMatrix real, FeatureMatrix generated, int least)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(generated);
        if (real.Width != generated.Width)
            throw new ArgumentException($"The real rows have {real.Width} features and the generated rows {generated.Width}; as many are expected.");
        if (Math.Min(real.Count, generated.Count) < least)
            throw new ArgumentException($"Got {real.Count} real and {generated.Count} generated rows; at least {least} of each are expected.");
    }

    /// <summary>Rows drawn without replacement, in random order.</summary>
    /// <param name="count">From 0 to <see cref="Count"/>.</param>
    /// <param name="random">Decides which.</param>
    public FeatureMatrix Draw(int count, SeededRandom random)
    {
        var order = new int[Count];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        random.Shuffle(order);
        var drawn = new float[count * Width];
        for (int i = 0; i < count; i++) this[order[i]].CopyTo(drawn.AsSpan(i * Width));
        return new FeatureMatrix(drawn, Width);
    }

    /// <summary>A copy for the engine: [<see cref="Count"/>, <see cref="Width"/>], float64, in the caller's dispose scope.</summary>
    public Tensor ToTensor()
    {
        TorchEngine.Start();
        var tensor = empty([Count, Width], dtype: ScalarType.Float64, device: CPU);
        var target = MemoryMarshal.Cast<byte, double>(tensor.bytes);
        TensorPrimitives.ConvertChecked<float, double>(_values, target);
        return tensor;
    }
}
