namespace Extensions.ML.Trainers;

/// <summary>
/// What looked where in a translation: weights by layer, head and [to, from], each row of a map summing to 1. <c>to</c> and <c>from</c> count the
/// tokens of the source with End behind them, or those of the target with Begin before them.
/// </summary>
/// <param name="Encoder">From source to source; empty for a network that has no such attention.</param>
/// <param name="Decoder">From target to target, likewise.</param>
/// <param name="Cross">From each token of the target to the source.</param>
public sealed record AttentionMaps(float[][][,] Encoder, float[][][,] Decoder, float[][][,] Cross);
