using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>A data view in the order of time, with the window that ends at each row as one more column.</summary>
sealed class WindowedView : IDataView
{
    readonly IDataView _source;
    readonly SeriesColumns _columns;
    readonly int _steps, _width;

    public WindowedView(IDataView source, SeriesColumns columns, int steps, string windowColumnName)
    {
        (_source, _columns, _steps) = (source, columns, steps);
        _width = columns.Width(source.Schema);
        Schema = SchemaWith(source.Schema, columns, steps, windowColumnName);
    }

    public static DataViewSchema SchemaWith(DataViewSchema source, SeriesColumns columns, int steps, string windowColumnName)
    {
        var calendar = columns.TimeColumnName != null;
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(source);
        builder.AddColumn(windowColumnName,
            new VectorDataViewType(NumberDataViewType.Single, SeriesWindow.Size(steps, columns.Width(source), calendar)),
            AnnotationKinds.WithSlotNames(SeriesWindow.SlotNames(steps, columns.ValueNames(source), calendar)));
        return builder.ToSchema();
    }

    /// <summary>No: the rows of a window follow each other.</summary>
    public bool CanShuffle => false;

    public DataViewSchema Schema { get; }

    public long? GetRowCount() => _source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(this, columnsNeeded);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded)];

    sealed class Cursor : DataViewRowCursor
    {
        readonly WindowedView _view;
        readonly DataViewRowCursor _source;
        readonly bool[] _active;
        readonly SeriesWindow? _window;
        readonly Action? _read;

        public Cursor(WindowedView view, IEnumerable<DataViewSchema.Column> needed)
        {
            _view = view;
            var (schema, columns) = (view._source.Schema, view._columns);
            _active = new bool[view.Schema.Count];
            foreach (var column in needed)
                _active[column.Index] = true;
            var wanted = Enumerable.Range(0, schema.Count).Where(i => _active[i]).ToHashSet();
            if (_active[^1])
            {
                wanted.Add(schema[columns.ValueColumnName].Index);
                if (columns.TimeColumnName != null)
                    wanted.Add(schema[columns.TimeColumnName].Index);
            }
            _source = view._source.GetRowCursor(wanted.Order().Select(i => schema[i]));
            if (!_active[^1])
                return;
            _window = new SeriesWindow(view._steps, view._width, columns.TimeColumnName != null);
            _read = Reader(_window, _source, columns, view._width);
        }

        static Action Reader(SeriesWindow window, DataViewRowCursor source, SeriesColumns columns, int width)
        {
            var step = new float[width];
            var time = default(DateTime);
            var readTime = columns.TimeColumnName is { } name ? source.GetGetter<DateTime>(source.Schema[name]) : null;
            var column = source.Schema[columns.ValueColumnName];
            if (column.Type is not VectorDataViewType)
            {
                var readValue = source.GetGetter<float>(column);
                return () =>
                {
                    readValue(ref step[0]);
                    readTime?.Invoke(ref time);
                    window.Add(step, time);
                };
            }
            var readValues = new FeatureReader(source, column, width);
            return () =>
            {
                readValues.Read(step);
                readTime?.Invoke(ref time);
                window.Add(step, time);
            };
        }

        public override DataViewSchema Schema => _view.Schema;
        public override long Position => _source.Position;
        public override long Batch => _source.Batch;

        public override bool MoveNext()
        {
            if (!_source.MoveNext())
                return false;
            _read?.Invoke();
            return true;
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => _source.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (!IsColumnActive(column))
                throw Getters.Inactive(column);
            if (column.Index < _active.Length - 1)
                return _source.GetGetter<TValue>(_source.Schema[column.Index]);
            return Getters.Cast<TValue>((ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
            {
                var editor = VBufferEditor.Create(ref value, _window!.Values.Length);
                _window.Values.CopyTo(editor.Values);
                value = editor.Commit();
            }), column);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _source.Dispose();
            base.Dispose(disposing);
        }
    }
}
