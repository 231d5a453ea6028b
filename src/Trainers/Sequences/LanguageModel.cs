using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>A trained language model.</summary>
public sealed class LanguageModel : SequenceModel
{
    readonly LanguageNetwork _network;

    internal LanguageModel(LanguageArchitecture architecture, LanguageNetwork network, TrainingHistory history, Device device)
        : base(architecture, network, history, device) => _network = network;

    /// <summary>What the network is made of.</summary>
    public new LanguageArchitecture Architecture => (LanguageArchitecture)base.Architecture;

    /// <summary>Trains a network on sequences. The loss is the mean cross entropy of a token in nats: its exponential is the perplexity.</summary>
    /// <param name="architecture">What to train.</param>
    /// <param name="data">The sequences.</param>
    /// <param name="options">How to train. A batch is measured in tokens: sequences times the length of the longest, with End; or windows times
    /// their length.</param>
    /// <param name="cancellation">Stops the training.</param>
    /// <exception cref="ArgumentException">The design does not fit the sizes, a token is not one of the vocabulary, or no sequence fits.</exception>
    public static LanguageModel Train(LanguageArchitecture architecture, TokenSequences data, TrainingOptions options,
        CancellationToken cancellation = default)
    {
        TorchEngine.Start();
        var device = TorchEngine.Device(options.Device);
        using var training = data.TrainingBatches(architecture, device, options.Log);
        using var validation = data.ValidationBatches(architecture, device, options.Log);
        var network = (LanguageNetwork)architecture.Create(options.Seed);
        try
        {
            var history = TrainingLoop.Run(network, batch =>
            {
                var told = ToldTokens.Of(batch[0], architecture.Special.Padding, network.States);
                return network.Output.Loss(told.States, told.Tokens, smoothing: 0);
            }, training, validation, options, cancellation);
            return new LanguageModel(architecture, network, history, device);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Sequences of which nothing is fed yet: Begin is the first to be fed, or where the model learned from windows any token.</summary>
    /// <param name="rows">Sequences, at least 1.</param>
    internal DecoderState Start(int rows)
    {
        ThrowIfDisposed();
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        return _network.Start(rows);
    }

    /// <summary>How likely sequences are.</summary>
    /// <param name="sequences">Tokens without special ones.</param>
    /// <returns>Of each the logarithm of the probability, in nats, and the tokens that it is of, End among them: the perplexity of all is
    /// <c>exp(-sum of the logarithms / sum of the tokens)</c>.</returns>
    /// <exception cref="ArgumentException">A sequence is too long, or a token is not one of the vocabulary.</exception>
    internal (double[] LogLikelihoods, int[] Tokens) LogLikelihood(IReadOnlyList<int[]> sequences)
    {
        ThrowIfDisposed();
        foreach (int[] sequence in sequences) Check(sequence, Architecture.VocabularySize);
        using var noGradients = no_grad();
        var special = Architecture.Special;
        var sums = new double[sequences.Count];
        int[] tokens = [.. sequences.Select(sequence => sequence.Length + 1)];
        foreach (int[] chosen in new LengthBatches(tokens, new int[tokens.Length]).Epoch(ToldTokens.BatchSize, null, 0))
        {
            using var scope = NewDisposeScope();
            var rows = TokenTensor.Of(Array.ConvertAll(chosen, row => sequences[row]), special.Begin, special.End, special.Padding, Device);
            ToldTokens.Of(rows, special.Padding, _network.States).AddLogLikelihoods(_network.Output, chosen, sums);
        }
        return (sums, tokens);
    }
}
