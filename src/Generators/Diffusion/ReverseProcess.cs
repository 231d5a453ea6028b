using Extensions.ML.Trainers;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Generators;

/// <summary>The way from noise to rows, over any denoiser.</summary>
sealed class ReverseProcess
{
    readonly NoiseLevels _levels;
    readonly DiffusionSampling _options;
    readonly int[] _times; // from the noisiest on, then -1

    /// <exception cref="ArgumentException">More steps are asked for than there are.</exception>
    public ReverseProcess(NoiseLevels levels, DiffusionSampling options)
    {
        const int implicitSteps = 50;
        (_levels, _options) = (levels, options);
        int all = levels.Steps;
        int steps = options.Steps ?? (options.Sampler == DiffusionSampler.Ddim ? Math.Min(implicitSteps, all) : all);
        if (steps > all) throw new ArgumentException($"Steps is {steps}; the model's schedule has {all}.");
        // The noisiest time is always among them, for there the way starts from noise alone.
        _times = [.. Enumerable.Range(0, steps).Select(i => (int)(all - (long)i * all / steps) - 1), -1];
    }

    /// <summary>Number of steps.</summary>
    public int Steps => _times.Length - 1;

    /// <summary>Takes the noise out of rows.</summary>
    /// <param name="noisy">[rows, width]: standard normal.</param>
    /// <param name="denoise">What rows consist of at a time.</param>
    /// <param name="noise">New noise for a time, [rows, width]; may be <see langword="null"/> where the process is deterministic.</param>
    /// <param name="constrain">What rows that reached a time, -1 at last, are to be replaced by; <see langword="null"/> to leave them.</param>
    /// <returns>[rows, width]</returns>
    public Tensor Run(Tensor noisy, Func<Tensor, int, DenoisingEstimate> denoise, Func<int, Tensor>? noise,
        Func<int, Tensor, Tensor>? constrain = null)
    {
        for (int step = 0; step < Steps; step++)
        {
            Tensor next;
            using (NewDisposeScope())
            {
                var (from, to) = (_times[step], _times[step + 1]);
                next = Step(noisy, denoise(noisy, from), from, to, noise);
                next = (constrain?.Invoke(to, next) ?? next).MoveToOuterDisposeScope();
            }
            if (step > 0) noisy.Dispose();
            noisy = next;
        }
        return noisy;
    }

    /// <summary>Whether rows are made of the noise at the start alone.</summary>
    public bool IsDeterministic => _options is { Sampler: DiffusionSampler.Ddim, Eta: 0 };

    /// <summary>Finds the noise that rows are made of where the process is deterministic.</summary>
    /// <param name="point">[rows, width]</param>
    /// <param name="denoise">As for <see cref="Run"/>.</param>
    /// <returns>[rows, width]</returns>
    public Tensor Reverse(Tensor point, Func<Tensor, int, DenoisingEstimate> denoise)
    {
        for (int step = Steps - 1; step >= 0; step--)
        {
            using var scope = NewDisposeScope();
            var (from, to) = (_times[step + 1], _times[step]);
            // Of rows without noise, only the direction is asked for in which they would take it.
            var estimate = denoise(point, Math.Max(from, 0));
            var data = from < 0 ? point : estimate.Data;
            point = (data * _levels.Signal(to) + estimate.Noise * _levels.Noise(to)).MoveToOuterDisposeScope();
        }
        return point;
    }

    Tensor Step(Tensor noisy, DenoisingEstimate estimate, int from, int to, Func<int, Tensor>? noise)
    {
        double left = _levels.Left(from), next = _levels.Left(to);
        double added = 1 - left / next; // the variance that the forward process adds between the two
        Tensor mean;
        double variance;
        if (_options.Sampler == DiffusionSampler.Ancestral)
        {
            variance = (1 - next) / (1 - left) * added;
            mean = estimate.Data * (Math.Sqrt(next) * added / (1 - left)) + noisy * (Math.Sqrt(left / next) * (1 - next) / (1 - left));
        }
        else
        {
            variance = _options.Eta * _options.Eta * (1 - next) / (1 - left) * added;
            mean = estimate.Data * Math.Sqrt(next) + estimate.Noise * Math.Sqrt(Math.Max(0, 1 - next - variance));
        }
        return variance > 0 ? mean + noise!(from) * Math.Sqrt(variance) : mean;
    }
}
