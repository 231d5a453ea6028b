namespace Extensions.ML.Trainers;

/// <summary>
/// A monotone map that gives numbers of any distribution a standard normal one, learned from their quantiles, and its inverse. A value that
/// occurs often stands at the middle of its quantiles, and comes back exactly from anywhere among them.
/// </summary>
public sealed class QuantileMap
{
    const int MostKnots = 1001;

    readonly float[] _knots; // ascending, at evenly spaced quantiles
    readonly float[] _normal; // the standard normal's quantiles at the same places

    /// <param name="knots">The values at evenly spaced quantiles from the least to the largest: at least 2, ascending, finite.</param>
    /// <exception cref="ArgumentException">They are not.</exception>
    public QuantileMap(IReadOnlyList<float> knots)
    {
        ArgumentNullException.ThrowIfNull(knots);
        _knots = [.. knots];
        if (_knots.Length < 2) throw new ArgumentException($"A quantile map needs at least 2 knots; got {_knots.Length}.", nameof(knots));
        for (int i = 0; i < _knots.Length; i++)
        {
            if (!float.IsFinite(_knots[i]) || i > 0 && _knots[i] < _knots[i - 1])
                throw new ArgumentException($"Knot {i} is {_knots[i]}; expected a finite number not below the one before.", nameof(knots));
        }
        _normal = new float[_knots.Length];
        // The ends would lie at infinity; they stand where the middle of a half share would.
        for (int i = 0; i < _normal.Length; i++)
            _normal[i] = (float)NormalQuantile(Math.Clamp(i / (_knots.Length - 1.0), 0.25 / (_knots.Length - 1), 1 - 0.25 / (_knots.Length - 1)));
    }

    /// <summary>The values at evenly spaced quantiles.</summary>
    public IReadOnlyList<float> Knots => _knots;

    /// <summary>Learns the quantiles of numbers.</summary>
    /// <param name="values">Finite numbers in any order, at least one; sorted in place.</param>
    internal static QuantileMap Learn(float[] values)
    {
        Array.Sort(values);
        var knots = new float[Math.Clamp(values.Length, 2, MostKnots)];
        for (int i = 0; i < knots.Length; i++)
            knots[i] = values[(int)Math.Round(i / (knots.Length - 1.0) * (values.Length - 1))];
        return new QuantileMap(knots);
    }

    /// <summary>A number's place in a standard normal distribution; numbers beyond the knots stand at the ends.</summary>
    internal float Forward(float value)
    {
        if (float.IsNaN(value)) return value;
        int first = LowerBound(value), last = first;
        if (first == _knots.Length) return _normal[^1];
        if (_knots[first] == value)
        {
            while (last + 1 < _knots.Length && _knots[last + 1] == value) last++;
            return (_normal[first + (last - first) / 2] + _normal[first + (last - first + 1) / 2]) / 2;
        }
        if (first == 0) return _normal[0];
        float share = (value - _knots[first - 1]) / (_knots[first] - _knots[first - 1]);
        return _normal[first - 1] + share * (_normal[first] - _normal[first - 1]);
    }

    /// <summary>The number at a place in a standard normal distribution: the inverse of <see cref="Forward(float)"/>.</summary>
    internal float Inverse(float normal)
    {
        if (normal <= _normal[0]) return _knots[0];
        if (!(normal < _normal[^1])) return _knots[^1];
        int found = Array.BinarySearch(_normal, normal), above = found >= 0 ? found : ~found;
        if (above == 0) return _knots[0];
        float share = (normal - _normal[above - 1]) / (_normal[above] - _normal[above - 1]);
        return _knots[above - 1] + share * (_knots[above] - _knots[above - 1]);
    }

    /// <summary><see cref="Forward(float)"/> in ONNX.</summary>
    /// <param name="x">[rows, 1]</param>
    internal OnnxTensor Forward(OnnxTensor x)
    {
        var (knots, normal) = (x.Graph.Numbers(_knots), x.Graph.Numbers(_normal));
        var below = x.gt(knots).to(OnnxType.Int64).sum(1, keepdim: true);
        var upTo = x.ge(knots).to(OnnxType.Int64).sum(1, keepdim: true);
        // The middle of the knots that it equals; its own place between two others, or an end.
        var equal = (normal.index_select(0, ((below + upTo - 1) / 2).clamp_min(0)) + normal.index_select(0, ((below + upTo) / 2).clamp_max(_knots.Length - 1))) / 2;
        var between = Between(x, below, knots, normal);
        return upTo.gt(below).where(equal, x.gt(_knots[^1]).where(x.Graph.Number(_normal[^1]), between));
    }

    /// <summary><see cref="Inverse(float)"/> in ONNX.</summary>
    /// <param name="x">[rows, 1]</param>
    internal OnnxTensor Inverse(OnnxTensor x)
    {
        var (knots, normal) = (x.Graph.Numbers(_knots), x.Graph.Numbers(_normal));
        return Between(x, x.gt(normal).to(OnnxType.Int64).sum(1, keepdim: true), normal, knots);
    }

    // Straight from place to place; numbers beyond the ends stand there.
    OnnxTensor Between(OnnxTensor x, OnnxTensor below, OnnxTensor from, OnnxTensor to)
    {
        var above = below.clamp_min(1).clamp_max(_knots.Length - 1);
        var (left, right) = (from.index_select(0, above - 1), from.index_select(0, above));
        var (start, end) = (to.index_select(0, above - 1), to.index_select(0, above));
        var share = ((x - left) / (right - left).clamp_min(1e-30)).clamp(0, 1);
        return start + share * (end - start);
    }

    /// <summary>The first knot that is not below a value.</summary>
    int LowerBound(float value)
    {
        int low = 0, high = _knots.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_knots[middle] < value) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    /// <summary>The standard normal distribution's quantile (Acklam's rational approximation, relative error below 1.2e-9).</summary>
    /// <param name="p">Above 0 and below 1.</param>
    static double NormalQuantile(double p)
    {
        if (p > 0.5) return -NormalQuantile(1 - p);
        if (p < 0.02425)
        {
            double t = Math.Sqrt(-2 * Math.Log(p));
            return Polynomial(t, -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783)
                / Polynomial(t, 7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996, 3.754408661907416, 1);
        }
        double q = p - 0.5, r = q * q;
        return q * Polynomial(r, -3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02, 1.383577518672690e+02, -3.066479806614716e+01, 2.506628277459239)
            / Polynomial(r, -5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01, -1.328068155288572e+01, 1);
    }

    static double Polynomial(double x, params ReadOnlySpan<double> coefficients)
    {
        double value = 0;
        foreach (double coefficient in coefficients) value = value * x + coefficient;
        return value;
    }
}
