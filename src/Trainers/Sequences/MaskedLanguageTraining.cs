using System.Text.Json;

namespace Extensions.ML.Trainers;

/// <summary>How a masked language model is trained, besides <see cref="TrainingOptions"/>: the shares of Devlin et al. 2019, section 3.1.</summary>
public sealed record MaskedLanguageTraining
{
    /// <summary>Share of the tokens that have to be told, above 0 and below 1; other ones in every epoch. Default 0.15.</summary>
    public double Share
    {
        get;
        init => field = value is > 0 and < 1 ? value
            : throw new ArgumentOutOfRangeException(nameof(Share), value, "Share must be above 0 and below 1.");
    } = 0.15;

    /// <summary>Share of these that are hidden behind <see cref="SpecialTokens.Mask"/>, from 0 to 1. Default 0.8.</summary>
    public double Hidden { get; init => field = FromZeroToOne(value, nameof(Hidden)); } = 0.8;

    /// <summary>Share of these that another token of the vocabulary stands in for, from 0 to 1; together with <see cref="Hidden"/> at most 1. The
    /// rest stays as it is. Default 0.1.</summary>
    public double Replaced { get; init => field = FromZeroToOne(value, nameof(Replaced)); } = 0.1;

    /// <summary>In words, for a checkpoint.</summary>
    internal string Describe() => JsonSerializer.Serialize(this);

    static double FromZeroToOne(double value, string name) => value is >= 0 and <= 1 ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be from 0 to 1.");
}
