namespace Extensions.ML.Trainers;

/// <summary>What a classifier is made of: an encoder, and a head that reads its code.</summary>
public sealed record ClassifierArchitecture
{
    /// <summary>The autoencoder whose encoder is used.</summary>
    public required AutoencoderArchitecture Autoencoder { get; init; }

    /// <summary>1: the log-odds of one class against another. At least 2: one score for each class.</summary>
    public required int Outputs { get; init => field = value >= 1 ? value
        : throw new ArgumentOutOfRangeException(nameof(Outputs), value, "Outputs must be at least 1."); }

    /// <summary>Widths of the head's hidden layers from the code on, each at least 1. Default none: the scores are linear in the
    /// code.</summary>
    public IReadOnlyList<int> HiddenSizes { get; init => field = EachAtLeastOne(value); } = [];

    /// <summary>After every hidden layer of the head.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>Classes to choose from.</summary>
    internal int Classes => Math.Max(2, Outputs);

    /// <summary>The network with its first weights.</summary>
    /// <param name="encoder">The autoencoder to use, owned by the network from here on; <see langword="null"/> for a new one.</param>
    /// <param name="seed">Seed of the weights that are new.</param>
    /// <param name="dropout">Share of the head's inputs that training leaves out.</param>
    /// <exception cref="ArgumentException">The design of the autoencoder does not fit its sizes.</exception>
    internal ClassifierNetwork Create(AutoencoderNetwork? encoder, int seed, double dropout = 0) =>
        new(encoder ?? Autoencoder.Create(seed), new ClassificationHead(Autoencoder.CodeSize, HiddenSizes, Outputs, Activation, dropout, seed));

    /// <summary>Values in all parameters and buffers.</summary>
    /// <exception cref="OverflowException">The sizes are absurd.</exception>
    internal long CountValues()
    {
        long[] sizes = [Autoencoder.CodeSize, .. HiddenSizes, Outputs];
        long count = checked(Autoencoder.Network.CountValues(Autoencoder) + 2L * Autoencoder.CodeSize);
        for (int i = 0; i + 1 < sizes.Length; i++) count = checked(count + sizes[i] * sizes[i + 1] + sizes[i + 1]);
        return count;
    }
}
