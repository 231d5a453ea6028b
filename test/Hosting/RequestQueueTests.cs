using Extensions.ML.Trainers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Extensions.ML.Hosting.Tests;

/// <summary>The queue by itself, with a model that the test holds back and lets go.</summary>
[TestClass]
public class RequestQueueTests
{
    readonly List<int[]> _batches = [];
    readonly SemaphoreSlim _begun = new(0), _go = new(0);
    readonly ServingMetrics _metrics = new();

    RequestQueue<int, int> Queue(Func<int, int> compute, Action<ModelOptions>? configure = null, bool held = false)
    {
        var options = new ModelOptions { MaxBatchSize = 8, QueueCapacity = 16, MaxBatchDelay = TimeSpan.Zero };
        configure?.Invoke(options);
        return new("test", options, _metrics, NullLogger.Instance, rows =>
        {
            lock (_batches)
                _batches.Add([.. rows]);
            _begun.Release();
            if (held)
                _go.Wait();
            return [.. rows.Select(compute)];
        });
    }

    [TestMethod]
    public async Task OneRequestIsComputedAtOnceAndWhatComesMeanwhileTogether()
    {
        var queue = Queue(row => 2 * row, held: true);
        var first = queue.AskAsync(0, default);
        await _begun.WaitAsync();
        var others = Enumerable.Range(1, 10).Select(row => queue.AskAsync(row, default)).ToArray();
        Assert.AreEqual(10, queue.Length);
        _go.Release(3);

        CollectionAssert.AreEqual(Enumerable.Range(0, 11).Select(row => 2 * row).ToArray(), await Task.WhenAll([first, .. others]));
        CollectionAssert.AreEqual(new[] { 1, 8, 2 }, _batches.ConvertAll(batch => batch.Length));
        await queue.StopAsync(default);
    }

    [TestMethod]
    public async Task UnderLoadABatchWaitsForMoreAndLeavesWhenItIsFull()
    {
        // A delay that no test would wait out: the batch must leave because it is full.
        var queue = Queue(row => row, options => (options.MaxBatchSize, options.MaxBatchDelay) = (4, TimeSpan.FromSeconds(1)), held: true);
        var first = queue.AskAsync(0, default);
        await _begun.WaitAsync();
        var load = Enumerable.Range(1, 3).Select(row => queue.AskAsync(row, default)).ToArray();
        _go.Release(2);
        await Task.WhenAll([first, .. load]);
        var waiting = queue.AskAsync(4, default);
        await Task.Delay(50);
        var more = Enumerable.Range(5, 3).Select(row => queue.AskAsync(row, default)).ToArray();
        _go.Release();
        await Task.WhenAll([waiting, .. more]);
        CollectionAssert.AreEqual(new[] { 4, 5, 6, 7 }, _batches[^1]);
        await queue.StopAsync(default);
    }

    [TestMethod]
    public async Task AFullQueueRefuses()
    {
        var queue = Queue(row => row, options => options.QueueCapacity = 3, held: true);
        var taken = new List<Task<int>> { queue.AskAsync(0, default) };
        await _begun.WaitAsync();
        taken.AddRange(Enumerable.Range(1, 3).Select(row => queue.AskAsync(row, default)));
        var refused = await Assert.ThrowsExactlyAsync<PredictionException>(() => queue.AskAsync(4, default));
        Assert.AreEqual(PredictionFailure.QueueFull, refused.Failure);
        _go.Release(10);
        await Task.WhenAll(taken);
        await queue.StopAsync(default);
    }

    [TestMethod]
    public async Task ACancelledRequestIsLetGoAtOnceAndNotComputed()
    {
        var queue = Queue(row => row, held: true);
        var first = queue.AskAsync(0, default);
        await _begun.WaitAsync();
        using var cancellation = new CancellationTokenSource();
        var cancelled = queue.AskAsync(1, cancellation.Token);
        var kept = queue.AskAsync(2, default);
        cancellation.Cancel();
        await Assert.ThrowsAsync<OperationCanceledException>(() => cancelled);
        Assert.IsFalse(first.IsCompleted);
        _go.Release(5);
        Assert.AreEqual(2, await kept);
        CollectionAssert.AreEqual(new[] { 2 }, _batches[1]);
        await Assert.ThrowsAsync<OperationCanceledException>(() => queue.AskAsync(3, new CancellationToken(canceled: true)));
        await queue.StopAsync(default);
    }

    [TestMethod]
    public async Task ABadRowFailsAlone()
    {
        var queue = Queue(row => row % 5 == 3 ? throw new InvalidDataException($"row {row} is bad") : row, options => options.MaxBatchSize = 16, held: true);
        var first = queue.AskAsync(0, default);
        await _begun.WaitAsync();
        var asked = Enumerable.Range(1, 12).Select(row => queue.AskAsync(row, default)).ToArray();
        _go.Release(100);
        await first;
        for (var row = 1; row <= 12; row++)
        {
            if (row % 5 == 3)
            {
                var refused = await Assert.ThrowsExactlyAsync<PredictionException>(() => asked[row - 1]);
                Assert.AreEqual(PredictionFailure.InvalidRow, refused.Failure);
                Assert.AreEqual($"row {row} is bad", refused.Message);
            }
            else
                Assert.AreEqual(row, await asked[row - 1]);
        }
        await queue.StopAsync(default);
    }

    [TestMethod]
    public async Task AFailureOfTheEngineIsNotTheRows()
    {
        var queue = Queue(_ => throw new TrainingException("memory ran out"));
        await Assert.ThrowsExactlyAsync<TrainingException>(() => queue.AskAsync(0, default));
        await queue.StopAsync(default);
    }

    [TestMethod]
    public async Task StoppingAnswersWhatWaitsAndRefusesWhatComes()
    {
        var queue = Queue(row => row, held: true);
        var asked = Enumerable.Range(0, 10).Select(row => queue.AskAsync(row, default)).ToArray();
        var stopped = queue.StopAsync(default);
        var refused = await Assert.ThrowsExactlyAsync<PredictionException>(() => queue.AskAsync(10, default));
        Assert.AreEqual(PredictionFailure.Stopping, refused.Failure);
        _go.Release(10);
        await stopped;
        CollectionAssert.AreEqual(Enumerable.Range(0, 10).ToArray(), await Task.WhenAll(asked));
    }

    [TestMethod]
    public async Task StoppingInAHurryRefusesWhatWaits()
    {
        var queue = Queue(row => row, held: true);
        var first = queue.AskAsync(0, default);
        await _begun.WaitAsync();
        var waiting = queue.AskAsync(1, default);
        using var hurry = new CancellationTokenSource();
        var stopped = queue.StopAsync(hurry.Token);
        hurry.Cancel();
        Assert.AreEqual(PredictionFailure.Stopping, (await Assert.ThrowsExactlyAsync<PredictionException>(() => waiting)).Failure);
        _go.Release();
        await stopped;
        Assert.AreEqual(0, await first);
    }
}
