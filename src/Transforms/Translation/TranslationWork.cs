using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>What a trainer of translators does from the first text to the last epoch.</summary>
sealed class TranslationWork(IHostEnvironment env, string name, TranslationOptions options) : TextWork(env, name, options)
{
    /// <summary>The token before a source that was made by a translator.</summary>
    const string MadeToken = "<made>";

    // A measure of an epoch, told in the history.
    const string BleuMeasure = "Bleu";

    /// <summary>Reads pairs that both say something.</summary>
    public ParallelTexts ReadPairs(IDataView data)
    {
        var texts = Read(data, data.Schema.RequireText("source", options.SourceColumnName), data.Schema.RequireText("target", options.TargetColumnName));
        return ParallelTexts.Of(texts[0], texts[1]);
    }

    public List<string> ReadSources(IDataView data) => Read(data, data.Schema.RequireText("source", options.SourceColumnName))[0];

    public List<string> ReadTargets(IDataView data) => Read(data, data.Schema.RequireText("target", options.TargetColumnName))[0];

    /// <summary>The best translation of each text.</summary>
    public string[] Translate(Translator translator, IReadOnlyList<string> texts, DecodingOptions? decoding) =>
        Array.ConvertAll(translator.Translate(texts, decoding ?? options.Decoding, Cancellation), found => found[0].Text);

    /// <summary>Learns tokenizers, then a network.</summary>
    /// <param name="texts">The pairs to learn from.</param>
    /// <param name="validation">The pairs to judge by; null for a share of the others.</param>
    /// <param name="checkpoint">Folder of the checkpoint within that of the options.</param>
    public Translator Train(ParallelTexts texts, ParallelTexts? validation = null, string checkpoint = "")
    {
        if (texts.Count == 0)
            throw new InvalidOperationException("The data has no pairs of texts to learn from.");
        if (validation == null)
            (texts, validation) = texts.Split(options.ValidationFraction, Options.Seed);
        var judges = options.Monitor == TranslationMonitor.Bleu;
        if (judges && validation.Count == 0)
            throw new InvalidOperationException("BLEU is that of validation pairs: give some to Fit, or set ValidationFraction.");

        var (source, target) = LearnTokenizers(texts);
        var architecture = new TranslationArchitecture
        {
            SourceVocabularySize = source.VocabularySize,
            VocabularySize = target.VocabularySize,
            SharedVocabulary = options.SharedVocabulary,
            Special = target.Special,
            MaximumLength = options.MaximumLength,
            Network = options.Design,
        };
        var pairs = new SequencePairs(Encode(texts, source, target), Encode(validation, source, target), Options.Seed);
        var model = TranslationModel.Train(architecture, pairs, OptionsFor(device => pairs.TrainingBatches(architecture, device, null)) with
        {
            CheckpointFolder = Options.CheckpointFolder is { } folder ? Path.Combine(folder, checkpoint) : null,
            MonitoredMeasure = judges ? BleuMeasure : null,
        }, new TranslationTraining
        {
            LabelSmoothing = options.LabelSmoothing,
            Measures = judges ? model => Judge(new(model, source, target), validation) : null,
        }, Cancellation);
        return new Translator(model, source, target);
    }

    (Tokenizer Source, Tokenizer Target) LearnTokenizers(ParallelTexts texts)
    {
        var tokens = options.Tokenizer;
        if (texts.Made > 0)
            tokens = tokens with { NamedTokens = [.. tokens.NamedTokens, MadeToken] };
        if (!options.SharedVocabulary)
            return (tokens.Learn(texts.Sources), tokens.Learn(texts.Targets));
        var joint = tokens.Learn(texts.Sources.Concat(texts.Targets));
        return (joint, joint);
    }

    static (int[] Source, int[] Target)[] Encode(ParallelTexts texts, Tokenizer source, Tokenizer target) =>
    [
        .. texts.Sources.Zip(texts.Targets).Select((pair, i) => (
            i < texts.Count - texts.Made ? source.Encode(pair.First) : [source.NamedToken(MadeToken)!.Value, .. source.Encode(pair.First)],
            target.Encode(pair.Second))),
    ];

    // Greedy, for the order of epochs is about the same and it takes a fifth of the time.
    Dictionary<string, double> Judge(Translator translator, ParallelTexts validation) => new()
    {
        [BleuMeasure] = BleuScore.OfCorpus(Translate(translator, validation.Sources, new DecodingOptions { Beams = 1 }), validation.Targets).Score,
    };
}
