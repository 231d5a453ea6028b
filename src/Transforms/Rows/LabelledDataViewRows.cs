using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>
/// A data view as the rows that a classifier is trained on: the features, then the number of the label's class from 0, then the weight
/// where there is a column for it.
/// </summary>
sealed class LabelledDataViewRows(IDataView data, DataViewSchema.Column features, DataViewSchema.Column label, DataViewSchema.Column? weight)
    : IRowSource
{
    public int Features { get; } = ((VectorDataViewType)features.Type).Size;

    /// <summary>Slots behind the features.</summary>
    public int Targets => weight == null ? 1 : 2;

    public int Width => Features + Targets;
    public long? Count => data.GetRowCount();

    public IRowReader Open() => new Reader(this, data.GetRowCursor(weight is { } column ? [features, label, column] : [features, label]));

    sealed class Reader : IRowReader
    {
        readonly LabelledDataViewRows _rows;
        readonly DataViewRowCursor _cursor;
        readonly FeatureReader _features;
        readonly Func<float> _label;
        readonly Func<float>? _weight;

        public Reader(LabelledDataViewRows rows, DataViewRowCursor cursor)
        {
            (_rows, _cursor) = (rows, cursor);
            _features = new FeatureReader(cursor, rows.Column(0), rows.Features);
            _label = rows.Column(1).Type is KeyDataViewType key ? KeyReader(rows.Column(1), key.Count) : BooleanReader(rows.Column(1));
            _weight = rows.Targets > 1 ? WeightReader(rows.Column(2)) : null;
        }

        Func<float> KeyReader(DataViewSchema.Column column, ulong count)
        {
            var getter = _cursor.GetGetter<uint>(column);
            uint key = 0;
            return () =>
            {
                getter(ref key);
                return key > 0 && key <= count ? key - 1 : throw new InvalidDataException(
                    $"Column '{column.Name}', row {_cursor.Position}: the label is missing (key {key} of 1 to {count}). "
                    + "Train on the rows that have one.");
            };
        }

        Func<float> BooleanReader(DataViewSchema.Column column)
        {
            var getter = _cursor.GetGetter<bool>(column);
            bool value = false;
            return () =>
            {
                getter(ref value);
                return value ? 1 : 0;
            };
        }

        Func<float> WeightReader(DataViewSchema.Column column)
        {
            var getter = _cursor.GetGetter<float>(column);
            float weight = 0;
            return () =>
            {
                getter(ref weight);
                return weight >= 0 && float.IsFinite(weight) ? weight : throw new InvalidDataException(
                    $"Column '{column.Name}', row {_cursor.Position}: expected a finite weight of at least 0, got {weight}.");
            };
        }

        public bool TryRead(Span<float> row)
        {
            if (!_cursor.MoveNext())
                return false;
            _features.Read(row[.._rows.Features]);
            row[_rows.Features] = _label();
            if (_weight != null)
                row[_rows.Features + 1] = _weight();
            return true;
        }

        public void Dispose() => _cursor.Dispose();
    }

    DataViewSchema.Column Column(int index) => index switch { 0 => features, 1 => label, _ => weight!.Value };
}
