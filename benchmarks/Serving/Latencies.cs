namespace Benchmarks.Serving;

/// <summary>How long requests took, in steps of 10 µs up to a second; counted, not kept, so that a long run takes no more memory than a short one.</summary>
sealed class Latencies
{
    const double StepMilliseconds = 0.01;

    readonly long[] _counts = new long[100_000];

    public long Count { get; private set; }
    public long Errors { get; private set; }

    public void Add(TimeSpan latency)
    {
        _counts[(int)Math.Min(latency.TotalMilliseconds / StepMilliseconds, _counts.Length - 1)]++;
        Count++;
    }

    public void AddError() => Errors++;

    public void Add(Latencies others)
    {
        for (var i = 0; i < _counts.Length; i++)
            _counts[i] += others._counts[i];
        Count += others.Count;
        Errors += others.Errors;
    }

    /// <summary>The latency in milliseconds that this share of the requests did not exceed.</summary>
    public double Quantile(double share)
    {
        long below = 0;
        for (var i = 0; i < _counts.Length; i++)
            if ((below += _counts[i]) >= share * Count)
                return (i + 1) * StepMilliseconds;
        return double.NaN;
    }
}
