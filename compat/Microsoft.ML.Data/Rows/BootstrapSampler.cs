using System;
using System.Collections.Generic;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Repeats each row as often as a Poisson variate of mean 1 says; or, as the complement, yields those rows that would be left out.</summary>
sealed class BootstrapSampler : TransformBase
{
    readonly uint _seed;
    readonly bool _complement;

    public BootstrapSampler(IHostEnvironment env, IDataView input, uint? seed, bool complement) : base(env, "BootstrapSample", input)
    {
        _seed = seed ?? (uint)Host.Rand.Next();
        _complement = complement;
    }

    public override bool CanShuffle => false;
    public override long? GetRowCount() => null;

    protected override DataViewRowCursor GetRowCursorCore(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand)
        => new Cursor(Host, Source.GetRowCursor(columnsNeeded), RandomUtils.Create(_seed), _complement);

    sealed class Cursor(IChannelProvider provider, DataViewRowCursor input, Random random, bool complement) : LinkedRootCursorBase(provider, input)
    {
        int _left;

        public override DataViewSchema Schema => Input.Schema;
        public override long Batch => 0;
        public override bool IsColumnActive(DataViewSchema.Column column) => Input.IsColumnActive(column);
        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => Input.GetGetter<TValue>(column);

        public override ValueGetter<DataViewRowId> GetIdGetter()
        {
            var getter = Input.GetIdGetter();
            return (ref DataViewRowId id) =>
            {
                getter(ref id);
                id = id.Combine(new((ulong)_left, 0));
            };
        }

        protected override bool MoveNextCore()
        {
            while (_left == 0 && Input.MoveNext())
            {
                _left = NextPoisson();
                if (complement)
                    _left = _left == 0 ? 1 : 0;
            }
            return _left-- > 0;
        }

        // Knuth's method for mean 1.
        int NextPoisson()
        {
            var limit = Math.Exp(-1);
            var count = 0;
            for (var product = random.NextDouble(); product > limit; product *= random.NextDouble())
                count++;
            return count;
        }
    }
}
