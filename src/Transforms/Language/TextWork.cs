using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>What a trainer of a network over one text column does before its first epoch.</summary>
sealed class TextWork : IDisposable
{
    readonly IHostEnvironment _env;
    readonly SequenceOptions _options;
    readonly IChannel _channel;
    readonly ContextCancellation _cancellation;

    public TextWork(IHostEnvironment env, string name, SequenceOptions options)
    {
        _env = env;
        _options = options;
        _channel = env.Register(name).Start("Training");
        _cancellation = new ContextCancellation(env, options.CancellationToken);
        Options = options.ToTrainingOptions(env, HostDevice.Resolve(env, options.Device, _channel), line => _channel.Info(MessageSensitivity.None, line));
    }

    public TrainingOptions Options { get; }

    public CancellationToken Cancellation => _cancellation.Token;

    /// <summary>Texts that say something: those to learn from, and those to judge by.</summary>
    public (List<string> Training, List<string> Validation) ReadTexts(IDataView input, IDataView? validation, string columnName)
    {
        var texts = Read(input);
        if (texts.Count == 0)
            throw new InvalidOperationException($"Column '{columnName}' has no texts to learn from.");
        if (validation != null)
            return (texts, Read(validation));
        var split = new RowSplit(_options.ValidationFraction, Options.Seed);
        return ([.. texts.Where((_, row) => !split.IsValidation(row))], [.. texts.Where((_, row) => split.IsValidation(row))]);

        List<string> Read(IDataView data)
        {
            var found = ParallelTexts.Read(data, [data.Schema.RequireText("text", columnName)], Cancellation)[0];
            found.RemoveAll(string.IsNullOrEmpty);
            return found;
        }
    }

    /// <summary>These options for a network that learns sequences.</summary>
    public TrainingOptions OptionsFor(SequenceArchitecture architecture, TokenSequences sequences)
    {
        using var batches = sequences.TrainingBatches(architecture, TorchEngine.Device(Options.Device), null);
        return Options with { Epochs = _options.ResolveEpochs(batches.BatchCount(Options.BatchSize)) };
    }

    /// <exception cref="InvalidDataException">A model file's network and tokenizer do not know as many tokens.</exception>
    public static void CheckVocabulary(Tokenizer tokenizer, SequenceArchitecture architecture)
    {
        if (tokenizer.VocabularySize != architecture.VocabularySize || tokenizer.Special != architecture.Special)
            throw new InvalidDataException($"The tokenizer knows {tokenizer.VocabularySize} tokens, {tokenizer.Special}; the network knows "
                + $"{architecture.VocabularySize}, {architecture.Special}.");
    }

    public void Dispose()
    {
        _cancellation.Dispose();
        _channel.Dispose();
    }
}
