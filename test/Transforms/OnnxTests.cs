using System.Text;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML.Transforms.Tests;

/// <summary>Exported models beside the transformers that they are of: the same columns to single precision, for any number of rows.</summary>
[TestClass]
public class OnnxTests
{
    const int Width = 12;
    readonly MLContext _ml = new(seed: 3);

    public static IEnumerable<object[]> Kinds =>
    [
        [new DenseNetwork { HiddenSizes = [8, 6] }],
        [new DenseNetwork { HiddenSizes = [8], TiedWeights = true, CodeActivation = Activation.Tanh }],
        [new ConvolutionalNetwork { Channels = 3, Filters = [4] }],
        [new ConvolutionalNetwork { Channels = 1, Height = 3, Width = 4, Filters = [4, 5], KernelSize = 3, Upsampling = Upsampling.ResizeConvolution, BatchNormalization = true }],
        [new RecurrentNetwork { StepSize = 3, StateSize = 6, Layers = 2 }],
        [new RecurrentNetwork { StepSize = 3, StateSize = 6, Cell = RecurrentCell.Gru, Reversed = false }],
        [new MaskedTransformerNetwork { TokenSize = 8, Heads = 2 }],
        [new MaskedTransformerNetwork { TokenSize = 8, Heads = 2, PatchSize = 1, Channels = 3 }],
    ];

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public void EmbeddingsOfEveryKindOfNetwork(NetworkDesign network)
    {
        var data = _ml.ToView(Samples.NearPlane(200, Width), Width, slotNames: true);
        using var model = Embed(data, o => o.Network = network);
        CheckColumns(model, data, "Embedding", "Rebuilt", "Error");
        CheckDecoder(model, data);
    }

    public static IEnumerable<object[]> Activations => Enum.GetValues<Activation>().Select(activation => new object[] { activation });

    [TestMethod]
    [DynamicData(nameof(Activations))]
    public void EveryActivation(Activation activation)
    {
        var data = _ml.ToView(Samples.NearPlane(100, Width), Width);
        using var model = Embed(data, o => (o.Activation, o.Scaling) = (activation, FeatureScaling.MinMax));
        CheckColumns(model, data, "Embedding", "Rebuilt", "Error");
    }

    [TestMethod]
    [DataRow(ReconstructionLoss.MeanSquaredError)]
    [DataRow(ReconstructionLoss.MeanAbsoluteError)]
    [DataRow(ReconstructionLoss.Huber)]
    [DataRow(ReconstructionLoss.BinaryCrossEntropy)]
    public void EveryLoss(ReconstructionLoss loss)
    {
        var data = _ml.ToView(Samples.Grid(100, Width), Width);
        using var model = Embed(data, o => o.Loss = loss);
        CheckColumns(model, data, "Embedding", "Rebuilt", "Error");
    }

    [TestMethod]
    public void StepsOfPaddingAreSkipped()
    {
        // Padding anywhere in the window; one row has no step at all.
        var data = _ml.ToView(Samples.Grid(80, Width).Select((row, i) =>
        {
            for (var step = 0; step < 4; step++) row.Features[step * 3 + 2] = (i >> step & 1) == 1 ? 1 : 0;
            return row;
        }), Width);
        foreach (var cell in Enum.GetValues<RecurrentCell>())
        {
            using var model = Embed(data, o =>
            {
                o.Network = new RecurrentNetwork { StepSize = 3, StateSize = 6, MaskSlot = 2, Cell = cell };
                o.OutputActivation = Activation.Identity;
            });
            CheckColumns(model, data, "Embedding", "Rebuilt", "Error");
        }
    }

    /// <summary>Numbers, a Boolean, indicators and keys in one vector.</summary>
    [TestMethod]
    public void SlotsOfEveryKind()
    {
        string[] names = ["a", "b", "c", "d", "member", "colour.red", "colour.green", "colour.blue", "weekday", "season", "e", "f"];
        var schema = Samples.Schema(Width);
        schema["Features"].AddAnnotation("SlotNames", new VBuffer<ReadOnlyMemory<char>>(Width, Array.ConvertAll(names, name => name.AsMemory())),
            new VectorDataViewType(TextDataViewType.Instance, Width));
        var data = _ml.Data.LoadFromEnumerable(Samples.NearPlane(200, Width).Select((row, i) =>
        {
            row.Features[4] = i % 2;
            for (var slot = 5; slot < 8; slot++) row.Features[slot] = i % 3 == slot - 5 ? 1 : 0;
            (row.Features[8], row.Features[9]) = (1 + i % 4, 1 + i % 5 % 4);
            return row;
        }), schema);
        var slots = new SlotHeads { Boolean = ["member"], OneHot = ["colour"], Key = new Dictionary<string, int> { ["weekday"] = 4, ["season"] = 4 } };
        using var model = Embed(data, o => (o.Slots, o.Epochs) = (slots, 20));
        CheckColumns(model, data, "Embedding", "Rebuilt", "Error");
        foreach (var scoring in new[] { AnomalyScoring.Combined, AnomalyScoring.ReconstructionError })
        {
            using var detector = _ml.AnomalyDetection.Trainers.Autoencoder(new AutoencoderAnomalyTrainer.Options { Epochs = 3, Slots = slots, Scoring = scoring }).Fit(data);
            CheckColumns(detector, data, "Score", "PredictedLabel");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Detectors))]
    public void DetectorsOfEveryScore(AnomalyScoring scoring, NetworkDesign? network)
    {
        var data = _ml.ToView(Samples.NearPlane(300, Width), Width, slotNames: true);
        using var model = _ml.AnomalyDetection.Trainers.Autoencoder(new AutoencoderAnomalyTrainer.Options
        {
            Epochs = 5, Scoring = scoring, ContributionsColumnName = "Contributions", Network = network ?? new DenseNetwork(),
        }).Fit(data);
        CheckColumns(model, data, "Score", "PredictedLabel");
    }

    public static IEnumerable<object?[]> Detectors =>
    [
        .. Enum.GetValues<AnomalyScoring>().Select(scoring => new object?[] { scoring, null }),
        [AnomalyScoring.Combined, new ConvolutionalNetwork { Channels = 3, Filters = [4] }],
        [AnomalyScoring.Likelihood, new RecurrentNetwork { StepSize = 3, StateSize = 6 }],
    ];

    [TestMethod]
    public void SeriesDetectors()
    {
        var values = Enumerable.Range(0, 400).Select(i => new Step
        {
            Value = MathF.Sin(i / 5f) + i % 7 * 0.1f + (i == 300 ? 4 : 0), Time = new DateTime(2024, 3, 1).AddMinutes(20 * i),
        });
        var data = _ml.Data.LoadFromEnumerable(values);
        using var model = _ml.AnomalyDetection.Trainers.AutoencoderSeries(new SeriesAnomalyTrainer.Options
        {
            Epochs = 3, WindowSize = 6, TimeColumnName = "Time", ExpectedColumnName = "Expected",
        }).Fit(data);
        CheckColumns(model, data, "Score", "PredictedLabel", "Expected");
    }

    sealed class Step
    {
        public float Value;
        public DateTime Time;
    }

    [TestMethod]
    public void TheFileTellsWhatItIs()
    {
        var data = _ml.ToView(Samples.Grid(50, Width), Width, slotNames: true);
        using var model = _ml.Transforms.AutoencoderEmbedding("Features", embeddingSize: 2, epochs: 1).Fit(data);
        using var stream = new MemoryStream();
        model.SaveAsOnnx(stream);
        Assert.IsTrue(stream.CanWrite, "the stream stays open");
        var text = Encoding.Latin1.GetString(stream.ToArray());
        foreach (var told in new[] { "Extensions.ML", "Features.output", "slot_names.Features", "sensor11", "encoder.0.weight", "rows" })
            Assert.Contains(told, text);
    }

    [TestMethod]
    public void WhatCannotBeExportedSaysWhy()
    {
        var data = _ml.ToView(Samples.Grid(50, Width), Width);
        using var model = _ml.Transforms.AutoencoderEmbedding("Embedding", "Features", embeddingSize: 2, epochs: 1).Fit(data);
        void Refused(string why, ITransformer transformer, OnnxPart part = OnnxPart.Transform) =>
            Assert.Contains(why, Assert.ThrowsExactly<NotSupportedException>(() => transformer.SaveAsOnnx(new MemoryStream(), part)).Message);

        Refused("Encoder", model, OnnxPart.Encoder);
        Refused("LastTransformer", new TransformerChain<ITransformer>(model));
        Refused("cannot be exported", _ml.Transforms.Concatenate("All", "Features").Fit(data));
        model.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => model.SaveAsOnnx(new MemoryStream()));
    }

    /// <summary>Columns may be called what the network calls its weights.</summary>
    [TestMethod]
    public void NamesOfColumnsAndWeightsMayMeet()
    {
        var data = _ml.Transforms.CopyColumns("units", "Features").Fit(_ml.ToView(Samples.NearPlane(100, Width), Width)).Transform(
            _ml.ToView(Samples.NearPlane(100, Width), Width));
        using var model = _ml.AnomalyDetection.Trainers.Autoencoder(new AutoencoderAnomalyTrainer.Options
        {
            FeatureColumnName = "units", ScoreColumnName = "weights", Epochs = 1,
        }).Fit(data);
        var result = OnnxRuntime.Run(model, OnnxPart.Transform, OnnxRuntime.Batches("units", data.Vectors("units")))[1];
        OnnxRuntime.AssertEqual(OnnxRuntime.Values(model.Transform(data), "weights"), result["weights.output"], OnnxRuntime.BatchSizes[1], "score");
    }

    [TestMethod]
    public void MoreThanTheFormatHoldsIsRefused()
    {
        using var graph = new OnnxGraph();
        using var weights = TorchSharp.torch.empty(1L << 29); // 2 GB, of which no page is ever touched
        graph.Output("Weights", graph.Weight(weights), 1L << 29);
        Assert.Contains("2,147,483,647", Assert.ThrowsExactly<NotSupportedException>(() => new OnnxFile(graph)).Message);
    }

    AutoencoderEmbeddingTransformer Embed(IDataView data, Action<AutoencoderEmbeddingEstimator.Options> change)
    {
        var options = new AutoencoderEmbeddingEstimator.Options
        {
            InputColumnName = "Features", EmbeddingSize = 3, Epochs = 2, ReconstructionColumnName = "Rebuilt", ErrorColumnName = "Error",
        };
        change(options);
        return _ml.Transforms.AutoencoderEmbedding(options).Fit(data);
    }

    /// <summary>Compares all columns of a transformer that reads vectors.</summary>
    static void CheckColumns(ITransformer model, IDataView data, params string[] columns)
    {
        var scored = model.Transform(data);
        var input = model is SeriesAnomalyTransformer ? "Window" : "Features";
        var features = scored.Vectors(input);
        var results = OnnxRuntime.Run(model, OnnxPart.Transform, OnnxRuntime.Batches(input, features));
        foreach (var (rows, result) in OnnxRuntime.BatchSizes.Zip(results))
        {
            CollectionAssert.AreEquivalent(columns, result.Keys);
            foreach (var column in columns) OnnxRuntime.AssertEqual(OnnxRuntime.Values(scored, column), result[column], rows, column);
        }
    }

    static void CheckDecoder(AutoencoderEmbeddingTransformer model, IDataView data)
    {
        var scored = model.Transform(data);
        var results = OnnxRuntime.Run(model, OnnxPart.Decoder, OnnxRuntime.Batches("Embedding", scored.Vectors("Embedding")));
        foreach (var (rows, result) in OnnxRuntime.BatchSizes.Zip(results)) OnnxRuntime.AssertEqual(OnnxRuntime.Values(scored, "Rebuilt"), result["Features"], rows, "decoded");
    }
}
