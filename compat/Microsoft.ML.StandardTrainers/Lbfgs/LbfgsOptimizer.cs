using System;
using System.Numerics.Tensors;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

/// <summary>The value of a function at x, and its gradient.</summary>
delegate float Objective(float[] x, float[] gradient);

/// <summary>
/// Limited-memory BFGS (Nocedal and Wright, Numerical Optimization, algorithm 7.5), with the orthant-wise steps of Andrew and Gao
/// ("Scalable training of L1-regularized log-linear models", ICML 2007) where there is an L1 weight.
/// </summary>
/// <remarks>Line searches, constants and the termination rule are ML.NET's: it stops early, so that results depend on them.</remarks>
sealed class LbfgsOptimizer
{
    /// <summary>Share of the past in the running mean of the improvements.</summary>
    const float MeanDecay = 0.25f;

    readonly IHost _host;
    readonly Objective _smooth;
    readonly Settings _settings;
    readonly LbfgsHistory _history;

    // The point that a step starts from, and the one that it reached.
    float[] _x, _gradient;
    float[] _nextX, _nextGradient;
    readonly float[] _direction, _steepest;
    float _value, _nextValue;
    int _iteration = 1;

    /// <param name="History">Number of past steps that approximate the curvature.</param>
    /// <param name="Unregularized">Number of leading coordinates (the biases) that the L1 weight and the sign constraint leave out.</param>
    public readonly record struct Settings(
        int History, float Tolerance, int MaximumIterations, float L1Weight, int Unregularized, bool NonNegative);

    LbfgsOptimizer(IHost host, Objective smooth, float[] start, Settings settings)
    {
        _host = host;
        _smooth = smooth;
        _settings = settings;
        _history = new LbfgsHistory(settings.History);
        _x = start;
        (_gradient, _nextX, _nextGradient) = (new float[start.Length], new float[start.Length], new float[start.Length]);
        (_direction, _steepest) = (new float[start.Length], new float[start.Length]);
        if (settings.NonNegative && UsesL1)
            for (var i = settings.Unregularized; i < start.Length; i++)
                start[i] = Math.Max(start[i], 0);
    }

    /// <summary>Minimises from the start, and returns the point that was reached; premature convergence gives a warning.</summary>
    public static float[] Minimize(IHost host, IChannel training, Objective smooth, float[] start, Settings settings, bool quiet)
    {
        var optimizer = new LbfgsOptimizer(host, smooth, start, settings);
        try
        {
            using var channel = host.Start("LBFGS Optimizer");
            channel.Info("Beginning optimization");
            channel.Info("num vars: {0}", start.Length);
            channel.Info("improvement criterion: Mean Improvement");
            optimizer.Run();
        }
        catch (PrematureConvergenceException e)
        {
            if (!quiet)
                training.Warning("Premature convergence occurred. The OptimizationTolerance may be set too small. {0}", e.Message);
        }
        return optimizer._nextX;
    }

    sealed class PrematureConvergenceException(string message) : Exception(message);

    bool UsesL1 => _settings.L1Weight > 0 && _settings.Unregularized < _x.Length;

    void Run()
    {
        _value = Evaluate(_x, _gradient);
        if (!float.IsFinite(_value))
            throw _host.Except("Optimizer unable to proceed with loss function yielding {0}", _value);

        float improvements = 0;
        ChooseDirection();
        while (true)
        {
            _host.CheckAlive();
            if (!Search(force: false))
            {
                // Errors of rounding may have piled up in the history: once more, straight down.
                _history.Clear();
                ChooseDirection();
                Search(force: true);
            }

            improvements = (_value - _nextValue) + MeanDecay * improvements;
            var mean = improvements * (1 - MeanDecay) / (1 - (float)Math.Pow(MeanDecay, _iteration));
            if (mean < _settings.Tolerance || _iteration >= _settings.MaximumIterations)
                return;

            if (!_history.TryAdd(_x, _nextX, _gradient, _nextGradient))
                throw new PrematureConvergenceException("ro equals zero. Is your function linear?");
            (_x, _nextX) = (_nextX, _x);
            (_gradient, _nextGradient) = (_nextGradient, _gradient);
            (_value, _nextValue) = (_nextValue, _value);
            _iteration++;
            ChooseDirection();
        }
    }

    float Evaluate(float[] x, float[] gradient)
    {
        var value = _smooth(x, gradient);
        if (!UsesL1)
            return value;
        float norm = 0;
        for (var i = _settings.Unregularized; i < x.Length; i++)
            norm += Math.Abs(x[i]);
        return _settings.L1Weight * norm + value;
    }

    void ChooseDirection()
    {
        for (var i = 0; i < _x.Length; i++)
            _steepest[i] = SteepestDescent(i);
        _steepest.CopyTo(_direction, 0);
        _history.ApplyInverseHessian(_direction);
        if (!UsesL1 && !_settings.NonNegative)
            return;
        for (var i = 0; i < _direction.Length; i++)
            if (_steepest[i] == 0)
                _direction[i] = 0;
    }

    /// <summary>Coordinate i of the steepest descent: the negative (pseudo-)gradient.</summary>
    float SteepestDescent(int i)
    {
        var (x, down) = (_x[i], -_gradient[i]);
        if (i < _settings.Unregularized && UsesL1)
            return down;
        var weight = UsesL1 ? _settings.L1Weight : 0;
        if (_settings.NonNegative)
            return x > 0 ? down - weight : Math.Max(down - weight, 0);
        return x < 0 ? down + weight
            : x > 0 ? down - weight
            : down > weight ? down - weight
            : down < -weight ? down + weight
            : 0;
    }

    /// <summary>Goes along the direction; coordinates stop at 0 rather than turn negative (if they must not) or change sign (under the L1 term).</summary>
    void Step(float length)
    {
        TensorPrimitives.MultiplyAdd(_direction, length, _x, _nextX);
        if (!UsesL1 && !_settings.NonNegative)
            return;
        for (var i = UsesL1 ? _settings.Unregularized : 0; i < _nextX.Length; i++)
            if (_settings.NonNegative ? _nextX[i] < 0 : _x[i] * _nextX[i] < 0)
                _nextX[i] = 0;
    }

    float FirstStepLength => _iteration == 1 ? 1 / MathF.Sqrt(TensorPrimitives.SumOfSquares<float>(_direction)) : 1;

    void CheckDescent(float slope)
    {
        if (slope == 0)
            throw new PrematureConvergenceException("Directional derivative is zero. You may be sitting on the optimum.");
        _host.Check(slope < 0, "L-BFGS chose a non-descent direction.");
    }

    bool Search(bool force) => UsesL1 ? BacktrackingSearch(force) : WolfeSearch(force);

    /// <summary>Shortens the step until the value falls enough for the way that was gone.</summary>
    bool BacktrackingSearch(bool force)
    {
        const float Sufficient = 1e-4f, Shrink = 0.25f;
        const int MaximumTrials = 8;

        CheckDescent(-TensorPrimitives.Dot<float>(_direction, _steepest));
        var length = FirstStepLength;
        Step(length);
        var gain = Gain();
        if (gain < 0)
        {
            // The projection turned the step uphill: leave out the coordinates on which the two directions disagree.
            for (var i = _settings.Unregularized; i < _direction.Length; i++)
                if (_steepest[i] * _direction[i] < 0)
                    _direction[i] = 0;
            Step(length);
            gain = Gain();
        }
        for (var trial = 1; ; trial++)
        {
            _nextValue = Evaluate(_nextX, _nextGradient);
            if (_nextValue <= _value - Sufficient * gain)
                return true;
            if (!force && trial == MaximumTrials)
                return false;
            length *= Shrink;
            Step(length);
            gain = Gain();
        }

        float Gain() => TensorPrimitives.Dot<float>(_steepest, _nextX) - TensorPrimitives.Dot<float>(_steepest, _x);
    }

    readonly record struct Trial(float Length, float Value, float Slope);

    /// <summary>Finds a step that meets the strong Wolfe conditions (Nocedal and Wright, algorithms 3.5 and 3.6).</summary>
    bool WolfeSearch(bool force)
    {
        const float MinimumChange = 0.01f;
        const int MaximumTrials = 10;

        var slope = TensorPrimitives.Dot<float>(_direction, _gradient);
        CheckDescent(slope);
        var sufficient = 1e-4f * slope;
        var flat = -(0.9f * slope);

        var length = FirstStepLength;
        var last = new Trial(0, _value, slope);
        Trial low, high;
        while (true)
        {
            var current = Try(length);
            if (float.IsPositiveInfinity(current.Value))
            {
                length /= 2;
                continue;
            }
            CheckFinite(current.Value);
            if (current.Value > _value + sufficient * length || (last.Length > 0 && current.Value >= last.Value))
            {
                (low, high) = (last, current);
                break;
            }
            if (Math.Abs(current.Slope) <= flat)
                return true;
            if (current.Slope >= 0)
            {
                (low, high) = (current, last);
                break;
            }
            last = current;
            length = length == 0 ? float.Epsilon : length * 2;
        }

        for (var trial = 0; ; trial++)
        {
            if (trial == MaximumTrials && !force)
                return false;
            var (left, right) = low.Length < high.Length ? (low, high) : (high, low);
            length = left.Slope > 0 && right.Slope < 0
                ? (low.Value < high.Value ? low : high).Length
                : CubicMinimum(low, high);
            // Keeps inside the bracket, and a little away from its ends.
            length = Math.Min(length, MinimumChange * left.Length + (1 - MinimumChange) * right.Length);
            length = Math.Max(length, MinimumChange * right.Length + (1 - MinimumChange) * left.Length);

            var current = Try(length);
            CheckFinite(current.Value);
            if (current.Value > _value + sufficient * length || current.Value >= low.Value)
            {
                if (high.Length == length)
                    return Exhausted();
                high = current;
                continue;
            }
            if (Math.Abs(current.Slope) <= flat)
                return true;
            if (current.Slope * (high.Length - low.Length) >= 0)
                high = low;
            if (low.Length == length)
                return Exhausted();
            low = current;
        }

        bool Exhausted() => force ? throw new PrematureConvergenceException("Step size interval numerically zero.") : false;
    }

    Trial Try(float length)
    {
        Step(length);
        _nextValue = Evaluate(_nextX, _nextGradient);
        return new Trial(length, _nextValue, TensorPrimitives.Dot<float>(_direction, _nextGradient));
    }

    void CheckFinite(float value)
    {
        if (!float.IsFinite(value))
            throw _host.Except("Optimizer unable to proceed with loss function yielding {0}", value);
    }

    /// <summary>Where the cubic through two values and slopes is least; the middle if there is no such place.</summary>
    static float CubicMinimum(Trial p, Trial q)
    {
        double a = p.Slope + q.Slope - 3 * (p.Value - q.Value) / (p.Length - q.Length);
        var root = Math.Sign(q.Length - p.Length) * Math.Sqrt(a * a - p.Slope * q.Slope);
        var minimum = (float)(q.Length - (q.Length - p.Length) * (q.Slope + root - a) / (q.Slope - p.Slope + 2 * root));
        return float.IsFinite(minimum) ? minimum : (p.Length + q.Length) / 2;
    }
}
