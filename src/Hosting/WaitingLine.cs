using System.Diagnostics;

namespace Extensions.ML.Hosting;

/// <summary>A bounded queue that is emptied in batches by threads of their own.</summary>
/// <remarks>
/// A channel would wake its reader for every item, and blocking on a channel or a semaphore spins first: on cores that also serve the requests that costs
/// more than the batches gain. Here a thread is woken when there is something to do: by the first item, and by the one that fills the batch it waits for.
/// </remarks>
/// <param name="capacity">Items that may wait, at least 1.</param>
/// <param name="batch">Items of a full batch, at least 1.</param>
sealed class WaitingLine<T>(int capacity, int batch)
{
    readonly Queue<T> _items = new();
    bool _closed;

    public int Count
    {
        get
        {
            lock (_items)
                return _items.Count;
        }
    }

    /// <summary>Whether nothing more is taken.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_items)
                return _closed;
        }
    }

    /// <returns>Whether there was room.</returns>
    public bool TryAdd(T item)
    {
        lock (_items)
        {
            if (_closed || _items.Count >= capacity)
                return false;
            _items.Enqueue(item);
            if (_items.Count == 1 || _items.Count >= batch)
                Monitor.Pulse(_items);
            return true;
        }
    }

    /// <summary>Waits for an item, and then for a full batch as long as patience lasts.</summary>
    /// <param name="taken">Gets the items, at most a batch; may stay empty where another thread was faster.</param>
    /// <param name="patience">How long to wait for a full batch.</param>
    /// <returns>Whether there may be more; not when the line is closed and empty.</returns>
    public bool Take(List<T> taken, TimeSpan patience)
    {
        lock (_items)
        {
            while (_items.Count == 0)
            {
                if (_closed)
                    return false;
                Monitor.Wait(_items);
            }
            var started = Stopwatch.GetTimestamp();
            while (_items.Count < batch && !_closed && patience - Stopwatch.GetElapsedTime(started) is var left && left > TimeSpan.Zero)
                Monitor.Wait(_items, TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)));
            while (taken.Count < batch && _items.TryDequeue(out var item))
                taken.Add(item);
            return true;
        }
    }

    /// <summary>Takes nothing more; what waits is still to be taken.</summary>
    public void Close()
    {
        lock (_items)
        {
            _closed = true;
            Monitor.PulseAll(_items);
        }
    }

    /// <summary>Takes everything out.</summary>
    public T[] Clear()
    {
        lock (_items)
        {
            T[] all = [.. _items];
            _items.Clear();
            return all;
        }
    }
}
