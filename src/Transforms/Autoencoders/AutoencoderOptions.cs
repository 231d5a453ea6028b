using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>The network that an autoencoder component trains, and how.</summary>
public abstract class AutoencoderOptions : NetworkOptions
{
    readonly FeatureScaling _automatic;

    private protected AutoencoderOptions(int leastSteps, int leastEpochs, int mostEpochs = 100, FeatureScaling automaticScaling = FeatureScaling.Auto)
        : base(leastSteps, leastEpochs, mostEpochs) => _automatic = automaticScaling;

    /// <summary>
    /// The kind of network. Default a <see cref="DenseNetwork"/> with one hidden layer, its width chosen from input and code.
    /// </summary>
    public NetworkDesign Network { get; set; } = new DenseNetwork();

    /// <summary>After every hidden layer. Default <see cref="Activation.Silu"/> for embeddings, <see cref="Activation.Tanh"/> for detectors.</summary>
    public Activation Activation { get; set; } = Activation.Relu;

    /// <summary>
    /// After the last layer of the decoder. Default <see langword="null"/>: <see cref="Activation.Sigmoid"/> where every value that
    /// the network sees lies from 0 to 1, else <see cref="Activation.Identity"/>.
    /// </summary>
    public Activation? OutputActivation { get; set; }

    /// <summary>
    /// What is minimised, and what errors are measured in. <see cref="ReconstructionLoss.BinaryCrossEntropy"/> needs values from 0 to 1.
    /// Default <see cref="ReconstructionLoss.MeanSquaredError"/> for detectors, <see langword="null"/> for embeddings: binary cross-entropy where
    /// every value that the network sees lies from 0 to 1 and <see cref="OutputActivation"/> does not say otherwise, else the mean squared error.
    /// </summary>
    public ReconstructionLoss? Loss { get; set; } = ReconstructionLoss.MeanSquaredError;

    /// <summary>How each slot is scaled before the network; learned from the training rows and stored with the model. Default <see cref="FeatureScaling.Auto"/>.</summary>
    public FeatureScaling Scaling { get; set; } = FeatureScaling.Auto;

    /// <summary>What the slots hold where they are not all numbers. Default: as their annotations say.</summary>
    public SlotHeads Slots { get; set; } = new();

    /// <summary>Damage to the rows that the network sees in training and has to undo (denoising autoencoder): <see cref="GaussianNoise"/>,
    /// <see cref="MaskingNoise"/> or <see cref="SaltAndPepperNoise"/>. Default <see langword="null"/>: none.</summary>
    public Corruption? Corruption { get; set; }

    /// <summary>What is asked of the code: <see cref="AbsoluteSparsity"/>, <see cref="TargetSparsity"/> or <see cref="Contraction"/>.
    /// Default <see langword="null"/>: nothing.</summary>
    public CodePenalty? Penalty { get; set; }

    /// <summary>Epochs for each layer of a dense network, trained alone before all are trained together; at least 0. Default 0: all
    /// together from the start.</summary>
    public int PretrainingEpochs { get; set; }

    /// <summary>Reads the data once, and has networks that suit it trained while it is there.</summary>
    /// <param name="env">The context.</param>
    /// <param name="name">The component's name in <c>ml.Log</c>.</param>
    /// <param name="input">The training data.</param>
    /// <param name="featureColumnName">Its feature column.</param>
    /// <param name="train">Trains, and makes the component's transformer.</param>
    internal TResult Train<TResult>(IHostEnvironment env, string name, IDataView input, string featureColumnName, Func<AutoencoderJob, TResult> train)
    {
        ArgumentNullException.ThrowIfNull(input);
        var column = input.Schema.RequireFeatures(featureColumnName);
        using var channel = env.Register(name).Start("Training");
        using var cancellation = new ContextCancellation(env, CancellationToken);
        var device = HostDevice.Resolve(env, Device, channel);
        try
        {
            var rows = new DataViewRows(input, column);
            var groups = Slots.Resolve(column);
            var layout = groups is null ? null : new SlotLayout(rows.Width, groups);
            using var data = TrainingData.Load(rows, ToDataOptions(env, ResolveScaling(), layout), TorchEngine.Device(device), cancellation.Token);
            var loss = ResolveLoss(data);
            var outputActivation = ResolveOutputActivation(loss, data, mixed: groups is not null);
            return train(new(data,
                ToTrainingOptions(env, device, data.Training.RowCount, line => channel.Info(MessageSensitivity.None, line)),
                new() { Corruption = Corruption, Penalty = Penalty, PretrainingEpochs = PretrainingEpochs },
                rows.Width, column.ReadSlotNames(), Architecture, cancellation.Token));

            AutoencoderArchitecture Architecture(int code, int[] hidden)
            {
                if (code >= rows.Width)
                    channel.Warning(MessageSensitivity.None,
                        "The code of {0} values is not smaller than the {1} slots of the input; the network can copy its input without learning anything.",
                        code, rows.Width);
                return new()
                {
                    InputSize = rows.Width,
                    Network = Network.Resolve(layout?.NetworkSize ?? rows.Width, hidden),
                    CodeSize = code,
                    Activation = Activation,
                    OutputActivation = outputActivation,
                    Loss = loss,
                    Slots = groups,
                };
            }
        }
        catch (InvalidRowException e)
        {
            throw FeatureReader.Explain(e, column);
        }
    }

    FeatureScaling ResolveScaling() => (Loss, Network.ResolveScaling(Scaling)) switch
    {
        (ReconstructionLoss.BinaryCrossEntropy, FeatureScaling.Auto) => FeatureScaling.MinMax,
        (ReconstructionLoss.BinaryCrossEntropy, FeatureScaling.Standardize) => throw new ArgumentException(
            "Binary cross-entropy needs values from 0 to 1; use Scaling MinMax or None, or another Loss."),
        (_, FeatureScaling.Auto) => _automatic,
        var (_, scaling) => scaling,
    };

    ReconstructionLoss ResolveLoss(TrainingData data) => Loss
        ?? (data.IsUnitRange && OutputActivation is null or Activation.Sigmoid ? ReconstructionLoss.BinaryCrossEntropy : ReconstructionLoss.MeanSquaredError);

    Activation ResolveOutputActivation(ReconstructionLoss loss, TrainingData data, bool mixed)
    {
        if (mixed && OutputActivation is not (null or Activation.Identity))
            throw new ArgumentException($"The outputs of a table with Boolean or categorical slots are logits and numbers, so OutputActivation must be "
                + $"Identity, not {OutputActivation}.");
        if (loss != ReconstructionLoss.BinaryCrossEntropy)
            return mixed ? Activation.Identity : OutputActivation ?? (data.IsUnitRange ? Activation.Sigmoid : Activation.Identity);
        if (!data.IsUnitRange)
            throw new ArgumentException("Binary cross-entropy needs values from 0 to 1, and the data has others; use Scaling MinMax, or another Loss.");
        if (OutputActivation is not (null or Activation.Sigmoid))
            throw new ArgumentException($"Binary cross-entropy is over probabilities, so its output activation is Sigmoid, not {OutputActivation}.");
        return Activation.Identity; // the loss works on logits and applies the sigmoid itself
    }
}
