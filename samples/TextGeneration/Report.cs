using Extensions.ML;
using Extensions.ML.Generators;
using Samples.Charts;
using Samples.Output;

namespace TextGeneration;

/// <summary>What the models learned and wrote, on the screen and as a page.</summary>
sealed class Report(SampleOptions options, Texts texts)
{
    readonly List<string[]> _measures = [];
    readonly List<(string FileName, Samples.Drawing.Canvas Chart, string Caption)> _curves = [];
    readonly List<Table> _written = [];

    public void Add(string name, LanguageModelTransformer model, double bits, TimeSpan time)
    {
        _measures.Add([name, $"{model.Tokenizer.VocabularySize:N0}", $"{model.Perplexity(texts.Test.Select(text => text.Content)):F2}",
            $"{bits:F3}", $"{time.TotalSeconds:F0} s"]);
        _curves.Add(($"loss-{_curves.Count + 1}.png", LineChart.LearningCurves(name, model.History), $"How {name} learned"));
    }

    /// <summary>Lets a model go on from each prompt in several ways.</summary>
    public void AddWritten(LanguageModelTransformer model)
    {
        foreach (var prompt in texts.Prompts)
        {
            _written.Add(new($"Behind \"{Flat(prompt)}\"", ["Way", "Text"],
                [.. Ways().Select(way => new[] { way.Name, Flat(model.Generate(prompt, way.Decoding with { MaximumLength = 90 })[0].Text) })], TextColumns: 2));
            Screen.Show(_written[^1]);
        }

        static string Flat(string text) => text.Replace("\n", " / ");
    }

    static IEnumerable<(string Name, DecodingOptions Decoding)> Ways() =>
    [
        ("the most probable token", new() { Beams = 1 }),
        ("no six tokens twice", new() { Beams = 1, NoRepeatNgramSize = 6 }),
        ("five beams", new() { Beams = 5 }),
        ("drawn, temperature 0.5", new() { Sampling = new() { Temperature = 0.5 } }),
        ("drawn of the upper 90 %", new() { Sampling = new() { TopP = 0.9 } }),
        ("drawn of all", new() { Sampling = new() }),
    ];

    public void Save()
    {
        var html = new HtmlReport(options.Out, "Written texts",
            $"Language models learned {texts.Training.Count:N0} texts ({texts.Name}) and wrote new ones.");
        var measures = new Table("Texts they have not seen", ["Model", "Tokens", "Perplexity", "Bits a character", "Training"], _measures,
            "Perplexity is that of a token, so only models of the same tokens can be compared by it; fewer bits a character are better for all.");
        Screen.Show(measures);
        html.Section("How well they know such texts", "The probability of texts that were kept out of training, told as the bits that a character would take.");
        html.Add(measures);
        html.Add(_curves);
        html.Section("What the best one wrote", "The most probable text repeats itself; what is drawn does not, and errs the more, the more is drawn from.");
        foreach (var table in _written)
            html.Add(table);
        html.Save();
        Screen.Line($"The report: {html.Path}");
    }
}
