using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>The names of ML.NET's standard annotations, and makers of those that components here attach.</summary>
static class AnnotationKinds
{
    public const string SlotNames = "SlotNames";
    const string CategoricalSlotRanges = "CategoricalSlotRanges";
    public const string KeyValues = "KeyValues";
    public const string TrainingLabelValues = "TrainingLabelValues";
    public const string BinaryTask = "BinaryClassification";
    public const string MulticlassTask = "MulticlassClassification";
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
    public static DataViewSchema.Annotations ForDetector(string valueKind) =>
        valueKind == "Score" ? ForScore(BinaryTask) : ForPredictedLabel(BinaryTask);

    /// <summary>The annotations of a predicted label.</summary>
    /// <param name="task"><see cref="BinaryTask"/> or <see cref="MulticlassTask"/>.</param>
    /// <param name="names">What the keys of the classes stand for, or null.</param>
    public static DataViewSchema.Annotations ForPredictedLabel(string task, KeyNames? names = null)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        AddText(builder, ScoreColumnKind, task);
        AddText(builder, ScoreValueKind, "PredictedLabel");
        names?.AddTo(builder, KeyValues);
        AddSetId(builder);
        return builder.ToAnnotations();
    }

    /// <summary>The annotations of a score, or of one score for each class.</summary>
    /// <param name="task"><see cref="BinaryTask"/> or <see cref="MulticlassTask"/>.</param>
    /// <param name="names">What the keys of the classes stand for, or null. Texts name the slots too.</param>
    public static DataViewSchema.Annotations ForScore(string task, KeyNames? names = null)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        AddText(builder, ScoreColumnKind, task);
        AddSetId(builder);
        AddText(builder, ScoreValueKind, "Score");
        names?.AddTo(builder, TrainingLabelValues);
        if (names?.Kind == DataKind.String)
            names.AddTo(builder, SlotNames);
        return builder.ToAnnotations();
    }

    /// <summary>The annotations of a probability of two classes.</summary>
    public static DataViewSchema.Annotations ForProbability()
    {
        var builder = new DataViewSchema.Annotations.Builder();
        AddText(builder, ScoreColumnKind, BinaryTask);
        AddSetId(builder);
        builder.AddPrimitiveValue("IsNormalized", BooleanDataViewType.Instance, true);
        AddText(builder, ScoreValueKind, "Probability");
        return builder.ToAnnotations();
    }

    static void AddText(DataViewSchema.Annotations.Builder builder, string name, string text) =>
        builder.AddPrimitiveValue(name, TextDataViewType.Instance, text.AsMemory());

    static void AddSetId(DataViewSchema.Annotations.Builder builder) =>
        builder.AddPrimitiveValue(ScoreColumnSetId, new KeyDataViewType(typeof(uint), int.MaxValue), 1u);

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
