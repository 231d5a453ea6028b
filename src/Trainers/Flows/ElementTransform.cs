using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>What a flow does to one value, given parameters that depend on other values: increasing, so that it can be undone.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(AffineTransform), "affine")]
[JsonDerivedType(typeof(SplineTransform), "spline")]
public abstract record ElementTransform
{
    private protected ElementTransform()
    {
    }

    /// <summary>Parameters for each value. All of them zero leaves the value as it is.</summary>
    [JsonIgnore]
    internal abstract int Parameters { get; }

    /// <param name="x">[rows, values]</param>
    /// <param name="parameters">[rows, values, parameters]</param>
    /// <returns>The new values and the logarithm of the slope at each, [rows, values] both.</returns>
    internal abstract (Tensor Values, Tensor LogSlopes) Apply(Tensor x, Tensor parameters);

    /// <summary>Undoes <see cref="Apply(Tensor, Tensor)"/>.</summary>
    internal abstract Tensor Invert(Tensor y, Tensor parameters);

    /// <summary>The new values in ONNX.</summary>
    internal abstract OnnxTensor Apply(OnnxTensor x, OnnxTensor parameters);

    /// <summary>Undoes <see cref="Apply(OnnxTensor, OnnxTensor)"/>.</summary>
    internal abstract OnnxTensor Invert(OnnxTensor y, OnnxTensor parameters);
}

/// <summary>Scale and shift: <c>y = x exp(s) + t</c> with <c>s = b tanh(a / b)</c>, b = 3 (Dinh et al., "Density estimation using Real NVP",
/// ICLR 2017, equation 7; the bound keeps single steps from blowing up).</summary>
public sealed record AffineTransform : ElementTransform
{
    const double Bound = 3;

    internal override int Parameters => 2;

    internal override (Tensor Values, Tensor LogSlopes) Apply(Tensor x, Tensor parameters)
    {
        var scale = Scale(parameters);
        return (x * scale.exp() + parameters.select(2, 1), scale);
    }

    internal override Tensor Invert(Tensor y, Tensor parameters) => (y - parameters.select(2, 1)) * (-Scale(parameters)).exp();

    static Tensor Scale(Tensor parameters) => (parameters.select(2, 0) / Bound).tanh() * Bound;

    internal override OnnxTensor Apply(OnnxTensor x, OnnxTensor parameters) => x * Scale(parameters).exp() + Shift(parameters);

    internal override OnnxTensor Invert(OnnxTensor y, OnnxTensor parameters) => (y - Shift(parameters)) * (-Scale(parameters)).exp();

    static OnnxTensor Scale(OnnxTensor parameters) => (parameters.narrow(2, 0, 1).squeeze(2) / Bound).tanh() * Bound;

    static OnnxTensor Shift(OnnxTensor parameters) => parameters.narrow(2, 1, 1).squeeze(2);
}

/// <summary>A monotone spline of quotients of quadratics between knots, and the identity outside them (Durkan et al., "Neural Spline Flows",
/// NeurIPS 2019, equations 4 to 8): it bends as few or as many modes as there are bins into one.</summary>
public sealed record SplineTransform : ElementTransform
{
    internal const double LeastWidth = 1e-3, LeastSlope = 1e-3;

    /// <summary>Bins between knots, at least 2. Default 8.</summary>
    public int Bins { get; init => field = value >= 2 ? value
        : throw new ArgumentOutOfRangeException(nameof(Bins), value, "Bins must be at least 2."); } = 8;

    /// <summary>The knots lie from minus this to this, above 0 and at most a million. Default 5.</summary>
    public double Range { get; init => field = value is > 0 and <= 1e6 ? value
        : throw new ArgumentOutOfRangeException(nameof(Range), value, "Range must be above 0 and at most 1e6."); } = 5;

    internal override int Parameters => checked(3 * Bins - 1);

    internal override (Tensor Values, Tensor LogSlopes) Apply(Tensor x, Tensor parameters)
    {
        var knots = Knots(parameters);
        var inside = x.abs() < Range;
        var within = x.clamp(-Range, Range);
        var bin = Bin.Of(knots, within, knots.X);
        var t = (within - bin.X) / bin.Width;
        var (numerator, denominator) = bin.Rational(t);
        var y = bin.Y + bin.Height * numerator / denominator;
        var slope = 2 * bin.Slope.log() + bin.SlopeNumerator(t).log() - 2 * denominator.log();
        return (where(inside, y, x), where(inside, slope, zeros_like(slope)));
    }

    internal override Tensor Invert(Tensor y, Tensor parameters)
    {
        var knots = Knots(parameters);
        var inside = y.abs() < Range;
        var within = y.clamp(-Range, Range);
        var bin = Bin.Of(knots, within, knots.Y);
        // The root in the unit interval of a t² + b t + c = 0, in the form that loses no digits.
        var d = within - bin.Y;
        var bend = bin.Left + bin.Right - 2 * bin.Slope;
        var a = bin.Height * (bin.Slope - bin.Left) + d * bend;
        var b = bin.Height * bin.Left - d * bend;
        var c = -bin.Slope * d;
        var t = 2 * c / (-b - (b * b - 4 * a * c).clamp_min(0).sqrt());
        return where(inside, bin.X + t * bin.Width, y);
    }

    internal override OnnxTensor Apply(OnnxTensor x, OnnxTensor parameters) => new SplineGraph(this, parameters).Apply(x);

    internal override OnnxTensor Invert(OnnxTensor y, OnnxTensor parameters) => new SplineGraph(this, parameters).Invert(y);

    /// <summary>Places of the knots and slopes there, [rows, values, bins + 1] each.</summary>
    readonly record struct KnotSet(Tensor X, Tensor Y, Tensor Slopes);

    KnotSet Knots(Tensor parameters)
    {
        var inner = LeastSlope + nn.functional.softplus(parameters.narrow(2, 2 * Bins, Bins - 1) + Math.Log(Math.Exp(1 - LeastSlope) - 1));
        var end = ones_like(inner.narrow(2, 0, 1));
        return new(Places(parameters.narrow(2, 0, Bins)), Places(parameters.narrow(2, Bins, Bins)), cat([end, inner, end], 2));
    }

    Tensor Places(Tensor logits)
    {
        var widths = LeastWidth + (1 - LeastWidth * Bins) * logits.softmax(2);
        var places = -Range + 2 * Range * widths.cumsum(2).narrow(2, 0, Bins - 1);
        var end = full_like(places.narrow(2, 0, 1), Range);
        return cat([-end, places, end], 2);
    }

    /// <summary>The bin that each value lies in, [rows, values] each.</summary>
    readonly record struct Bin(Tensor X, Tensor Width, Tensor Y, Tensor Height, Tensor Left, Tensor Right, Tensor Slope)
    {
        public static Bin Of(KnotSet knots, Tensor values, Tensor edges)
        {
            long bins = edges.shape[2] - 1;
            var index = (values.unsqueeze(2) >= edges.narrow(2, 1, bins - 1)).sum(2, keepdim: true, type: ScalarType.Int64);
            var next = index + 1;
            var (x, y) = (At(knots.X, index), At(knots.Y, index));
            var (width, height) = (At(knots.X, next) - x, At(knots.Y, next) - y);
            return new(x, width, y, height, At(knots.Slopes, index), At(knots.Slopes, next), height / width);
        }

        static Tensor At(Tensor knots, Tensor index) => knots.gather(2, index).squeeze(2);

        /// <summary>Equation 4 without height and offset.</summary>
        public (Tensor Numerator, Tensor Denominator) Rational(Tensor t)
        {
            var mixed = t * (1 - t);
            return (Slope * t * t + Left * mixed, Slope + (Left + Right - 2 * Slope) * mixed);
        }

        /// <summary>Equation 5 without what is squared.</summary>
        public Tensor SlopeNumerator(Tensor t) => Right * t * t + 2 * Slope * t * (1 - t) + Left * (1 - t) * (1 - t);
    }
}
