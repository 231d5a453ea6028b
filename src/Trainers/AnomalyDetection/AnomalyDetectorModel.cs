using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// A trained detector: an ensemble of small autoencoders (Chen et al., "Outlier Detection with Autoencoder Ensembles", SDM 2017) with what their
/// codes and errors usually are. Immutable; one instance serves many threads.
/// </summary>
public sealed class AnomalyDetectorModel : IDisposable
{
    /// <summary>Rows that say what is usual, and their values; more would hardly change it.</summary>
    const int FitRows = 8192, FitValues = 1 << 25;

    const int BatchSize = 1024;

    readonly DetectorNetwork _network;
    readonly Device _device;
    volatile bool _disposed;

    AnomalyDetectorModel(DetectorArchitecture architecture, DetectorNetwork network, FeatureScaler scaler, TrainingHistory history, Device device)
    {
        Architecture = architecture;
        Scaler = scaler;
        History = history;
        _network = network;
        _network.Prepare();
        _device = device;
        Members = [.. architecture.Members.Zip(network.Networks, (member, autoencoder) => new AutoencoderModel(member, autoencoder, scaler, history, device))];
    }

    /// <summary>What the detector is made of.</summary>
    public DetectorArchitecture Architecture { get; }

    /// <summary>The autoencoders. They belong to the detector: dispose that.</summary>
    public IReadOnlyList<AutoencoderModel> Members { get; }

    /// <summary>The scaling of each slot before the networks.</summary>
    public FeatureScaler Scaler { get; }

    /// <summary>Loss, its mean over the networks, and learning rate of every epoch.</summary>
    public TrainingHistory History { get; }

    /// <summary>Trains the networks, all of them on the same batches, and learns what is usual.</summary>
    /// <param name="architecture">What to train.</param>
    /// <param name="data">The rows, on the device that <paramref name="options"/> names.</param>
    /// <param name="options">How to train.</param>
    /// <param name="regularization">What is asked of the networks besides their reconstruction; <see langword="null"/> for nothing.</param>
    /// <param name="cancellation">Stops the training.</param>
    /// <exception cref="ArgumentException">A design does not fit the sizes, or the regularization the design.</exception>
    public static AnomalyDetectorModel Train(DetectorArchitecture architecture, TrainingData data, TrainingOptions options,
        AutoencoderRegularization? regularization = null, CancellationToken cancellation = default)
    {
        TorchEngine.Start();
        return new DetectorNetwork(architecture, options.Seed).HandOver(network =>
        {
            NetworkFile.Begin(network, options.InitialWeights);
            var loss = architecture.Members[0].RowLoss;
            var history = AutoencoderTraining.Run(network.Networks, [.. network.Networks], loss, data, options, regularization ?? new(), cancellation);
            var device = TorchEngine.Device(options.Device);
            network.to(device);
            network.eval();
            using (var rows = SampleRows(data, loss, cancellation)) network.Fit(rows, options.Seed);
            return new AnomalyDetectorModel(architecture, network, data.Scaler, history, device);
        });
    }

    // As many rows of every batch as make up the sample, so that it is one of all rows also where only neighbours are shuffled.
    static Tensor SampleRows(TrainingData data, RowLoss loss, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var wanted = Math.Clamp(FitValues / data.Scaler.Width, 64, FitRows);
        var share = Math.Min(1, wanted / (double)data.Training.RowCount);
        var parts = new List<Tensor>();
        foreach (var batch in data.Training.Epoch(0, BatchSize, 0, cancellation))
            parts.Add(loss.Expand(batch[0].narrow(0, 0, (long)Math.Ceiling(share * batch.Rows))).clone());
        return cat(parts, 0).MoveToOuterDisposeScope();
    }

    /// <summary>Judges rows. A span that is empty is not computed.</summary>
    /// <param name="rows">Filled with finite values in the units of the training data; used up, for they are scaled where they lie.</param>
    /// <param name="count">Number of rows, at least 1.</param>
    /// <param name="scores">[count], above 0: about 1 is what the median training row has; higher is more anomalous.</param>
    /// <param name="contributions">[count, input size]: what each slot has in the score, not negative; they sum to it.</param>
    /// <exception cref="ObjectDisposedException">The model or the block was disposed.</exception>
    public void Score(FeatureBlock rows, int count, Span<float> scores, Span<float> contributions)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var x = Architecture.Members[0].RowLoss.Expand(rows.Scaled(count, Scaler).to(_device));
        if (!scores.IsEmpty) _network.forward(x).CopyTo(scores);
        if (!contributions.IsEmpty) _network.Contributions(x).CopyTo(contributions);
    }

    /// <summary>The scores in ONNX.</summary>
    /// <param name="rows">[rows, input size], in the units of the training data.</param>
    /// <returns>[rows]</returns>
    /// <exception cref="NotSupportedException">A network cannot be exported.</exception>
    internal OnnxTensor Export(OnnxTensor rows)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        rows.Graph.NameWeights(_network);
        return _network.forward(Architecture.Members[0].RowLoss.Expand(Scaler.Apply(rows)));
    }

    /// <summary>The score of every row of the training data, validation rows included, in no order that matters to a quantile.</summary>
    public float[] Scores(TrainingData data, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var loss = Architecture.Members[0].RowLoss;
        var scores = new float[data.Training.RowCount + (data.Validation?.RowCount ?? 0)];
        var filled = 0;
        using var noGradients = no_grad();
        foreach (var source in new[] { data.Training, data.Validation })
        {
            foreach (var batch in source?.Epoch(0, BatchSize, 0, cancellation) ?? [])
            {
                using var scope = NewDisposeScope();
                _network.forward(loss.Expand(batch[0])).CopyTo(scores.AsSpan(filled));
                filled += (int)batch.Rows;
            }
        }
        return scores;
    }

    /// <summary>Writes networks, what is usual, and scaling in the safetensors format.</summary>
    public void SaveWeights(Stream stream)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        NetworkFile.Write(stream, _network, Scaler);
    }

    /// <summary>Reads a model that <see cref="SaveWeights"/> wrote.</summary>
    /// <param name="stream">The weights. Nothing in them is trusted: they are compared with the architecture before a network is built.</param>
    /// <param name="architecture">What the weights are of.</param>
    /// <param name="scaling">The scaling that the stored offsets and scales are the result of.</param>
    /// <param name="history">The training.</param>
    /// <param name="device">Where to score.</param>
    /// <exception cref="InvalidDataException">The weights are damaged or of another architecture.</exception>
    /// <exception cref="ArgumentException">The architecture is impossible.</exception>
    public static AnomalyDetectorModel Load(Stream stream, DetectorArchitecture architecture, FeatureScaling scaling, TrainingHistory history, Device device)
    {
        var (network, scaler) = NetworkFile.Read(stream, DetectorNetwork.CountValues(architecture), () => new DetectorNetwork(architecture, seed: 0),
            architecture.Members[0].InputSize, scaling, device);
        return new AnomalyDetectorModel(architecture, network, scaler, history, device);
    }

    /// <summary>Frees the networks. Scoring afterwards throws.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        foreach (var member in Members) member.Dispose();
        _network.Dispose();
    }
}
