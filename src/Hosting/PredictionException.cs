namespace Extensions.ML.Hosting;

/// <summary>Why a request was not answered.</summary>
public enum PredictionFailure
{
    /// <summary>So many requests wait that this one would wait too long: <see cref="ModelOptions.QueueCapacity"/>. Try again later (HTTP 503).</summary>
    QueueFull,

    /// <summary>The model's file is missing or damaged and none was loaded before. Try again later (HTTP 503).</summary>
    NoModel,

    /// <summary>The host is shutting down (HTTP 503).</summary>
    Stopping,

    /// <summary>The model refuses this row: a value is missing or not finite, or a vector has another size (HTTP 400).</summary>
    InvalidRow,
}

/// <summary>A request was not answered, and why.</summary>
/// <param name="failure">Why.</param>
/// <param name="message">The same in words.</param>
/// <param name="cause">The model's own exception, where there is one.</param>
public sealed class PredictionException(PredictionFailure failure, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>Why.</summary>
    public PredictionFailure Failure { get; } = failure;
}
