using System;
using System.Linq;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>
/// Places every row of a table between 0 and 1, from where splits take their ranges: at random, or by a column. A key is placed by its
/// value, a real number by its place between the least and the greatest, anything else by its hash.
/// </summary>
sealed class SamplingKey
{
    const uint DefaultRandomSeed = 42, DefaultHashSeed = 314489979;

    readonly IHostEnvironment _env;
    readonly IDataView _data;
    readonly int[] _columns;
    readonly Func<DataViewRow, Func<double>> _makeReader;
    readonly bool _isSequential, _isKey;

    public SamplingKey(IHostEnvironment env, IDataView data, string columnName, int? seed)
    {
        seed ??= ((IHostEnvironmentInternal)env).Seed;
        (_env, _data) = (env, data);
        if (columnName is null)
        {
            env.Register("GenerateNumber");
            (_columns, _isSequential) = ([], true);
            _makeReader = row => RandomPlaces(row, (uint?)seed ?? DefaultRandomSeed);
            return;
        }
        var column = data.Schema.GetColumnOrNull(columnName) ?? throw env.ExceptSchemaMismatch("samplingKeyColumn", "SamplingKeyColumn", columnName);
        _columns = [column.Index];
        if (column.Type is KeyDataViewType)
            (_isKey, _makeReader) = (true, row => ValueRange.Reader(row, column));
        else if (ValueRange.CanTest(column.Type))
            _makeReader = Normalized(data, column);
        else
            (_isKey, _makeReader) = (true, row => RowHash.Reader(row, column, (uint?)seed ?? DefaultHashSeed));
    }

    /// <summary>The rows of a range, in the order of the table.</summary>
    public IDataView Rows(ValueRange range)
    {
        if (_isKey && range.Max >= 1)
            range = range with { IncludesMax = true };
        return new RowFilter(_env, "RangeFilter", _data, _columns, row =>
        {
            var place = _makeReader(row);
            return () => range.Accepts(place());
        }, _isSequential);
    }

    /// <summary>One number for every row of the source, drawn in its order.</summary>
    static Func<double> RandomPlaces(DataViewRow row, uint seed)
    {
        var random = RandomUtils.Create(seed);
        long drawn = -1;
        float value = 0;
        return () =>
        {
            for (; drawn < row.Position; drawn++)
                value = random.NextSingle();
            return value;
        };
    }

    static Func<DataViewRow, Func<double>> Normalized(IDataView data, DataViewSchema.Column column)
    {
        double min = double.PositiveInfinity, max = double.NegativeInfinity;
        using (var cursor = data.GetRowCursor(column))
        {
            var read = ValueRange.Reader(cursor, column);
            while (cursor.MoveNext())
                if (read() is var value && !double.IsNaN(value))
                    (min, max) = (Math.Min(min, value), Math.Max(max, value));
        }
        var isSingle = column.Type == NumberDataViewType.Single;
        var scale = max > min ? isSingle ? 1 / ((float)max - (float)min) : 1 / (max - min) : 0;
        var offset = scale == 0 ? 0 : min;
        return row =>
        {
            var read = ValueRange.Reader(row, column);
            return isSingle ? () => ((float)read() - (float)offset) * (float)scale : () => (read() - offset) * scale;
        };
    }
}
