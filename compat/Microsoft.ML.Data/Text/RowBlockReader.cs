using System;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Hands out parsed blocks of rows in the order of the lines. A block stands until the next one is taken.</summary>
interface IRowBlockReader : IDisposable
{
    /// <summary>The next block, or null at the end.</summary>
    RowBlock Next();

    /// <summary>Makes sure that this row of the last block is parsed.</summary>
    void Reach(int row);
}

/// <summary>
/// Parses each row when it is asked for, on the thread that asks. Several such readers may share out the batches of one line reader.
/// </summary>
sealed class RowByRowReader(SharedLineReader lines, Func<RowBlock> makeBlock, ParseLog log) : IRowBlockReader
{
    readonly RowBlock _block = makeBlock();

    public RowBlock Next() => lines.TryRead(_block.Lines) ? _block : null;

    public void Reach(int row)
    {
        _block.ParseRow(row);
        log.AddRows(1);
    }

    public void Dispose()
    {
        lines.Dispose();
        log.Dispose();
    }
}

/// <summary>Lets several readers take batches from one line reader; the last one closes it.</summary>
sealed class SharedLineReader(LineReader lines, int users) : IDisposable
{
    public bool TryRead(LineBatch batch)
    {
        lock (lines)
            return lines.TryRead(batch);
    }

    public void Dispose()
    {
        if (Interlocked.Decrement(ref users) == 0)
            lines.Dispose();
    }
}

/// <summary>Reads lines ahead on one thread and parses them on others; only a few blocks are ever alive.</summary>
sealed class ParallelReader : IRowBlockReader
{
    readonly BlockingCollection<Task<RowBlock>> _ahead;
    readonly ConcurrentBag<RowBlock> _free = [];
    readonly CancellationTokenSource _stop = new();
    readonly Task _reading;
    readonly IExceptionContext _context;
    readonly ParseLog _log;
    RowBlock _current;

    public ParallelReader(LineReader lines, Func<RowBlock> makeBlock, int threads, ParseLog log, IExceptionContext context)
    {
        _ahead = new(threads + 1);
        (_log, _context) = (log, context);
        _reading = Task.Factory.StartNew(() => ReadAhead(lines, makeBlock), TaskCreationOptions.LongRunning);
    }

    void ReadAhead(LineReader lines, Func<RowBlock> makeBlock)
    {
        using (lines)
            try
            {
                while (true)
                {
                    var block = _free.TryTake(out var used) ? used : makeBlock();
                    if (!lines.TryRead(block.Lines))
                        break;
                    _ahead.Add(Task.Run(block.ParseAll), _stop.Token);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested) { }
            catch (Exception e)
            {
                _ahead.Add(Task.FromException<RowBlock>(e));
            }
            finally
            {
                _ahead.CompleteAdding();
            }
    }

    public RowBlock Next()
    {
        if (_current is not null)
            _free.Add(_current);
        _current = null;
        if (!_ahead.TryTake(out var parsing, Timeout.Infinite))
            return null;
        try
        {
            return _current = parsing.GetAwaiter().GetResult();
        }
        catch (Exception e)
        {
            throw _context.ExceptDecode(e, "Parsing failed with an exception: {0}", e.Message);
        }
    }

    public void Reach(int row) { }

    public void Dispose()
    {
        // A cursor disposes itself at its end, and its user does so again.
        if (_stop.IsCancellationRequested)
            return;
        _stop.Cancel();
        // What is still under way writes to the log.
        foreach (var parsing in _ahead.GetConsumingEnumerable())
            ((IAsyncResult)parsing).AsyncWaitHandle.WaitOne();
        _reading.Wait();
        _log.Dispose();
        _ahead.Dispose();
        _stop.Dispose();
    }
}
