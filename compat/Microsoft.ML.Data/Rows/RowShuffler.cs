using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>
/// Yields rows in random order, each drawn from a pool that is kept full with the next ones; the source itself is shuffled too where it can
/// be and that is asked for. The order is the same at every reading.
/// </summary>
sealed class RowShuffler : TransformBase
{
    readonly int _poolRows;
    readonly bool _shuffleSource;
    readonly int _seed;

    public RowShuffler(IHostEnvironment env, IDataView input, int poolRows, bool shuffleSource, int? seed) : base(env, "Shuffle", input)
    {
        (_poolRows, _shuffleSource) = (poolRows, shuffleSource);
        _seed = seed ?? Host.Rand.NextSigned();
    }

    public override bool CanShuffle => true;

    protected override DataViewRowCursor GetRowCursorCore(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand)
    {
        rand ??= RandomUtils.Create(_seed);
        var source = Source.GetRowCursor(columnsNeeded, _shuffleSource ? RandomUtils.Create(rand) : null);
        return _poolRows == 1 ? source : new Cursor(Host, source, _poolRows, rand);
    }

    sealed class Cursor : LinkedRootCursorBase
    {
        readonly Random _random;
        readonly Pool[] _pools; // of a column, by its index; null if not active
        readonly Pool<DataViewRowId> _ids;
        readonly int[] _slots; // a ring: the slots of the rows in the pool, in order of arrival
        int _first, _count, _filled, _current = -1;
        bool _atEnd;

        public Cursor(IChannelProvider provider, DataViewRowCursor input, int poolRows, Random random) : base(provider, input)
        {
            _random = random;
            _slots = new int[poolRows];
            _pools = input.Schema.Select(column => input.IsColumnActive(column) ? NewPool(column, poolRows) : null).ToArray();
            _ids = new(input.GetIdGetter(), poolRows);
        }

        public override DataViewSchema Schema => Input.Schema;
        public override long Batch => 0;
        public override bool IsColumnActive(DataViewSchema.Column column) => Input.IsColumnActive(column);
        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => _ids.Fetch(_current, ref id);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            Ch.CheckParam(column.Index < _pools.Length, nameof(column));
            Ch.CheckParam(_pools[column.Index] != null, nameof(column), "requested column not active");
            var pool = _pools[column.Index] as Pool<TValue>
                ?? throw Ch.Except($"Invalid TValue: '{typeof(TValue)}', expected type: '{column.Type.RawType}'.");
            return (ref TValue value) => pool.Fetch(_current, ref value);
        }

        protected override bool MoveNextCore()
        {
            // The slot of the row that was served is free again; at the start there are free ones.
            while (!_atEnd && _count < _slots.Length)
                Fill(_filled < _slots.Length ? _filled++ : _current);
            if (_count == 0)
                return false;
            var chosen = (_random.Next(_count) + _first) % _slots.Length;
            (_current, _slots[chosen]) = (_slots[chosen], _slots[_first]);
            _first = (_first + 1) % _slots.Length;
            _count--;
            return true;
        }

        void Fill(int slot)
        {
            try
            {
                _atEnd = !Input.MoveNext();
                if (_atEnd)
                    return;
                foreach (var pool in _pools)
                    pool?.Fill(slot);
                _ids.Fill(slot);
            }
            catch (Exception e)
            {
                throw Ch.Except(e, "Shuffle input cursor reader failed with an exception");
            }
            _slots[(_first + _count++) % _slots.Length] = slot;
        }

        Pool NewPool(DataViewSchema.Column column, int size)
            => column.Type is VectorDataViewType vector
                ? Utils.MarshalInvoke(NewVectorPool<int>, vector.ItemType.RawType, column, size)
                : Utils.MarshalInvoke(NewScalarPool<int>, column.Type.RawType, column, size);

        Pool NewScalarPool<T>(DataViewSchema.Column column, int size) => new Pool<T>(Input.GetGetter<T>(column), size);

        Pool NewVectorPool<T>(DataViewSchema.Column column, int size) => new VectorPool<T>(Input.GetGetter<VBuffer<T>>(column), size);

        abstract class Pool
        {
            public abstract void Fill(int slot);
        }

        class Pool<T>(ValueGetter<T> getter, int size) : Pool
        {
            protected readonly T[] Values = new T[size];

            public override void Fill(int slot) => getter(ref Values[slot]);

            public virtual void Fetch(int slot, ref T value) => value = Values[slot];
        }

        sealed class VectorPool<T>(ValueGetter<VBuffer<T>> getter, int size) : Pool<VBuffer<T>>(getter, size)
        {
            public override void Fetch(int slot, ref VBuffer<T> value) => Values[slot].CopyTo(ref value);
        }
    }
}
