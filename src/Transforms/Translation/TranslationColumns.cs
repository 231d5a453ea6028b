using Microsoft.ML;
using Column = Extensions.ML.ResultColumn<System.Collections.Generic.IReadOnlyList<Extensions.ML.Translation>>;

namespace Extensions.ML;

/// <summary>The names of a translator's columns; those that may be null are only there where they have one.</summary>
sealed record TranslationColumns(string Source, string Translation, string? LogProbabilities, string? Score, string? Tokens, string? Attention,
    string? Alternatives, string? AlternativeScores)
{
    /// <summary>The columns of what is found for a source: its translations, best first, at least one.</summary>
    public Column[] Outputs() =>
    [
        Column.Text(Translation, found => found[0].Text),
        .. Column.IfNamed(LogProbabilities, name => Column.Vector(name, found => [.. found[0].LogProbabilities])),
        .. Column.IfNamed(Score, name => Column.Single(name, found => (float)found[0].Score)),
        .. Column.IfNamed(Tokens, name => Column.Texts(name, found => found[0].Tokens)),
        .. Column.IfNamed(Attention, name => Column.Vector(name, found => [.. found[0].Attention!.Cast<float>()])),
        .. Column.IfNamed(Alternatives, name => Column.Texts(name, found => [.. found.Select(one => one.Text)])),
        .. Column.IfNamed(AlternativeScores, name => Column.Vector(name, found => [.. found.Select(one => (float)one.Score)])),
    ];

    /// <summary>The shapes of the columns.</summary>
    public IEnumerable<SchemaShape.Column> ToShapes() => Outputs().Select(column => column.ToShape());
}
