namespace Extensions.ML.Trainers;

/// <summary>A <see cref="SplineTransform"/> in ONNX. All tensors are [rows, values] but for parameters and knots, which have one axis more.</summary>
readonly struct SplineGraph
{
    readonly SplineTransform _spline;
    readonly OnnxTensor _x, _y, _slopes;

    /// <param name="spline">Tells bins and range.</param>
    /// <param name="parameters">[rows, values, parameters]</param>
    public SplineGraph(SplineTransform spline, OnnxTensor parameters)
    {
        (_spline, int bins) = (spline, spline.Bins);
        var inner = SplineTransform.LeastSlope
            + (parameters.narrow(2, 2 * bins, bins - 1) + Math.Log(Math.Exp(1 - SplineTransform.LeastSlope) - 1)).softplus();
        var end = inner.narrow(2, 0, 1) * 0;
        _slopes = inner.Graph.Cat(2, end + 1, inner, end + 1);
        (_x, _y) = (Places(parameters.narrow(2, 0, bins), end), Places(parameters.narrow(2, bins, bins), end));
    }

    OnnxTensor Places(OnnxTensor logits, OnnxTensor end)
    {
        var widths = SplineTransform.LeastWidth + (1 - SplineTransform.LeastWidth * _spline.Bins) * logits.softmax(2);
        var places = -_spline.Range + 2 * _spline.Range * widths.cumsum(2).narrow(2, 0, _spline.Bins - 1);
        return logits.Graph.Cat(2, end - _spline.Range, places, end + _spline.Range);
    }

    /// <summary>The new values.</summary>
    public OnnxTensor Apply(OnnxTensor x)
    {
        var within = x.clamp(-_spline.Range, _spline.Range);
        var (left, right, low, high, slopeLeft, slopeRight) = Bin(within, _x);
        var (width, height) = (right - left, high - low);
        var (t, slope) = ((within - left) / width, height / width);
        var mixed = t * (1 - t);
        var y = low + height * (slope * t * t + slopeLeft * mixed) / (slope + (slopeLeft + slopeRight - 2 * slope) * mixed);
        return Inside(x).where(y, x);
    }

    /// <summary>Undoes <see cref="Apply"/>.</summary>
    public OnnxTensor Invert(OnnxTensor y)
    {
        var within = y.clamp(-_spline.Range, _spline.Range);
        var (left, right, low, high, slopeLeft, slopeRight) = Bin(within, _y);
        var (width, height) = (right - left, high - low);
        var (slope, d) = (height / width, within - low);
        var bend = slopeLeft + slopeRight - 2 * slope;
        var a = height * (slope - slopeLeft) + d * bend;
        var b = height * slopeLeft - d * bend;
        var c = -slope * d;
        var t = 2 * c / (-b - (b * b - 4 * a * c).clamp_min(0).sqrt());
        return Inside(y).where(left + t * width, y);
    }

    OnnxTensor Inside(OnnxTensor values) => values.abs().lt(_spline.Range);

    /// <summary>Both ends of the bin that each value lies in.</summary>
    (OnnxTensor Left, OnnxTensor Right, OnnxTensor Low, OnnxTensor High, OnnxTensor SlopeLeft, OnnxTensor SlopeRight) Bin(OnnxTensor values, OnnxTensor edges)
    {
        var index = values.unsqueeze(2).ge(edges.narrow(2, 1, _spline.Bins - 1)).to(OnnxType.Int64).sum(2, keepdim: true);
        var next = index + 1;
        return (At(_x, index), At(_x, next), At(_y, index), At(_y, next), At(_slopes, index), At(_slopes, next));

        static OnnxTensor At(OnnxTensor knots, OnnxTensor index) => knots.gather(2, index).squeeze(2);
    }
}
