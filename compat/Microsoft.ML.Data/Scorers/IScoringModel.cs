using System;

namespace Microsoft.ML.Data;

/// <summary>A trained model that turns a row of features into scores. It is used by many threads at once.</summary>
interface IScoringModel
{
    /// <summary>Number of features.</summary>
    int InputSize { get; }

    /// <summary>Length of the score vector; 0 for a scalar score.</summary>
    int ScoreSize { get; }

    /// <summary>Writes the scores (one if it is scalar) of a dense row [InputSize].</summary>
    void Score(ReadOnlySpan<float> features, Span<float> scores);
}

/// <summary>A model whose scalar score stands for a probability.</summary>
interface ICalibratedScoringModel : IScoringModel
{
    float PredictProbability(float score);
}
