using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>A data view's feature column as the rows that training reads, pass after pass.</summary>
sealed class DataViewRows(IDataView data, DataViewSchema.Column column) : IRowSource
{
    public int Width { get; } = ((VectorDataViewType)column.Type).Size;
    public long? Count => data.GetRowCount();

    public IRowReader Open() => new Reader(data.GetRowCursor([column]), column, Width);

    sealed class Reader(DataViewRowCursor cursor, DataViewSchema.Column column, int width) : IRowReader
    {
        readonly FeatureReader _features = new(cursor, column, width);

        public bool TryRead(Span<float> row)
        {
            if (!cursor.MoveNext())
                return false;
            _features.Read(row);
            return true;
        }

        public void Dispose() => cursor.Dispose();
    }
}
