using System.Text.Json;

namespace Extensions.ML.Trainers;

/// <summary>What training asks of an autoencoder besides rebuilding its rows.</summary>
public sealed record AutoencoderRegularization
{
    /// <summary>What is done to a row before the network sees it; it still has to rebuild the row as it was (denoising autoencoder). Default
    /// <see langword="null"/>: nothing.</summary>
    public Corruption? Corruption { get; init; }

    /// <summary>What is asked of the code: sparsity or insensitivity to the input. Default <see langword="null"/>: nothing.</summary>
    public CodePenalty? Penalty { get; init; }

    /// <summary>Epochs for each layer of a dense network, from the input on, trained alone before all are trained together (Bengio et al.
    /// 2007; Vincent et al. 2010, section 3). At least 0. Default 0: all together from the start.</summary>
    public int PretrainingEpochs
    {
        get;
        init => field = value >= 0 ? value
            : throw new ArgumentOutOfRangeException(nameof(PretrainingEpochs), value, "PretrainingEpochs must be at least 0.");
    }

    /// <summary>In words, for a checkpoint; <see langword="null"/> where nothing is asked.</summary>
    internal string? Describe() => this == new AutoencoderRegularization() ? null : JsonSerializer.Serialize(this);
}
