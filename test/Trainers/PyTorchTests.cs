using System.Runtime.InteropServices;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

/// <summary>The loop, the optimisers and the schedules against PyTorch, in a process of its own.</summary>
[TestClass]
public class PyTorchTests
{
    const int Epochs = 6, BatchSize = 16, Rows = 75, Width = 6; // 75 rows: the last batch is short.

    /// <summary>
    /// The same network, weights and batches in PyTorch, in double precision. For each case on its standard arguments (optimiser, schedule,
    /// clipping) it prints the loss of each epoch and every weight at the end.
    /// </summary>
    const string TrainScript = """
        import json, struct, sys
        import numpy as np, torch
        torch.set_num_threads(1)
        raw = open(sys.argv[1], 'rb').read()
        epochs, batch = int(sys.argv[2]), int(sys.argv[3])
        size, = struct.unpack('<Q', raw[:8])
        header = json.loads(raw[8:8 + size])
        def load(name):
            entry = header[name]
            begin, end = entry['data_offsets']
            assert entry['dtype'] == 'F64'
            return torch.from_numpy(np.frombuffer(raw[8 + size + begin:8 + size + end], dtype='<f8').reshape(entry['shape']).copy())
        rows = load('rows')
        names = [n for n in header if n not in ('rows', '__metadata__')]
        def run(make, schedule, clip):
            parameters = [torch.nn.Parameter(load(n)) for n in names]
            def forward(x):
                e0w, e0b, e1w, e1b, d0w, d0b, d1w, d1b = parameters
                f = torch.nn.functional.linear
                return f(torch.tanh(f(f(torch.tanh(f(x, e0w, e0b)), e1w, e1b), d0w, d0b)), d1w, d1b)
            optimizer = eval(make)
            scheduler = eval(schedule) if schedule else None
            per_step = 'total' in schedule
            losses = []
            for epoch in range(epochs):
                total = 0.0
                for at in range(0, len(rows), batch):
                    x = rows[at:at + batch]
                    optimizer.zero_grad()
                    loss = torch.nn.functional.mse_loss(forward(x), x)
                    loss.backward()
                    if clip: eval(clip)
                    optimizer.step()
                    if scheduler and per_step: scheduler.step()
                    total += loss.item() * len(x)
                losses.append(total / len(rows))
                if scheduler and not per_step:
                    if isinstance(scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau): scheduler.step(losses[-1])
                    else: scheduler.step()
            return {'losses': losses, 'weights': [w for p in parameters for w in p.detach().reshape(-1).tolist()]}
        print(json.dumps([run(*case) for case in json.load(open(sys.argv[4]))]))
        """;

    const string Sgd = "torch.optim.SGD(parameters, lr=0.1)";

    public static IEnumerable<object[]> Cases =>
    [
        [new Sgd { LearningRate = 0.1 }, "torch.optim.SGD(parameters, lr=0.1)"],
        [new Sgd { LearningRate = 0.05, Momentum = 0.9, WeightDecay = 0.01 }, "torch.optim.SGD(parameters, lr=0.05, momentum=0.9, weight_decay=0.01)"],
        [new Sgd { LearningRate = 0.05, Momentum = 0.8, Nesterov = true }, "torch.optim.SGD(parameters, lr=0.05, momentum=0.8, nesterov=True)"],
        [new Adagrad { LearningRate = 0.05, WeightDecay = 0.01 }, "torch.optim.Adagrad(parameters, lr=0.05, weight_decay=0.01)"],
        [new Adagrad { LearningRate = 0.05, InitialAccumulator = 0.1 }, "torch.optim.Adagrad(parameters, lr=0.05, initial_accumulator_value=0.1)"],
        [new Adadelta { Rho = 0.8 }, "torch.optim.Adadelta(parameters, rho=0.8)"],
        [new RmsProp { LearningRate = 0.01 }, "torch.optim.RMSprop(parameters, lr=0.01)"],
        [new RmsProp { LearningRate = 0.01, Alpha = 0.9, Momentum = 0.5, Centered = true, WeightDecay = 0.01 },
            "torch.optim.RMSprop(parameters, lr=0.01, alpha=0.9, momentum=0.5, centered=True, weight_decay=0.01)"],
        [new Adam { LearningRate = 0.01 }, "torch.optim.Adam(parameters, lr=0.01)"],
        [new Adam { LearningRate = 0.01, Beta1 = 0.8, Beta2 = 0.99, AmsGrad = true, WeightDecay = 0.01 },
            "torch.optim.Adam(parameters, lr=0.01, betas=(0.8, 0.99), amsgrad=True, weight_decay=0.01)"],
        [new AdamW { LearningRate = 0.01, WeightDecay = 0.1 }, "torch.optim.AdamW(parameters, lr=0.01, weight_decay=0.1)"],
    ];

    public static IEnumerable<object[]> Schedules =>
    [
        [new StepSchedule { EveryEpochs = 2, Gamma = 0.5 }, "torch.optim.lr_scheduler.StepLR(optimizer, 2, 0.5)"],
        [new ExponentialSchedule { Gamma = 0.8 }, "torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.8)"],
        [new CosineSchedule { Floor = 0.1 }, "(total := 30) and torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, total, 0.01)"],
        [new ConstantSchedule { WarmupSteps = 10 }, "(total := 10) and torch.optim.lr_scheduler.LinearLR(optimizer, 1 / total, 1.0, total - 1)"],
        // Vaswani et al. 2017, equation 3, times a constant that makes its peak 1.
        [new InverseSquareRootSchedule { WarmupSteps = 8 },
            "(total := 8) and torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: 8 ** 0.5 * min((s + 1) ** -0.5, (s + 1) * 8 ** -1.5))"],
        [new PlateauSchedule { Shrink = 0.5, Patience = 0, Threshold = 0.2, Cooldown = 1 },
            "torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=0, threshold=0.2, cooldown=1)"],
    ];

    public static IEnumerable<object[]> Clippings =>
    [
        [new ClipByNorm(0.05), "torch.nn.utils.clip_grad_norm_(parameters, 0.05)"],
        [new ClipByValue(0.01), "torch.nn.utils.clip_grad_value_(parameters, 0.01)"],
    ];

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void OptimizersEqual(Optimizer optimizer, string make)
        => Compare(new TrainingOptions { Optimizer = optimizer }, [make, "", ""]);

    [TestMethod]
    [DynamicData(nameof(Schedules))]
    public void SchedulesEqual(LearningRateSchedule schedule, string scheduler)
        => Compare(new TrainingOptions { Optimizer = new Sgd { LearningRate = 0.1 }, Schedule = schedule }, [Sgd, scheduler, ""]);

    [TestMethod]
    [DynamicData(nameof(Clippings))]
    public void ClippingEquals(GradientClipping clipping, string clip)
        => Compare(new TrainingOptions { Optimizer = new Sgd { LearningRate = 0.1 }, Clipping = clipping }, [Sgd, "", clip]);

    static DenseAutoencoder Network()
    {
        var network = new DenseAutoencoder(Width, [5], 2, Activation.Tanh, seed: 7);
        network.to(ScalarType.Float64);
        return network;
    }

    static Tensor Data() => tensor(Support.Plane(Rows, Width, 3).Select(v => (double)v).ToArray(), [Rows, Width]);

    /// <summary>All cases in one process: starting Python takes longer than training.</summary>
    static readonly Lazy<Dictionary<string, JsonElement>> peers = new(() =>
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        string folder = Support.TemporaryFolder(), start = Path.Combine(folder, "start.safetensors"), list = Path.Combine(folder, "cases.json");
        using (var file = File.Create(start))
            SafeTensors.Write(file, network.state_dict().Select(e => (e.Key, e.Value)).Append(("rows", Data())));
        string[][] cases =
        [
            .. Cases.Select(c => new[] { (string)c[1], "", "" }),
            .. Schedules.Select(c => new[] { Sgd, (string)c[1], "" }),
            .. Clippings.Select(c => new[] { Sgd, "", (string)c[1] }),
        ];
        File.WriteAllText(list, JsonSerializer.Serialize(cases));
        using var results = JsonDocument.Parse(Support.Python(TrainScript, start, $"{Epochs}", $"{BatchSize}", list));
        return cases.Zip(results.RootElement.Clone().EnumerateArray()).ToDictionary(pair => string.Join('|', pair.First), pair => pair.Second);
    }, LazyThreadSafetyMode.PublicationOnly);

    static void Compare(TrainingOptions options, string[] peerCase)
    {
        var peer = peers.Value[string.Join('|', peerCase)];
        double[] losses = [.. peer.GetProperty("losses").EnumerateArray().Select(e => e.GetDouble())];
        double[] weights = [.. peer.GetProperty("weights").EnumerateArray().Select(e => e.GetDouble())];

        using var network = Network();
        using var source = new FixedBatches(Data());
        var history = TrainingLoop.Run(network, Reconstruction.Objective(network, ReconstructionLoss.MeanSquaredError), source, null,
            options with { Epochs = Epochs, BatchSize = BatchSize });
        double[] ours = [.. network.parameters().SelectMany(p => MemoryMarshal.Cast<byte, double>(p.bytes).ToArray())];
        Assert.HasCount(weights.Length, ours);
        for (int i = 0; i < Epochs; i++) Assert.AreEqual(losses[i], history.Epochs[i].Loss, 1e-6 * losses[i]); // Losses are kept in single precision.
        for (int i = 0; i < ours.Length; i++) Assert.AreEqual(weights[i], ours[i], 1e-10, $"weight {i}");
    }

    [TestMethod]
    public void DescriptionsSurviveJson()
    {
        foreach (var optimizer in Cases.Select(c => (Optimizer)c[0]))
            Assert.AreEqual(optimizer, JsonSerializer.Deserialize<Optimizer>(JsonSerializer.Serialize(optimizer)));
        foreach (var schedule in Schedules.Select(c => (LearningRateSchedule)c[0]))
            Assert.AreEqual(schedule, JsonSerializer.Deserialize<LearningRateSchedule>(JsonSerializer.Serialize(schedule)));
        foreach (var clipping in new GradientClipping[] { new ClipByNorm(2), new ClipByValue(3) })
            Assert.AreEqual(clipping, JsonSerializer.Deserialize<GradientClipping>(JsonSerializer.Serialize(clipping)));
        StringAssert.Contains(JsonSerializer.Serialize<Optimizer>(new AdamW()), "\"kind\":\"adamw\"");
        Assert.ThrowsExactly<JsonException>(() => JsonSerializer.Deserialize<Optimizer>("""{"kind":"System.IO.File"}"""));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => JsonSerializer.Deserialize<Optimizer>("""{"kind":"adam","LearningRate":-1}"""));
    }
}
