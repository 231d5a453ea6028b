using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

/// <summary>What every kind of network owes its users.</summary>
[TestClass]
public class NetworkDesignTests
{
    /// <summary>A design, the values of a row, and of the code.</summary>
    public static IEnumerable<object[]> Designs =>
    [
        [new DenseNetwork { HiddenSizes = [7, 5] }, 12, 3],
        [new DenseNetwork { HiddenSizes = [7], TiedWeights = true, CodeActivation = Activation.Sigmoid }, 12, 3],
        [new ConvolutionalNetwork { Filters = [2, 3] }, 36, 4],
        [new ConvolutionalNetwork { Channels = 3, Height = 5, Width = 7, Filters = [2], BatchNormalization = false, KernelSize = 5 }, 105, 4],
        [new ConvolutionalNetwork { Channels = 4, Height = 1, Filters = [2, 2, 2], Upsampling = Upsampling.ResizeConvolution, Distortion = null }, 36, 4],
        [new ConvolutionalNetwork { Width = 11, Filters = [2, 3], Upsampling = Upsampling.ResizeConvolution }, 99, 4],
        [new RecurrentNetwork { StateSize = 5 }, 8, 3],
        [new RecurrentNetwork { Cell = RecurrentCell.Gru, StepSize = 3, StateSize = 4, Layers = 2, Reversed = false }, 12, 3],
        [new RecurrentNetwork { StepSize = 3, StateSize = 4, Layers = 3, MaskSlot = 2, CodeActivation = Activation.Tanh }, 12, 3],
        [new MaskedTransformerNetwork { TokenSize = 8, Heads = 2, FeedForwardSize = 10 }, 6, 3],
        [new MaskedTransformerNetwork { TokenSize = 4, Heads = 1, Layers = 1, DecoderLayers = 2, PatchSize = 2, Channels = 3, Height = 4, MaskRatio = 0.3 }, 72, 3],
        [new MaskedTransformerNetwork { TokenSize = 4, PatchSize = 3, LossOnAllTokens = true }, 36, 3],
    ];

    static AutoencoderArchitecture Architecture(NetworkDesign design, int inputSize, int codeSize, Activation activation = Activation.Tanh) => new()
    {
        InputSize = inputSize,
        CodeSize = codeSize,
        Network = design.Resolve(inputSize, [9]),
        Activation = activation,
    };

    static Tensor Rows(int rows, int width, ScalarType type = ScalarType.Float32) =>
        tensor(Support.Normal(rows * width, 5), [rows, width]).to(type);

    [TestMethod]
    [DynamicData(nameof(Designs))]
    public void CodesAndReconstructionsHaveTheirSizes(NetworkDesign design, int inputSize, int codeSize)
    {
        using var scope = NewDisposeScope();
        using var network = Architecture(design, inputSize, codeSize).Create(seed: 3);
        var code = network.encode(Rows(4, inputSize));
        CollectionAssert.AreEqual(new long[] { 4, codeSize }, code.shape);
        CollectionAssert.AreEqual(new long[] { 4, inputSize }, network.decode(code).shape);
    }

    [TestMethod]
    [DynamicData(nameof(Designs))]
    public void TheDesignCountsTheNetworksValues(NetworkDesign design, int inputSize, int codeSize)
    {
        var architecture = Architecture(design, inputSize, codeSize);
        using var network = architecture.Create(seed: 3);
        Assert.AreEqual(network.state_dict().Values.Sum(values => values.numel()), architecture.Network.CountValues(architecture));
    }

    [TestMethod]
    [DynamicData(nameof(Designs))]
    public void DesignsSurviveJson(NetworkDesign design, int inputSize, int codeSize)
    {
        var architecture = Architecture(design, inputSize, codeSize);
        string json = JsonSerializer.Serialize(architecture);
        var read = JsonSerializer.Deserialize<AutoencoderArchitecture>(json)!;
        Assert.AreEqual(json, JsonSerializer.Serialize(read));
        Assert.AreEqual(architecture.Network.GetType(), read.Network.GetType());
        Assert.AreEqual(architecture.Network.CountValues(architecture), read.Network.CountValues(read));
    }

    [TestMethod]
    [DynamicData(nameof(Designs))]
    public void WeightsComeFromTheSeedAlone(NetworkDesign design, int inputSize, int codeSize)
    {
        var architecture = Architecture(design, inputSize, codeSize);
        using var before = get_rng_state();
        using var first = architecture.Create(seed: 4);
        using var second = architecture.Create(seed: 4);
        using var third = architecture.Create(seed: 5);
        using var after = get_rng_state();
        CollectionAssert.AreEqual(Support.Bytes(first), Support.Bytes(second));
        CollectionAssert.AreNotEqual(Support.Bytes(first), Support.Bytes(third));
        CollectionAssert.AreEqual(before.bytes.ToArray(), after.bytes.ToArray());
    }

    /// <summary>A network built inside a dispose scope outlives it.</summary>
    [TestMethod]
    [DynamicData(nameof(Designs))]
    public void NetworksOutliveTheScopeTheyAreBuiltIn(NetworkDesign design, int inputSize, int codeSize)
    {
        AutoencoderNetwork network;
        using (NewDisposeScope()) network = Architecture(design, inputSize, codeSize).Create(seed: 3);
        using (network)
        using (NewDisposeScope())
            Assert.IsTrue(Support.ToArray(network.forward(Rows(2, inputSize))).All(float.IsFinite));
    }

    /// <summary>The whole training loss against central differences in double precision, for every weight; what is drawn is drawn the same
    /// each time.</summary>
    [TestMethod]
    [DynamicData(nameof(Designs))]
    public void GradientsEqualFiniteDifferences(NetworkDesign design, int inputSize, int codeSize)
    {
        using var scope = NewDisposeScope();
        using var random = new GlobalRandom();
        using var network = Architecture(design, inputSize, codeSize).Create(seed: 11);
        network.to(ScalarType.Float64);
        network.train();
        var x = Rows(5, inputSize, ScalarType.Float64);
        Support.CheckGradients(network, () =>
        {
            manual_seed(6);
            return network.TrainingLoss(x, x, ReconstructionLoss.MeanSquaredError, null);
        }, 1e-7);
    }

    /// <summary>The same training twice gives the same bits, and the loss falls.</summary>
    [TestMethod]
    [DynamicData(nameof(Designs))]
    public void TrainingLearnsAndRepeats(NetworkDesign design, int inputSize, int codeSize)
    {
        float[] rows = Support.Plane(200, inputSize, 3);
        var first = Train();
        var second = Train();
        CollectionAssert.AreEqual(first.Weights, second.Weights);
        Assert.IsLessThan(0.8 * first.History.Epochs[0].Loss, first.History.Epochs[^1].Loss);

        (byte[] Weights, TrainingHistory History) Train()
        {
            using var data = Support.Load(rows, inputSize, new DataOptions { Scaling = FeatureScaling.Standardize });
            using var model = AutoencoderModel.Train(Architecture(design, inputSize, codeSize), data,
                new TrainingOptions { Epochs = 40, BatchSize = 50, Optimizer = new Adam { LearningRate = 0.01 } });
            using var stream = new MemoryStream();
            model.SaveWeights(stream);
            return (stream.ToArray(), model.History);
        }
    }

    /// <summary>A saved model scores the same, row by row as in a batch: nothing that training draws or gathers is left in it.</summary>
    [TestMethod]
    [DynamicData(nameof(Designs))]
    public void ALoadedModelScoresTheSameRowByRow(NetworkDesign design, int inputSize, int codeSize)
    {
        const int Count = 7;
        float[] rows = Support.Plane(60, inputSize, 3);
        using var data = Support.Load(rows, inputSize);
        using var model = AutoencoderModel.Train(Architecture(design, inputSize, codeSize), data, new TrainingOptions { Epochs = 2, BatchSize = 20 });
        using var stream = new MemoryStream();
        model.SaveWeights(stream);
        stream.Position = 0;
        using var loaded = AutoencoderModel.Load(stream, model.Architecture, model.Scaler.Mode, model.History, CPU);

        var whole = Score(model, rows[..(Count * inputSize)], Count);
        var single = Enumerable.Range(0, Count).SelectMany(i => Score(loaded, rows[(i * inputSize)..((i + 1) * inputSize)], 1)).ToArray();
        for (int i = 0; i < whole.Length; i++) Assert.AreEqual(whole[i], single[i], 1e-5f * Math.Max(1, Math.Abs(whole[i])), $"value {i}");

        float[] Score(AutoencoderModel scored, float[] values, int count)
        {
            using var block = new FeatureBlock(count, inputSize);
            for (int i = 0; i < count; i++) values.AsSpan(i * inputSize, inputSize).CopyTo(block[i]);
            float[] codes = new float[count * codeSize], rebuilt = new float[count * inputSize], slots = new float[count * inputSize], errors = new float[count];
            scored.Score(block, count, codes, rebuilt, slots, errors);
            return [.. Enumerable.Range(0, count).SelectMany(i => (float[])
                [.. codes[(i * codeSize)..((i + 1) * codeSize)], .. rebuilt[(i * inputSize)..((i + 1) * inputSize)], .. slots[(i * inputSize)..((i + 1) * inputSize)], errors[i]])];
        }
    }

    [TestMethod]
    [DynamicData(nameof(Designs))]
    public void TheyTrainInHalfPrecision(NetworkDesign design, int inputSize, int codeSize)
    {
        using var data = Support.Load(Support.Plane(60, inputSize, 3), inputSize);
        using var model = AutoencoderModel.Train(Architecture(design, inputSize, codeSize), data,
            new TrainingOptions { Epochs = 2, BatchSize = 20, Precision = Precision.BFloat16 });
        Assert.IsTrue(model.History.Epochs.All(epoch => double.IsFinite(epoch.Loss)));
    }

    public static IEnumerable<object[]> Misfits =>
    [
        [new ConvolutionalNetwork(), 35],
        [new ConvolutionalNetwork { Channels = 3 }, 36],
        [new ConvolutionalNetwork { Height = 5, Width = 7 }, 36],
        [new ConvolutionalNetwork { Height = int.MaxValue, Width = int.MaxValue, Channels = 4 }, 4],
        [new ConvolutionalNetwork { Width = 100 }, 36],
        [new RecurrentNetwork { StepSize = 5 }, 36],
        [new RecurrentNetwork { StepSize = 4, MaskSlot = 4 }, 36],
        [new MaskedTransformerNetwork { TokenSize = 6, Heads = 4 }, 36],
        [new MaskedTransformerNetwork { PatchSize = 4 }, 36],
        [new MaskedTransformerNetwork { PatchSize = 6 }, 36],
        [new MaskedTransformerNetwork(), 1],
    ];

    [TestMethod]
    [DynamicData(nameof(Misfits))]
    public void WhatDoesNotFitTheRowsIsRefused(NetworkDesign design, int inputSize)
    {
        var architecture = new AutoencoderArchitecture { InputSize = inputSize, CodeSize = 2, Network = design };
        foreach (Action use in new Action[] { () => design.Resolve(inputSize, []), () => architecture.Create(1).Dispose(), () => design.CountValues(architecture) })
            Assert.IsGreaterThan(20, Assert.ThrowsExactly<ArgumentException>(use).Message.Length);
    }

    /// <summary>Descriptions as a hostile file may hold them: counted without building anything, or refused.</summary>
    [TestMethod]
    public void AbsurdSizesAreCountedOrRefusedAndNeverBuilt()
    {
        const int Most = int.MaxValue;
        NetworkDesign[] designs =
        [
            new ConvolutionalNetwork { Filters = [Most, Most], KernelSize = 31 },
            new ConvolutionalNetwork { Filters = [.. Enumerable.Repeat(Most, 100)] },
            new RecurrentNetwork { StateSize = Most, Layers = Most },
            new RecurrentNetwork { StateSize = 1, Layers = Most },
            new MaskedTransformerNetwork { TokenSize = Most - 3, Heads = 4, Layers = Most, DecoderLayers = Most },
            new MaskedTransformerNetwork { TokenSize = 4, Layers = Most },
        ];
        foreach (var design in designs)
        {
            var architecture = new AutoencoderArchitecture { InputSize = 36, CodeSize = Most, Network = design };
            using var empty = new MemoryStream();
            SafeTensors.Write(empty, [("a", zeros(3))]);
            empty.Position = 0;
            var error = Assert.Throws<Exception>(() => AutoencoderModel.Load(empty, architecture, FeatureScaling.None, new TrainingHistory([], 0, false, false), CPU));
            Assert.IsTrue(error is OverflowException or InvalidDataException, $"{error}");
        }
        foreach (string json in new[]
        {
            """{"kind":"convolutional","Filters":[]}""", """{"kind":"convolutional","Filters":[0]}""", """{"kind":"convolutional","KernelSize":4}""",
            """{"kind":"convolutional","Channels":2}""", """{"kind":"convolutional","Height":0}""", """{"kind":"convolutional","Distortion":{"Shear":-1}}""",
            """{"kind":"recurrent","StepSize":0}""", """{"kind":"recurrent","Layers":-1}""", """{"kind":"recurrent","MaskSlot":-1}""",
            """{"kind":"masked-transformer","Heads":0}""", """{"kind":"masked-transformer","MaskRatio":1}""", """{"kind":"masked-transformer","PatchSize":0}""",
        })
            Assert.Throws<ArgumentException>(() => JsonSerializer.Deserialize<NetworkDesign>(json), json);
    }
}
