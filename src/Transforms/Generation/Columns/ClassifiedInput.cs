using Microsoft.ML;

namespace Extensions.ML;

/// <summary>Rows of a table with the number of their class behind them, for networks that are told it.</summary>
sealed class ClassifiedInput(TableColumns inputs, ClassLabel label) : RowInput
{
    public override int Size => inputs.Size + 1;

    public override DataViewSchema.Column[] Bind(DataViewSchema schema) => [.. inputs.Bind(schema), label.Bind(schema)];

    public override IRowInputReader Open(DataViewRow row, DataViewSchema.Column[] columns) =>
        new Reader(inputs.Open(row, columns[..^1]), label.Open(row, columns[^1]));

    sealed class Reader(IRowInputReader features, Func<int> read) : IRowInputReader
    {
        public void ReadChecked(Span<float> destination)
        {
            features.ReadChecked(destination[..^1]);
            destination[^1] = read();
        }
    }
}
