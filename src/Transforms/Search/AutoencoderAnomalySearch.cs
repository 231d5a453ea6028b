using Extensions.ML.Trainers;
using Microsoft.ML.SearchSpace;

namespace Extensions.ML;

/// <summary>What a search varies of an <see cref="AutoencoderAnomalyTrainer"/>.</summary>
public sealed class AutoencoderAnomalySearch : TrainerSearch<AutoencoderAnomalyTrainer.Options>
{
    /// <summary>How rows are judged: one of the values of <see cref="AnomalyScoring"/>.</summary>
    [Choice(AnomalyScoring.Combined, AnomalyScoring.NeighborDistance, AnomalyScoring.Likelihood, AnomalyScoring.ScaledError, AnomalyScoring.ReconstructionError)]
    public AnomalyScoring Scoring { get; set; }

    /// <summary>Number of networks: 1 to 10.</summary>
    [Range(1, 10, 5)]
    public int EnsembleSize { get; set; } = 5;

    /// <summary>Share of the values that the networks have to fill in: 0 to 0.5.</summary>
    [Range(0.0, 0.5, 0.0)]
    public double Masking { get; set; }

    private protected override void Set(AutoencoderAnomalyTrainer.Options options)
    {
        options.Scoring = Scoring;
        options.EnsembleSize = EnsembleSize;
        if (Masking > 0)
            options.Corruption = new MaskingNoise { Rate = Masking };
    }
}
