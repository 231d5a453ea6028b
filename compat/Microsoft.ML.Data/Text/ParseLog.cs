using System;
using System.Threading;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Reports what could not be read, but no more than ten of each kind. Shared by the threads and cursors of one pass.</summary>
sealed class ParseLog(IChannelProvider provider, int users = 1) : IDisposable
{
    const int MaxShown = 10;

    readonly IChannel _channel = provider.Start("ParseStats");
    int _users = users;
    long _rows, _badValues, _malformed;

    public void AddRows(int count) => Interlocked.Add(ref _rows, count);

    public void BadValue(long line, string column, int? slot)
    {
        var n = Interlocked.Increment(ref _badValues);
        if (n > MaxShown)
            return;
        _channel.Info(MessageSensitivity.Schema, "  Bad value at line {0} in column {1}" + (slot is null ? "" : " at slot {2}"),
            line, column, slot);
        if (n == MaxShown)
            _channel.Info("  Suppressing further bad value messages");
    }

    public void Malformed(string path, long line, int start, int end, string problem)
    {
        var n = Interlocked.Increment(ref _malformed);
        if (n > MaxShown)
            return;
        _channel.Warning("Format error at {0}({1},{2})-({1},{3}): {4}", path, line, start, end, problem);
        if (n == MaxShown)
            _channel.Warning("Suppressing further format error messages");
    }

    /// <summary>The last of the users closes the log.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _users) != 0)
            return;
        if (_badValues > 0 || _malformed > 0)
            _channel.Info("Processed {0} rows with {1} bad values and {2} format errors", _rows, _badValues, _malformed);
        _channel.Dispose();
    }
}
