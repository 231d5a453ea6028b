using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>The names of ML.NET's standard annotations, and makers of those that components here attach.</summary>
static class AnnotationKinds
{
    public const string SlotNames = "SlotNames";
    const string CategoricalSlotRanges = "CategoricalSlotRanges";
    const string ScoreColumnKind = "ScoreColumnKind";
    const string ScoreColumnSetId = "ScoreColumnSetId";
    const string ScoreValueKind = "ScoreValueKind";

    /// <summary>SlotNames of a vector, or none where there are no names.</summary>
    public static DataViewSchema.Annotations? WithSlotNames(IReadOnlyList<string>? names)
    {
        if (names == null)
            return null;
        var values = new ReadOnlyMemory<char>[names.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = names[i].AsMemory();
        var builder = new DataViewSchema.Annotations.Builder();
        builder.Add(SlotNames, new VectorDataViewType(TextDataViewType.Instance, values.Length),
            (ref VBuffer<ReadOnlyMemory<char>> value) => new VBuffer<ReadOnlyMemory<char>>(values.Length, values).CopyTo(ref value));
        return builder.ToAnnotations();
    }

    /// <summary>
    /// The annotations by which evaluators find an anomaly detector's columns. ML.NET's own detector calls its kind
    /// "BinaryClassification" and orders the entries differently on its two columns; both are kept.
    /// </summary>
    /// <param name="valueKind">"Score" or "PredictedLabel".</param>
    public static DataViewSchema.Annotations ForDetector(string valueKind)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        AddText(ScoreColumnKind, "BinaryClassification");
        if (valueKind == "Score")
            AddSetId();
        AddText(ScoreValueKind, valueKind);
        if (valueKind != "Score")
            AddSetId();
        return builder.ToAnnotations();

        void AddText(string name, string text) =>
            builder.AddPrimitiveValue(name, TextDataViewType.Instance, text.AsMemory());

        void AddSetId() =>
            builder.AddPrimitiveValue(ScoreColumnSetId, new KeyDataViewType(typeof(uint), int.MaxValue), 1u);
    }

    /// <summary>The slot names of a column as text, or null where it has none.</summary>
    public static string[]? ReadSlotNames(this DataViewSchema.Column column)
    {
        if (!column.HasSlotNames())
            return null;
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        column.GetSlotNames(ref names);
        return names.DenseValues().Select(name => name.ToString()).ToArray();
    }

    /// <summary>The runs of slots that ML.NET marks as the indicators of one category, from the first slot to the last.</summary>
    public static IReadOnlyList<(int First, int Last)> ReadCategoricalSlots(this DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull(CategoricalSlotRanges)?.Type is not VectorDataViewType type
            || type.ItemType != NumberDataViewType.Int32)
            return [];
        var ranges = default(VBuffer<int>);
        column.Annotations.GetValue(CategoricalSlotRanges, ref ranges);
        return [.. ranges.DenseValues().Chunk(2).Where(range => range.Length == 2).Select(range => (range[0], range[1]))];
    }
}
