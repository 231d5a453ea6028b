using System;
using System.Collections.Generic;
using Microsoft.ML.Internal.Utilities;
using Kinds = Microsoft.ML.Data.AnnotationUtils.Kinds;
using ValueKind = Microsoft.ML.Data.AnnotationUtils.Const.ScoreValueKind;

namespace Microsoft.ML.Data;

/// <summary>The columns that one scorer adds. They share a set id, one above the highest that the input has.</summary>
sealed class ScoreColumns
{
    readonly string _task;
    readonly uint _setId;
    readonly DataViewSchema.Column _features;
    readonly Func<DataViewRow, RowScorer> _scorer;
    readonly List<MappedColumn> _columns = [];

    /// <param name="task">The kind of score, one of <see cref="AnnotationUtils.Const.ScoreColumnKind"/>.</param>
    public ScoreColumns(IScoringModel model, DataViewSchema input, DataViewSchema.Column features, string task)
    {
        _task = task;
        _setId = input.GetMaxAnnotationKind(out _, Kinds.ScoreColumnSetId) + 1;
        _features = features;
        _scorer = RowScorer.Shared(model, features);
    }

    public IReadOnlyList<MappedColumn> Columns => _columns;

    /// <summary>The predicted class; <paramref name="extra"/> adds annotations between the kinds and the set id.</summary>
    public void AddPredictedLabel<T>(
        string name, DataViewType type, Func<RowScorer, T> predict, Action<DataViewSchema.Annotations.Builder> extra = null)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        AddText(annotations, Kinds.ScoreColumnKind, _task);
        AddText(annotations, Kinds.ScoreValueKind, ValueKind.PredictedLabel);
        extra?.Invoke(annotations);
        AddSetId(annotations);
        Add(name, type, annotations, predict);
    }

    /// <summary>A number of kind Score or Probability.</summary>
    public void AddScalar(string name, string valueKind, Func<RowScorer, float> value, Action<DataViewSchema.Annotations.Builder> extra = null)
    {
        var annotations = ScoreAnnotations();
        extra?.Invoke(annotations);
        AddText(annotations, Kinds.ScoreValueKind, valueKind);
        Add(name, NumberDataViewType.Single, annotations, value);
    }

    public void AddScoreVector(string name, int size, Action<DataViewSchema.Annotations.Builder> extra = null)
    {
        var annotations = ScoreAnnotations();
        AddText(annotations, Kinds.ScoreValueKind, ValueKind.Score);
        extra?.Invoke(annotations);
        var type = new VectorDataViewType(NumberDataViewType.Single, size);
        _columns.Add(new MappedColumn(name, type, annotations.ToAnnotations(), [_features.Index], row =>
        {
            var scorer = _scorer(row);
            return (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => VBufferUtils.Set(ref value, scorer.Scores));
        }));
    }

    void Add<T>(string name, DataViewType type, DataViewSchema.Annotations.Builder annotations, Func<RowScorer, T> get)
        => _columns.Add(new MappedColumn(name, type, annotations.ToAnnotations(), [_features.Index], row =>
        {
            var scorer = _scorer(row);
            return (ValueGetter<T>)((ref T value) => value = get(scorer));
        }));

    DataViewSchema.Annotations.Builder ScoreAnnotations()
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        AddText(annotations, Kinds.ScoreColumnKind, _task);
        AddSetId(annotations);
        return annotations;
    }

    void AddSetId(DataViewSchema.Annotations.Builder annotations)
        => annotations.Add(Kinds.ScoreColumnSetId, AnnotationUtils.ScoreColumnSetIdType, (ref uint value) => value = _setId);

    static void AddText(DataViewSchema.Annotations.Builder annotations, string kind, string text)
        => annotations.Add(kind, TextDataViewType.Instance, (ref ReadOnlyMemory<char> value) => value = text.AsMemory());
}
