using System.Globalization;
using Extensions.ML;
using Extensions.ML.Generators;
using Samples.Charts;
using Samples.Output;

namespace Translation;

/// <summary>What a translator can do, on the screen and as a page.</summary>
sealed class Report
{
    const int MostTokens = 20; // of a sentence whose maps are drawn
    const int Shown = 4; // sentences with their translations

    readonly Corpus _corpus;
    readonly TranslationTransformer _model;
    readonly HtmlReport _html;

    public Report(SampleOptions options, Corpus corpus, TranslationTransformer model)
    {
        (_corpus, _model) = (corpus, model);
        _html = new HtmlReport(options.Out, "English to German", $"A transformer that learned from {corpus.Training.Length:N0} pairs of sentences. {corpus.Name}.");
    }

    public void AddScores(TranslationMetrics metrics, double perplexity, TimeSpan time)
    {
        var table = new Table($"{_corpus.Test.Length:N0} translations beside those of people", ["Measure", "Value"],
        [
            ["BLEU", Text(metrics.Bleu.Score)], ["chrF2", Text(metrics.Chrf2.Score)], ["chrF2++", Text(metrics.Chrf2PlusPlus.Score)],
            ["TER", Text(metrics.Ter.Score)], ["Perplexity of the references", Text(perplexity)], ["Seconds", Text(time.TotalSeconds)],
        ], $"BLEU: {metrics.Bleu.Signature}. TER and perplexity are better when lower.");
        Screen.Show(table);
        _html.Section("Measured", "How many runs of words and characters the translations share with those of people.");
        _html.Add(table);
        _html.Add(("learning.png", LineChart.LearningCurves("Learning", "Loss on the validation pairs", "Loss",
            new Series("validation", [.. _model.History.Epochs.Select(epoch => ((double)epoch.Epoch, epoch.ValidationLoss!.Value))], Theme.Ours)),
            "The loss after each epoch"));
    }

    /// <summary>The best translations of some sentences, with their scores.</summary>
    public void AddAlternatives()
    {
        const string explanation = "Score: logarithm of the probability over the length penalty. In brackets: the translation of a person.";
        var decoding = _model.Decoding with { Results = 3 };
        var rows = new List<string[]>();
        Screen.Heading("The three best translations");
        foreach (var pair in _corpus.Test.Take(Shown))
        {
            Screen.Line(pair.Source);
            foreach (var found in _model.Translate(pair.Source, decoding))
            {
                Screen.Line($"  {Text(found.Score),6}  {found.Text}");
                rows.Add([rows.Count % 4 == 0 ? pair.Source : "", found.Text, Text(found.Score)]);
            }
            Screen.Line($"          ({pair.Target})");
            rows.Add(["", $"({pair.Target})", ""]);
        }
        _html.Section("Translations", "A beam search keeps the most probable beginnings of a translation, and ends with several whole ones.");
        _html.Add(new Table("The three best translations", ["English", "German", "Score"], rows, explanation, TextColumns: 2));
    }

    /// <summary>Where the network looks while it translates a sentence, in every layer and head.</summary>
    public void AddAttention()
    {
        var source = _corpus.Test.Select(pair => pair.Source).First(text => _model.SourceTokenizer.Encode(text).Length is > 2 and < MostTokens);
        _html.Section("Attention", $"Where each token looks, layer by layer and head by head, while the network translates: {source}");
        _html.Add(AttentionCharts.Draw(_model.Attention(source)));
    }

    public void Save()
    {
        _html.Save();
        Screen.Line("");
        Screen.Line($"The report: {_html.Path}");
    }

    static string Text(double value) => value.ToString("F2", CultureInfo.InvariantCulture);
}
