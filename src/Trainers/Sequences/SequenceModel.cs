using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// A trained network of token sequences, and the history of its training. How sequences are generated from it is told by Extensions.ML.Generators.
/// Immutable; one instance serves many threads.
/// </summary>
public abstract class SequenceModel : IDisposable
{
    readonly nn.Module _network;
    volatile bool _disposed;

    private protected SequenceModel(SequenceArchitecture architecture, nn.Module network, TrainingHistory history, Device device)
        => (Architecture, _network, History, Device) = (architecture, network, history, device);

    /// <summary>What the network is made of.</summary>
    public SequenceArchitecture Architecture { get; }

    /// <summary>Loss and learning rate of every epoch.</summary>
    public TrainingHistory History { get; }

    /// <summary>Where the network computes.</summary>
    internal Device Device { get; }

    /// <summary>Writes the network in the safetensors format.</summary>
    public void SaveWeights(Stream stream)
    {
        ThrowIfDisposed();
        NetworkFile.Write(stream, _network);
    }

    /// <summary>Reads a model that <see cref="SaveWeights"/> wrote.</summary>
    /// <param name="stream">The weights. Nothing in them is trusted: they are compared with the architecture before a network is built.</param>
    /// <param name="architecture">What the weights are of.</param>
    /// <param name="history">The training.</param>
    /// <param name="device">Where to compute.</param>
    /// <exception cref="InvalidDataException">The weights are damaged or of another architecture.</exception>
    public static SequenceModel Load(Stream stream, SequenceArchitecture architecture, TrainingHistory history, Device device) =>
        architecture.Bind(NetworkFile.Read(stream, architecture.CountValues(), () => architecture.Create(seed: 0), device), history, device);

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
