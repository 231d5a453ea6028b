using System;
using System.Collections.Generic;
using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;

[assembly: LoadableClass(typeof(LinearBinaryModelParameters), null, typeof(SignatureLoadModel), "Linear Binary Executor",
    LinearBinaryModelParameters.LoaderSignature)]
[assembly: LoadableClass(typeof(CalibratedLinearModelParameters), null, typeof(SignatureLoadModel), "Calibrated Linear Executor",
    CalibratedLinearModelParameters.LoaderSignature)]

namespace Microsoft.ML.Trainers;

/// <summary>A bias and one weight per feature.</summary>
public abstract class LinearModelParameters : ModelParametersBase<float>, IScoringModel
{
    readonly float[] _weights;

    private protected LinearModelParameters(IHostEnvironment env, string name, float[] weights, float bias) : base(env, name)
        => (_weights, Bias) = (weights, bias);

    public float Bias { get; protected set; }
    public IReadOnlyList<float> Weights => Array.AsReadOnly(_weights);

    int IScoringModel.InputSize => _weights.Length;
    int IScoringModel.ScoreSize => 0;

    void IScoringModel.Score(ReadOnlySpan<float> features, Span<float> scores) => scores[0] = TensorPrimitives.Dot(_weights, features) + Bias;
}

public sealed class LinearBinaryModelParameters : LinearModelParameters
{
    internal const string LoaderSignature = "Linear2CExec";

    internal LinearBinaryModelParameters(IHostEnvironment env, float[] weights, float bias) : base(env, "LinearBinaryPredictor", weights, bias)
    {
    }

    static VersionInfo Version()
        => new("LINEAR2C", 0x00010001, 0x00010001, 0x00010001, typeof(LinearBinaryModelParameters).Assembly.GetName().Name, LoaderSignature);

    private protected override void SaveCore(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(Version());
        ctx.Writer.Write(Bias);
        ctx.Writer.WriteSingleArray([.. Weights]);
    }

    internal static LinearBinaryModelParameters Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version());
        var bias = ctx.Reader.ReadSingle();
        return new LinearBinaryModelParameters(env, ctx.Reader.ReadSingleArray(), bias);
    }
}

/// <summary>A linear model of two classes whose score is calibrated.</summary>
sealed class CalibratedLinearModelParameters : CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>
{
    public const string LoaderSignature = "PMixCaliPredExec";

    public CalibratedLinearModelParameters(IHostEnvironment env, LinearBinaryModelParameters model, PlattCalibrator calibrator)
        : base(env, "ParameterMixingCalibratedPredictor", model, calibrator)
    {
    }

    static VersionInfo Version()
        => new("PMIXCALP", 0x00010001, 0x00010001, 0x00010001, typeof(CalibratedLinearModelParameters).Assembly.GetName().Name, LoaderSignature);

    private protected override void SaveCore(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(Version());
        ctx.SaveModel(SubModel, "Predictor");
        ctx.SaveModel(Calibrator, "Calibrator");
    }

    internal static CalibratedLinearModelParameters Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version());
        ctx.LoadModel<LinearBinaryModelParameters, SignatureLoadModel>(env, out var model, "Predictor");
        ctx.LoadModel<PlattCalibrator, SignatureLoadModel>(env, out var calibrator, "Calibrator");
        return new CalibratedLinearModelParameters(env, model, calibrator);
    }
}
