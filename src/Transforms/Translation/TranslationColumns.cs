using Microsoft.ML;

namespace Extensions.ML;

/// <summary>The names of a translator's columns; those that may be null are only there where they have one.</summary>
sealed record TranslationColumns(string Source, string Translation, string? LogProbabilities, string? Score, string? Tokens, string? Attention,
    string? Alternatives, string? AlternativeScores)
{
    /// <summary>The columns of what is found for a source: its translations, best first, at least one.</summary>
    public ResultColumn<IReadOnlyList<Translation>>[] Outputs() =>
    [
        ResultColumn<IReadOnlyList<Translation>>.Text(Translation, found => found[0].Text),
        .. One(LogProbabilities, name => ResultColumn<IReadOnlyList<Translation>>.Vector(name, found => [.. found[0].LogProbabilities])),
        .. One(Score, name => ResultColumn<IReadOnlyList<Translation>>.Single(name, found => (float)found[0].Score)),
        .. One(Tokens, name => ResultColumn<IReadOnlyList<Translation>>.Texts(name, found => found[0].Tokens)),
        .. One(Attention, name => ResultColumn<IReadOnlyList<Translation>>.Vector(name, found => [.. found[0].Attention!.Cast<float>()])),
        .. One(Alternatives, name => ResultColumn<IReadOnlyList<Translation>>.Texts(name, found => [.. found.Select(one => one.Text)])),
        .. One(AlternativeScores, name => ResultColumn<IReadOnlyList<Translation>>.Vector(name, found => [.. found.Select(one => (float)one.Score)])),
    ];

    /// <summary>The shapes of the columns.</summary>
    public IEnumerable<SchemaShape.Column> ToShapes() => Outputs().Select(column => Shapes.Column(column.Name, column.Type));

    static IEnumerable<T> One<T>(string? name, Func<string, T> column) => name == null ? [] : [column(name)];
}
