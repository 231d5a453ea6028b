using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Keeps the weights of one module as the exponential moving average of those of another of the same make.</summary>
/// <param name="average">What becomes the average.</param>
/// <param name="live">What moves. Both stay where they are from here on, on one device.</param>
sealed class MovingAverage(nn.Module average, nn.Module live)
{
    readonly (Tensor Average, Tensor Live)[] _pairs = [.. Pairs(average.state_dict(), live.state_dict())];

    static IEnumerable<(Tensor, Tensor)> Pairs(Dictionary<string, Tensor> average, Dictionary<string, Tensor> live)
        => average.Select(entry => (entry.Value, live[entry.Key]));

    /// <summary>Moves the average. Buffers, such as running means, are averaged like weights.</summary>
    /// <param name="decay">How much of it stays, 0 to 1.</param>
    /// <param name="step">Steps of the average before this one: as long as there are few, less of it stays.</param>
    public void Update(double decay, long step)
    {
        using var scope = NewDisposeScope();
        Update(tensor(1 - Math.Min(decay, (1.0 + step) / (10 + step)), dtype: _pairs[0].Average.dtype, device: _pairs[0].Average.device));
    }

    /// <summary>Moves the average.</summary>
    /// <param name="share">How much of the way to go, 0 to 1: a number on the modules' device, of their type.</param>
    public void Update(Tensor share)
    {
        using var noGradients = no_grad();
        foreach (var (average, live) in _pairs) average.lerp_(live, share);
    }
}
