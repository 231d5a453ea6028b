namespace Extensions.ML.Generators;

/// <summary>How rows are drawn from an autoregressive model.</summary>
public sealed record AutoregressiveSampling : SamplingOptions
{
    /// <summary>Above 0: logits of categories, levels and components are divided by it, scales of numbers multiplied. Below 1, rows are more
    /// typical and less varied. Default 1: rows are drawn from the model's distribution.</summary>
    public double Temperature
    {
        get;
        init => field = double.IsFinite(value) && value > 0 ? value
            : throw new ArgumentOutOfRangeException(nameof(Temperature), value, "Temperature must be finite and above 0.");
    } = 1;
}
