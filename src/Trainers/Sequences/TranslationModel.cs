using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>A trained translation network.</summary>
public sealed class TranslationModel : SequenceModel
{
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
        return ((TranslationNetwork)architecture.Create(options.Seed)).HandOver(network =>
        {
            NetworkFile.Begin(network, options.InitialWeights);
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
        });
    }

    /// <summary>The mean cross entropy of the tokens of a batch's targets; in training with label smoothing.</summary>
    static Tensor Loss(TranslationNetwork network, TranslationArchitecture architecture, Batch batch, double smoothing)
    {
        var told = ToldTokens.Of(batch[1], architecture.Special.Padding, input => network.States(batch[0], input));
        return network.Output.Loss(told.States, told.Tokens, network.training ? smoothing : 0);
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
        foreach (int[] chosen in new LengthBatches(tokens, [.. sources.Select(source => source.Length + 1)]).Epoch(ToldTokens.BatchSize, null, 0))
        {
            using var scope = NewDisposeScope();
            var source = Sources(Array.ConvertAll(chosen, row => sources[row]));
            var told = ToldTokens.Of(Targets(Array.ConvertAll(chosen, row => targets[row])), Architecture.Special.Padding,
                input => _network.States(source, input));
            told.AddLogLikelihoods(_network.Output, chosen, sums);
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

    /// <summary>The encoder, or one step of the decoder, in ONNX.</summary>
    /// <param name="graph">Is given inputs and outputs; the networks tell which.</param>
    /// <param name="decoder">Which of the two.</param>
    internal void Export(OnnxGraph graph, bool decoder)
    {
        ThrowIfDisposed();
        graph.NameWeights(_network);
        if (decoder) _network.ExportDecoder(graph);
        else _network.ExportEncoder(graph);
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
}
