using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>A trained translation network.</summary>
public sealed class TranslationModel : SequenceModel
{
    // Tokens in a batch that is scored.
    const int ScoringTokens = 4096;

    readonly TranslationNetwork _network;

    internal TranslationModel(TranslationArchitecture architecture, TranslationNetwork network, TrainingHistory history, Device device)
        : base(architecture, network, history, device) => _network = network;

    /// <summary>What the network is made of.</summary>
    public new TranslationArchitecture Architecture => (TranslationArchitecture)base.Architecture;

    /// <summary>Trains a network on pairs of sequences. Pairs of which one side is longer than the architecture allows are left out.</summary>
    /// <param name="architecture">What to train.</param>
    /// <param name="data">The pairs.</param>
    /// <param name="options">How to train. A batch is measured in tokens: pairs times the length of the longest side, with End.</param>
    /// <param name="how">What is particular to translations.</param>
    /// <param name="cancellation">Stops the training.</param>
    /// <exception cref="ArgumentException">The design does not fit the sizes, a token is not one of its vocabulary, or every pair is too
    /// long.</exception>
    public static TranslationModel Train(TranslationArchitecture architecture, SequencePairs data, TrainingOptions options, TranslationTraining how,
        CancellationToken cancellation = default)
    {
        TorchEngine.Start();
        var device = TorchEngine.Device(options.Device);
        using var training = data.TrainingBatches(architecture, device, options.Log);
        using var validation = data.ValidationBatches(architecture, device, options.Log);
        var network = (TranslationNetwork)architecture.Create(options.Seed);
        try
        {
            options = options with
            {
                Objective = how.Describe(),
                Measures = how.Measures is not { } measures ? null : () =>
                {
                    network.eval();
                    return measures(new TranslationModel(architecture, network, new TrainingHistory([], 0, false, false), device));
                },
            };
            var history = TrainingLoop.Run(network, batch => Loss(network, architecture, batch, how.LabelSmoothing), training, validation, options,
                cancellation);
            return new TranslationModel(architecture, network, history, device);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>The mean cross entropy of the tokens of a batch's targets; in training with label smoothing.</summary>
    static Tensor Loss(TranslationNetwork network, TranslationArchitecture architecture, Batch batch, double smoothing)
    {
        var (states, tokens, _) = Following(network, architecture, batch[0], batch[1]);
        return network.Output.Loss(states, tokens, network.training ? smoothing : 0);
    }

    /// <summary>The states before each token to tell, and the token. Padding is no part of it: the scores of the whole vocabulary are most of
    /// the work.</summary>
    /// <param name="network">The network.</param>
    /// <param name="architecture">Tells the padding.</param>
    /// <param name="source">[rows, source tokens] Int64</param>
    /// <param name="target">[rows, tokens] Int64, from Begin to End</param>
    /// <returns>[found, size]; [found] Int64; and their places in [rows x tokens].</returns>
    static (Tensor States, Tensor Tokens, Tensor Places) Following(TranslationNetwork network, TranslationArchitecture architecture, Tensor source,
        Tensor target)
    {
        long tokens = target.shape[1] - 1;
        var following = target.narrow(1, 1, tokens).reshape(-1);
        var places = following.ne(architecture.Special.Padding).nonzero().squeeze(1);
        var states = network.States(source, target.narrow(1, 0, tokens));
        return (states.index_select(0, places), following.index_select(0, places), places);
    }

    /// <summary>Translations of which nothing is fed yet: Begin is the first to be fed.</summary>
    /// <param name="sources">Tokens without special ones, at least one row; none longer than the architecture allows.</param>
    /// <exception cref="ArgumentException">A source is too long, or a token is not one of the vocabulary.</exception>
    internal DecoderState Encode(IReadOnlyList<int[]> sources)
    {
        ThrowIfDisposed();
        foreach (int[] source in sources) Check(source, Architecture.SourceVocabularySize);
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        return _network.Start(Sources(sources));
    }

    /// <summary>How likely targets are, given their sources.</summary>
    /// <param name="sources">Tokens without special ones.</param>
    /// <param name="targets">As many rows.</param>
    /// <returns>Of each pair the logarithm of the probability, in nats, and the tokens that it is of, End among them: the perplexity of all is
    /// <c>exp(-sum of the logarithms / sum of the tokens)</c>.</returns>
    /// <exception cref="ArgumentException">A row is too long, or a token is not one of the vocabulary.</exception>
    internal (double[] LogLikelihoods, int[] Tokens) LogLikelihood(IReadOnlyList<int[]> sources, IReadOnlyList<int[]> targets)
    {
        ThrowIfDisposed();
        if (sources.Count != targets.Count) throw new ArgumentException($"Got {targets.Count} targets for {sources.Count} sources.", nameof(targets));
        foreach (int[] source in sources) Check(source, Architecture.SourceVocabularySize);
        foreach (int[] target in targets) Check(target, Architecture.VocabularySize);
        using var noGradients = no_grad();
        var sums = new double[targets.Count];
        int[] tokens = [.. targets.Select(target => target.Length + 1)];
        foreach (int[] chosen in new LengthBatches(tokens, [.. sources.Select(source => source.Length + 1)]).Epoch(ScoringTokens, null, 0))
        {
            using var scope = NewDisposeScope();
            var target = Targets(Array.ConvertAll(chosen, row => targets[row]));
            var (states, following, places) = Following(_network, Architecture, Sources(Array.ConvertAll(chosen, row => sources[row])), target);
            var scores = _network.Output.Scores(states).log_softmax(1).gather(1, following.unsqueeze(1)).squeeze(1);
            var (found, at) = (new float[scores.numel()], places.cpu().data<long>().ToArray());
            scores.CopyTo(found);
            for (int i = 0; i < found.Length; i++) sums[chosen[at[i] / (target.shape[1] - 1)]] += found[i];
        }
        return (sums, tokens);
    }

    /// <summary>What looks where when a source is translated to a target.</summary>
    /// <param name="source">Tokens without special ones.</param>
    /// <param name="target">Likewise.</param>
    /// <exception cref="ArgumentException">A side is too long, or a token is not one of the vocabulary.</exception>
    public AttentionMaps Attend(int[] source, int[] target)
    {
        ThrowIfDisposed();
        Check(source, Architecture.SourceVocabularySize);
        Check(target, Architecture.VocabularySize);
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var recorder = new AttentionRecorder();
        var given = Targets([target]);
        _network.States(Sources([source]), given.narrow(1, 0, given.shape[1] - 1), recorder);
        return new AttentionMaps(Maps(recorder.Encoder), Maps(recorder.Decoder), Maps(recorder.Cross));
    }

    static float[][][,] Maps(List<Tensor> layers) => [.. layers.Select(layer => layer.unbind(0).Select(head =>
    {
        var map = new float[head.shape[0], head.shape[1]];
        var values = new float[map.Length];
        head.CopyTo(values);
        Buffer.BlockCopy(values, 0, map, 0, Buffer.ByteLength(values));
        return map;
    }).ToArray())];

    Tensor Sources(IReadOnlyList<int[]> rows) => TokenTensor.Of(rows, null, Architecture.Special.End, Architecture.Special.Padding, Device);

    Tensor Targets(IReadOnlyList<int[]> rows) =>
        TokenTensor.Of(rows, Architecture.Special.Begin, Architecture.Special.End, Architecture.Special.Padding, Device);

    void Check(int[] tokens, int vocabulary)
    {
        if (tokens.Length > Architecture.MaximumLength)
            throw new ArgumentException($"A sequence has {tokens.Length} tokens; the model takes {Architecture.MaximumLength} at most.");
        foreach (int token in tokens) SequenceArchitecture.Check(token, vocabulary);
    }
}
