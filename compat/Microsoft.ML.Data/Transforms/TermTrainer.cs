using System;
using System.Linq;
using Microsoft.ML.Data.Conversion;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

namespace Microsoft.ML.Data;

/// <summary>Collects the different values of a column, in the order in which they are seen.</summary>
abstract class TermTrainer
{
    protected int Remaining;

    /// <summary>Adds the values of the current row; false when no more are wanted.</summary>
    protected abstract bool Process();

    public static TermMap[] Train(
        IHost host, IChannel channel, IDataView data, DataViewSchema.Column[] inputs, ValueToKeyMappingEstimator.ColumnOptions[] columns)
    {
        foreach (var column in columns)
            channel.CheckUserArg(column.MaximumNumberOfKeys > 0, "MaxNumTerms", "Must be positive");
        var maps = inputs.Select(input => TermMap.Create((PrimitiveDataViewType)input.Type.GetItemType())).ToArray();
        using (var cursor = data.GetRowCursor(inputs))
            Run(host, cursor, inputs.Select((input, i) => Create(cursor, input, maps[i], columns[i].MaximumNumberOfKeys)).ToArray());
        for (var i = 0; i < maps.Length; i++)
        {
            if (maps[i].Count == 0)
                channel.Warning("Term map for output column '{0}' contains no entries.", columns[i].Name);
            if (columns[i].Ordinality == ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
                maps[i].Sort();
        }
        return maps;
    }

    /// <summary>All values of a table of one column.</summary>
    public static TermMap TrainOne(IHost host, IDataView data, ValueToKeyMappingEstimator.KeyOrdinality ordinality)
    {
        var input = data.Schema[0];
        var map = TermMap.Create((PrimitiveDataViewType)input.Type.GetItemType());
        using (var cursor = data.GetRowCursor(input))
            Run(host, cursor, [Create(cursor, input, map, int.MaxValue)]);
        if (ordinality == ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
            map.Sort();
        return map;
    }

    static void Run(IHost host, DataViewRowCursor cursor, TermTrainer[] trainers)
    {
        for (var wanted = true; wanted && cursor.MoveNext();)
        {
            host.CheckAlive();
            wanted = false;
            foreach (var trainer in trainers)
                wanted |= trainer.Remaining > 0 && trainer.Process();
        }
    }

    static TermTrainer Create(DataViewRowCursor cursor, DataViewSchema.Column input, TermMap map, int max)
    {
        var trainer = Utils.MarshalInvoke(Make<int>, map.ItemType.RawType, cursor, input, map);
        trainer.Remaining = max;
        return trainer;

        static TermTrainer Make<T>(DataViewRowCursor cursor, DataViewSchema.Column input, TermMap map) => input.Type is VectorDataViewType
            ? new OfVector<T>(cursor.GetGetter<VBuffer<T>>(input), (TermMap<T>)map)
            : new OfScalar<T>(cursor.GetGetter<T>(input), (TermMap<T>)map);
    }

    sealed class OfScalar<T>(ValueGetter<T> getter, TermMap<T> map) : TermTrainer
    {
        T _value;

        protected override bool Process()
        {
            getter(ref _value);
            return !map.TryAdd(in _value) || --Remaining > 0;
        }
    }

    sealed class OfVector<T>(ValueGetter<VBuffer<T>> getter, TermMap<T> map) : TermTrainer
    {
        VBuffer<T> _values;
        bool _sawDefault;

        protected override bool Process()
        {
            getter(ref _values);
            // The values of slots that are not stored: seen where the first of them stands.
            var gap = _values.IsDense || _sawDefault ? -1 : FirstGap(_values.GetIndices());
            var values = _values.GetValues();
            for (var i = 0; i <= values.Length; i++)
            {
                if (i == gap)
                {
                    _sawDefault = true;
                    if (map.TryAdd(default) && --Remaining == 0)
                        return false;
                }
                if (i < values.Length && map.TryAdd(in values[i]) && --Remaining == 0)
                    return false;
            }
            return true;
        }

        static int FirstGap(ReadOnlySpan<int> slots)
        {
            var i = 0;
            while (i < slots.Length && slots[i] == i)
                i++;
            return i;
        }
    }
}
