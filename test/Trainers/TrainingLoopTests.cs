using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

[TestClass]
public class TrainingLoopTests
{
    const int Width = 8;

    static readonly TrainingOptions quick = new() { Epochs = 6, BatchSize = 32, Optimizer = new Adam { LearningRate = 0.01 } };
    static readonly DataOptions split = new() { ValidationFraction = 0.2, Seed = 5, Scaling = FeatureScaling.Standardize };

    static DenseAutoencoder Network() => new(Width, [6], 2, Activation.Tanh, seed: 3);

    static TrainingHistory Run(AutoencoderNetwork network, TrainingData data, TrainingOptions options, CancellationToken cancellation = default)
        => TrainingLoop.Run(network, Reconstruction.Objective(network, ReconstructionLoss.MeanSquaredError, options.Precision), data.Training, data.Validation,
            options, cancellation);

    static (byte[] Weights, TrainingHistory History) Train(TrainingOptions options, DataOptions? how = null, CancellationToken cancellation = default)
    {
        using var data = Support.Load(Support.Plane(500, Width, 1), Width, how ?? split);
        using var network = Network();
        var history = Run(network, data, options, cancellation);
        return (Support.Bytes(network), history);
    }

    static void AreEqual((byte[] Weights, TrainingHistory History) expected, (byte[] Weights, TrainingHistory History) actual)
    {
        CollectionAssert.AreEqual(expected.Weights, actual.Weights);
        CollectionAssert.AreEqual(expected.History.Epochs.Select(e => e with { Seconds = 0 }).ToArray(),
            actual.History.Epochs.Select(e => e with { Seconds = 0 }).ToArray());
        Assert.AreEqual(expected.History.BestEpoch, actual.History.BestEpoch);
        Assert.AreEqual(expected.History.Restored, actual.History.Restored);
    }

    [TestMethod]
    public void LearnsThePlane()
    {
        var (_, history) = Train(quick with { Epochs = 60 });
        // A linear code of 2 explains all but the noise of 0.05, which is under a hundredth of the variance.
        Assert.IsGreaterThan(0.5, history.Epochs[0].Loss);
        Assert.IsLessThan(0.05, history.Epochs[^1].ValidationLoss!.Value);
    }

    [TestMethod]
    public void SameSeedSameBitsAndAnotherOrderOtherBits()
    {
        AreEqual(Train(quick), Train(quick));
        CollectionAssert.AreNotEqual(Train(quick).Weights, Train(quick, split with { Seed = 6 }).Weights);
    }

    [TestMethod]
    [DataRow(100_000)]
    [DataRow(77)]
    public void StreamedEqualsInMemory(int shuffleRows)
    {
        var how = split with { ShuffleRows = shuffleRows };
        AreEqual(Train(quick, how), Train(quick, how with { MemoryBudget = 0 }));
    }

    public static IEnumerable<object[]> Optimizers =>
    [
        [new Sgd()], [new Sgd { Momentum = 0.9, Nesterov = true }], [new Adagrad()], [new Adadelta()], [new RmsProp { Momentum = 0.5, Centered = true }],
        [new Adam { AmsGrad = true }], [new AdamW()],
    ];

    [TestMethod]
    [DynamicData(nameof(Optimizers))]
    public void ResumeAfterAnEpochEqualsNoInterruption(Optimizer optimizer)
    {
        string folder = Support.TemporaryFolder();
        var options = quick with { Optimizer = optimizer, Schedule = new PlateauSchedule { Patience = 0, Threshold = 0.5 } };
        var first = Train(options with { CheckpointFolder = folder, Epochs = 2 });
        Assert.HasCount(2, first.History.Epochs);
        AreEqual(Train(options), Train(options with { CheckpointFolder = folder }));
    }

    [TestMethod]
    [DataRow(1, false)]
    [DataRow(5, false)]
    [DataRow(17, false)]
    [DataRow(17, true)]
    [DataRow(26, false)]
    [DataRow(38, true)]
    [DataRow(12, false, 3)]
    [DataRow(23, true, 4)]
    public void ResumeAfterACancelEqualsNoInterruption(int batches, bool streamed, int accumulated = 1)
    {
        var quick = TrainingLoopTests.quick with { AccumulateBatches = accumulated, AverageEpochs = accumulated };
        string folder = Support.TemporaryFolder();
        var how = split with { MemoryBudget = streamed ? 0 : 1 << 20, ShuffleRows = 100 };
        var expected = TrainDropout(quick, how, int.MaxValue);
        Assert.ThrowsExactly<OperationCanceledException>(() => TrainDropout(quick with { CheckpointFolder = folder }, how, batches));
        AreEqual(expected, TrainDropout(quick with { CheckpointFolder = folder }, how, int.MaxValue));
    }

    /// <summary>Trains a network that draws from the engine's generator at every step; cancels after some calls of the objective.</summary>
    static (byte[], TrainingHistory) TrainDropout(TrainingOptions options, DataOptions how, int cancelAfter)
    {
        using var cancel = new CancellationTokenSource();
        using var data = Support.Load(Support.Plane(500, Width, 1), Width, how);
        using var network = Network();
        int calls = 0;
        var history = TrainingLoop.Run(network, batch =>
        {
            if (++calls == cancelAfter) cancel.Cancel();
            var noisy = nn.functional.dropout(batch[0], 0.2, network.training);
            return ReconstructionLoss.MeanSquaredError.Mean(network.forward(noisy), batch[0]);
        }, data.Training, data.Validation, options, cancel.Token);
        return (Support.Bytes(network), history);
    }

    [TestMethod]
    [DataRow(20, 3, 60)] // 75 rows: 20, 20, 20 | 15 against 60 | 15
    [DataRow(10, 4, 40)] // 10, 10, 10, 10 | 10, 10, 10, 5 against 40 | 35
    public void AccumulatedBatchesEqualALargeOne(int small, int accumulated, int large)
    {
        var options = quick with { Schedule = new CosineSchedule { WarmupSteps = 3 }, Clipping = new ClipByNorm(0.1) };
        var (one, many) = (Weights(options with { BatchSize = large }), Weights(options with { BatchSize = small, AccumulateBatches = accumulated }));
        for (int i = 0; i < one.Length; i++) Assert.AreEqual(one[i], many[i], 1e-10);

        static double[] Weights(TrainingOptions options)
        {
            using var network = Network();
            network.to(ScalarType.Float64);
            using var source = new FixedBatches(tensor(Support.Plane(75, Width, 1).Select(v => (double)v).ToArray(), [75, Width]));
            TrainingLoop.Run(network, Reconstruction.Objective(network, ReconstructionLoss.MeanSquaredError), source, null, options);
            return [.. network.parameters().SelectMany(p => p.data<double>().ToArray())];
        }
    }

    [TestMethod]
    public void AveragesTheLastEpochs()
    {
        using var data = Support.Load(Support.Plane(500, Width, 1), Width, split);
        using var network = Network();
        var epochs = new List<float[]>();
        float[] Weights() => [.. network.parameters().SelectMany(p => Support.ToArray(p))];
        var history = Run(network, data, quick with { AverageEpochs = 3, Measures = () =>
        {
            epochs.Add(Weights());
            return new Dictionary<string, double>();
        } });
        Assert.IsFalse(history.Restored);
        float[] average = Weights();
        for (int i = 0; i < average.Length; i++)
            Assert.AreEqual(epochs.TakeLast(3).Average(e => (double)e[i]), average[i], 1e-7 * Math.Max(1, Math.Abs(average[i])));
    }

    [TestMethod]
    public void TheBestEpochIsThatOfTheMonitoredMeasure()
    {
        using var data = Support.Load(Support.Plane(500, Width, 1), Width, split);
        using var network = Network();
        double[] measures = [3, 7, 5, 6, 1, 2];
        var epochs = new List<byte[]>();
        var options = quick with { Epochs = measures.Length, MonitoredMeasure = "Gain", Measures = () =>
        {
            epochs.Add(Support.Bytes(network));
            return new Dictionary<string, double> { ["Gain"] = measures[epochs.Count - 1] };
        } };
        var history = Run(network, data, options with { Patience = 3 });
        Assert.AreEqual((2, 5, true), (history.BestEpoch, history.Epochs.Count, history.StoppedEarly));
        CollectionAssert.AreEqual(epochs[1], Support.Bytes(network));
        epochs.Clear();
        Assert.ThrowsExactly<InvalidOperationException>(() => Run(network, data, options with { MonitoredMeasure = "Other" }));
    }

    [TestMethod]
    public void CancellingWithoutAFolderThrowsAndLeavesTheModuleUsable()
    {
        using var cancel = new CancellationTokenSource();
        using var data = Support.Load(Support.Plane(500, Width, 1), Width);
        using var network = Network();
        int calls = 0;
        Assert.ThrowsExactly<OperationCanceledException>(() => TrainingLoop.Run(network, batch =>
        {
            if (++calls == 3) cancel.Cancel();
            return ReconstructionLoss.MeanSquaredError.Mean(network.forward(batch[0]), batch[0]);
        }, data.Training, null, quick, cancel.Token));
        Assert.AreEqual(3, calls);
        Assert.IsFalse(network.training);
        using var output = network.forward(zeros(1, Width));
        Assert.IsTrue(Support.ToArray(output).All(float.IsFinite));
    }

    [TestMethod]
    public void CheckpointsOfOtherTrainingsAreRefusedByName()
    {
        string folder = Support.TemporaryFolder();
        var options = quick with { CheckpointFolder = folder, Epochs = 1 };
        Train(options);
        Refused(options with { BatchSize = 16 }, "BatchSize 32, asked for is 16");
        Refused(options with { Optimizer = new Sgd() }, "Optimizer");
        Refused(options with { Optimizer = new Adam { LearningRate = 0.02 } }, "0.02");
        Refused(options with { Schedule = new CosineSchedule() }, "Schedule");
        Refused(options with { Clipping = new ClipByNorm(1) }, "Clipping null, asked for is");
        Refused(options with { Seed = 2 }, "Seed");
        Refused(options, "TrainingData", split with { Seed = 6 });
        Refused(options, "TrainingData", split with { Scaling = FeatureScaling.None });
        Assert.HasCount(1, Train(options).History.Epochs);
        Assert.HasCount(1, Train(options with { BatchSize = 16, Resume = false }).History.Epochs);

        static void Refused(TrainingOptions options, string what, DataOptions? how = null)
            => StringAssert.Contains(Assert.ThrowsExactly<TrainingException>(() => Train(options, how)).Message, what);
    }

    [TestMethod]
    public void ACheckpointOfOtherRowsOrAnotherNetworkIsRefused()
    {
        string folder = Support.TemporaryFolder();
        var options = quick with { CheckpointFolder = folder, Epochs = 1 };
        Train(options);
        using var other = Support.Load(Support.Plane(500, Width, 2), Width, split);
        using var same = Support.Load(Support.Plane(500, Width, 1), Width, split);
        using var network = Network();
        using var wider = new DenseAutoencoder(Width, [7], 2);
        StringAssert.Contains(Assert.ThrowsExactly<TrainingException>(() => Run(network, other, options)).Message, "checksum");
        StringAssert.Contains(Assert.ThrowsExactly<TrainingException>(() => Run(wider, same, options)).Message, "Network");
    }

    [TestMethod]
    public void DamagedCheckpointsAreRefused()
    {
        string folder = Support.TemporaryFolder();
        var options = quick with { CheckpointFolder = folder, Epochs = 1 };
        Train(options);
        string path = Path.Combine(folder, "checkpoint.safetensors");
        byte[] whole = File.ReadAllBytes(path);
        foreach (int length in new[] { 0, 7, 100, whole.Length / 2, whole.Length - 1 })
        {
            File.WriteAllBytes(path, whole[..length]);
            StringAssert.Contains(Assert.ThrowsExactly<TrainingException>(() => Train(options)).Message, path);
        }
        Assert.IsEmpty(Directory.GetFiles(folder, "*.tmp"));
    }

    [TestMethod]
    public void EarlyStoppingPutsTheBestWeightsBack()
    {
        using var data = Support.Load(Support.Plane(100, Width, 1), Width);
        using var validation = new FixedBatches(zeros(4, Width));
        using var network = Network();
        byte[]? best = null;
        int validations = 0;
        // The validation loss is told by the test: best in epoch 3.
        double[] told = [5, 4, 1, 2, 3, 4, 0];
        var history = TrainingLoop.Run(network, batch =>
        {
            if (network.training) return ReconstructionLoss.MeanSquaredError.Mean(network.forward(batch[0]), batch[0]);
            if (validations == 2) best = Support.Bytes(network);
            return tensor(told[validations++]);
        }, data.Training, validation, quick with { Epochs = 20, Patience = 3 });
        Assert.HasCount(6, history.Epochs);
        Assert.AreEqual((3, true, true), (history.BestEpoch, history.Restored, history.StoppedEarly));
        CollectionAssert.AreEqual(told[..6], history.Epochs.Select(e => e.ValidationLoss!.Value).ToArray());
        CollectionAssert.AreEqual(best, Support.Bytes(network));
    }

    [TestMethod]
    public void ANonFiniteLossStopsAndIsPlaced()
    {
        using var data = Support.Load(Support.Plane(320, Width, 1), Width);
        using var network = Network();
        int calls = 0;
        var error = Assert.ThrowsExactly<TrainingException>(() => TrainingLoop.Run(network, batch =>
        {
            var loss = ReconstructionLoss.MeanSquaredError.Mean(network.forward(batch[0]), batch[0]);
            return ++calls == 17 ? loss * double.NaN : loss;
        }, data.Training, null, quick));
        StringAssert.Contains(error.Message, "NaN in epoch 2, step 7");
        StringAssert.Contains(error.Message, "learning rate");
    }

    [TestMethod]
    public void DivergenceIsFound()
    {
        var error = Assert.ThrowsExactly<TrainingException>(() => Train(quick with { Optimizer = new Sgd { LearningRate = 1e30 } }));
        StringAssert.Contains(error.Message, "epoch 1");
    }

    [TestMethod]
    public void ProgressAndHistoryAgree()
    {
        var told = new List<TrainingProgress>();
        var lines = new List<string>();
        var (_, history) = Train(quick with { Progress = new Direct(told.Add), Log = lines.Add, Schedule = new ExponentialSchedule { Gamma = 0.5 } });
        var ends = told.Where(p => p.IsEpochEnd).ToArray();
        CollectionAssert.AreEqual(history.Epochs.Select(e => (e.Epoch, e.Loss, e.ValidationLoss, e.LearningRate)).ToArray(),
            ends.Select(p => (p.Epoch, p.Loss, p.ValidationLoss, p.LearningRate)).ToArray());
        Assert.HasCount(6, lines);
        for (int i = 0; i < 6; i++) Assert.AreEqual(0.01 * Math.Pow(0.5, i), history.Epochs[i].LearningRate, 1e-15);
        Assert.IsTrue(ends.All(p => p.RowsPerSecond > 0 && p.Epochs == 6));
    }

    sealed class Direct(Action<TrainingProgress> tell) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => tell(value);
    }

    [TestMethod]
    public void TheGlobalGeneratorIsLeftAsItWas()
    {
        using var before = get_rng_state();
        Train(quick);
        using var after = get_rng_state();
        CollectionAssert.AreEqual(before.bytes.ToArray(), after.bytes.ToArray());
    }

    /// <summary>Two replicas on half of each batch, their gradients averaged, step as one on the whole batch.</summary>
    [TestMethod]
    public void TwoReplicasEqualOneProcess()
    {
        var rows = Support.Plane(64, Width, 1);
        var alone = TrainOn(rows, 16, null);
        using var meeting = new Meeting(2);
        // Replica r holds the rows of its half of every batch of 16.
        var halves = Enumerable.Range(0, 2).Select(r => rows.Chunk(8 * Width).Where((_, i) => i % 2 == r).SelectMany(c => c).ToArray()).ToArray();
        var replicas = halves.Select(half => Task.Run(() => TrainOn(half, 8, meeting))).ToArray();
        Task.WaitAll(replicas);
        CollectionAssert.AreEqual(replicas[0].Result, replicas[1].Result);
        for (int i = 0; i < alone.Length; i++) Assert.AreEqual(alone[i], replicas[0].Result[i], 1e-5f);

        static float[] TrainOn(float[] rows, int batchSize, IGradientCombiner? combiner)
        {
            using var source = new FixedBatches(tensor(rows, [rows.Length / Width, Width]));
            using var network = Network();
            var options = new TrainingOptions { Epochs = 3, BatchSize = batchSize, Optimizer = new Sgd { LearningRate = 0.1 }, Combiner = combiner };
            TrainingLoop.Run(network, Reconstruction.Objective(network, ReconstructionLoss.MeanSquaredError), source, null, options);
            return [.. network.parameters().SelectMany(Support.ToArray)];
        }
    }

    sealed class Meeting(int replicas) : IGradientCombiner, IDisposable
    {
        readonly Barrier barrier = new(replicas);
        readonly List<float[]> gathered = [];

        public void Combine(IReadOnlyList<Tensor> gradients)
        {
            var mine = gradients.SelectMany(Support.ToArray).ToArray();
            lock (gathered) gathered.Add(mine);
            barrier.SignalAndWait();
            var mean = mine.Select((_, i) => gathered.Sum(g => g[i]) / replicas).ToArray();
            int at = 0;
            foreach (var gradient in gradients)
            {
                var part = mean.AsSpan(at, (int)gradient.numel());
                part.CopyTo(MemoryMarshal.Cast<byte, float>(gradient.bytes));
                at += part.Length;
            }
            barrier.SignalAndWait();
            lock (gathered) gathered.Clear();
            barrier.SignalAndWait();
        }

        public void Dispose() => barrier.Dispose();
    }

    [TestMethod]
    public void BFloat16LearnsWithSinglePrecisionWeights()
    {
        using var data = Support.Load(Support.Plane(500, Width, 1), Width, split);
        using var network = Network();
        var history = Run(network, data, quick with { Epochs = 60, Precision = Precision.BFloat16 });
        Assert.IsTrue(network.parameters().All(p => p.dtype == ScalarType.Float32));
        var (_, single) = Train(quick with { Epochs = 60 });
        Assert.AreNotEqual(single.Epochs[^1].Loss, history.Epochs[^1].Loss);
        Assert.AreEqual(single.Epochs[^1].ValidationLoss!.Value, history.Epochs[^1].ValidationLoss!.Value, 0.01);
    }

    /// <summary>Live tensors and the process's memory stay flat over 300 epochs.</summary>
    [TestMethod]
    public void MemoryIsFlatOver300Epochs()
    {
        using var data = Support.Load(Support.Plane(2000, 64, 1), 64, split);
        using var network = new DenseAutoencoder(64, [64], 8);
        long early = 0, late = 0, earlyBytes = 0, lateBytes = 0;
        Run(network, data, quick with { Epochs = 300, Progress = new Direct(p =>
        {
            if (!p.IsEpochEnd || p.Epoch is not (50 or 300)) return;
            GC.Collect();
            GC.WaitForPendingFinalizers();
            (p.Epoch == 50 ? ref early : ref late) = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            (p.Epoch == 50 ? ref earlyBytes : ref lateBytes) = Environment.WorkingSet;
        }) });
        Assert.AreEqual(early, late);
        Assert.IsLessThan(earlyBytes + (8L << 20), lateBytes);
    }

    [TestMethod]
    public void RunningOutOfMemoryIsExplained()
    {
        using var data = Support.Load(Support.Plane(100, Width, 1), Width);
        using var network = Network();
        var error = Assert.ThrowsExactly<TrainingException>(() => TrainingLoop.Run(network, batch => zeros(1L << 50).sum(), data.Training, null, quick));
        StringAssert.Contains(error.Message, "Memory ran out in training. A smaller BatchSize");
    }

    [TestMethod]
    public void TrainsAlsoWhereTheApplicationHasSwitchedGradientsOff()
    {
        using var _ = no_grad();
        AreEqual(Train(quick), Train(quick));
        Assert.IsLessThan(0.5, Train(quick).History.Epochs[^1].Loss);
    }

    [TestMethod]
    public void WrongUseIsExplained()
    {
        using var data = Support.Load(Support.Plane(100, Width, 1), Width);
        using var network = Network();
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => TrainingLoop.Run(network, batch => network.forward(batch[0]), data.Training, null,
            quick)).Message, "one number");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => Run(network, data, quick with { Device = "tpu" })).Message, "tpu");
        if (!TorchEngine.HasGpu) Assert.ThrowsExactly<TrainingException>(() => Run(network, data, quick with { Device = "cuda" }));
        using var narrow = new DenseAutoencoder(3, [], 2);
        StringAssert.Contains(Assert.ThrowsExactly<TrainingException>(() => Run(narrow, data, quick)).Message, "in training");
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new TrainingOptions { Epochs = 0 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new TrainingOptions { MinImprovement = double.NaN });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new Adam { LearningRate = 0 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new Adam { Beta1 = 1 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ClipByNorm(double.NaN));
    }
}
