using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>What both classifiers over a pretrained encoder let the user set.</summary>
public abstract class PretrainedEncoderOptions : NetworkOptions
{
    private protected PretrainedEncoderOptions() : base(leastSteps: 400, leastEpochs: 10, mostEpochs: 400)
    {
        BatchSize = 32;
        Optimizer = new AdamW();
        Schedule = new CosineSchedule();
    }

    /// <summary>Name of the label column. Default "Label".</summary>
    public string LabelColumnName { get; set; } = "Label";

    /// <summary>Name of the feature column, a vector of Single as the encoder was trained on. Default "Features".</summary>
    public string FeatureColumnName { get; set; } = "Features";

    /// <summary>Name of a column of Single with the weight of each row in the loss, at least 0. Default <see langword="null"/>: all weigh the
    /// same.</summary>
    public string? ExampleWeightColumnName { get; set; }

    /// <summary>
    /// The autoencoder whose encoder is reused: <c>Model</c> of a fitted <see cref="AutoencoderEmbeddingTransformer"/> or
    /// <see cref="AutoencoderAnomalyTransformer"/>. It is copied: whatever training does to the copy, the transformer stays as it is.
    /// Default <see langword="null"/>: a network of the same kind is trained from its first weights, on the labelled rows alone.
    /// </summary>
    public AutoencoderModel? Encoder { get; set; }

    /// <summary>Whether the encoder's weights are trained too; else they stay bit for bit as they are and only the head is trained, which
    /// is faster. Default yes.</summary>
    public bool FineTune { get; set; } = true;

    /// <summary>What the learning rate is multiplied by for the weights of a pretrained encoder, at least 0. Default 0.3: few labels improve
    /// an encoder a little, and large steps soon undo what it learned without them.</summary>
    public double EncoderLearningRateFactor { get; set; } = 0.3;

    /// <summary>What the learning rate is multiplied by while the head alone is trained, over an encoder that stays as it is; above 0.
    /// Default <see langword="null"/>: 30, for the loss of a linear head is convex and its inputs are scaled, so that it bears large steps;
    /// 3 for a head with hidden layers.</summary>
    public double? HeadLearningRateFactor { get; set; }

    /// <summary>Epochs in which the head alone is trained before a pretrained encoder is fine-tuned, at least 0, so that the gradients of a
    /// head that knows nothing yet do not spoil the encoder (Kumar et al., "Fine-Tuning can Distort Pretrained Features", ICLR 2022). Default
    /// <see langword="null"/>: as many as fine-tuning itself takes.</summary>
    public int? HeadEpochs { get; set; }

    /// <summary>Widths of the hidden layers between the code and the scores, each at least 1. Default none: the scores are linear in the
    /// code.</summary>
    public IReadOnlyList<int> HeadHiddenSizes { get; set; } = [];

    /// <summary>Share of the inputs of each of the head's layers that training sets to 0, 0 (the default) to below 1.</summary>
    public double Dropout { get; set; }

    /// <summary>Share of each label that is spread over all classes alike, 0 (the default) to below 1.</summary>
    public double LabelSmoothing { get; set; }

    /// <summary>Whether rows of rare classes count more, so that all classes that occur count alike. Default no.</summary>
    public bool BalanceClasses { get; set; }

    /// <summary>Damage to the rows in training, drawn anew in every step: <see cref="GaussianNoise"/>, <see cref="MaskingNoise"/> or
    /// <see cref="SaltAndPepperNoise"/>. Default <see langword="null"/>: none.</summary>
    public Corruption? Corruption { get; set; }

    /// <summary>How images are bent in training, anew in every step, so that few labelled ones stand for many; only over a network of images.
    /// Default <see langword="null"/>: not at all, whatever the encoder saw when it was trained.</summary>
    public ImageDistortion? Distortion { get; set; }

    /// <summary>The kind of network; only without an <see cref="Encoder"/>. Default a <see cref="DenseNetwork"/> with one hidden layer.</summary>
    public NetworkDesign Network { get; set; } = new DenseNetwork();

    /// <summary>Values in the code, at least 1; only without an <see cref="Encoder"/>. Default 16.</summary>
    public int EmbeddingSize { get; set; } = 16;

    /// <summary>After every hidden layer of the head and, without an <see cref="Encoder"/>, of the encoder. Default
    /// <see cref="Activation.Silu"/>.</summary>
    public Activation Activation { get; set; } = Activation.Silu;

    /// <summary>How each slot is scaled before the network; only without an <see cref="Encoder"/>, which brings its own scaling. Default
    /// <see cref="FeatureScaling.Auto"/>.</summary>
    public FeatureScaling Scaling { get; set; } = FeatureScaling.Auto;

    /// <summary>What the slots hold where they are not all numbers; only without an <see cref="Encoder"/>. Default: as their annotations
    /// say.</summary>
    public SlotHeads Slots { get; set; } = new();

    /// <param name="epochs">Of the whole network.</param>
    ClassifierTraining ToClassifierTraining(int epochs) => new()
    {
        FineTune = FineTune,
        EncoderLearningRateFactor = EncoderLearningRateFactor,
        HeadLearningRateFactor = HeadLearningRateFactor ?? (HeadHiddenSizes.Count == 0 ? 30 : 3),
        HeadEpochs = HeadEpochs ?? epochs,
        Dropout = Dropout,
        LabelSmoothing = LabelSmoothing,
        BalanceClasses = BalanceClasses,
        Corruption = Corruption,
        Distortion = Distortion,
    };

    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(LabelColumnName);
        ArgumentException.ThrowIfNullOrEmpty(FeatureColumnName);
        ArgumentOutOfRangeException.ThrowIfLessThan(EmbeddingSize, 1);
        foreach (var size in HeadHiddenSizes)
            ArgumentOutOfRangeException.ThrowIfLessThan(size, 1, nameof(HeadHiddenSizes));
        if (Encoder == null && !FineTune)
            throw new ArgumentException("Without a pretrained encoder there is nothing to keep frozen: set Encoder, or FineTune to true.");
        _ = ToClassifierTraining(epochs: 1); // has ranges of its own
    }

    /// <summary>Checks the columns of a pipeline under construction.</summary>
    /// <returns>The label column.</returns>
    internal SchemaShape.Column RequireColumns(SchemaShape shape, bool binary)
    {
        shape.RequireFeatures(FeatureColumnName);
        if (ExampleWeightColumnName is { } weight)
            shape.RequireScalar("weight", weight, NumberDataViewType.Single, isKey: false, "ConvertType converts it.");
        return binary
            ? shape.RequireScalar("label", LabelColumnName, BooleanDataViewType.Instance, isKey: false, "ConvertType or MapValue make a Boolean of it.")
            : shape.RequireScalar("label", LabelColumnName, NumberDataViewType.UInt32, isKey: true, "MapValueToKey makes a key of it.");
    }

    /// <summary>Reads the labelled data once and trains.</summary>
    /// <param name="env">The context.</param>
    /// <param name="name">The component's name in <c>ml.Log</c>.</param>
    /// <param name="input">The labelled data.</param>
    /// <param name="binary">Whether there is one score of two classes, else one for each key of the label.</param>
    internal (ClassifierModel Model, ClassifierDescription Description) Train(IHostEnvironment env, string name, IDataView input, bool binary)
    {
        ArgumentNullException.ThrowIfNull(input);
        RequireColumns(Shapes.Of(input.Schema), binary);
        var features = input.Schema.RequireFeatures(FeatureColumnName, Encoder?.Architecture.InputSize ?? 0);
        var label = input.Schema[LabelColumnName];
        using var channel = env.Register(name).Start("Training");
        using var cancellation = new ContextCancellation(env, CancellationToken);
        var device = HostDevice.Resolve(env, Device, channel);
        try
        {
            var rows = new LabelledDataViewRows(input, features, label, ExampleWeightColumnName is { } weight ? input.Schema[weight] : null);
            var architecture = new ClassifierArchitecture
            {
                Autoencoder = Encoder?.Architecture ?? NewAutoencoder(features),
                Outputs = binary ? 1 : Classes((KeyDataViewType)label.Type),
                HiddenSizes = [.. HeadHiddenSizes],
                Activation = Activation,
            };
            using var data = TrainingData.Load(rows, ToDataOptions(env, architecture.Autoencoder.Network.ResolveScaling(Scaling), architecture.Autoencoder.Layout) with { Scaler = Encoder?.Scaler, TargetSlots = rows.Targets },
                TorchEngine.Device(device), cancellation.Token);
            var training = ToTrainingOptions(env, device, data.Training.RowCount, line => channel.Info(MessageSensitivity.None, line));
            var model = ClassifierModel.Train(architecture, Encoder, data, weighted: rows.Targets > 1, training, ToClassifierTraining(training.Epochs),
                cancellation.Token);
            return (model, ClassifierDescription.Of(model, FeatureColumnName, KeyNames.Read(label)));
        }
        catch (InvalidRowException e)
        {
            throw FeatureReader.Explain(e, features);
        }
    }

    AutoencoderArchitecture NewAutoencoder(DataViewSchema.Column features)
    {
        var width = ((VectorDataViewType)features.Type).Size;
        var architecture = new AutoencoderArchitecture
        {
            InputSize = width,
            CodeSize = EmbeddingSize,
            Network = Network,
            Activation = Activation,
            Slots = Slots.Resolve(features),
        };
        return architecture with { Network = Network.Resolve(architecture.NetworkSize, [Math.Max(64, 4 * EmbeddingSize)]) };
    }

    int Classes(KeyDataViewType type) => type.Count is >= 2 and <= 1 << 24 ? (int)type.Count : throw new ArgumentOutOfRangeException(
        "inputSchema", $"Schema mismatch for label column '{LabelColumnName}': expected a key of 2 to {1 << 24:N0} values, got {type}.");
}
