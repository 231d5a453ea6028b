using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// A trained classifier over an encoder: the network, the scaling of its input and the history of its training. Immutable; one instance
/// serves many threads.
/// </summary>
public sealed class ClassifierModel : IDisposable
{
    readonly ClassifierNetwork _network;
    readonly Device _device;
    volatile bool _disposed;

    ClassifierModel(ClassifierArchitecture architecture, ClassifierNetwork network, FeatureScaler scaler, TrainingHistory history, Device device)
    {
        Architecture = architecture;
        Scaler = scaler;
        History = history;
        _network = network;
        _device = device;
    }

    /// <summary>What the network is made of.</summary>
    public ClassifierArchitecture Architecture { get; }

    /// <summary>The scaling of each slot before the network.</summary>
    public FeatureScaler Scaler { get; }

    /// <summary>Loss and learning rate of every epoch.</summary>
    public TrainingHistory History { get; }

    /// <summary>Trains a classifier on labelled rows.</summary>
    /// <param name="architecture">What to train.</param>
    /// <param name="encoder">The autoencoder that the encoder is copied from, itself left as it is; <see langword="null"/> to train the same
    /// network from its first weights.</param>
    /// <param name="data">The rows on the device that <paramref name="options"/> names, scaled as the encoder has it. Their targets: the class
    /// number from 0, and the weight where <paramref name="weighted"/> says so.</param>
    /// <param name="weighted">Whether rows have weights.</param>
    /// <param name="options">How to train.</param>
    /// <param name="how">What is particular to classifiers.</param>
    /// <param name="cancellation">Stops the training.</param>
    /// <exception cref="ArgumentException">The encoder is of another architecture, or there is none to keep frozen; or images are to be distorted
    /// where there are none.</exception>
    /// <exception cref="InvalidOperationException">Fewer than two classes occur among the training rows.</exception>
    public static ClassifierModel Train(ClassifierArchitecture architecture, AutoencoderModel? encoder, TrainingData data, bool weighted,
        TrainingOptions options, ClassifierTraining how, CancellationToken cancellation = default)
    {
        if (encoder is null && !how.FineTune)
            throw new ArgumentException("Without a pretrained encoder there is nothing to keep frozen: name an encoder, or set FineTune to true.");
        if (encoder is not null && JsonSerializer.Serialize(encoder.Architecture) != JsonSerializer.Serialize(architecture.Autoencoder))
            throw new ArgumentException("The pretrained encoder is of another architecture than the classifier.");
        if (how.Distortion is not null && architecture.Autoencoder.Image is null)
            throw new ArgumentException($"Distortion is for images, and a {architecture.Autoencoder.Network.GetType().Name} sees none.");
        var device = TorchEngine.Device(options.Device);
        return architecture.Create(encoder?.CopyNetwork(), options.Seed, how.Dropout).HandOver(network =>
        {
            NetworkFile.Begin(network, options.InitialWeights);
            network.to(device);
            // The normalizations of a new network know no means yet but those of the rows.
            network.train(encoder is null);
            using var rows = new LabelledRows(data, architecture.Autoencoder, weighted, architecture.Classes, how.BalanceClasses,
                network, cancellation);
            options = options with { Objective = how.Describe() + (options.CheckpointFolder is null ? null : encoder?.Fingerprint()) };
            var history = encoder is null ? TrainAll(network, rows, data, options, how, cancellation)
                : !how.FineTune ? TrainHead(network, rows, data, options, how, cancellation)
                : FineTune(network, rows, data, options, how, cancellation);
            return new ClassifierModel(architecture, network, data.Scaler, history, device);
        });
    }

    static TrainingHistory FineTune(ClassifierNetwork network, LabelledRows rows, TrainingData data, TrainingOptions options,
        ClassifierTraining how, CancellationToken cancellation)
    {
        if (how.HeadEpochs > 0)
        {
            TrainHead(network, rows, data, options with
            {
                Epochs = how.HeadEpochs,
                Patience = null,
                CheckpointFolder = options.CheckpointFolder is { } folder ? Path.Combine(folder, "head") : null,
                Log = line => options.Log?.Invoke("head: " + line),
            }, how, cancellation);
        }
        var factors = new Dictionary<string, double> { [ClassifierNetwork.EncoderPrefix] = how.EncoderLearningRateFactor };
        return TrainAll(network, rows, data, how.EncoderLearningRateFactor == 1 ? options : options with { LearningRateFactors = factors },
            how, cancellation);
    }

    static TrainingHistory TrainAll(ClassifierNetwork network, LabelledRows rows, TrainingData data, TrainingOptions options,
        ClassifierTraining how, CancellationToken cancellation) =>
        TrainingLoop.Run(network, batch => Loss(network, network.forward, rows, batch, options, how), data.Training, data.Validation, options, cancellation);

    /// <summary>Trains the head alone. The encoder is no part of what the loop trains, so that nothing in it moves: no weight, and no running
    /// mean of a normalization.</summary>
    static TrainingHistory TrainHead(ClassifierNetwork network, LabelledRows rows, TrainingData data, TrainingOptions options,
        ClassifierTraining how, CancellationToken cancellation)
    {
        options = options with { Optimizer = options.Optimizer with { LearningRate = options.Optimizer.LearningRate * how.HeadLearningRateFactor } };
        return TrainingLoop.Run(network.Head, batch => Loss(network.Head, Frozen, rows, batch, options, how), data.Training, data.Validation,
            options, cancellation);

        Tensor Frozen(Tensor x)
        {
            Tensor code;
            using (no_grad()) code = network.Encode(x);
            return network.Head.forward(code);
        }
    }

    // In evaluation mode, on validation rows, the bare loss is wanted.
    static Tensor Loss(nn.Module trained, Func<Tensor, Tensor> scores, LabelledRows rows, Batch batch, TrainingOptions options,
        ClassifierTraining how)
    {
        var x = rows.Features(batch);
        if (trained.training && how.Distortion is { } distortion)
        {
            (trained as ClassifierNetwork)?.RememberStraight(x);
            x = distortion.Apply(x, rows.Image!.Value);
        }
        if (trained.training && how.Corruption is { } corruption) x = corruption.Apply(x);
        if (options.Precision == Precision.BFloat16) x = x.to(ScalarType.BFloat16);
        return ClassificationLoss.Mean(scores(x), rows.Labels(batch), rows.Weights(batch), trained.training ? how.LabelSmoothing : 0);
    }

    /// <summary>Runs the network over rows.</summary>
    /// <param name="rows">Filled with finite values in the units of the training data; used up, for they are scaled where they lie.</param>
    /// <param name="count">Number of rows, at least 1.</param>
    /// <param name="scores">[count, outputs]: the log-odds of class 1 where there is one output, else the probability of each class.</param>
    /// <exception cref="ObjectDisposedException">The model or the block was disposed.</exception>
    public void Score(FeatureBlock rows, int count, Span<float> scores)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var logits = _network.forward(Architecture.Autoencoder.RowLoss.Expand(rows.Scaled(count, Scaler).to(_device)));
        (Architecture.Outputs == 1 ? logits : logits.softmax(1)).CopyTo(scores);
    }

    /// <summary><see cref="Score"/> in ONNX.</summary>
    /// <param name="rows">[rows, input size], in the units of the training data.</param>
    /// <returns>[rows, outputs]</returns>
    /// <exception cref="NotSupportedException">The network cannot be exported.</exception>
    internal OnnxTensor Export(OnnxTensor rows)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        rows.Graph.NameWeights(_network);
        var logits = _network.forward(Architecture.Autoencoder.RowLoss.Expand(Scaler.Apply(rows)));
        return Architecture.Outputs == 1 ? logits : logits.softmax(1);
    }

    /// <summary>Runs the encoder alone: the code is what the scores are read off, and so a good space to compare rows in.</summary>
    /// <param name="rows">Filled with finite values in the units of the training data; used up, for they are scaled where they lie.</param>
    /// <param name="count">Number of rows, at least 1.</param>
    /// <param name="codes">[count, code size]</param>
    /// <exception cref="ObjectDisposedException">The model or the block was disposed.</exception>
    public void Encode(FeatureBlock rows, int count, Span<float> codes)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        _network.Encode(Architecture.Autoencoder.RowLoss.Expand(rows.Scaled(count, Scaler).to(_device))).CopyTo(codes);
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
    public static ClassifierModel Load(Stream stream, ClassifierArchitecture architecture, FeatureScaling scaling, TrainingHistory history, Device device)
    {
        var (network, scaler) = NetworkFile.Read(stream, architecture.CountValues(), () => architecture.Create(null, seed: 0),
            architecture.Autoencoder.InputSize, scaling, device);
        return new ClassifierModel(architecture, network, scaler, history, device);
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
