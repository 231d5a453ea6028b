using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>What a trainer of translators does from the first text to the last epoch.</summary>
sealed class TranslationWork : IDisposable
{
    /// <summary>The token before a source that was made by a translator.</summary>
    const string MadeToken = "<made>";

    // A measure of an epoch, told in the history.
    const string BleuMeasure = "Bleu";

    readonly IHostEnvironment _env;
    readonly TranslationOptions _options;
    readonly IChannel _channel;
    readonly ContextCancellation _cancellation;
    readonly string _device;

    public TranslationWork(IHostEnvironment env, string name, TranslationOptions options)
    {
        _env = env;
        _options = options;
        _channel = env.Register(name).Start("Training");
        _cancellation = new ContextCancellation(env, options.CancellationToken);
        _device = HostDevice.Resolve(env, options.Device, _channel);
    }

    public void Log(string line) => _channel.Info(MessageSensitivity.None, line);

    /// <summary>Reads pairs that both say something.</summary>
    public ParallelTexts Read(IDataView data)
    {
        var texts = ParallelTexts.Read(data,
            [data.Schema.RequireText("source", _options.SourceColumnName), data.Schema.RequireText("target", _options.TargetColumnName)], _cancellation.Token);
        return ParallelTexts.Of(texts[0], texts[1]);
    }

    public List<string> ReadSources(IDataView data) =>
        ParallelTexts.Read(data, [data.Schema.RequireText("source", _options.SourceColumnName)], _cancellation.Token)[0];

    public List<string> ReadTargets(IDataView data) =>
        ParallelTexts.Read(data, [data.Schema.RequireText("target", _options.TargetColumnName)], _cancellation.Token)[0];

    /// <summary>The best translation of each text.</summary>
    public string[] Translate(Translator translator, IReadOnlyList<string> texts, DecodingOptions? decoding) =>
        Array.ConvertAll(translator.Translate(texts, decoding ?? _options.Decoding, _cancellation.Token), found => found[0].Text);

    /// <summary>Learns tokenizers, then a network.</summary>
    /// <param name="texts">The pairs to learn from.</param>
    /// <param name="validation">The pairs to judge by; null for a share of the others.</param>
    /// <param name="checkpoint">Folder of the checkpoint within that of the options.</param>
    public Translator Train(ParallelTexts texts, ParallelTexts? validation = null, string checkpoint = "")
    {
        if (texts.Count == 0)
            throw new InvalidOperationException("The data has no pairs of texts to learn from.");
        if (validation == null)
            (texts, validation) = texts.Split(_options.ValidationFraction, _options.ResolveSeed(_env));
        if (_options.Monitor == TranslationMonitor.Bleu && validation.Count == 0)
            throw new InvalidOperationException("BLEU is that of validation pairs: give some to Fit, or set ValidationFraction.");

        var (source, target) = LearnTokenizers(texts);
        var architecture = new TranslationArchitecture
        {
            SourceVocabularySize = source.VocabularySize,
            VocabularySize = target.VocabularySize,
            SharedVocabulary = _options.SharedVocabulary,
            Special = target.Special,
            MaximumLength = _options.MaximumLength,
            Network = _options.Design,
        };
        var options = _options.ToTrainingOptions(_env, _device, Log);
        var pairs = new SequencePairs(Encode(texts, source, target), Encode(validation, source, target), options.Seed);
        long batches;
        using (var training = pairs.TrainingBatches(architecture, TorchEngine.Device(_device), null))
            batches = training.BatchCount(options.BatchSize);
        var model = TranslationModel.Train(architecture, pairs, options with
        {
            Epochs = _options.ResolveEpochs(batches),
            CheckpointFolder = options.CheckpointFolder is { } folder ? Path.Combine(folder, checkpoint) : null,
            MonitoredMeasure = _options.Monitor == TranslationMonitor.Bleu ? BleuMeasure : null,
        }, new TranslationTraining
        {
            LabelSmoothing = _options.LabelSmoothing,
            Measures = _options.Monitor == TranslationMonitor.Bleu ? model => Judge(new(model, source, target), validation) : null,
        }, _cancellation.Token);
        return new Translator(model, source, target);
    }

    (Tokenizer Source, Tokenizer Target) LearnTokenizers(ParallelTexts texts)
    {
        var options = _options.Tokenizer;
        if (texts.Made > 0)
            options = options with { NamedTokens = [.. options.NamedTokens, MadeToken] };
        if (!_options.SharedVocabulary)
            return (options.Learn(texts.Sources), options.Learn(texts.Targets));
        var joint = options.Learn(texts.Sources.Concat(texts.Targets));
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

    public void Dispose()
    {
        _cancellation.Dispose();
        _channel.Dispose();
    }
}
