using System;
using System.Linq;
using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;

[assembly: LoadableClass(typeof(PcaModelParameters), null, typeof(SignatureLoadModel), "PCA Anomaly Executor", PcaModelParameters.LoaderSignature)]

namespace Microsoft.ML.Trainers;

/// <summary>Principal components, and the mean that they were taken about.</summary>
public sealed class PcaModelParameters : ModelParametersBase<float>, IScoringModel
{
    internal const string LoaderSignature = "pcaAnomExec";

    readonly float[][] _components; // [rank][dimension]
    readonly float[] _mean; // null if the data was not centred
    readonly float[] _projectedMean;
    readonly float _squaredMean;

    internal PcaModelParameters(IHostEnvironment env, float[][] components, float[] mean) : base(env, "PCAPredictor")
    {
        Host.CheckParam(components.All(component => component.All(float.IsFinite)), "eigenVectors",
            "The learnt eigenvectors contained NaN values, consider modifying the dataset or lower the rank or oversampling parameters");
        _components = components;
        _mean = mean;
        _projectedMean = Array.ConvertAll(components, component => mean is null ? 0 : TensorPrimitives.Dot<float>(component, mean));
        _squaredMean = mean is null ? 0 : TensorPrimitives.SumOfSquares<float>(mean);
    }

    int IScoringModel.InputSize => _components[0].Length;
    int IScoringModel.ScoreSize => 0;

    /// <summary>The share of the distance from the mean that the components do not explain; NaN where rounding makes it negative.</summary>
    void IScoringModel.Score(ReadOnlySpan<float> features, Span<float> scores)
    {
        var toMean = _mean is null ? 0 : TensorPrimitives.Dot(_mean, features);
        var square = Math.Max(0, TensorPrimitives.SumOfSquares(features) - 2 * toMean + _squaredMean);
        float explained = 0;
        for (var i = 0; i < _components.Length; i++)
        {
            var coordinate = TensorPrimitives.Dot(_components[i], features) - _projectedMean[i];
            explained += coordinate * coordinate;
        }
        scores[0] = MathF.Sqrt((square - explained) / square);
    }

    public void GetEigenVectors(ref VBuffer<float>[] vectors, out int rank)
        => rank = VBufferUtils.SetRows(ref vectors, _components);

    public void GetMean(ref VBuffer<float> mean)
    {
        if (_mean is null)
            mean = VBufferUtils.CreateEmpty<float>(_components[0].Length);
        else
            VBufferUtils.Set(ref mean, _mean);
    }

    static VersionInfo Version()
        => new("PCA ANOM", 0x00010001, 0x00010001, 0x00010001, typeof(PcaModelParameters).Assembly.GetName().Name, LoaderSignature);

    private protected override void SaveCore(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(Version());
        ctx.Writer.Write(_components[0].Length);
        ctx.Writer.Write(_components.Length);
        ctx.Writer.WriteBoolByte(_mean != null);
        if (_mean != null)
            ctx.Writer.WriteSinglesNoCount(_mean);
        foreach (var component in _components)
            ctx.Writer.WriteSinglesNoCount(component);
    }

    internal static PcaModelParameters Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version());
        var dimension = ctx.Reader.ReadInt32();
        var rank = ctx.Reader.ReadInt32();
        env.CheckDecode(dimension > 0 && 0 < rank && rank <= dimension);
        var mean = ctx.Reader.ReadBoolByte() ? ctx.Reader.ReadSingleArray(dimension) : null;
        env.CheckDecode(mean is null || mean.All(float.IsFinite));
        var components = new float[rank][];
        for (var i = 0; i < rank; i++)
            components[i] = ctx.Reader.ReadSingleArray(dimension);
        return new PcaModelParameters(env, components, mean);
    }
}
