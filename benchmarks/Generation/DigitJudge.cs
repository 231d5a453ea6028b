using Extensions.ML;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Benchmarks.Generation;

/// <summary>A convolutional classifier of real digits, which tells what generated ones show; the layer before its scores is the space in which they are
/// compared with real ones.</summary>
sealed class DigitJudge : IDisposable
{
    const int FeatureSize = 64, Block = 512;

    readonly MLContext _ml;
    readonly TransformerChain<PretrainedEncoderMulticlassTransformer> _model;

    DigitJudge(MLContext ml, TransformerChain<PretrainedEncoderMulticlassTransformer> model) => (_ml, _model) = (ml, model);

    public static DigitJudge Train(MLContext ml, IDataView pictures, bool quick) => new(ml, ml.Transforms.Conversion.MapValueToKey("Digit", "Label")
        .Append(ml.MulticlassClassification.Trainers.PretrainedEncoder(new PretrainedEncoderMulticlassTrainer.Options
        {
            LabelColumnName = "Digit",
            Network = new ConvolutionalNetwork { Filters = [32, 64], CodeActivation = Activation.Relu },
            EmbeddingSize = FeatureSize,
            BatchSize = 128,
            Epochs = quick ? 4 : 5,
        })).Fit(pictures));

    /// <summary>Share of the pictures that show the digit that their label says.</summary>
    public double Recognised(IDataView pictures)
    {
        var named = _ml.Transforms.Conversion.MapKeyToValue("Seen", "PredictedLabel").Fit(_model.Transform(pictures)).Transform(_model.Transform(pictures));
        return named.GetColumn<string>("Seen").Zip(named.GetColumn<string>("Label")).Average(pair => pair.First == pair.Second ? 1.0 : 0);
    }

    /// <summary>The pictures as the classifier sees them: a vector <c>Features</c> of 64 values.</summary>
    public IDataView Features(IDataView pictures)
    {
        var codes = new List<Code>();
        var model = _model.LastTransformer.Model;
        using var block = new FeatureBlock(Block, DigitSet.Pixels);
        foreach (var chunk in pictures.GetColumn<float[]>("Features").Chunk(Block))
        {
            for (var i = 0; i < chunk.Length; i++)
                chunk[i].CopyTo(block[i]);
            var encoded = new float[chunk.Length * FeatureSize];
            model.Encode(block, chunk.Length, encoded);
            codes.AddRange(encoded.Chunk(FeatureSize).Select(code => new Code { Features = code }));
        }
        return _ml.Data.LoadFromEnumerable(codes);
    }

    public void Dispose() => _model.Dispose();

    sealed class Code
    {
        [VectorType(FeatureSize)]
        public float[] Features { get; set; } = [];
    }
}
