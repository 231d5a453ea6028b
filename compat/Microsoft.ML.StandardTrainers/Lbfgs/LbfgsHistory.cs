using System.Collections.Generic;
using System.Numerics.Tensors;

namespace Microsoft.ML.Trainers;

/// <summary>The last steps and how the gradient changed over them: an implicit approximation of the inverse Hessian.</summary>
sealed class LbfgsHistory(int capacity)
{
    readonly List<(float[] Step, float[] Change, float Product)> _entries = [];

    public void Clear() => _entries.Clear();

    /// <summary>Takes the way from one point to the next; false if its curvature is zero.</summary>
    public bool TryAdd(float[] x, float[] nextX, float[] gradient, float[] nextGradient)
    {
        float[] step = null, change = null;
        if (_entries.Count == capacity)
        {
            (step, change, _) = _entries[0];
            _entries.RemoveAt(0);
        }
        TensorPrimitives.Subtract(nextX, x, step ??= new float[x.Length]);
        TensorPrimitives.Subtract(nextGradient, gradient, change ??= new float[x.Length]);
        var product = TensorPrimitives.Dot<float>(step, change);
        _entries.Add((step, change, product));
        return product != 0;
    }

    /// <summary>The two-loop recursion; entries of negative curvature are left out.</summary>
    public void ApplyInverseHessian(float[] direction)
    {
        var useful = _entries.FindAll(entry => entry.Product > 0);
        if (useful.Count == 0)
            return;
        var alphas = new float[useful.Count];
        for (var i = useful.Count - 1; i >= 0; i--)
        {
            var (step, change, product) = useful[i];
            alphas[i] = -TensorPrimitives.Dot<float>(step, direction) / product;
            TensorPrimitives.MultiplyAdd(change, alphas[i], direction, direction);
        }
        var newest = useful[^1];
        TensorPrimitives.Multiply(direction, newest.Product / TensorPrimitives.Dot<float>(newest.Change, newest.Change), direction);
        for (var i = 0; i < useful.Count; i++)
        {
            var (step, change, product) = useful[i];
            var beta = TensorPrimitives.Dot<float>(change, direction) / product;
            TensorPrimitives.MultiplyAdd(step, -alphas[i] - beta, direction, direction);
        }
    }
}
