using Microsoft.ML;

namespace Extensions.ML;

/// <summary>What every row here answers when it is asked for a column wrongly.</summary>
static class Getters
{
    public static ArgumentOutOfRangeException Inactive(DataViewSchema.Column column) =>
        new(nameof(column), $"Column '{column.Name}' was not asked for when the rows were opened, so it has no values.");

    public static ValueGetter<TValue> Cast<TValue>(Delegate getter, DataViewSchema.Column column) =>
        getter as ValueGetter<TValue> ?? throw new InvalidOperationException(
            $"Invalid TValue: '{typeof(TValue)}', expected type: '{column.Type.RawType}' (column '{column.Name}').");
}
