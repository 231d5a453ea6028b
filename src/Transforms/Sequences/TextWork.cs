using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>What every trainer of a network over texts does before its first epoch.</summary>
class TextWork : IDisposable
{
    readonly SequenceOptions _options;
    readonly IChannel _channel;
    readonly ContextCancellation _cancellation;

    public TextWork(IHostEnvironment env, string name, SequenceOptions options)
    {
        _options = options;
        _channel = env.Register(name).Start("Training");
        _cancellation = new ContextCancellation(env, options.CancellationToken);
        Options = options.ToTrainingOptions(env, HostDevice.Resolve(env, options.Device, _channel), Log);
    }

    /// <summary>How to train, but for the epochs where none are given: see <see cref="OptionsFor"/>.</summary>
    public TrainingOptions Options { get; }

    public CancellationToken Cancellation => _cancellation.Token;

    public void Log(string line) => _channel.Info(MessageSensitivity.None, line);

    /// <summary>Texts that say something: those to learn from, and those to judge by.</summary>
    public (List<string> Training, List<string> Validation) ReadTexts(IDataView input, IDataView? validation, string columnName)
    {
        var texts = Said(input);
        if (texts.Count == 0)
            throw new InvalidOperationException($"Column '{columnName}' has no texts to learn from.");
        return validation != null ? (texts, Said(validation)) : new RowSplit(_options.ValidationFraction, Options.Seed).Part(texts);

        List<string> Said(IDataView data)
        {
            var found = Read(data, data.Schema.RequireText("text", columnName))[0];
            found.RemoveAll(string.IsNullOrEmpty);
            return found;
        }
    }

    /// <summary>Reads text columns.</summary>
    /// <returns>The texts of each column.</returns>
    public List<string>[] Read(IDataView data, params DataViewSchema.Column[] columns) => Read(data, Cancellation, columns);

    /// <inheritdoc cref="Read(IDataView, DataViewSchema.Column[])"/>
    public static List<string>[] Read(IDataView data, CancellationToken cancellation, params DataViewSchema.Column[] columns)
    {
        var texts = Array.ConvertAll(columns, _ => new List<string>());
        using var cursor = data.GetRowCursor(columns);
        var getters = Array.ConvertAll(columns, column => cursor.GetGetter<ReadOnlyMemory<char>>(column));
        ReadOnlyMemory<char> text = default;
        while (cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            for (var i = 0; i < columns.Length; i++)
            {
                getters[i](ref text);
                texts[i].Add(text.ToString());
            }
        }
        return texts;
    }

    /// <summary>How to train on sequences, with as many epochs as their batches ask for.</summary>
    /// <param name="open">The batches to learn from, on a device.</param>
    public TrainingOptions OptionsFor(Func<TorchSharp.torch.Device, IBatchSource> open)
    {
        using var batches = open(TorchEngine.Device(Options.Device));
        return Options with { Epochs = _options.ResolveEpochs(batches.BatchCount(Options.BatchSize)) };
    }

    /// <exception cref="InvalidDataException">A model file's network and tokenizer do not know the same tokens.</exception>
    public static void CheckVocabulary(Tokenizer tokenizer, int vocabulary, SpecialTokens special)
    {
        if (tokenizer.VocabularySize != vocabulary || tokenizer.Special != special)
            throw new InvalidDataException($"The tokenizer knows {tokenizer.VocabularySize} tokens, {tokenizer.Special}; the network knows "
                + $"{vocabulary}, {special}.");
    }

    public void Dispose()
    {
        _cancellation.Dispose();
        _channel.Dispose();
    }
}
