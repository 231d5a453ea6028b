using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// What training minimises: the squared error of the network's prediction for rows noised at random times (Ho et al. 2020, algorithm 1 and
/// equation 14), and the cross-entropy of categories.
/// </summary>
sealed class DenoisingObjective : IDisposable
{
    readonly DiffusionArchitecture _architecture;
    readonly AveragedDenoiser _network;
    readonly DiffusionSpace _space;
    readonly TrainingOptions _options;
    readonly DiffusionTraining _how;
    readonly Tensor _signal, _noise; // of each time

    /// <param name="architecture">What is trained.</param>
    /// <param name="network">Where it is trained.</param>
    /// <param name="space">On the device of the batches.</param>
    /// <param name="options">Precision and device.</param>
    /// <param name="how">What is particular to diffusion.</param>
    public DenoisingObjective(DiffusionArchitecture architecture, AveragedDenoiser network, DiffusionSpace space, TrainingOptions options,
        DiffusionTraining how)
    {
        (_architecture, _network, _space, _options, _how) = (architecture, network, space, options, how);
        var levels = new NoiseLevels(architecture.Schedule);
        var device = TorchEngine.Device(options.Device);
        _signal = OfTimes(levels.Signal);
        _noise = OfTimes(levels.Noise);

        Tensor OfTimes(Func<int, double> value) =>
            tensor([.. Enumerable.Range(0, levels.Steps).Select(t => (float)value(t))], device: device).DetachFromDisposeScope();
    }

    /// <param name="batch">Rows, in training with their classes.</param>
    /// <returns>A scalar.</returns>
    public Tensor Loss(Batch batch)
    {
        if (_network.training) _network.Update();
        var (rows, classes) = ConditionalRows.Of(batch[0], _architecture);
        Tensor data;
        using (no_grad()) data = _space.Enter(rows);
        int steps = _architecture.Schedule.Steps;
        // Times spread evenly over the batch from a random start: each is as likely, and the mean varies less (Kingma et al., "Variational
        // Diffusion Models", NeurIPS 2021, appendix I.1).
        var places = (rand(1, device: data.device) + arange(data.shape[0], dtype: ScalarType.Float32, device: data.device) / data.shape[0]).frac();
        var times = (places * steps).to(ScalarType.Int64).clamp(max: steps - 1);
        if (classes is not null && _network.training)
            classes = where(rand(data.shape[0], device: data.device) < _how.ClassDropout, full_like(classes, _architecture.Classes), classes);

        var (signal, level) = (_signal.index_select(0, times).unsqueeze(1), _noise.index_select(0, times).unsqueeze(1)); // [rows, 1]
        var noise = randn_like(data);
        var noisy = signal * data + level * noise;
        if (_options.Precision == Precision.BFloat16) noisy = noisy.to(ScalarType.BFloat16);
        var output = _network.Current.Predict(noisy, times.to(ScalarType.Float32) / steps, classes).to(data.dtype);
        return _space.Loss(output, _architecture.Prediction.Target(data, noise, signal, level), rows);
    }

    public void Dispose()
    {
        _signal.Dispose();
        _noise.Dispose();
    }
}
