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

    /// <summary>Whether tokens can be put in.</summary>
    /// <param name="tokens">Without special ones.</param>
    /// <param name="vocabulary">Tokens that there are.</param>
    /// <exception cref="ArgumentException">They are too many, or one is not of the vocabulary.</exception>
    private protected void Check(int[] tokens, int vocabulary)
    {
        if (tokens.Length > Architecture.MaximumLength)
            throw new ArgumentException($"A sequence has {tokens.Length} tokens; the model takes {Architecture.MaximumLength} at most.");
        foreach (int token in tokens) SequenceArchitecture.Check(token, vocabulary);
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
