using System.Text.Json;
using System.Text.Json.Serialization;

namespace WebApi;

/// <summary>A row: the values of one moment, in the order of the model's slots.</summary>
sealed class Reading
{
    public float[] Features { get; set; } = [];
}

/// <summary>The columns that are read of the detector's output where a decision is asked for.</summary>
sealed class Detection
{
    public float Score { get; set; }
    public bool PredictedLabel { get; set; }
}

/// <summary>The same with the contributions, which cost many times as much: every slot is put back to its usual value in turn.</summary>
sealed class ExplainedDetection
{
    public float Score { get; set; }
    public bool PredictedLabel { get; set; }
    public float[] Contributions { get; set; } = [];
}

/// <summary>The column that is read of the embedding's output.</summary>
sealed class Embedded
{
    public float[] Embedding { get; set; } = [];
}

/// <summary>What the detector says.</summary>
/// <param name="Score">Above 0: anomalous.</param>
/// <param name="PredictedLabel">Whether it is.</param>
sealed record AnomalyAnswer(float Score, bool PredictedLabel);

/// <summary>What the detector says, and why.</summary>
/// <param name="Score">Above 0: anomalous.</param>
/// <param name="PredictedLabel">Whether it is.</param>
/// <param name="Contributions">The part of each slot in the score.</param>
sealed record ExplanationAnswer(float Score, bool PredictedLabel, Contribution[] Contributions);

/// <param name="Slot">Name of the slot.</param>
/// <param name="Value">Its part.</param>
sealed record Contribution(string Slot, float Value);

/// <param name="Embedding">The code of the row.</param>
sealed record EmbeddingAnswer(float[] Embedding);

/// <param name="Text">To translate, at most 2,000 characters.</param>
sealed record TranslationRequest(string Text);

/// <param name="Translation">The best one.</param>
/// <param name="Score">Its log-probability over the length penalty.</param>
/// <param name="Tokens">Its tokens.</param>
/// <param name="LogProbabilities">Of each token, given those before.</param>
sealed record TranslationAnswer(string Translation, double Score, IReadOnlyList<string> Tokens, IReadOnlyList<float> LogProbabilities);

/// <param name="Text">What follows the parts before.</param>
sealed record TranslationPart(string Text);

/// <param name="Source">Tokens of the text and its end.</param>
/// <param name="Target">Tokens of the translation.</param>
/// <param name="Weights">For each target token, how much it looked at each source token: the mean over the heads of the last layer.</param>
sealed record AttentionAnswer(string[] Source, string[] Target, float[][] Weights);

/// <param name="Name">What happens in it.</param>
/// <param name="Slots">Names of the sensors.</param>
/// <param name="Features">Their values.</param>
sealed record Example(string Name, string[] Slots, float[] Features);

/// <summary>Written and read without reflection: faster, above all at the start.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Reading))]
[JsonSerializable(typeof(AnomalyAnswer))]
[JsonSerializable(typeof(ExplanationAnswer))]
[JsonSerializable(typeof(EmbeddingAnswer))]
[JsonSerializable(typeof(TranslationRequest))]
[JsonSerializable(typeof(TranslationAnswer))]
[JsonSerializable(typeof(TranslationPart))]
[JsonSerializable(typeof(AttentionAnswer))]
[JsonSerializable(typeof(Example[]))]
sealed partial class WebJson : JsonSerializerContext;
