using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>How a model's <see cref="GenerativeModel.LogLikelihood"/> relates to the true one.</summary>
public enum Density
{
    /// <summary>The model tells none.</summary>
    None,

    /// <summary>A lower bound of it.</summary>
    LowerBound,

    /// <summary>It itself.</summary>
    Exact,
}

/// <summary>
/// A trained generative network: the network, the scaling of its rows and the history of its training. How rows are drawn from it is told by
/// Extensions.ML.Generators. Immutable; one instance serves many threads.
/// </summary>
public abstract class GenerativeModel : IDisposable
{
    readonly nn.Module _network;
    volatile bool _disposed;

    private protected GenerativeModel(GeneratorArchitecture architecture, nn.Module network, FeatureScaler scaler, TrainingHistory history, Device device)
    {
        Architecture = architecture;
        Scaler = scaler;
        History = history;
        Device = device;
        _network = network;
    }

    /// <summary>What the network is made of.</summary>
    public GeneratorArchitecture Architecture { get; }

    /// <summary>The scaling of each slot before the network, undone behind it.</summary>
    public FeatureScaler Scaler { get; }

    /// <summary>Loss and learning rate of every epoch.</summary>
    public TrainingHistory History { get; }

    /// <summary>Where the network computes.</summary>
    internal Device Device { get; }

    /// <summary>What <see cref="LogLikelihood"/> gives.</summary>
    public virtual Density Density => Density.None;

    /// <summary>The logarithm of the density of rows in the units of the training data, in nats. That of a network that is told classes is
    /// the mixture over them by their shares.</summary>
    /// <param name="rows">Filled with finite values in the units of the training data; used up, for they are scaled where they lie.</param>
    /// <param name="count">Number of rows, at least 1.</param>
    /// <param name="logLikelihoods">[count]</param>
    /// <exception cref="NotSupportedException"><see cref="Density"/> is None.</exception>
    /// <exception cref="ObjectDisposedException">The model or the block was disposed.</exception>
    public void LogLikelihood(FeatureBlock rows, int count, Span<float> logLikelihoods)
    {
        ThrowIfDisposed();
        if (Density == Density.None) throw new NotSupportedException($"A {GetType().Name} tells no density.");
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var x = Architecture.Layout.Expand(rows.Scaled(count, Scaler).to(Device));
        var scaled = Architecture.ClassShares is not { } shares ? ScaledLogLikelihood(x, null)
            : stack(shares.Select((share, c) => (share, c)).Where(of => of.share > 0).Select(of =>
                ScaledLogLikelihood(x, full([count], of.c, dtype: ScalarType.Int64, device: Device)) + Math.Log(of.share))).logsumexp(0);
        // Density is per unit of the training data: the change of variables of the scaling (its slope is 1 for what is not a number).
        double slope = 0;
        foreach (float scale in Scaler.Scale) slope += Math.Log(scale);
        (scaled + slope).CopyTo(logLikelihoods);
    }

    /// <summary>The logarithm of the density of scaled rows.</summary>
    /// <param name="x">[rows, network size]</param>
    /// <param name="classes">[rows] Int64, from 0; <see langword="null"/> where the network knows none.</param>
    /// <returns>[rows], in nats</returns>
    internal virtual Tensor ScaledLogLikelihood(Tensor x, Tensor? classes) => throw new NotSupportedException();

    /// <summary>Writes network and scaling in the safetensors format.</summary>
    public void SaveWeights(Stream stream)
    {
        ThrowIfDisposed();
        NetworkFile.Write(stream, _network, Scaler);
    }

    /// <summary>Has weights keep in a graph the names that they have in the file.</summary>
    private protected void NameWeights(OnnxGraph graph) => graph.NameWeights(_network);

    /// <summary>Reads a model that <see cref="SaveWeights"/> wrote.</summary>
    /// <param name="stream">The weights. Nothing in them is trusted: they are compared with the architecture before a network is built.</param>
    /// <param name="architecture">What the weights are of.</param>
    /// <param name="scaling">The scaling that the stored offsets and scales are the result of.</param>
    /// <param name="history">The training.</param>
    /// <param name="device">Where to compute.</param>
    /// <exception cref="InvalidDataException">The weights are damaged or of another architecture.</exception>
    public static GenerativeModel Load(Stream stream, GeneratorArchitecture architecture, FeatureScaling scaling, TrainingHistory history, Device device)
    {
        var (network, scaler) = NetworkFile.Read(stream, architecture.CountValues(), () => architecture.Create(seed: 0), architecture.InputSize,
            scaling, device);
        return network.HandOver(network =>
        {
            architecture.Layout.Check(scaler);
            return architecture.Bind(network, scaler, history, device);
        });
    }

    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, this);

    /// <summary>Frees the network. Whatever is asked of the model afterwards throws.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _network.Dispose();
    }
}
