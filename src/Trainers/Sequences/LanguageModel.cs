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
        return ((LanguageNetwork)architecture.Create(options.Seed)).HandOver(network =>
        {
            NetworkFile.Begin(network, options.InitialWeights);
            var history = TrainingLoop.Run(network, batch =>
            {
                var told = ToldTokens.Of(batch[0], architecture.Special.Padding, network.States);
                return network.Output.Loss(told.States, told.Tokens, smoothing: 0);
            }, training, validation, options, cancellation);
            return new LanguageModel(architecture, network, history, device);
        });
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

    /// <summary>How likely sequences are. Of one that is longer than the architecture allows, every token is told by those before it as far back
    /// as half that length at least.</summary>
    /// <param name="sequences">Tokens without special ones.</param>
    /// <returns>Of each the logarithm of the probability, in nats, and the tokens that it is of, End among them: the perplexity of all is
    /// <c>exp(-sum of the logarithms / sum of the tokens)</c>.</returns>
    /// <exception cref="ArgumentException">A token is not one of the vocabulary.</exception>
    internal (double[] LogLikelihoods, int[] Tokens) LogLikelihood(IReadOnlyList<int[]> sequences)
    {
        ThrowIfDisposed();
        foreach (int token in sequences.SelectMany(sequence => sequence)) SequenceArchitecture.Check(token, Architecture.VocabularySize);
        using var noGradients = no_grad();
        var pieces = sequences.SelectMany(Pieces).ToArray();
        var sums = new double[sequences.Count];
        int[] lengths = Array.ConvertAll(pieces, piece => piece.Tokens.Length);
        foreach (int[] chosen in new LengthBatches(lengths, new int[lengths.Length]).Epoch(ToldTokens.BatchSize, null, 0))
        {
            using var scope = NewDisposeScope();
            var rows = TokenTensor.Of(Array.ConvertAll(chosen, piece => pieces[piece].Tokens), null, null, Architecture.Special.Padding, Device);
            ToldTokens.Of(rows, Architecture.Special.Padding, _network.States).AddLogLikelihoods(_network.Output,
                Array.ConvertAll(chosen, piece => pieces[piece].Sequence), sums, Array.ConvertAll(chosen, piece => pieces[piece].Known));
        }
        return (sums, [.. sequences.Select(sequence => sequence.Length + 1)]);
    }

    /// <summary>A sequence between Begin and End, in pieces that fit the network; the first half of each but the first was told before.</summary>
    IEnumerable<(int Sequence, int[] Tokens, int Known)> Pieces(int[] sequence, int number)
    {
        int[] whole = [Architecture.Special.Begin, .. sequence, Architecture.Special.End];
        int most = Architecture.MaximumLength + 1, told = 0;
        for (int start = 0; told < whole.Length - 1; start += most / 2)
        {
            int end = Math.Min(start + most, whole.Length - 1);
            yield return (number, whole[start..(end + 1)], told - start);
            told = end;
        }
    }
}
