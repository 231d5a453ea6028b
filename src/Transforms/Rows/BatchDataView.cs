using Microsoft.ML;

namespace Extensions.ML;

/// <summary>A data view seen through a scorer, computed lazily and in blocks while it is read.</summary>
sealed class BatchDataView(BatchRowMapper mapper, IDataView source) : IDataView
{
    public bool CanShuffle => source.CanShuffle;
    public DataViewSchema Schema => mapper.OutputSchema;
    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var needed = columnsNeeded.ToArray();
        return new BatchCursor(mapper, source.GetRowCursor(SourceColumns(needed), rand), needed, MostRows());
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var needed = columnsNeeded.ToArray();
        var rows = MostRows();
        return Array.ConvertAll(source.GetRowCursorSet(SourceColumns(needed), n, rand),
            cursor => (DataViewRowCursor)new BatchCursor(mapper, cursor, needed, rows));
    }

    int MostRows() => (int)Math.Clamp(GetRowCount() ?? int.MaxValue, 1, int.MaxValue);

    // The mapper may have been bound to an equal schema of another instance, so columns are named by the source's own.
    IEnumerable<DataViewSchema.Column> SourceColumns(DataViewSchema.Column[] needed) =>
        mapper.GetDependencies(needed).Select(column => source.Schema[column.Index]);
}
