using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>Learns the values that stand in for missing ones.</summary>
abstract class ReplacementTrainer
{
    public static Array[] Train(
        IHost host, IDataView data, DataViewSchema.Column[] inputs, MissingValueReplacingEstimator.ColumnOptions[] columns)
    {
        var learns = columns.Select(column => column.Mode != MissingValueReplacingEstimator.ReplacementMode.DefaultValue).ToArray();
        var trainers = new ReplacementTrainer[columns.Length];
        if (learns.Any(learn => learn))
        {
            using var channel = host.Start("Computing Statistics");
            using var cursor = data.GetRowCursor(inputs.Where((_, i) => learns[i]));
            for (var i = 0; i < columns.Length; i++)
                if (learns[i])
                    trainers[i] = Create(channel, cursor, inputs[i], columns[i]);
            while (cursor.MoveNext())
            {
                host.CheckAlive();
                foreach (var trainer in trainers)
                    trainer?.Process();
            }
            foreach (var trainer in trainers)
                trainer?.Complete();
            return trainers.Select((trainer, i) => trainer?.Finish(channel) ?? Zero(inputs[i])).ToArray();
        }
        return inputs.Select(Zero).ToArray();
    }

    static Array Zero(DataViewSchema.Column input) => Array.CreateInstance(input.Type.GetItemType().RawType, 1);

    static ReplacementTrainer Create(
        IChannel channel, DataViewRowCursor cursor, DataViewSchema.Column input, MissingValueReplacingEstimator.ColumnOptions options)
    {
        var bySlot = options.ImputeBySlot && input.Type is VectorDataViewType;
        if (bySlot && !input.Type.IsKnownSizeVector())
        {
            channel.Warning("By-slot imputation can not be done on variable-length column");
            bySlot = false;
        }
        return input.Type.GetItemType() == NumberDataViewType.Single
            ? new Of<float>(cursor, input, options.Mode, bySlot) : new Of<double>(cursor, input, options.Mode, bySlot);
    }

    protected abstract void Process();
    protected abstract void Complete();
    protected abstract Array Finish(IChannel channel);

    sealed class Of<T> : ReplacementTrainer where T : struct, IFloatingPointIeee754<T>
    {
        readonly ValueGetter<T> _getValue;
        readonly ValueGetter<VBuffer<T>> _getVector;
        readonly Statistic<T>[] _statistics;
        // Values that the slots stand for, and those that were stored: the others are zeros.
        readonly long[] _stored;
        long _count;
        VBuffer<T> _vector = new(1, new T[1]);

        public Of(DataViewRowCursor cursor, DataViewSchema.Column input, MissingValueReplacingEstimator.ReplacementMode mode, bool bySlot)
        {
            var size = bySlot ? input.Type.GetVectorSize() : 1;
            var isAcrossSlots = input.Type is VectorDataViewType && !bySlot;
            _statistics = Enumerable.Range(0, size).Select(_ => Statistic<T>.Create(mode, bySlot, isAcrossSlots)).ToArray();
            _stored = new long[size];
            if (input.Type is VectorDataViewType)
                _getVector = cursor.GetGetter<VBuffer<T>>(input);
            else
                _getValue = cursor.GetGetter<T>(input);
        }

        protected override void Process()
        {
            if (_getValue is not null)
                _getValue(ref VBufferEditor.CreateFromBuffer(ref _vector).Values[0]);
            else
                _getVector(ref _vector);
            var values = _vector.GetValues();
            var slots = _vector.GetIndices();
            for (var i = 0; i < values.Length; i++)
            {
                var slot = _statistics.Length == 1 ? 0 : _vector.IsDense ? i : slots[i];
                _statistics[slot].Add(values[i]);
                _stored[slot]++;
            }
            _count += _statistics.Length == 1 ? _vector.Length : 1;
        }

        protected override void Complete()
        {
            for (var slot = 0; slot < _statistics.Length; slot++)
                if (_stored[slot] < _count)
                    _statistics[slot].AddZeros();
        }

        protected override Array Finish(IChannel channel) => Array.ConvertAll(_statistics, statistic => statistic.Result(_count, channel));
    }
}

/// <summary>One value that sums up many.</summary>
abstract class Statistic<T> where T : struct, IFloatingPointIeee754<T>
{
    public abstract void Add(T value);

    /// <summary>Some values were not stored, which means 0.</summary>
    public virtual void AddZeros() { }

    public abstract T Result(long count, IChannel channel);

    public static Statistic<T> Create(MissingValueReplacingEstimator.ReplacementMode mode, bool isBySlot, bool isAcrossSlots) => mode switch
    {
        MissingValueReplacingEstimator.ReplacementMode.Mean => new MeanStatistic<T>(isAcrossSlots),
        MissingValueReplacingEstimator.ReplacementMode.Minimum => new ExtremeStatistic<T>(isMaximum: false, isBySlot),
        MissingValueReplacingEstimator.ReplacementMode.Maximum => new ExtremeStatistic<T>(isMaximum: true, isBySlot),
        _ => new ModeStatistic<T>(),
    };
}

/// <summary>The mean of the finite values.</summary>
sealed class MeanStatistic<T>(bool isAcrossSlots) : Statistic<T> where T : struct, IFloatingPointIeee754<T>
{
    long _notFinite, _nonZero;
    double _mean;

    public override void Add(T item)
    {
        var value = double.CreateTruncating(item);
        if (value == 0)
            return;
        if (!double.IsFinite(value))
        {
            _notFinite++;
            return;
        }
        _nonZero++;
        // Where the signs differ, the difference could overflow.
        if (_mean > 0 ^ value > 0)
            _mean = _mean - _mean / _nonZero + value / _nonZero;
        else
            _mean += (value - _mean) / _nonZero;
    }

    public override T Result(long count, IChannel channel)
    {
        // Across slots ML.NET lets the mean of nothing be NaN.
        if (count != _notFinite || isAcrossSlots)
            return T.CreateTruncating(_mean * ((double)_nonZero / (count - _notFinite)));
        channel.Warning("All values in this column are NAs, using default value for imputation");
        return default;
    }
}

/// <summary>The smallest or largest value. By slot infinities do not count, and the largest number stands for no value at all.</summary>
sealed class ExtremeStatistic<T>(bool isMaximum, bool isBySlot) : Statistic<T> where T : struct, IFloatingPointIeee754<T>
{
    T _extreme = (isMaximum, isBySlot) switch
    {
        (true, true) => -Largest,
        (true, false) => T.NegativeInfinity,
        (false, true) => Largest,
        (false, false) => T.PositiveInfinity,
    };

    static T Largest => T.BitDecrement(T.PositiveInfinity);

    public override void Add(T value)
    {
        if (isBySlot && !T.IsFinite(value))
            return;
        if (isMaximum ? value > _extreme : value < _extreme)
            _extreme = value;
    }

    public override void AddZeros() => Add(T.Zero);

    public override T Result(long count, IChannel channel) => _extreme;
}

/// <summary>The most frequent of the finite values that are stored, the first one among equals.</summary>
sealed class ModeStatistic<T> : Statistic<T> where T : struct, IFloatingPointIeee754<T>
{
    readonly Dictionary<T, int> _counts = [];
    T _mode;
    int _max;

    public override void Add(T value)
    {
        if (!T.IsFinite(value))
            return;
        var count = _counts[value] = _counts.GetValueOrDefault(value) + 1;
        if (count > _max)
            (_mode, _max) = (value, count);
    }

    public override T Result(long count, IChannel channel) => _mode;
}
