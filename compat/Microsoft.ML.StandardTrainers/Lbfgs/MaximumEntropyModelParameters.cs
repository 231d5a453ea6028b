using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;

[assembly: LoadableClass(typeof(MaximumEntropyModelParameters), null, typeof(SignatureLoadModel), "Multiclass LR Executor",
    MaximumEntropyModelParameters.LoaderSignature)]

namespace Microsoft.ML.Trainers;

/// <summary>One bias and one weight per feature for each class.</summary>
public abstract class LinearMulticlassModelParametersBase : ModelParametersBase<VBuffer<float>>, IScoringModel
{
    private protected readonly float[][] Weights; // [classes][features]
    private protected readonly float[] Biases;

    private protected LinearMulticlassModelParametersBase(IHostEnvironment env, string name, float[][] weights, float[] biases) : base(env, name)
        => (Weights, Biases) = (weights, biases);

    internal int InputSize => Weights[0].Length;
    internal int ScoreSize => Weights.Length;
    int IScoringModel.InputSize => InputSize;
    int IScoringModel.ScoreSize => ScoreSize;

    void IScoringModel.Score(ReadOnlySpan<float> features, Span<float> scores)
    {
        for (var c = 0; c < scores.Length; c++)
            scores[c] = Biases[c] + TensorPrimitives.Dot(Weights[c], features);
        Calibrate(scores);
    }

    /// <summary>Turns linear scores into those of the model.</summary>
    private protected abstract void Calibrate(Span<float> scores);

    public void GetWeights(ref VBuffer<float>[] weights, out int numClasses)
        => numClasses = VBufferUtils.SetRows(ref weights, Weights);

    public IEnumerable<float> GetBiases() => Biases.AsEnumerable();
}

/// <summary>The same, with the softmax of the scores as probabilities.</summary>
public sealed class MaximumEntropyModelParameters : LinearMulticlassModelParametersBase
{
    internal const string LoaderSignature = "MultiClassLRExec";

    internal MaximumEntropyModelParameters(IHostEnvironment env, float[][] weights, float[] biases)
        : base(env, "MulticlassLogisticRegressionPredictor", weights, biases)
    {
    }

    private protected override void Calibrate(Span<float> scores)
    {
        var logZ = LinearTerms.LogSumExp(scores);
        foreach (ref var score in scores)
            score = (float)Math.Exp(score - logZ);
    }

    static VersionInfo Version()
        => new("MULTI LR", 0x00010001, 0x00010001, 0x00010001, typeof(MaximumEntropyModelParameters).Assembly.GetName().Name, LoaderSignature);

    private protected override void SaveCore(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(Version());
        ctx.Writer.Write(InputSize);
        ctx.Writer.Write(ScoreSize);
        ctx.Writer.WriteSinglesNoCount(Biases);
        foreach (var row in Weights)
            ctx.Writer.WriteSinglesNoCount(row);
    }

    internal static MaximumEntropyModelParameters Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version());
        var features = ctx.Reader.ReadInt32();
        var classes = ctx.Reader.ReadInt32();
        env.CheckDecode(features > 0 && classes > 0);
        var biases = ctx.Reader.ReadSingleArray(classes);
        var weights = new float[classes][];
        for (var c = 0; c < classes; c++)
            weights[c] = ctx.Reader.ReadSingleArray(features);
        return new MaximumEntropyModelParameters(env, weights, biases);
    }
}
