using Extensions.ML.Trainers;
using Microsoft.ML;

namespace Extensions.ML.Transforms.Tests;

/// <summary>Every kind of network through the pipeline: trained, saved, loaded, and given by one option.</summary>
[TestClass]
public class NetworkKindTests
{
    const int Width = 12;
    readonly MLContext _ml = new(seed: 3);

    public static IEnumerable<object[]> Kinds =>
    [
        [new DenseNetwork { HiddenSizes = [8], TiedWeights = true }],
        [new ConvolutionalNetwork { Channels = 3, Filters = [4] }],
        [new RecurrentNetwork { StepSize = 3, StateSize = 6, Cell = RecurrentCell.Gru }],
        [new MaskedTransformerNetwork { TokenSize = 8, Heads = 2 }],
        [new MaskedTransformerNetwork { TokenSize = 8, Heads = 2, PatchSize = 1, Channels = 3 }],
    ];

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public void EmbeddingsAndDetectorsSurviveTheModelFile(NetworkDesign network)
    {
        var data = _ml.ToView(Samples.NearPlane(200, Width), Width);
        IEstimator<ITransformer>[] estimators =
        [
            _ml.Transforms.AutoencoderEmbedding(new AutoencoderEmbeddingEstimator.Options
            {
                InputColumnName = "Features", EmbeddingSize = 3, Epochs = 2, Network = network, ErrorColumnName = "Score",
            }),
            _ml.AnomalyDetection.Trainers.Autoencoder(new AutoencoderAnomalyTrainer.Options { Epochs = 2, Network = network }),
        ];
        foreach (var estimator in estimators)
        {
            var model = estimator.Fit(data);
            using var stream = new MemoryStream();
            _ml.Model.Save(model, data.Schema, stream);
            stream.Position = 0;
            var loaded = new MLContext().Model.Load(stream, out _);
            CollectionAssert.AreEqual(model.Transform(data).Scores(), loaded.Transform(data).Scores());
            (model as IDisposable)?.Dispose();
            (loaded as IDisposable)?.Dispose();
        }
    }

    /// <summary>Windows of 2 to 4 steps: whatever stands in the padding, codes and errors are the same.</summary>
    [TestMethod]
    public void PaddingChangesNoCodeAndNoError()
    {
        IDataView Windows(float padding) => _ml.ToView(Samples.Grid(80, Width).Select((row, i) =>
        {
            for (var step = 0; step < 4; step++)
            {
                var present = step < 2 + i % 3;
                row.Features[step * 3 + 2] = present ? 1 : 0;
                if (!present) row.Features[step * 3] = row.Features[step * 3 + 1] = padding;
            }
            return row;
        }), Width);

        var options = new AutoencoderEmbeddingEstimator.Options
        {
            OutputColumnName = "Embedding", InputColumnName = "Features", EmbeddingSize = 2, Epochs = 3, ErrorColumnName = "Score",
            Network = new RecurrentNetwork { StepSize = 3, StateSize = 6, MaskSlot = 2 }, OutputActivation = Activation.Identity,
        };
        using var model = _ml.Transforms.AutoencoderEmbedding(options).Fit(Windows(0));
        using var other = _ml.Transforms.AutoencoderEmbedding(options).Fit(Windows(50));
        Assert.AreEqual(FeatureScaling.None, model.Model.Scaler.Mode);
        foreach (var view in new[] { model.Transform(Windows(-7)), other.Transform(Windows(0)) })
        {
            var expected = model.Transform(Windows(0));
            CollectionAssert.AreEqual(expected.Scores(), view.Scores());
            for (var i = 0; i < 80; i++) CollectionAssert.AreEqual(expected.Vectors("Embedding")[i], view.Vectors("Embedding")[i]);
        }

        options.Scaling = FeatureScaling.Standardize;
        Assert.Contains("Scaling", Assert.ThrowsExactly<ArgumentException>(() => _ml.Transforms.AutoencoderEmbedding(options).Fit(Windows(0))).Message);
    }

    [TestMethod]
    public void ANetworkThatDoesNotFitTheRowsSaysSo()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => _ml.Transforms.AutoencoderEmbedding(new AutoencoderEmbeddingEstimator.Options
        {
            InputColumnName = "Features", EmbeddingSize = 3, Network = new ConvolutionalNetwork { Height = 5, Width = 5 },
        }).Fit(_ml.ToView(Samples.Grid(50, Width), Width)));
        Assert.Contains("12 values", error.Message);
    }
}
