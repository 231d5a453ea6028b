using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Extensions.ML.Hosting;

/// <summary>A request that waits for its result.</summary>
sealed class Request<TRow, TResult>(TRow row, Activity? activity, CancellationToken cancellation)
    : TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public TRow Row => row;

    /// <summary>What is traced while it waits and is computed.</summary>
    public Activity? Activity => activity;

    /// <summary>Lets the request go as soon as it is cancelled; a batch under way with it goes on for the others.</summary>
    public CancellationTokenRegistration CancelWithToken() =>
        cancellation.UnsafeRegister(static (request, token) => ((Request<TRow, TResult>)request!).TrySetCanceled(token), this);
}

/// <summary>
/// Forms batches of requests: a bounded queue, and threads that take what waits. While a batch is computed the next one gathers, so batches grow with
/// load by themselves; <see cref="ModelOptions.MaxBatchDelay"/> lets them grow some more.
/// </summary>
/// <remarks>The threads are the queue's own: computing blocks them, and OpenMP keeps a team of threads for each thread that ever called it.</remarks>
sealed class RequestQueue<TRow, TResult>
{
    readonly string _name;
    readonly ModelOptions _options;
    readonly ServingMetrics _metrics;
    readonly ILogger _logger;
    readonly Func<IReadOnlyList<TRow>, IReadOnlyList<TResult>> _compute;
    readonly WaitingLine<Request<TRow, TResult>> _waiting;
    readonly Task _workers;

    /// <param name="name">Of the model.</param>
    /// <param name="options">Its limits.</param>
    /// <param name="metrics">Is told of batches.</param>
    /// <param name="logger">Is told of failures that are not a row's.</param>
    /// <param name="compute">Gives a result for each row; called by several threads where there are several workers.</param>
    public RequestQueue(string name, ModelOptions options, ServingMetrics metrics, ILogger logger,
        Func<IReadOnlyList<TRow>, IReadOnlyList<TResult>> compute)
    {
        (_name, _options, _metrics, _logger, _compute) = (name, options, metrics, logger, compute);
        _waiting = new(options.QueueCapacity, options.MaxBatchSize);
        _workers = Task.WhenAll(Enumerable.Range(0, options.Workers).Select(Start));
    }

    /// <summary>Requests that wait.</summary>
    public int Length => _waiting.Count;

    /// <summary>Waits for the result of a row.</summary>
    /// <exception cref="PredictionException">The request was refused, or its row.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<TResult> AskAsync(TRow row, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var activity = ServingMetrics.Activities.StartActivity($"predict {_name}");
        var started = Stopwatch.GetTimestamp();
        var request = new Request<TRow, TResult>(row, activity, cancellation);
        try
        {
            if (!_waiting.TryAdd(request))
                throw Refused();
            using (request.CancelWithToken())
            {
                var result = await request.Task.ConfigureAwait(false);
                _metrics.Answered(_name, started, null);
                return result;
            }
        }
        catch (Exception e)
        {
            _metrics.Answered(_name, started, e);
            activity?.SetStatus(ActivityStatusCode.Error, e.Message);
            throw;
        }
    }

    PredictionException Refused() => _waiting.IsClosed
        ? new(PredictionFailure.Stopping, $"The model '{_name}' takes no more requests: the host is shutting down.")
        : new(PredictionFailure.QueueFull, $"{_options.QueueCapacity} requests wait for the model '{_name}' already; try again later.");

    /// <summary>Takes no more requests and waits until those taken are answered.</summary>
    /// <param name="hurry">When it is cancelled, those left are refused.</param>
    public async Task StopAsync(CancellationToken hurry)
    {
        _waiting.Close();
        using var _ = hurry.UnsafeRegister(_ =>
        {
            foreach (var request in _waiting.Clear())
                request.TrySetException(Refused());
        }, null);
        await _workers.ConfigureAwait(false);
    }

    Task Start(int number)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            Work();
            done.SetResult();
        }) { IsBackground = true, Name = $"{_name} {number}" }.Start();
        return done.Task;
    }

    void Work()
    {
        var batch = new List<Request<TRow, TResult>>(_options.MaxBatchSize);
        var loaded = false;
        while (_waiting.Take(batch, loaded ? _options.MaxBatchDelay : TimeSpan.Zero))
        {
            loaded = batch.Count > 1;
            batch.RemoveAll(request => request.Task.IsCompleted); // cancelled
            if (batch.Count > 0)
                Answer(batch);
            batch.Clear();
        }
    }

    void Answer(List<Request<TRow, TResult>> batch)
    {
        _metrics.BatchFormed(_name, batch.Count);
        using var activity = ServingMetrics.StartBatch(_name, batch);
        Answer(batch.ToArray());
    }

    // A row that fails, fails alone: the batch is halved until it is found, which costs some runs more and the other rows nothing else.
    void Answer(Request<TRow, TResult>[] requests)
    {
        try
        {
            var results = _compute(Array.ConvertAll(requests, request => request.Row));
            for (var i = 0; i < requests.Length; i++)
                requests[i].TrySetResult(results[i]);
        }
        catch (Exception e) when (requests.Length == 1 || e is PredictionException)
        {
            var told = e is PredictionException || IsOfTheModel(e) ? e
                : new PredictionException(PredictionFailure.InvalidRow, e.Message, e);
            if (told == e && e is not PredictionException)
                _logger.LogError(e, "The model {Model} failed.", _name);
            foreach (var request in requests)
                request.TrySetException(told);
        }
        catch (Exception)
        {
            Answer(requests[..(requests.Length / 2)]);
            Answer(requests[(requests.Length / 2)..]);
        }
    }

    // Of the engine or of the memory; whatever else a model throws for a single row is about that row.
    static bool IsOfTheModel(Exception e) =>
        e is Trainers.TrainingException or System.Runtime.InteropServices.ExternalException or OutOfMemoryException or ObjectDisposedException;
}
