using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>A trained masked language model: what it is made for is to turn sequences into vectors.</summary>
public sealed class MaskedLanguageModel : SequenceModel
{
    readonly MaskedLanguageNetwork _network;

    internal MaskedLanguageModel(MaskedLanguageArchitecture architecture, MaskedLanguageNetwork network, TrainingHistory history, Device device)
        : base(architecture, network, history, device) => _network = network;

    /// <summary>What the network is made of.</summary>
    public new MaskedLanguageArchitecture Architecture => (MaskedLanguageArchitecture)base.Architecture;

    /// <summary>Values in the vector of a sequence.</summary>
    public int EmbeddingSize => Architecture.Network.Width;

    /// <summary>Trains a network on sequences. The loss is the mean cross entropy of the tokens that are told, in nats.</summary>
    /// <param name="architecture">What to train.</param>
    /// <param name="data">The sequences, without <see cref="TokenSequences.Window"/>.</param>
    /// <param name="options">How to train. A batch is measured in tokens: sequences times the length of the longest, with End.</param>
    /// <param name="how">What is hidden.</param>
    /// <param name="cancellation">Stops the training.</param>
    /// <exception cref="ArgumentException">The design does not fit the sizes, a token is not one of the vocabulary, or no sequence fits.</exception>
    public static MaskedLanguageModel Train(MaskedLanguageArchitecture architecture, TokenSequences data, TrainingOptions options,
        MaskedLanguageTraining how, CancellationToken cancellation = default)
    {
        if (data.Window is not null) throw new ArgumentException("A masked language model learns whole sequences: leave Window open.", nameof(data));
        TorchEngine.Start();
        var device = TorchEngine.Device(options.Device);
        using var training = data.TrainingBatches(architecture, device, options.Log);
        using var validation = data.ValidationBatches(architecture, device, options.Log);
        return ((MaskedLanguageNetwork)architecture.Create(options.Seed)).HandOver(network =>
        {
            NetworkFile.Begin(network, options.InitialWeights);
            var history = TrainingLoop.Run(network, batch =>
            {
                var (seen, places) = network.Hide(batch[0], how);
                return network.Output.Loss(network.States(seen).index_select(0, places), batch[0].reshape(-1).index_select(0, places), smoothing: 0);
            }, training, validation, options with { Objective = how.Describe() }, cancellation);
            return new MaskedLanguageModel(architecture, network, history, device);
        });
    }

    /// <summary>Turns sequences into vectors: the mean of the states of their tokens, Begin and End among them, so that an empty one has a vector
    /// too.</summary>
    /// <param name="rows">Tokens without special ones.</param>
    /// <param name="pooled">[rows, <see cref="EmbeddingSize"/>]</param>
    /// <exception cref="ArgumentException">A sequence is too long, or a token is not one of the vocabulary.</exception>
    internal void Embed(IReadOnlyList<int[]> rows, Span<float> pooled)
    {
        ThrowIfDisposed();
        foreach (int[] row in rows) Check(row, Architecture.VocabularySize);
        using var noGradients = no_grad();
        var special = Architecture.Special;
        int size = EmbeddingSize;
        var found = new float[rows.Count * size];
        foreach (int[] chosen in new LengthBatches([.. rows.Select(row => row.Length + 2)], new int[rows.Count]).Epoch(ToldTokens.BatchSize, null, 0))
        {
            using var scope = NewDisposeScope();
            var tokens = TokenTensor.Of(Array.ConvertAll(chosen, row => rows[row]), special.Begin, special.End, special.Padding, Device);
            var present = tokens.ne(special.Padding).to(ScalarType.Float32).unsqueeze(2); // [chosen, tokens, 1]
            var means = (_network.States(tokens).view(chosen.Length, -1, size) * present).sum(1) / present.sum(1);
            means.CopyTo(found.AsSpan(0, chosen.Length * size));
            for (int i = 0; i < chosen.Length; i++) found.AsSpan(i * size, size).CopyTo(pooled[(chosen[i] * size)..]);
        }
    }
}
