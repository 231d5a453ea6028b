using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Extensions.ML.Hosting;

/// <summary>Names that monitoring picks the measurements up by, such as OpenTelemetry's <c>AddMeter</c> and <c>AddSource</c>.</summary>
public static class ServingTelemetry
{
    /// <summary>Of the <see cref="Meter"/> with the counts and durations of requests, batches and reloads.</summary>
    public const string MeterName = "Extensions.ML.Hosting";

    /// <summary>Of the <see cref="ActivitySource"/> with a span for each request and each batch, which links to its requests.</summary>
    public const string ActivitySourceName = "Extensions.ML.Hosting";
}

/// <summary>What is measured of all models; each measurement is tagged with its model's name.</summary>
sealed class ServingMetrics : IDisposable
{
    public static readonly ActivitySource Activities = new(ServingTelemetry.ActivitySourceName);

    readonly Meter _meter;
    readonly Histogram<double> _duration;
    readonly Histogram<int> _batch;
    readonly Counter<long> _reloads;
    readonly List<ServedModel> _models = [];

    public ServingMetrics(IMeterFactory? factory = null)
    {
        _meter = factory?.Create(ServingTelemetry.MeterName) ?? new Meter(ServingTelemetry.MeterName);
        _duration = _meter.CreateHistogram<double>("ml.model.request.duration", "s", "From a request's arrival at the queue to its answer, by outcome.",
            advice: new() { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
        _batch = _meter.CreateHistogram<int>("ml.model.batch.size", "{request}", "Requests computed together.",
            advice: new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] });
        _reloads = _meter.CreateCounter<long>("ml.model.reloads", "{reload}", "Files that went live or were refused, by outcome.");
        _meter.CreateObservableUpDownCounter("ml.model.queue.length", () => Each(model => model.Waiting), "{request}", "Requests that wait.");
        _meter.CreateObservableGauge("ml.model.version", () => Each(model => model.Version), null, "How many files went live since the start.");
    }

    /// <summary>Observes a model's queue and version.</summary>
    public void Observe(ServedModel model)
    {
        lock (_models)
            _models.Add(model);
    }

    Measurement<int>[] Each(Func<ServedModel, int> value)
    {
        lock (_models)
            return [.. _models.Select(model => new Measurement<int>(value(model), Tag(model.Name)))];
    }

    public void Answered(string model, long started, Exception? failure) => _duration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, Tag(model),
        new("outcome", failure switch
        {
            null => "ok",
            OperationCanceledException => "cancelled",
            PredictionException { Failure: PredictionFailure.InvalidRow } => "invalid",
            PredictionException => "refused",
            _ => "failed",
        }));

    public void BatchFormed(string model, int requests) => _batch.Record(requests, Tag(model));

    public void Reloaded(string model, bool success) => _reloads.Add(1, Tag(model), new("outcome", success ? "live" : "refused"));

    /// <summary>A span of the batch's own, for its requests have traces of their own and it belongs to all of them.</summary>
    public static Activity? StartBatch<TRow, TResult>(string model, List<Request<TRow, TResult>> batch)
    {
        if (!Activities.HasListeners())
            return null;
        var links = batch.Where(request => request.Activity != null).Select(request => new ActivityLink(request.Activity!.Context));
        var activity = Activities.StartActivity($"batch {model}", ActivityKind.Internal, default(ActivityContext), links: links);
        activity?.SetTag("ml.batch.size", batch.Count);
        return activity;
    }

    static KeyValuePair<string, object?> Tag(string model) => new("ml.model.name", model);

    public void Dispose() => _meter.Dispose();
}
