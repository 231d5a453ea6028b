using System;
using System.Linq;
using System.Numerics;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

namespace Microsoft.ML.Data;

/// <summary>Gathers over the rows what a normalizer is made of.</summary>
abstract class NormalizerStatistics
{
    public long MaximumExampleCount { get; private set; }

    /// <summary>Takes in the value of the row that the cursor stands at.</summary>
    public abstract void Process();

    public abstract Normalizer Finish();

    public static NormalizerStatistics Create(
        DataViewRowCursor cursor, DataViewSchema.Column input, NormalizingEstimator.ColumnOptions options, IHost host)
    {
        var type = input.Type;
        var statistics = type is VectorDataViewType { IsKnownSize: false } ? null
            : type.GetItemType() == NumberDataViewType.Single ? Create<float>(cursor, input, options)
            : type.GetItemType() == NumberDataViewType.Double ? Create<double>(cursor, input, options) : null;
        if (statistics is null)
            throw host.ExceptParam("srcType",
                "Wrong column type for input column. Expected: Single, Double, Vector of Single or Vector of Double. Got: {0}.", type);
        statistics.MaximumExampleCount = options.MaximumExampleCount;
        return statistics;
    }

    static NormalizerStatistics Create<T>(DataViewRowCursor cursor, DataViewSchema.Column input, NormalizingEstimator.ColumnOptions options)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => options.Method == NormalizingEstimator.Method.MinMax
            ? new MinMaxStatistics<T>(cursor, input, options.FixZero)
            : new MeanVarianceStatistics<T>(cursor, input, options.FixZero, options.Method == NormalizingEstimator.Method.MeanVarianceCdf);
}

abstract class NormalizerStatistics<T> : NormalizerStatistics where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    readonly ValueGetter<T> _getValue;
    readonly ValueGetter<VBuffer<T>> _getVector;
    VBuffer<T> _vector = new(1, new T[1]);

    protected NormalizerStatistics(DataViewRowCursor cursor, DataViewSchema.Column input)
    {
        Size = input.Type.GetValueCount();
        IsVector = input.Type is VectorDataViewType;
        if (IsVector)
            _getVector = cursor.GetGetter<VBuffer<T>>(input);
        else
            _getValue = cursor.GetGetter<T>(input);
    }

    protected int Size { get; }
    protected bool IsVector { get; }
    protected long RowCount { get; private set; }

    /// <summary>A value that is stored; slots that are not stored are zeros, which Finish has to count.</summary>
    protected abstract void Add(int slot, T value);

    public override void Process()
    {
        if (IsVector)
            _getVector(ref _vector);
        else
            _getValue(ref VBufferEditor.CreateFromBuffer(ref _vector).Values[0]);
        if (_vector.Length != Size)
            throw Contracts.Except("Normalizer expected {0} slots but got {1}", Size, _vector.Length);
        RowCount++;
        var values = _vector.GetValues();
        var slots = _vector.GetIndices();
        for (var i = 0; i < values.Length; i++)
            Add(_vector.IsDense ? i : slots[i], values[i]);
    }

    /// <summary>An affine normalizer from the scale and offset of each slot.</summary>
    protected Normalizer Affine(Func<int, (T Scale, T Offset)> learn)
    {
        var learned = Enumerable.Range(0, Size).Select(learn).ToArray();
        var hasOffsets = learned.Any(slot => slot.Offset != T.Zero);
        return new AffineNormalizer<T>(IsVector, Array.ConvertAll(learned, slot => slot.Scale),
            hasOffsets ? Array.ConvertAll(learned, slot => slot.Offset) : null);
    }
}

/// <summary>To [0, 1], or with zero fixed into [-1, 1]. NaN does not count; a constant slot becomes 0.</summary>
sealed class MinMaxStatistics<T>(DataViewRowCursor cursor, DataViewSchema.Column input, bool fixZero)
    : NormalizerStatistics<T>(cursor, input)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    readonly T[] _min = Enumerable.Repeat(T.PositiveInfinity, input.Type.GetValueCount()).ToArray();
    readonly T[] _max = Enumerable.Repeat(T.NegativeInfinity, input.Type.GetValueCount()).ToArray();
    readonly long[] _count = new long[input.Type.GetValueCount()];

    protected override void Add(int slot, T value)
    {
        _count[slot]++;
        Widen(slot, value);
    }

    void Widen(int slot, T value)
    {
        if (_max[slot] < value)
            _max[slot] = value;
        if (_min[slot] > value)
            _min[slot] = value;
    }

    public override Normalizer Finish() => Affine(slot =>
    {
        if (_count[slot] < RowCount)
            Widen(slot, T.Zero);
        var (min, max) = (_min[slot], _max[slot]);
        if (!(max > min))
            return default;
        if (fixZero)
            return (T.One / T.Max(T.Abs(max), T.Abs(min)), T.Zero);
        var scale = T.One / (max - min);
        return (scale, scale == T.Zero ? T.Zero : min);
    });
}

/// <summary>
/// To mean 0 and variance 1, or with zero fixed to mean square 1; or to the normal distribution function. Infinities and NaN do not count.
/// </summary>
sealed class MeanVarianceStatistics<T>(DataViewRowCursor cursor, DataViewSchema.Column input, bool fixZero, bool useCdf)
    : NormalizerStatistics<T>(cursor, input)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Of the values that are neither zero nor without number: their count, mean and sum of squared deviations (Welford).
    readonly long[] _count = new long[input.Type.GetValueCount()];
    readonly long[] _skipped = new long[input.Type.GetValueCount()];
    readonly double[] _mean = new double[input.Type.GetValueCount()];
    readonly double[] _m2 = new double[input.Type.GetValueCount()];

    protected override void Add(int slot, T value)
    {
        if (value == T.Zero)
            return;
        if (!T.IsFinite(value))
        {
            _skipped[slot]++;
            return;
        }
        var x = double.CreateTruncating(value);
        var delta = x - _mean[slot];
        _mean[slot] += delta / ++_count[slot];
        _m2[slot] += delta * (x - _mean[slot]);
    }

    public override Normalizer Finish()
    {
        for (var slot = 0; slot < Size; slot++)
            AddZeros(slot, RowCount - _skipped[slot] - _count[slot]);
        if (!useCdf)
            return Affine(ScaleAndOffset);
        var varies = Array.ConvertAll(_m2, m2 => m2 != 0);
        return new CdfNormalizer<T>(IsVector,
            _mean.Select((mean, slot) => varies[slot] ? T.CreateTruncating(mean) : T.Zero).ToArray(),
            _m2.Select((m2, slot) => varies[slot] ? T.CreateTruncating(Math.Sqrt(m2 / _count[slot])) : T.Zero).ToArray());
    }

    void AddZeros(int slot, long zeros)
    {
        if (zeros == 0)
            return;
        _count[slot] += zeros;
        var delta = 0 - _mean[slot];
        _mean[slot] += delta * zeros / _count[slot];
        _m2[slot] += delta * (0 - _mean[slot]) * zeros;
    }

    (T Scale, T Offset) ScaleAndOffset(int slot)
    {
        var (mean, m2, count) = (_mean[slot], _m2[slot], _count[slot]);
        if (m2 == 0)
            return default;
        if (fixZero)
            return (T.One / T.CreateTruncating(Math.Sqrt(m2 / count + mean * mean)), T.Zero);
        var scale = T.One / T.CreateTruncating(Math.Sqrt(m2 / count));
        return (scale, scale == T.Zero ? T.Zero : T.CreateTruncating(mean));
    }
}
