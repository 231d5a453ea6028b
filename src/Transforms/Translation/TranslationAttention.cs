using Extensions.ML.Trainers;

namespace Extensions.ML;

/// <summary>What looks where when a text is translated: the maps of every layer and head, and the tokens between which they lie.</summary>
/// <param name="Source">The tokens of the source, their end behind them.</param>
/// <param name="Target">The tokens of the translation, their beginning before them: the row of each tells where the network looks as it comes to the
/// next.</param>
/// <param name="Maps">The maps.</param>
public sealed record TranslationAttention(IReadOnlyList<string> Source, IReadOnlyList<string> Target, AttentionMaps Maps);
