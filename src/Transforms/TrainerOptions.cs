using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>What every trainer of a network lets the user set about how it is trained.</summary>
public abstract class TrainerOptions
{
    private protected TrainerOptions()
    {
    }

    /// <summary>How gradients become steps: <see cref="Adam"/> (the default), <see cref="AdamW"/> (for embeddings), <see cref="Sgd"/>, <see cref="RmsProp"/>,
    /// <see cref="Adagrad"/> or <see cref="Adadelta"/>, with its learning rate and weight decay.</summary>
    public Optimizer Optimizer { get; set; } = new Adam();

    /// <summary>How the learning rate runs: <see cref="ConstantSchedule"/> (the default), <see cref="StepSchedule"/>, <see cref="ExponentialSchedule"/>,
    /// <see cref="CosineSchedule"/>, <see cref="InverseSquareRootSchedule"/> or <see cref="PlateauSchedule"/>, with an optional warm-up.</summary>
    public LearningRateSchedule Schedule { get; set; } = new ConstantSchedule();

    /// <summary>A bound on the gradients, by norm or by value. Default <see langword="null"/>: none.</summary>
    public GradientClipping? Clipping { get; set; }

    /// <summary>Share of the rows kept out of training to watch the loss on, 0 (the default) to below 1.</summary>
    public double ValidationFraction { get; set; }

    /// <summary>
    /// Epochs without a better loss after which training stops and the best weights come back, at least 1. The loss watched is
    /// that of the validation rows where there are any, else of the training rows. Default <see langword="null"/>: never.
    /// </summary>
    public int? EarlyStoppingPatience { get; set; }

    /// <summary>Seed of the first weights, the split and the order of the rows. Default <see langword="null"/>: the seed of the
    /// <see cref="MLContext"/>, or 1. The same seed and data give bit-identical weights on a CPU.</summary>
    public int? Seed { get; set; }

    /// <summary>A safetensors file whose tensors take the place of the first weights of the same names and shapes: a model's
    /// <c>weights.safetensors</c>, or weights that were trained in PyTorch. Those that the file lacks are drawn; the scaling of a file is not taken.
    /// Default <see langword="null"/>: all are drawn.</summary>
    public string? InitialWeights { get; set; }

    /// <summary><c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>. Default <see langword="null"/>: the GPU named by <see cref="MLContext.GpuDeviceId"/>,
    /// or the CPU. With <see cref="MLContext.FallbackToCpu"/> a GPU that is not there is replaced by the CPU, with a warning in <c>ml.Log</c>.</summary>
    public string? Device { get; set; }

    /// <summary>Number format of the layers. Default <see cref="Precision.Float32"/>.</summary>
    public Precision Precision { get; set; }

    /// <summary>Folder of the checkpoint, written after every epoch. Default <see langword="null"/>: none.</summary>
    public string? CheckpointFolder { get; set; }

    /// <summary>Whether a checkpoint of the same training found in <see cref="CheckpointFolder"/> is continued from. Default yes.</summary>
    public bool Resume { get; set; } = true;

    /// <summary>Is told of the end of each epoch, and within long epochs about twice a second.</summary>
    public IProgress<TrainingProgress>? Progress { get; set; }

    /// <summary>Stops the training with <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken CancellationToken { get; set; }

    /// <summary>Where gradients meet those of other processes in data-parallel training. Default <see langword="null"/>: trains alone.</summary>
    public IGradientCombiner? GradientCombiner { get; set; }

    /// <summary>These settings for the training loop.</summary>
    /// <param name="env">The context.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="log">Is given one line of text per epoch.</param>
    internal TrainingOptions ToTrainingOptions(IHostEnvironment env, string device, Action<string> log) => new()
    {
        Optimizer = Optimizer,
        Schedule = Schedule,
        Clipping = Clipping,
        Patience = EarlyStoppingPatience,
        Seed = ResolveSeed(env),
        InitialWeights = InitialWeights,
        Device = device,
        Precision = Precision,
        CheckpointFolder = CheckpointFolder,
        Resume = Resume,
        Progress = Progress,
        Log = log,
        Combiner = GradientCombiner,
    };

    internal int ResolveSeed(IHostEnvironment env) => Seed ?? env.Seed() ?? 1;
}
