using System;
using System.Linq;
using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;

[assembly: LoadableClass(typeof(KMeansModelParameters), null, typeof(SignatureLoadModel), "KMeans predictor", KMeansModelParameters.LoaderSignature)]

namespace Microsoft.ML.Trainers;

/// <summary>The centroids; the scores of a row are its squared distances to them.</summary>
public sealed class KMeansModelParameters : ModelParametersBase<VBuffer<float>>, IScoringModel
{
    internal const string LoaderSignature = "KMeansPredictor";

    readonly float[][] _centroids; // [clusters][features]
    readonly float[] _squares;

    internal KMeansModelParameters(IHostEnvironment env, float[][] centroids) : base(env, LoaderSignature)
    {
        _centroids = centroids;
        _squares = Array.ConvertAll(centroids, centroid => TensorPrimitives.SumOfSquares<float>(centroid));
    }

    int IScoringModel.InputSize => _centroids[0].Length;
    int IScoringModel.ScoreSize => _centroids.Length;

    void IScoringModel.Score(ReadOnlySpan<float> features, Span<float> scores)
    {
        var square = TensorPrimitives.SumOfSquares(features);
        for (var i = 0; i < scores.Length; i++)
            scores[i] = Math.Max(0, -2 * TensorPrimitives.Dot(_centroids[i], features) + _squares[i] + square);
    }

    public void GetClusterCentroids(ref VBuffer<float>[] centroids, out int k)
        => k = VBufferUtils.SetRows(ref centroids, _centroids);

    static VersionInfo Version()
        => new("KMEANS  ", 0x00010001, 0x00010001, 0x00010001, typeof(KMeansModelParameters).Assembly.GetName().Name, LoaderSignature);

    private protected override void SaveCore(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(Version());
        ctx.Writer.Write(_centroids.Length);
        ctx.Writer.Write(_centroids[0].Length);
        foreach (var centroid in _centroids)
            ctx.Writer.WriteSinglesNoCount(centroid);
    }

    internal static KMeansModelParameters Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version());
        var k = ctx.Reader.ReadInt32();
        var dimension = ctx.Reader.ReadInt32();
        env.CheckDecode(k > 0 && dimension > 0);
        var centroids = new float[k][];
        for (var i = 0; i < k; i++)
            centroids[i] = ctx.Reader.ReadSingleArray(dimension);
        env.CheckDecode(centroids.All(centroid => centroid.All(float.IsFinite)));
        return new KMeansModelParameters(env, centroids);
    }
}
