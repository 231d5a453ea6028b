namespace Extensions.ML.Trainers;

/// <summary>Training cannot go on: the loss is no longer a number, memory ran out, or a checkpoint does not fit.</summary>
/// <param name="message">What happened, where, and what most likely helps.</param>
/// <param name="inner">The cause, where there is one.</param>
public sealed class TrainingException(string message, Exception? inner = null) : Exception(message, inner);
