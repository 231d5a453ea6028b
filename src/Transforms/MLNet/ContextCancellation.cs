using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>A token that is cancelled when the caller's is, or when the execution of the ML.NET context is cancelled.</summary>
/// <remarks>ML.NET gives no event for the latter, so a timer asks.</remarks>
sealed class ContextCancellation : IDisposable
{
    static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(100);

    readonly CancellationTokenSource _source;
    readonly Timer _timer;

    public ContextCancellation(IHostEnvironment env, CancellationToken token)
    {
        env.ThrowIfCancelled();
        _source = CancellationTokenSource.CreateLinkedTokenSource(token);
        _timer = new Timer(_ =>
        {
            if (!env.IsCancelled())
                return;
            try
            {
                _source.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The training ended while the timer's last call was under way.
            }
        }, null, s_period, s_period);
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        _timer.Dispose();
        _source.Dispose();
    }
}
