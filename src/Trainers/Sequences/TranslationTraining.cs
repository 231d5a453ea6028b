using System.Text.Json;
using System.Text.Json.Serialization;

namespace Extensions.ML.Trainers;

/// <summary>How a translation network is trained, besides <see cref="TrainingOptions"/>.</summary>
public sealed record TranslationTraining
{
    /// <summary>Share of the probability that training spreads over the whole vocabulary (Szegedy et al., "Rethinking the Inception
    /// Architecture", CVPR 2016, section 7), from 0 to below 1. The loss on validation pairs is without it: its exponential is the perplexity.
    /// Default 0.1.</summary>
    public double LabelSmoothing { get; init => field = BelowOne(value); } = 0.1;

    /// <summary>Asked at the end of each epoch for its <see cref="EpochRecord.Measures"/>, given the model as it is then, on loan: not to be
    /// disposed. Default <see langword="null"/>: there are none.</summary>
    [JsonIgnore]
    internal Func<TranslationModel, IReadOnlyDictionary<string, double>>? Measures { get; init; }

    /// <summary>In words, for a checkpoint.</summary>
    internal string Describe() => JsonSerializer.Serialize(this);
}
