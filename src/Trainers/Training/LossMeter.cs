using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// The mean loss of an epoch, each row (or token) counted once. Losses are kept on the device and read together, so that a GPU is not stopped at every
/// step.
/// </summary>
sealed class LossMeter(Device device) : IDisposable
{
    const int Capacity = 1024;

    readonly Tensor _losses = empty([Capacity], dtype: ScalarType.Float32, device: device).DetachFromDisposeScope();
    readonly long[] _weights = new long[Capacity];
    int _waiting;
    long _readBatches;
    long _readWeight;
    double _sum;

    /// <summary>Mean over what was read so far.</summary>
    public double Mean => _readWeight == 0 ? 0 : _sum / _readWeight;

    /// <summary>What to save to go on later: exact, after <see cref="Read"/>.</summary>
    public (long Batches, long Weight, double Sum) State => (_readBatches, _readWeight, _sum);

    public void Reset((long Batches, long Weight, double Sum) state)
    {
        (_readBatches, _readWeight, _sum) = state;
        _waiting = 0;
    }

    /// <summary>Notes the mean loss of a batch.</summary>
    /// <param name="loss">A scalar.</param>
    /// <param name="weight">Rows (or tokens) that it is the mean over.</param>
    public void Add(Tensor loss, long weight)
    {
        if (_waiting == Capacity) Read();
        using var _ = no_grad();
        using var place = _losses.narrow(0, _waiting, 1);
        place.copy_(loss);
        _weights[_waiting++] = weight;
    }

    /// <summary>Reads the losses that wait on the device.</summary>
    /// <exception cref="NonFiniteLossException">One is NaN or infinite.</exception>
    public void Read()
    {
        if (_waiting == 0) return;
        using var host = _losses.cpu();
        var values = MemoryMarshal.Cast<byte, float>(host.bytes)[.._waiting];
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i])) throw new NonFiniteLossException(values[i], _readBatches + i + 1);
            _sum += values[i] * (double)_weights[i];
            _readWeight += _weights[i];
        }
        _readBatches += _waiting;
        _waiting = 0;
    }

    public void Dispose() => _losses.Dispose();
}

/// <summary>Carries the place of a loss that is no number to where the message is made.</summary>
sealed class NonFiniteLossException(float loss, long batch) : Exception
{
    public float Loss { get; } = loss;

    /// <summary>Batch within the epoch, from 1.</summary>
    public long Batch { get; } = batch;
}
