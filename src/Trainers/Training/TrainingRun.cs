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
    static readonly TimeSpan s_reportInterval = TimeSpan.FromSeconds(0.5);

    readonly nn.Module _module;
    readonly Func<Batch, Tensor> _objective;
    readonly IBatchSource _training;
    readonly IBatchSource? _validation;
    readonly TrainingOptions _options;
    readonly Parameter[] _parameters;
    readonly (OptimizerHelper Steps, double Factor)[] _optimizers;
    readonly LossMeter _meter;
    readonly Checkpoint? _checkpoint;
    readonly JsonObject _settings;
    readonly long _batchesPerEpoch;
    readonly long _stepsPerEpoch;
    readonly List<EpochRecord> _history = [];
    readonly List<double> _monitored = [];
    readonly Queue<ModuleSnapshot> _last = [];
    readonly List<(Tensor Loss, long Weight)> _gathered = [];
    readonly Stopwatch _clock = Stopwatch.StartNew();

    ModuleSnapshot? _best;
    int _bestEpoch;
    double _learningRate;
    long _epochStarted;
    long _weightBefore;

    public TrainingRun(nn.Module module, Func<Batch, Tensor> objective, IBatchSource training, IBatchSource? validation,
        TrainingOptions options)
    {
        (_module, _objective, _training, _validation, _options) = (module, objective, training, validation, options);
        var device = TorchEngine.Device(options.Device);
        module.to(device);
        _parameters = [.. module.parameters().Where(p => p.requires_grad)];
        if (_parameters.Length == 0) throw new ArgumentException("The module has no parameters to train.", nameof(module));
        _optimizers = [.. module.named_parameters().Where(p => p.parameter.requires_grad).GroupBy(p => RateFactor(p.name), p => p.parameter)
            .Select(group => (options.Optimizer.Create([.. group]), group.Key))];
        _meter = new LossMeter(device);
        _batchesPerEpoch = training.BatchCount(options.BatchSize);
        _stepsPerEpoch = StepsOf(_batchesPerEpoch);
        _checkpoint = options.CheckpointFolder is { } folder ? new Checkpoint(folder) : null;
        _settings = Settings();
    }

    /// <summary>What the arithmetic of a run depends on. The number of epochs is not among it, so that a finished run can be trained
    /// on.</summary>
    JsonObject Settings() => new()
    {
        [nameof(_options.Optimizer)] = JsonSerializer.SerializeToNode(_options.Optimizer),
        [nameof(_options.LearningRateFactors)] = JsonSerializer.SerializeToNode(_options.LearningRateFactors),
        [nameof(_options.Schedule)] = JsonSerializer.SerializeToNode(_options.Schedule),
        [nameof(_options.Clipping)] = JsonSerializer.SerializeToNode(_options.Clipping),
        [nameof(_options.BatchSize)] = _options.BatchSize,
        [nameof(_options.AccumulateBatches)] = _options.AccumulateBatches,
        [nameof(_options.AverageEpochs)] = _options.AverageEpochs,
        [nameof(_options.MonitoredMeasure)] = _options.MonitoredMeasure,
        [nameof(_options.Seed)] = _options.Seed,
        [nameof(_options.Precision)] = _options.Precision.ToString(),
        [nameof(_options.Objective)] = _options.Objective,
        ["Network"] = string.Join(", ", _module.named_parameters().Select(p => $"{p.name} [{string.Join(", ", p.parameter.shape)}]")),
        ["TrainingData"] = _training.Fingerprint,
        ["ValidationData"] = _validation?.Fingerprint,
    };

    IEnumerable<OptimizerHelper> Steps => _optimizers.Select(optimizer => optimizer.Steps);

    double RateFactor(string parameter) => _options.LearningRateFactors?
        .Where(factor => parameter.StartsWith(factor.Key, StringComparison.Ordinal)).Select(factor => factor.Value).Append(1).First() ?? 1;

    bool KeepsBest => _options.RestoreBest && !Averages
        && (_validation is not null || _options.Patience is not null || _options.MonitoredMeasure is not null);

    bool Averages => _options.AverageEpochs > 1;

    long StepsOf(long batches) => (batches + _options.AccumulateBatches - 1) / _options.AccumulateBatches;

    int EpochsWithoutGain => _history.Count - _bestEpoch;

    public TrainingHistory Execute(CancellationToken cancellation)
    {
        long firstBatch = Resume();
        bool stopped = _options.Patience <= EpochsWithoutGain;
        try
        {
            for (; _history.Count < _options.Epochs && !stopped; firstBatch = 0)
            {
                TrainEpoch(_history.Count, firstBatch, cancellation);
                double? validationLoss = Validate(_history.Count, cancellation);
                stopped = EndEpoch(validationLoss);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Read(_history.Count);
            Save();
            Log($"cancelled in epoch {_history.Count + 1}");
            throw;
        }
        bool restored = KeepsBest && _best is not null && _bestEpoch < _history.Count;
        if (restored)
        {
            _best!.PutBack();
            Log($"weights of epoch {_bestEpoch} put back");
        }
        if (Averages && _last.Count > 0)
        {
            ModuleSnapshot.PutBackMean(_last);
            Log($"weights averaged over the last {_last.Count} epochs");
        }
        return new TrainingHistory(_history, _bestEpoch, restored, stopped);
    }

    /// <returns>Batches already done in the epoch to train next.</returns>
    long Resume()
    {
        if (!_options.Resume || _checkpoint?.Load(_settings, _module, Best, AddLast, Steps) is not { } state) return 0;
        foreach (var record in state.Epochs) Remember(record);
        _meter.Reset((state.Batches, state.Weight, state.LossSum));
        Log($"continued from '{_checkpoint.Path}' after {_history.Count} epochs and {StepsOf(state.Batches)} steps");
        return state.Batches;
    }

    void TrainEpoch(int epoch, long firstBatch, CancellationToken cancellation)
    {
        _module.train();
        if (firstBatch == 0)
        {
            _meter.Reset(default);
            // Seeded per epoch, so that a resumed run draws the same numbers.
            manual_seed(Seed(epoch, 0));
        }
        _epochStarted = Stopwatch.GetTimestamp();
        _weightBefore = _meter.State.Weight;
        long reported = _epochStarted, done = firstBatch, step = StepsOf(firstBatch);
        foreach (var batch in _training.Epoch(epoch, _options.BatchSize, firstBatch, cancellation))
        {
            if (_gathered.Count == 0) cancellation.ThrowIfCancellationRequested();
            Gather(batch);
            done++;
            if (_gathered.Count < _options.AccumulateBatches && done < _batchesPerEpoch) continue;
            Step(LearningRate(epoch, step));
            step++;
            if (_options.Progress is null || step == _stepsPerEpoch || Stopwatch.GetElapsedTime(reported) < s_reportInterval) continue;
            Read(epoch);
            Report(step, _meter.Mean, null);
            reported = Stopwatch.GetTimestamp();
        }
        if (done != _batchesPerEpoch)
            throw new InvalidOperationException(
                $"The batch source gave {done} batches in epoch {epoch + 1}; {_batchesPerEpoch} were expected.");
        Read(epoch);
    }

    double LearningRate(int epoch, long step)
    {
        var losses = CollectionsMarshal.AsSpan(_monitored);
        return _options.Optimizer.LearningRate
            * _options.Schedule.Factor(new SchedulePoint(epoch * _stepsPerEpoch + step, _options.Epochs * _stepsPerEpoch, epoch, losses));
    }

    /// <summary>The gradients of a batch, added to those that wait for the step.</summary>
    void Gather(Batch batch)
    {
        using var scope = NewDisposeScope();
        var loss = _objective(batch);
        if (loss.numel() != 1)
            throw new ArgumentException($"The objective must give one number; it gave [{string.Join(", ", loss.shape)}].");
        (_options.AccumulateBatches == 1 ? loss : loss * batch.Weight).backward();
        _gathered.Add((loss.detach().MoveToOuterDisposeScope(), batch.Weight));
    }

    void Step(double rate)
    {
        using var scope = NewDisposeScope();
        if (_options.AccumulateBatches > 1)
        {
            double share = 1.0 / _gathered.Sum(batch => batch.Weight);
            foreach (var parameter in _parameters) parameter.grad?.mul_(share);
        }
        if (_options.Combiner is { } combiner) combiner.Combine([.. _parameters.Select(p => p.grad!).Where(g => g is not null)]);
        _options.Clipping?.Apply(_parameters);
        _learningRate = rate;
        foreach (var (optimizer, factor) in _optimizers)
        {
            foreach (var group in optimizer.ParamGroups) group.LearningRate = rate * factor;
            optimizer.step();
        }
        // None instead of zeros: the next backward pass then writes its gradients instead of adding them.
        foreach (var parameter in _parameters) parameter.grad = null;
        foreach (var (loss, weight) in _gathered)
        {
            _meter.Add(loss, weight);
            loss.Dispose();
        }
        _gathered.Clear();
    }

    /// <summary>The loss on the validation rows; leaves the meter as it was, also when cancelled.</summary>
    double? Validate(int epoch, CancellationToken cancellation)
    {
        if (_validation is null) return null;
        var trained = _meter.State;
        _module.eval();
        manual_seed(Seed(epoch, 1));
        try
        {
            _meter.Reset(default);
            using (no_grad())
            {
                foreach (var batch in _validation.Epoch(0, _options.BatchSize, 0, cancellation))
                {
                    cancellation.ThrowIfCancellationRequested();
                    using var scope = NewDisposeScope();
                    _meter.Add(_objective(batch), batch.Weight);
                }
            }
            Read(epoch);
            return _meter.Mean;
        }
        finally
        {
            _meter.Reset(trained);
        }
    }

    /// <returns>Whether the monitored loss has not become better for too long.</returns>
    bool EndEpoch(double? validationLoss)
    {
        _learningRate = LearningRate(_history.Count, _stepsPerEpoch - 1);
        var record = new EpochRecord(_history.Count + 1, _meter.Mean, validationLoss, _learningRate,
            Stopwatch.GetElapsedTime(_epochStarted).TotalSeconds, _options.Measures?.Invoke());
        Report(_stepsPerEpoch, record.Loss, validationLoss);
        Log(FormattableString.Invariant($"epoch {record.Epoch}/{_options.Epochs}: loss {record.Loss:g6}")
            + (validationLoss is { } loss ? FormattableString.Invariant($", validation {loss:g6}") : "")
            + string.Concat((record.Measures ?? new Dictionary<string, double>()).Select(m => FormattableString.Invariant($", {m.Key} {m.Value:g4}")))
            + FormattableString.Invariant($", learning rate {_learningRate:g4}, {RowsPerSecond:n0} rows/s"));

        if (Remember(record) && KeepsBest) Best().Take();
        if (Averages) AddLast();
        _meter.Reset(default);
        bool stop = _options.Patience <= EpochsWithoutGain;
        if (stop) Log($"stopped: no better loss for {EpochsWithoutGain} epochs");
        if (stop || record.Epoch == _options.Epochs || record.Epoch % _options.CheckpointEveryEpochs == 0) Save();
        return stop;
    }

    /// <summary>Adds an epoch to the history.</summary>
    /// <returns>Whether its monitored loss is the best so far.</returns>
    bool Remember(EpochRecord record)
    {
        double loss = Monitored(record);
        bool better = _bestEpoch == 0 || loss < _monitored[_bestEpoch - 1] - _options.MinImprovement;
        _history.Add(record);
        _monitored.Add(loss);
        if (better) _bestEpoch = _history.Count;
        return better;
    }

    /// <returns>What tells the best epoch: lower is better.</returns>
    double Monitored(EpochRecord record)
    {
        if (_options.MonitoredMeasure is not { } name) return record.ValidationLoss ?? record.Loss;
        if (record.Measures?.TryGetValue(name, out double value) != true) throw new InvalidOperationException($"There is no measure {name}.");
        return -value;
    }

    /// <summary>Remembers the weights as those of the last epoch.</summary>
    ModuleSnapshot AddLast()
    {
        if (_last.Count == _options.AverageEpochs) _last.Dequeue().Dispose();
        var snapshot = new ModuleSnapshot(_module);
        _last.Enqueue(snapshot);
        return snapshot;
    }

    ModuleSnapshot Best() => _best ??= new ModuleSnapshot(_module);

    void Save()
    {
        var (batches, weight, sum) = _meter.State;
        _checkpoint?.Save(new CheckpointState(_settings, _history, batches, weight, sum), _module, _best, _last, Steps);
    }

    void Read(int epoch)
    {
        try
        {
            _meter.Read();
        }
        catch (NonFiniteLossException e)
        {
            throw new TrainingException(FormattableString.Invariant($"The loss became {e.Loss} in epoch {epoch + 1}, step {StepsOf(e.Batch)}. ")
                + FormattableString.Invariant($"Most likely the learning rate ({_learningRate:g4}) is too high ")
                + "or the inputs are far from 0: lower the rate, clip the gradients, or scale the features.");
        }
    }

    double RowsPerSecond => (_meter.State.Weight - _weightBefore) / Stopwatch.GetElapsedTime(_epochStarted).TotalSeconds;

    void Report(long step, double loss, double? validationLoss)
        => _options.Progress?.Report(new TrainingProgress(_history.Count + 1, _options.Epochs, step, _stepsPerEpoch, loss, validationLoss,
            _learningRate, RowsPerSecond, _clock.Elapsed));

    long Seed(int epoch, int use) => (long)(SeededRandom.Hash(_options.Seed, epoch, use) >> 1);

    void Log(string line) => _options.Log?.Invoke(line);

    public void Dispose()
    {
        foreach (var optimizer in Steps) optimizer.Dispose();
        _meter.Dispose();
        _best?.Dispose();
        foreach (var snapshot in _last) snapshot.Dispose();
        foreach (var (loss, _) in _gathered) loss.Dispose();
    }
}
