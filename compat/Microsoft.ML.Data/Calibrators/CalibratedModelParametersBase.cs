using System;
using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(PlattCalibrator), null, typeof(SignatureLoadModel), "Platt Calibration Executor", PlattCalibrator.LoaderSignature)]

namespace Microsoft.ML.Calibrators;

/// <summary>Turns a score into a probability.</summary>
public interface ICalibrator
{
    float PredictProbability(float output);
}

/// <summary>1 / (1 + exp(slope * score + offset)).</summary>
public sealed class PlattCalibrator : ICalibrator, ICanSaveModel
{
    internal const string LoaderSignature = "PlattCaliExec";

    internal PlattCalibrator(IHostEnvironment env, double slope, double offset)
    {
        env.Register(nameof(PlattCalibrator));
        (Slope, Offset) = (slope, offset);
    }

    public double Slope { get; }
    public double Offset { get; }

    public float PredictProbability(float output) => float.IsNaN(output) ? output : (float)(1 / (1 + Math.Exp(Slope * output + Offset)));

    static VersionInfo Version()
        => new("PLATTCAL", 0x00010001, 0x00010001, 0x00010001, typeof(PlattCalibrator).Assembly.GetName().Name, LoaderSignature);

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version());
        ctx.Writer.Write(Slope);
        ctx.Writer.Write(Offset);
    }

    internal static PlattCalibrator Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version());
        return new PlattCalibrator(env, ctx.Reader.ReadDouble(), ctx.Reader.ReadDouble());
    }
}

/// <summary>A model with a scalar score, and the calibrator of that score.</summary>
public abstract class CalibratedModelParametersBase
{
    private protected CalibratedModelParametersBase(object subModel, ICalibrator calibrator) => (SubModel, Calibrator) = (subModel, calibrator);

    public object SubModel { get; }
    public ICalibrator Calibrator { get; }
}

public abstract class CalibratedModelParametersBase<TSubModel, TCalibrator> : CalibratedModelParametersBase, ICanSaveModel, ICalibratedScoringModel
    where TSubModel : class
    where TCalibrator : class, ICalibrator
{
    private protected CalibratedModelParametersBase(IHostEnvironment env, string name, TSubModel model, TCalibrator calibrator) : base(model, calibrator)
    {
        env.Register(name);
        (SubModel, Calibrator) = (model, calibrator);
    }

    public new TSubModel SubModel { get; }
    public new TCalibrator Calibrator { get; }

    IScoringModel Scoring => (IScoringModel)SubModel;
    int IScoringModel.InputSize => Scoring.InputSize;
    int IScoringModel.ScoreSize => Scoring.ScoreSize;
    void IScoringModel.Score(ReadOnlySpan<float> features, Span<float> scores) => Scoring.Score(features, scores);
    float ICalibratedScoringModel.PredictProbability(float score) => Calibrator.PredictProbability(score);

    private protected abstract void SaveCore(ModelSaveContext ctx);

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        SaveCore(ctx);
    }
}
