using Microsoft.ML;
using Column = Extensions.ML.ResultColumn<Extensions.ML.LanguageModelTransformer.Judgement>;

namespace Extensions.ML;

/// <summary>The names of a language model's columns; those that may be null are only there where they have one.</summary>
sealed record LanguageColumns(string Text, string? Perplexity, string? LogLikelihood, string? Continuation)
{
    /// <summary>The columns of what is told of a text; what it costs most to tell comes last.</summary>
    public Column[] Outputs() =>
    [
        .. Column.IfNamed(Perplexity, name => Column.Single(name, told => (float)told.Likelihood.Perplexity)),
        .. Column.IfNamed(LogLikelihood, name => Column.Single(name, told => (float)told.Likelihood.LogLikelihood)),
        .. Column.IfNamed(Continuation, name => Column.Text(name, told => told.Continuation!)),
    ];

    /// <summary>The shapes of the columns.</summary>
    public IEnumerable<SchemaShape.Column> ToShapes() => Outputs().Select(column => column.ToShape());
}
