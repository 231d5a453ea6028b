using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>The names of a language model's columns; those that may be null are only there where they have one.</summary>
sealed record LanguageColumns(string Text, string? Perplexity, string? LogLikelihood, string? Continuation)
{
    /// <summary>The columns of what is told of a text; what it costs most to tell comes last.</summary>
    public ResultColumn<LanguageModelTransformer.Judgement>[] Outputs() =>
    [
        .. One(Perplexity, name => ResultColumn<LanguageModelTransformer.Judgement>.Single(name, told => (float)told.Likelihood.Perplexity)),
        .. One(LogLikelihood, name => ResultColumn<LanguageModelTransformer.Judgement>.Single(name, told => (float)told.Likelihood.LogLikelihood)),
        .. One(Continuation, name => ResultColumn<LanguageModelTransformer.Judgement>.Text(name, told => told.Continuation!)),
    ];

    /// <summary>The shapes of the columns.</summary>
    public IEnumerable<Microsoft.ML.SchemaShape.Column> ToShapes() => Outputs().Select(column => Shapes.Column(column.Name, column.Type));

    static IEnumerable<T> One<T>(string? name, Func<string, T> column) => name == null ? [] : [column(name)];
}
