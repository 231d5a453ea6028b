using Extensions.ML.Trainers;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Generators;

/// <summary>Draws rows from a diffusion model.</summary>
public sealed class DiffusionGenerator : RowGenerator, ILatentSpace
{
    readonly DiffusionModel _model;
    readonly DiffusionSampling _options;
    readonly ReverseProcess _process;

    internal DiffusionGenerator(DiffusionModel model, DiffusionSampling options)
    {
        (_model, _options) = (model, options);
        _process = new ReverseProcess(model.Levels, options);
    }

    /// <inheritdoc/>
    public override GenerativeModel Model => _model;

    /// <summary>Values in a latent vector: the noise that a row is made of.</summary>
    public int LatentSize => _model.Architecture.Width;

    /// <summary>Whether rows are made of their latent vectors alone, so that these can be found for given rows: where the sampler is
    /// <see cref="DiffusionSampler.Ddim"/> and <see cref="DiffusionSampling.Eta"/> 0.</summary>
    public bool CanEncode => _process.IsDeterministic;

    /// <summary>Whether what is missing of a row can be drawn. Codes of an autoencoder belong to no slot.</summary>
    public override bool CanComplete => _model.Architecture.Autoencoder is null;

    private protected override Tensor GenerateScaled(RowNoise noise, Tensor? classes) =>
        _model.Space.Leave(Run(noise, (noisy, time) => Denoise(noisy, time, classes)));

    /// <summary>In every step, the known slots are those of the row, with the noise that belongs to the step (Song et al., "Score-Based
    /// Generative Modeling through Stochastic Differential Equations", ICLR 2021, appendix I.2).</summary>
    private protected override Tensor CompleteScaled(RowNoise noise, Tensor? classes, Tensor values, Tensor known)
    {
        var layout = _model.Architecture.Layout;
        var (point, mask) = (_model.Space.Enter(layout.Expand(values)), layout.Spread(known));
        return _model.Space.Leave(Run(noise, (noisy, time) => Denoise(noisy, time, classes), (time, next) => where(mask, Noised(time), next)));

        Tensor Noised(int time) => time < 0 ? point
            : point * _model.Levels.Signal(time) + Normal(noise, NoiseUse.Rows, time) * _model.Levels.Noise(time);
    }

    /// <summary>Draws rows, and what they look like on the way from noise to there.</summary>
    /// <param name="noise">As for <see cref="RowGenerator.Generate"/>.</param>
    /// <param name="classes">As for <see cref="RowGenerator.Generate"/>.</param>
    /// <param name="frames">How many stages to give, from 2 to one more than the steps: evenly spread, the first and the last included.</param>
    /// <param name="estimates">Whether to give, instead of the noised rows, what the network takes them for.</param>
    /// <returns>The stages, each [rows, input size] in the units of the training data; the last are the rows that
    /// <see cref="RowGenerator.Generate"/> draws.</returns>
    /// <exception cref="ArgumentException">There are not as many classes as rows, or a class is not one of the model's.</exception>
    public IReadOnlyList<float[]> Trajectory(RowNoise noise, ReadOnlySpan<int> classes, int frames, bool estimates = false)
    {
        ArgumentNullException.ThrowIfNull(noise);
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frames, _process.Steps + 1);
        var stages = new List<float[]>();
        var rows = new float[noise.Count * _model.Architecture.InputSize];
        int step = 0;
        Draw(noise, classes, rows, labels => _model.Space.Leave(Run(noise, (noisy, time) =>
        {
            var estimate = Denoise(noisy, time, labels);
            // Stages divide the steps into equal parts.
            if (step++ == (long)stages.Count * _process.Steps / (frames - 1)) stages.Add(Rows(estimates ? estimate.Data : noisy));
            return estimate;
        })));
        return [.. stages, rows];

        float[] Rows(Tensor point)
        {
            var stage = new float[rows.Length];
            _model.Space.Leave(point).CopyTo(stage);
            _model.Scaler.Invert(stage);
            return stage;
        }
    }

    /// <summary>Draws the latent vectors that <see cref="RowGenerator.Generate"/> makes rows of.</summary>
    /// <param name="noise">Where randomness comes from: the row count, and a stream for each row.</param>
    /// <param name="classes">Not used: all classes are made of the same noise.</param>
    /// <returns>[rows, latent size]: standard normal.</returns>
    public float[] DrawLatents(RowNoise noise, ReadOnlySpan<int> classes)
    {
        ArgumentNullException.ThrowIfNull(noise);
        using var latents = noise.Normal(LatentSize, NoiseUse.Latents);
        return [.. latents.data<float>()];
    }

    /// <summary>The latent vectors of rows: the way from noise to rows, backwards (Song et al. 2021, section 4.3). The more steps, the nearer
    /// <see cref="Decode"/> comes to the rows.</summary>
    /// <param name="rows">[rows, input size], in the units of the training data; finite.</param>
    /// <param name="classes">As for <see cref="RowGenerator.Generate"/>.</param>
    /// <returns>[rows, latent size]</returns>
    /// <exception cref="ArgumentException">The values are not whole rows, or the classes do not fit.</exception>
    /// <exception cref="NotSupportedException"><see cref="CanEncode"/> is false.</exception>
    public float[] Encode(ReadOnlySpan<float> rows, ReadOnlySpan<int> classes)
    {
        int width = _model.Architecture.InputSize, count = Count(rows.Length, width);
        float[] scaled = rows.ToArray();
        _model.Scaler.Apply(scaled);
        return Run(count, LatentSize, classes, labels => _process.Reverse(
            _model.Space.Enter(_model.Architecture.Layout.Expand(tensor(scaled, [count, width], device: _model.Device))),
            (noisy, time) => _model.Denoise(noisy, time, labels, _options.Guidance)));
    }

    /// <summary>The rows that are made of given noise. Between the noise of two rows, along the sphere, lies that of rows between them (Song
    /// et al. 2021, section 5.3).</summary>
    /// <param name="latents">[rows, latent size]</param>
    /// <param name="classes">As for <see cref="RowGenerator.Generate"/>.</param>
    /// <returns>[rows, input size], in the units of the training data.</returns>
    /// <exception cref="ArgumentException">The values are not whole latent vectors, or the classes do not fit.</exception>
    /// <exception cref="NotSupportedException"><see cref="CanEncode"/> is false.</exception>
    public float[] Decode(ReadOnlySpan<float> latents, ReadOnlySpan<int> classes)
    {
        int count = Count(latents.Length, LatentSize);
        float[] values = latents.ToArray();
        float[] rows = Run(count, _model.Architecture.InputSize, classes, labels => _model.Space.Leave(
            _process.Run(tensor(values, [count, LatentSize], device: _model.Device), (noisy, time) => Denoise(noisy, time, labels), null)));
        _model.Scaler.Invert(rows);
        return rows;
    }

    int Count(int values, int width)
    {
        if (!CanEncode) throw new NotSupportedException($"Rows are made of latent vectors alone by {DiffusionSampler.Ddim} with Eta 0, not by {_options}.");
        return Rows(values, width);
    }

    /// <summary>From noise to the space's points of rows.</summary>
    Tensor Run(RowNoise noise, Func<Tensor, int, DenoisingEstimate> denoise, Func<int, Tensor, Tensor>? constrain = null) =>
        _process.Run(Normal(noise, NoiseUse.Latents), denoise, time => Normal(noise, NoiseUse.Steps, time), constrain);

    Tensor Normal(RowNoise noise, NoiseUse use, int time = 0) => noise.Normal(LatentSize, use, time).to(_model.Device);

    DenoisingEstimate Denoise(Tensor noisy, int time, Tensor? classes)
    {
        var estimate = _model.Denoise(noisy, time, classes, _options.Guidance);
        return !_options.ClipData ? estimate
            : DenoisingEstimate.OfData(_model.Space.Clip(estimate.Data), noisy, _model.Levels.Signal(time), _model.Levels.Noise(time));
    }
}
