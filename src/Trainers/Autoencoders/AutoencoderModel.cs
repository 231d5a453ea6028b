using System.Numerics.Tensors;
using System.Security.Cryptography;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// A trained autoencoder: the network, the scaling of its input and the history of its training. Immutable; one instance
/// serves many threads.
/// </summary>
public sealed class AutoencoderModel : IDisposable
{
    readonly AutoencoderNetwork _network;
    readonly Device _device;
    volatile bool _disposed;

    internal AutoencoderModel(AutoencoderArchitecture architecture, AutoencoderNetwork network, FeatureScaler scaler, TrainingHistory history, Device device)
    {
        Architecture = architecture;
        Scaler = scaler;
        History = history;
        _network = network;
        _device = device;
    }

    /// <summary>What the network is made of.</summary>
    public AutoencoderArchitecture Architecture { get; }

    /// <summary>The scaling of each slot before the network, undone behind it.</summary>
    public FeatureScaler Scaler { get; }

    /// <summary>Loss and learning rate of every epoch.</summary>
    public TrainingHistory History { get; }

    /// <summary>Trains a network on data that is ready.</summary>
    /// <param name="architecture">What to train.</param>
    /// <param name="data">The rows, on the device that <paramref name="options"/> names.</param>
    /// <param name="options">How to train.</param>
    /// <param name="regularization">What is asked of the network besides its reconstruction; <see langword="null"/> for nothing.</param>
    /// <param name="cancellation">Stops the training.</param>
    /// <exception cref="ArgumentException">The design does not fit the sizes, or the regularization the design.</exception>
    public static AutoencoderModel Train(AutoencoderArchitecture architecture, TrainingData data, TrainingOptions options,
        AutoencoderRegularization? regularization = null, CancellationToken cancellation = default)
    {
        TorchEngine.Start();
        return architecture.Create(options.Seed).HandOver(network =>
        {
            NetworkFile.Begin(network, options.InitialWeights);
            var history = AutoencoderTraining.Run(network, [network], architecture.RowLoss, data, options, regularization ?? new(), cancellation);
            return new AutoencoderModel(architecture, network, data.Scaler, history, TorchEngine.Device(options.Device));
        });
    }

    /// <summary>Runs the network over rows. A span that is empty is not computed.</summary>
    /// <param name="rows">Filled with finite values in the units of the training data; used up, for they are scaled where they lie.</param>
    /// <param name="count">Number of rows, at least 1.</param>
    /// <param name="codes">[count, code size]</param>
    /// <param name="reconstructions">[count, input size], in the units of the training data.</param>
    /// <param name="slotErrors">[count, input size]: the share of each slot in the row's error, in scaled units.</param>
    /// <param name="rowErrors">[count]: the mean of the losses of the row's columns, which is the sum of the shares.</param>
    /// <exception cref="ObjectDisposedException">The model or the block was disposed.</exception>
    public void Score(FeatureBlock rows, int count, Span<float> codes, Span<float> reconstructions, Span<float> slotErrors, Span<float> rowErrors)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();

        var loss = Architecture.RowLoss;
        var x = loss.Expand(rows.Scaled(count, Scaler).to(_device));
        var code = _network.encode(x);
        code.CopyTo(codes);
        if (reconstructions.IsEmpty && slotErrors.IsEmpty && rowErrors.IsEmpty)
            return;

        var output = _network.decode(code);
        if (!reconstructions.IsEmpty)
        {
            loss.Reconstruct(output).CopyTo(reconstructions);
            Scaler.Invert(reconstructions[..(count * rows.Width)]);
        }
        if (slotErrors.IsEmpty && rowErrors.IsEmpty)
            return;
        var errors = loss.PerSlot(output, x, _network.Counted(x));
        errors.CopyTo(slotErrors);
        if (!rowErrors.IsEmpty)
            errors.sum(1).CopyTo(rowErrors);
    }

    /// <summary>What codes stand for: the decoder alone.</summary>
    /// <param name="codes">[count, code size]</param>
    /// <param name="reconstructions">[count, input size], in the units of the training data.</param>
    /// <exception cref="ArgumentException">The spans do not hold as many rows.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    public void Decode(ReadOnlySpan<float> codes, Span<float> reconstructions)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var (size, width) = (Architecture.CodeSize, Architecture.InputSize);
        var count = codes.Length / size;
        if (count == 0 || codes.Length % size != 0 || reconstructions.Length != (long)count * width)
            throw new ArgumentException($"Got {codes.Length} values of codes for {reconstructions.Length} of reconstructions; "
                + $"expected {size} and {width} for each row.");
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var code = tensor(codes.ToArray(), [count, size], device: _device);
        Architecture.RowLoss.Reconstruct(_network.decode(code)).CopyTo(reconstructions);
        Scaler.Invert(reconstructions);
    }

    /// <summary><see cref="Score"/> in ONNX.</summary>
    /// <param name="rows">[rows, input size], in the units of the training data.</param>
    /// <exception cref="NotSupportedException">The network cannot be exported.</exception>
    internal (OnnxTensor Codes, OnnxTensor Reconstructions, OnnxTensor SlotErrors) Export(OnnxTensor rows)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        rows.Graph.NameWeights(_network);
        var loss = Architecture.RowLoss;
        var x = loss.Expand(Scaler.Apply(rows));
        var code = _network.encode(x);
        var output = _network.decode(code);
        return (code, Scaler.Invert(loss.Reconstruct(output)), loss.PerSlot(output, x, _network.Counted(x), Architecture.InputSize));
    }

    /// <summary><see cref="Decode"/> in ONNX.</summary>
    /// <param name="codes">[rows, code size]</param>
    /// <returns>[rows, input size], in the units of the training data.</returns>
    /// <exception cref="NotSupportedException">The network cannot be exported.</exception>
    internal OnnxTensor ExportDecoder(OnnxTensor codes)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        codes.Graph.NameWeights(_network);
        return Scaler.Invert(Architecture.RowLoss.Reconstruct(_network.decode(codes)));
    }

    /// <summary>How much each slot moves the error of its row: the gradient of the error by the slot's value (Simonyan et al. 2014,
    /// saliency maps).</summary>
    /// <param name="rows">Filled with finite values in the units of the training data; used up, for they are scaled where they lie.</param>
    /// <param name="count">Number of rows, at least 1.</param>
    /// <param name="gradients">[count, input size], per unit of the training data; 0 for key slots.</param>
    /// <exception cref="ObjectDisposedException">The model or the block was disposed.</exception>
    public void Saliency(FeatureBlock rows, int count, Span<float> gradients)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        using var gradientsOn = enable_grad();
        using var scope = NewDisposeScope();
        var x = rows.Scaled(count, Scaler).to(_device).detach().requires_grad_();
        var loss = Architecture.RowLoss;
        var target = loss.Expand(x);
        // By the input alone: nothing is left on the weights, which other threads use.
        var gradient = autograd.grad([loss.PerRow(_network.forward(target), target).sum()], [x])[0];
        gradient.CopyTo(gradients);
        for (var row = 0; row < count; row++)
            TensorPrimitives.Multiply(gradients.Slice(row * rows.Width, rows.Width), Scaler.Scale, gradients[(row * rows.Width)..]);
    }

    /// <summary>A copy of the network, on the CPU, that can be trained on while this model stays as it is. Owned by the caller.</summary>
    internal AutoencoderNetwork CopyNetwork()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var copy = Architecture.Create(seed: 0);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var weights = _network.state_dict();
        foreach (var (name, tensor) in copy.state_dict()) tensor.copy_(weights[name]);
        return copy;
    }

    /// <summary>Tells one model from another, where the checkpoint of a training on top of it needs that.</summary>
    internal string Fingerprint()
    {
        using var weights = new MemoryStream();
        SaveWeights(weights);
        return Convert.ToHexString(SHA256.HashData(weights.GetBuffer().AsSpan(0, (int)weights.Length)));
    }

    /// <summary>Writes network and scaling in the safetensors format.</summary>
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
    public static AutoencoderModel Load(Stream stream, AutoencoderArchitecture architecture, FeatureScaling scaling, TrainingHistory history, Device device)
    {
        var (network, scaler) = NetworkFile.Read(stream, architecture.Network.CountValues(architecture), () => architecture.Create(seed: 0),
            architecture.InputSize, scaling, device);
        return new AutoencoderModel(architecture, network, scaler, history, device);
    }

    /// <summary>Frees the network. Scoring afterwards throws.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _network.Dispose();
    }
}
