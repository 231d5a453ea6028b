using Microsoft.ML;

namespace Extensions.ML;

/// <summary>A scorer of texts: a text of each row goes in, a result comes out that all output columns are seen from.</summary>
/// <typeparam name="TResult">What is computed for a text.</typeparam>
interface ITextScorer<TResult> : IBatchScorer
{
    // Many texts: their lengths differ widely, and the scorer runs those of about the same length together.
    const int BlockRows = 256;

    /// <summary>Name of the text column.</summary>
    string InputColumnName { get; }

    new IReadOnlyList<ResultColumn<TResult>> Outputs { get; }

    /// <summary>Computes what the output columns asked for are seen from.</summary>
    /// <param name="texts">At least one; a missing text is an empty one.</param>
    /// <param name="active">Which of <see cref="Outputs"/> are wanted.</param>
    /// <returns>One result for each text.</returns>
    TResult[] Score(IReadOnlyList<string> texts, bool[] active);

    IReadOnlyList<OutputColumn> IBatchScorer.Outputs => Outputs;
    DataViewSchema.Column[] IBatchScorer.Bind(DataViewSchema schema) => [schema.RequireText("text", InputColumnName)];
    ScoringBlock IBatchScorer.Open(DataViewRow row, DataViewSchema.Column[] inputs, bool[] active, int most) =>
        new TextScoringBlock<TResult>(this, row.GetGetter<ReadOnlyMemory<char>>(inputs[0]), active, Math.Min(most, BlockRows));
}

/// <summary>Texts, and what was computed for them.</summary>
sealed class TextScoringBlock<TResult>(ITextScorer<TResult> scorer, ValueGetter<ReadOnlyMemory<char>> getter, bool[] active, int rows)
    : ScoringBlock(rows)
{
    readonly string[] _texts = new string[rows];
    TResult[] _results = [];

    public override void Read(int place)
    {
        ReadOnlyMemory<char> text = default;
        getter(ref text);
        _texts[place] = text.ToString();
    }

    public override void Score(int count) => _results = scorer.Score(new ArraySegment<string>(_texts, 0, count), active);

    public override Delegate CreateGetter(int output, Func<int> row) => scorer.Outputs[output].CreateGetter(() =>
    {
        var place = row();
        return _results[place];
    });
}
