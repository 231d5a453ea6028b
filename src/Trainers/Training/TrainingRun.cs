using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>One training from start to end. What decides the rest of the run (history, weights, optimiser, place) is all that a checkpoint
/// holds.</summary>
sealed class TrainingRun : IDisposable
{
    static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(0.5);

    readonly nn.Module module;
    readonly Func<Batch, Tensor> objective;
    readonly IBatchSource training;
    readonly IBatchSource? validation;
    readonly TrainingOptions options;
    readonly Parameter[] parameters;
    readonly (OptimizerHelper Steps, double Factor)[] optimizers;
    readonly LossMeter meter;
    readonly Checkpoint? checkpoint;
    readonly JsonObject settings;
    readonly long stepsPerEpoch;
    readonly List<EpochRecord> history = [];
    readonly List<double> monitored = [];
    readonly Stopwatch clock = Stopwatch.StartNew();

    ModuleSnapshot? best;
    int bestEpoch;
    double learningRate;
    long epochStarted;
    long rowsBefore;

    public TrainingRun(nn.Module module, Func<Batch, Tensor> objective, IBatchSource training, IBatchSource? validation,
        TrainingOptions options)
    {
        (this.module, this.objective, this.training, this.validation, this.options) = (module, objective, training, validation, options);
        var device = TorchEngine.Device(options.Device);
        module.to(device);
        parameters = [.. module.parameters().Where(p => p.requires_grad)];
        if (parameters.Length == 0) throw new ArgumentException("The module has no parameters to train.", nameof(module));
        optimizers = [.. module.named_parameters().Where(p => p.parameter.requires_grad).GroupBy(p => RateFactor(p.name), p => p.parameter)
            .Select(group => (options.Optimizer.Create([.. group]), group.Key))];
        meter = new LossMeter(device);
        stepsPerEpoch = (training.RowCount + options.BatchSize - 1) / options.BatchSize;
        checkpoint = options.CheckpointFolder is { } folder ? new Checkpoint(folder) : null;
        settings = Settings();
    }

    /// <summary>What the arithmetic of a run depends on. The number of epochs is not among it, so that a finished run can be trained
    /// on.</summary>
    JsonObject Settings() => new()
    {
        [nameof(options.Optimizer)] = JsonSerializer.SerializeToNode(options.Optimizer),
        [nameof(options.LearningRateFactors)] = JsonSerializer.SerializeToNode(options.LearningRateFactors),
        [nameof(options.Schedule)] = JsonSerializer.SerializeToNode(options.Schedule),
        [nameof(options.Clipping)] = JsonSerializer.SerializeToNode(options.Clipping),
        [nameof(options.BatchSize)] = options.BatchSize,
        [nameof(options.Seed)] = options.Seed,
        [nameof(options.Precision)] = options.Precision.ToString(),
        [nameof(options.Objective)] = options.Objective,
        ["Network"] = string.Join(", ", module.named_parameters().Select(p => $"{p.name} [{string.Join(", ", p.parameter.shape)}]")),
        ["TrainingData"] = training.Fingerprint,
        ["ValidationData"] = validation?.Fingerprint,
    };

    IEnumerable<OptimizerHelper> Steps => optimizers.Select(optimizer => optimizer.Steps);

    double RateFactor(string parameter) => options.LearningRateFactors?
        .Where(factor => parameter.StartsWith(factor.Key, StringComparison.Ordinal)).Select(factor => factor.Value).Append(1).First() ?? 1;

    bool KeepsBest => options.RestoreBest && (validation is not null || options.Patience is not null);

    int EpochsWithoutGain => history.Count - bestEpoch;

    public TrainingHistory Execute(CancellationToken cancellation)
    {
        long firstStep = Resume();
        bool stopped = options.Patience <= EpochsWithoutGain;
        try
        {
            for (; history.Count < options.Epochs && !stopped; firstStep = 0)
            {
                TrainEpoch(history.Count, firstStep, cancellation);
                double? validationLoss = Validate(history.Count, cancellation);
                stopped = EndEpoch(validationLoss);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Read(history.Count);
            Save();
            Log($"cancelled in epoch {history.Count + 1}");
            throw;
        }
        bool restored = KeepsBest && best is not null && bestEpoch < history.Count;
        if (restored)
        {
            best!.PutBack();
            Log($"weights of epoch {bestEpoch} put back");
        }
        return new TrainingHistory(history, bestEpoch, restored, stopped);
    }

    /// <returns>Steps already done in the epoch to train next.</returns>
    long Resume()
    {
        if (!options.Resume || checkpoint?.Load(settings, module, Best, Steps) is not { } state) return 0;
        foreach (var record in state.Epochs) Remember(record);
        meter.Reset((state.Step, state.Rows, state.LossSum));
        Log($"continued from '{checkpoint.Path}' after {history.Count} epochs and {state.Step} steps");
        return state.Step;
    }

    void TrainEpoch(int epoch, long firstStep, CancellationToken cancellation)
    {
        module.train();
        if (firstStep == 0)
        {
            meter.Reset(default);
            // Seeded per epoch, so that a resumed run draws the same numbers.
            manual_seed(Seed(epoch, 0));
        }
        epochStarted = Stopwatch.GetTimestamp();
        rowsBefore = meter.State.Rows;
        long reported = epochStarted, step = firstStep;
        foreach (var batch in training.Epoch(epoch, options.BatchSize, firstStep, cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            Step(batch, LearningRate(epoch, step));
            step++;
            if (options.Progress is null || step == stepsPerEpoch || Stopwatch.GetElapsedTime(reported) < ReportInterval) continue;
            Read(epoch);
            Report(step, meter.Mean, null);
            reported = Stopwatch.GetTimestamp();
        }
        if (step != stepsPerEpoch)
            throw new InvalidOperationException(
                $"The batch source gave {step} batches in epoch {epoch + 1}; {stepsPerEpoch} were expected.");
        Read(epoch);
    }

    double LearningRate(int epoch, long step)
    {
        var losses = CollectionsMarshal.AsSpan(monitored);
        return options.Optimizer.LearningRate
            * options.Schedule.Factor(new SchedulePoint(epoch * stepsPerEpoch + step, options.Epochs * stepsPerEpoch, epoch, losses));
    }

    void Step(Batch batch, double rate)
    {
        using var scope = NewDisposeScope();
        var loss = objective(batch);
        if (loss.numel() != 1)
            throw new ArgumentException($"The objective must give one number; it gave [{string.Join(", ", loss.shape)}].");
        loss.backward();
        if (options.Combiner is { } combiner) combiner.Combine([.. parameters.Select(p => p.grad!).Where(g => g is not null)]);
        options.Clipping?.Apply(parameters);
        learningRate = rate;
        foreach (var (optimizer, factor) in optimizers)
        {
            foreach (var group in optimizer.ParamGroups) group.LearningRate = rate * factor;
            optimizer.step();
        }
        // None instead of zeros: the next backward pass then writes its gradients instead of adding them.
        foreach (var parameter in parameters) parameter.grad = null;
        meter.Add(loss, batch.Rows);
    }

    /// <summary>The loss on the validation rows; leaves the meter as it was, also when cancelled.</summary>
    double? Validate(int epoch, CancellationToken cancellation)
    {
        if (validation is null) return null;
        var trained = meter.State;
        module.eval();
        manual_seed(Seed(epoch, 1));
        try
        {
            meter.Reset(default);
            using (no_grad())
            {
                foreach (var batch in validation.Epoch(0, options.BatchSize, 0, cancellation))
                {
                    cancellation.ThrowIfCancellationRequested();
                    using var scope = NewDisposeScope();
                    meter.Add(objective(batch), batch.Rows);
                }
            }
            Read(epoch);
            return meter.Mean;
        }
        finally
        {
            meter.Reset(trained);
        }
    }

    /// <returns>Whether the monitored loss has not become better for too long.</returns>
    bool EndEpoch(double? validationLoss)
    {
        learningRate = LearningRate(history.Count, stepsPerEpoch - 1);
        var record = new EpochRecord(history.Count + 1, meter.Mean, validationLoss, learningRate,
            Stopwatch.GetElapsedTime(epochStarted).TotalSeconds);
        Report(stepsPerEpoch, record.Loss, validationLoss);
        Log(FormattableString.Invariant($"epoch {record.Epoch}/{options.Epochs}: loss {record.Loss:g6}")
            + (validationLoss is { } loss ? FormattableString.Invariant($", validation {loss:g6}") : "")
            + FormattableString.Invariant($", learning rate {learningRate:g4}, {RowsPerSecond:n0} rows/s"));

        if (Remember(record) && KeepsBest) Best().Take();
        meter.Reset(default);
        bool stop = options.Patience <= EpochsWithoutGain;
        if (stop) Log($"stopped: no better loss for {EpochsWithoutGain} epochs");
        if (stop || record.Epoch == options.Epochs || record.Epoch % options.CheckpointEveryEpochs == 0) Save();
        return stop;
    }

    /// <summary>Adds an epoch to the history.</summary>
    /// <returns>Whether its monitored loss is the best so far.</returns>
    bool Remember(EpochRecord record)
    {
        double loss = record.ValidationLoss ?? record.Loss;
        bool better = bestEpoch == 0 || loss < monitored[bestEpoch - 1] - options.MinImprovement;
        history.Add(record);
        monitored.Add(loss);
        if (better) bestEpoch = history.Count;
        return better;
    }

    ModuleSnapshot Best() => best ??= new ModuleSnapshot(module);

    void Save()
    {
        var (steps, rows, sum) = meter.State;
        checkpoint?.Save(new CheckpointState(settings, history, steps, rows, sum), module, best, Steps);
    }

    void Read(int epoch)
    {
        try
        {
            meter.Read();
        }
        catch (NonFiniteLossException e)
        {
            throw new TrainingException(FormattableString.Invariant($"The loss became {e.Loss} in epoch {epoch + 1}, step {e.Step}. ")
                + FormattableString.Invariant($"Most likely the learning rate ({learningRate:g4}) is too high ")
                + "or the inputs are far from 0: lower the rate, clip the gradients, or scale the features.");
        }
    }

    double RowsPerSecond => (meter.State.Rows - rowsBefore) / Stopwatch.GetElapsedTime(epochStarted).TotalSeconds;

    void Report(long step, double loss, double? validationLoss)
        => options.Progress?.Report(new TrainingProgress(history.Count + 1, options.Epochs, step, stepsPerEpoch, loss, validationLoss,
            learningRate, RowsPerSecond, clock.Elapsed));

    long Seed(int epoch, int use) => (long)(SeededRandom.Hash(options.Seed, epoch, use) >> 1);

    void Log(string line) => options.Log?.Invoke(line);

    public void Dispose()
    {
        foreach (var optimizer in Steps) optimizer.Dispose();
        meter.Dispose();
        best?.Dispose();
    }
}
