using System;
using System.Collections.Generic;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The annotations that the library itself writes and reads.</summary>
static class AnnotationUtils
{
    public static class Kinds
    {
        public const string SlotNames = "SlotNames", KeyValues = "KeyValues", ScoreColumnSetId = "ScoreColumnSetId",
            ScoreColumnKind = "ScoreColumnKind", ScoreValueKind = "ScoreValueKind", IsNormalized = "IsNormalized",
            IsUserVisible = "IsUserVisible", TrainingLabelValues = "TrainingLabelValues", CategoricalSlotRanges = "CategoricalSlotRanges";
    }

    public static class Const
    {
        public static class ScoreColumnKind
        {
            public const string BinaryClassification = "BinaryClassification", MulticlassClassification = "MulticlassClassification",
                Regression = "Regression", Ranking = "Ranking", Clustering = "Clustering", AnomalyDetection = "AnomalyDetection";
        }

        public static class ScoreValueKind
        {
            public const string Score = "Score", PredictedLabel = "PredictedLabel", Probability = "Probability";
        }
    }

    public static KeyDataViewType ScoreColumnSetIdType { get; } = new(typeof(uint), int.MaxValue);

    public static VectorDataViewType GetCategoricalType(int rangeCount)
    {
        Contracts.CheckParam(rangeCount > 0, nameof(rangeCount), "must be known size");
        return new(NumberDataViewType.Int32, rangeCount, 2);
    }

    public static void AddSlotNames(this DataViewSchema.Annotations.Builder builder, int size, ValueGetter<VBuffer<ReadOnlyMemory<char>>> getter)
        => builder.Add(Kinds.SlotNames, new VectorDataViewType(TextDataViewType.Instance, size), getter);

    public static void AddKeyValues<TValue>(
        this DataViewSchema.Annotations.Builder builder, int size, PrimitiveDataViewType type, ValueGetter<VBuffer<TValue>> getter)
        => builder.Add(Kinds.KeyValues, new VectorDataViewType(type, size), getter);

    public static bool HasSlotNames(this DataViewSchema.Column column, int size)
        => size != 0 && column.Annotations.Schema.GetColumnOrNull(Kinds.SlotNames)?.Type is VectorDataViewType { ItemType: TextDataViewType } names
            && names.Size == size;

    public static bool HasSlotNames(this SchemaShape.Column column)
        => column.Kind == SchemaShape.Column.VectorKind.Vector && column.Annotations.TryFindColumn(Kinds.SlotNames, out var names)
            && names is { Kind: SchemaShape.Column.VectorKind.Vector, IsKey: false, ItemType: TextDataViewType };

    public static bool IsNormalized(this SchemaShape.Column column)
        => column.Annotations.TryFindColumn(Kinds.IsNormalized, out var flag)
            && flag is { Kind: SchemaShape.Column.VectorKind.Scalar, IsKey: false, ItemType: BooleanDataViewType };

    /// <summary>The highest value of a key annotation over the columns, and the column that has it; 0 and -1 if there is none.</summary>
    public static uint GetMaxAnnotationKind(
        this DataViewSchema schema, out int maxColumn, string kind, Func<DataViewSchema, int, bool> filter = null)
    {
        uint max = 0;
        maxColumn = -1;
        foreach (var column in schema)
        {
            if (column.Annotations.Schema.GetColumnOrNull(kind)?.Type is not KeyDataViewType type || type.RawType != typeof(uint)
                || filter?.Invoke(schema, column.Index) == false)
                continue;
            uint value = 0;
            column.Annotations.GetValue(kind, ref value);
            if (value > max)
                (max, maxColumn) = (value, column.Index);
        }
        return max;
    }

    /// <summary>Shapes of the annotations of a Score column.</summary>
    public static IEnumerable<SchemaShape.Column> GetTrainerOutputAnnotation(bool isNormalized = false)
    {
        yield return Scalar(Kinds.ScoreColumnSetId, NumberDataViewType.UInt32, isKey: true);
        yield return Scalar(Kinds.ScoreColumnKind, TextDataViewType.Instance);
        yield return Scalar(Kinds.ScoreValueKind, TextDataViewType.Instance);
        if (isNormalized)
            yield return Scalar(Kinds.IsNormalized, BooleanDataViewType.Instance);

        static SchemaShape.Column Scalar(string kind, DataViewType type, bool isKey = false)
            => new(kind, SchemaShape.Column.VectorKind.Scalar, type, isKey);
    }

    /// <summary>The same for a vector of scores whose slots are the classes of a label column.</summary>
    public static IEnumerable<SchemaShape.Column> AnnotationsForMulticlassScoreColumn(SchemaShape.Column? labelColumn = null)
    {
        if (labelColumn is { IsKey: true } label && label.Annotations.TryFindColumn(Kinds.KeyValues, out var values)
            && values.Kind == SchemaShape.Column.VectorKind.Vector)
        {
            if (values.ItemType is TextDataViewType)
                yield return new(Kinds.SlotNames, SchemaShape.Column.VectorKind.Vector, TextDataViewType.Instance, false);
            yield return new(Kinds.TrainingLabelValues, SchemaShape.Column.VectorKind.Vector, values.ItemType, false);
        }
        foreach (var column in GetTrainerOutputAnnotation())
            yield return column;
    }
}
