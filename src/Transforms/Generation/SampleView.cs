using System.Numerics.Tensors;
using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>Generated rows as a data view. They are made in blocks while they are read, and are the same at every reading.</summary>
sealed class SampleView : IDataView
{
    // Rows are always made in whole blocks, also the last one: the arithmetic of a row then never depends on how many are asked for.
    const int BlockValues = 1 << 16;

    readonly GeneratorTransformer _generator;
    readonly IRowBlocks _rows;
    readonly long _count;
    readonly int _blockRows;

    /// <param name="generator">Tells the columns.</param>
    /// <param name="rows">Makes the rows.</param>
    /// <param name="count">Number of rows.</param>
    public SampleView(GeneratorTransformer generator, IRowBlocks rows, long count)
    {
        (_generator, _rows, _count) = (generator, rows, count);
        _blockRows = Math.Clamp(BlockValues / generator.Inputs.Size, 16, 1024);
        var builder = new DataViewSchema.Builder();
        foreach (var codec in generator.Inputs.Codecs)
            builder.AddColumn(codec.Name, codec.Type, codec.Annotations);
        if (generator.Label is { } label)
            builder.AddColumn(label.Name, label.Column.Type, label.Column.Annotations);
        Schema = builder.ToSchema();
    }

    public bool CanShuffle => false;
    public DataViewSchema Schema { get; }
    public long? GetRowCount() => _count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new Cursor(this, columnsNeeded.Select(column => column.Index).ToHashSet());

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    sealed class Cursor(SampleView view, HashSet<int> active) : DataViewRowCursor
    {
        readonly float[] _rows = new float[view._blockRows * view._generator.Inputs.Size];
        readonly int[] _classes = new int[view._generator.Label == null ? 0 : view._blockRows];
        long _position = -1;
        long _block = -1;
        bool _ended;

        public override DataViewSchema Schema => view.Schema;
        public override long Position => _position;
        public override long Batch => 0;

        public override bool MoveNext()
        {
            _ended |= _position + 1 >= view._count;
            _position = _ended ? -1 : _position + 1;
            return !_ended;
        }

        // Made when the first value of the block is asked for: counting rows costs nothing.
        int Row()
        {
            if (_position < 0)
                throw new InvalidOperationException("The cursor stands on no row: call MoveNext, and read only while it returns true.");
            var block = _position / view._blockRows;
            if (block != _block)
            {
                view._rows.Fill(block * view._blockRows, view._blockRows, _classes, _rows);
                if (!TensorPrimitives.IsFiniteAll(_rows))
                    throw new InvalidOperationException("The values that the generator makes are not finite: its training diverged, or its file is damaged.");
                _block = block;
            }
            return (int)(_position % view._blockRows);
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (!IsColumnActive(column))
                throw Getters.Inactive(column);
            var inputs = view._generator.Inputs;
            if (column.Index == inputs.Codecs.Count)
                return Getters.Cast<TValue>(view._generator.Label!.CreateGetter(() => _classes[Row()]), column);
            var codec = inputs.Codecs[column.Index];
            return Getters.Cast<TValue>(
                codec.CreateGetter(() => _rows.AsMemory(Row() * inputs.Size + inputs.Start(column.Index), codec.Slots)), column);
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)_position, 0);
    }
}

/// <summary>Makes the rows of a view, any of them at any time, on any thread.</summary>
interface IRowBlocks
{
    /// <summary>Makes consecutive rows.</summary>
    /// <param name="first">Number of the first, from 0.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="classes">[count], from 0; empty where the generator knows none.</param>
    /// <param name="rows">[count, input size]</param>
    void Fill(long first, int count, Span<int> classes, Span<float> rows);
}

/// <summary>Rows drawn from a generator.</summary>
/// <param name="generator">Draws.</param>
/// <param name="seed">Seed of the sample.</param>
/// <param name="wanted">The class of all rows, or null to draw it by the shares in training.</param>
sealed class DrawnRows(RowGenerator generator, int seed, int? wanted) : IRowBlocks
{
    public void Fill(long first, int count, Span<int> classes, Span<float> rows)
    {
        var noise = new RowNoise(seed, first, count);
        generator.DrawClasses(noise, wanted).CopyTo(classes);
        generator.Generate(noise, classes, rows);
    }
}
