namespace Extensions.ML.Trainers;

/// <summary>How a network is trained. The defaults give a sound run for any family.</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over the training rows, at least 1. Default 20. A run that is resumed with more of them is trained on.</summary>
    public int Epochs { get; init => field = AtLeast(value, 1); } = 20;

    /// <summary>Rows in a batch, at least 1; of sequences, the tokens in a batch, counted with the padding. Default 128.</summary>
    public int BatchSize { get; init => field = AtLeast(value, 1); } = 128;

    /// <summary>Batches whose gradients make one step, at least 1: as a batch that many times as large, in the memory of one. Default 1.</summary>
    public int AccumulateBatches { get; init => field = AtLeast(value, 1); } = 1;

    /// <summary>Default <see cref="Adam"/> with learning rate 0.001.</summary>
    public Optimizer Optimizer { get; init; } = new Adam();

    /// <summary>What the learning rate is multiplied by for the parameters whose names begin with a key; at least 0. Default
    /// <see langword="null"/>: nothing.</summary>
    public IReadOnlyDictionary<string, double>? LearningRateFactors { get; init; }

    /// <summary>Default <see cref="ConstantSchedule"/>.</summary>
    public LearningRateSchedule Schedule { get; init; } = new ConstantSchedule();

    /// <summary>Default <see langword="null"/>: gradients are used as they are.</summary>
    public GradientClipping? Clipping { get; init; }

    /// <summary>
    /// Epochs without a better monitored loss after which training stops, at least 1; <see langword="null"/> (the default) never stops
    /// early. The monitored loss is the validation loss where there are validation rows, else the training loss, unless
    /// <see cref="MonitoredMeasure"/> names another figure.
    /// </summary>
    public int? Patience { get; init => field = value is { } p ? AtLeast(p, 1) : null; }

    /// <summary>How much lower a loss must be to count as better, at least 0. Default 0.</summary>
    public double MinImprovement { get; init => field = value >= 0 ? value
        : throw new ArgumentOutOfRangeException(nameof(MinImprovement), value, "MinImprovement must be at least 0."); }

    /// <summary>Whether the weights of the epoch with the best validation loss are put back at the end. Without validation rows or
    /// <see cref="Patience"/>, the last weights stay. Default yes.</summary>
    public bool RestoreBest { get; init; } = true;

    /// <summary>At the end, the weights are the mean of those at the ends of this many last epochs, at least 1 (Polyak and Juditsky 1992; in
    /// the way of Vaswani et al. 2017, section 6.1). Above 1, it takes the place of <see cref="RestoreBest"/>. Default 1: the weights stay as
    /// they are.</summary>
    public int AverageEpochs { get; init => field = AtLeast(value, 1); } = 1;

    /// <summary>Seed of everything random in the run. The order of the rows has its own in <see cref="DataOptions"/>. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>A safetensors file whose tensors take the place of the first weights of the same names and shapes, such as those of a saved model or
    /// of one trained elsewhere; a checkpoint that is continued from goes before. Default <see langword="null"/>: first weights are drawn.</summary>
    public string? InitialWeights { get; init; }

    /// <summary><c>cpu</c> (the default), <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Default <see cref="Precision.Float32"/>. Acts through the objective: see <see cref="Reconstruction"/>.</summary>
    public Precision Precision { get; init; }

    /// <summary>Folder of the checkpoint; <see langword="null"/> (the default) writes none. Made where it is missing.</summary>
    public string? CheckpointFolder { get; init; }

    /// <summary>Epochs between two checkpoints, at least 1. Default 1.</summary>
    public int CheckpointEveryEpochs { get; init => field = AtLeast(value, 1); } = 1;

    /// <summary>Whether a checkpoint in <see cref="CheckpointFolder"/> is continued from; else it is replaced. Default yes.</summary>
    public bool Resume { get; init; } = true;

    /// <summary>Is told of the end of each epoch, and within long epochs about twice a second.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Is given one line of text per epoch and at each event of the run.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>Asked at the end of each epoch for its <see cref="EpochRecord.Measures"/>; <see langword="null"/> (the default) where there are
    /// none.</summary>
    internal Func<IReadOnlyDictionary<string, double>>? Measures { get; init; }

    /// <summary>The one of <see cref="Measures"/> that tells which epoch is the best, higher being better; <see langword="null"/> (the default)
    /// for the loss.</summary>
    internal string? MonitoredMeasure { get; init; }

    /// <summary>What the objective depends on besides the network and the data, in words: a checkpoint of another objective is not continued
    /// from. Default <see langword="null"/>.</summary>
    public string? Objective { get; init; }

    /// <summary>Where gradients meet those of other processes; <see langword="null"/> (the default) trains alone.</summary>
    public IGradientCombiner? Combiner { get; init; }
}
