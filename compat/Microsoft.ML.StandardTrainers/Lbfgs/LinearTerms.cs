using System;
using System.Numerics.Tensors;
using Microsoft.ML.Data;

namespace Microsoft.ML.Trainers;

/// <summary>Sums over a row of features, dense or sparse.</summary>
static class LinearTerms
{
    public static float Dot(ReadOnlySpan<float> weights, in VBuffer<float> features)
    {
        if (features.IsDense)
            return TensorPrimitives.Dot(weights, features.GetValues());
        float sum = 0;
        var values = features.GetValues();
        var indices = features.GetIndices();
        for (var i = 0; i < values.Length; i++)
            sum += weights[indices[i]] * values[i];
        return sum;
    }

    /// <summary>Adds the features times a factor.</summary>
    public static void AddScaled(Span<float> target, in VBuffer<float> features, float factor)
    {
        if (features.IsDense)
        {
            TensorPrimitives.MultiplyAdd(features.GetValues(), factor, target, target);
            return;
        }
        var values = features.GetValues();
        var indices = features.GetIndices();
        for (var i = 0; i < values.Length; i++)
            target[indices[i]] += factor * values[i];
    }

    /// <summary>log(sum(exp(x))).</summary>
    public static float LogSumExp(ReadOnlySpan<float> values)
    {
        // Terms below this change nothing.
        const float LogTolerance = 30;

        var highest = 0;
        for (var i = 1; i < values.Length; i++)
            if (values[i] > values[highest])
                highest = i;
        var maximum = values[highest];
        if (float.IsNegativeInfinity(maximum) || values.Length == 1)
            return maximum;
        double rest = 0;
        for (var i = 0; i < values.Length; i++)
            if (i != highest && values[i] > maximum - LogTolerance)
                rest += Math.Exp(values[i] - maximum);
        return rest > 0 ? (float)(maximum + Math.Log(1 + rest)) : maximum;
    }
}
