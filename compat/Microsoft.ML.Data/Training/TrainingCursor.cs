using System;
using System.Collections.Generic;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>
/// One pass over the rows that a trainer can use: label and features finite, weight above 0. A label or weight that the data has
/// no column for is 0 or 1.
/// </summary>
sealed class TrainingCursor : IDisposable
{
    readonly DataViewRowCursor _cursor;
    readonly ValueGetter<VBuffer<float>> _getFeatures;
    readonly ValueGetter<float> _getLabel;
    readonly ValueGetter<float> _getWeight;

    public VBuffer<float> Features;
    public float Label;
    public float Weight = 1;

    public TrainingCursor(RoleMappedData data)
    {
        var schema = data.Schema;
        List<DataViewSchema.Column> columns = [schema.Feature.Value];
        if (schema.Label is { } label)
            columns.Add(label);
        if (schema.Weight is { } weight)
            columns.Add(weight);
        _cursor = data.Data.GetRowCursor(columns);
        _getFeatures = _cursor.GetGetter<VBuffer<float>>(schema.Feature.Value);
        _getLabel = schema.Label is null ? null : TypedColumns.LabelGetter(_cursor, schema.Label.Value);
        _getWeight = schema.Weight is null ? null : _cursor.GetGetter<float>(schema.Weight.Value);
    }

    public long Kept { get; private set; }
    public long Skipped { get; private set; }

    /// <summary>How many of the skipped rows were so for their features.</summary>
    public long SkippedForFeatures { get; private set; }

    public bool MoveNext()
    {
        while (_cursor.MoveNext())
        {
            if (Accept())
            {
                Kept++;
                return true;
            }
            Skipped++;
        }
        return false;
    }

    bool Accept()
    {
        _getLabel?.Invoke(ref Label);
        if (!float.IsFinite(Label))
            return false;
        _getWeight?.Invoke(ref Weight);
        if (!(Weight > 0 && float.IsFinite(Weight)))
            return false;
        _getFeatures(ref Features);
        if (TypedColumns.AllFinite(Features.GetValues()))
            return true;
        SkippedForFeatures++;
        return false;
    }

    public void Dispose() => _cursor.Dispose();

    /// <summary>The number of features.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not known, or the features are not Single.</exception>
    public static int FeatureCount(RoleMappedData data)
    {
        var column = data.Schema.Feature.Value;
        var size = TypedColumns.SingleVectorSize(column.Type);
        return size > 0 ? size : throw Contracts.ExceptParam(nameof(data),
            "Training feature column '{0}' must be a known-size vector of R4, but has type: {1}.", column.Name, column.Type);
    }
}
