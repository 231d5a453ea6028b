using Extensions.ML.Trainers;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Generators;

/// <summary>Draws rows from a model that makes them of latent vectors, and moves between rows by way of these.</summary>
public sealed class LatentGenerator : RowGenerator, ILatentSpace
{
    // The chain forgets where it began within a few rounds where the known part tells much, and the decoder's own spread is small.
    const int CompletionRounds = 20;

    readonly LatentModel _model;
    readonly LatentSampling _options;
    readonly bool _drawsOutputs;

    internal LatentGenerator(LatentModel model, LatentSampling options)
    {
        (_model, _options) = (model, options);
        _drawsOutputs = options.DrawOutputs ?? model.DrawsOutputs;
    }

    /// <inheritdoc/>
    public override GenerativeModel Model => _model;

    /// <inheritdoc/>
    public int LatentSize => _model.LatentSize;

    /// <inheritdoc/>
    public bool CanEncode => _model.CanEncode;

    /// <inheritdoc/>
    public override bool CanComplete => _model.CanComplete;

    private protected override Tensor GenerateScaled(RowNoise noise, Tensor? classes)
    {
        var latents = _model.DrawLatents(noise, classes);
        return _model.Decode(_options.Temperature == 1 ? latents : latents * _options.Temperature, classes, _drawsOutputs ? noise : null);
    }

    /// <inheritdoc/>
    public float[] DrawLatents(RowNoise noise, ReadOnlySpan<int> classes)
    {
        ArgumentNullException.ThrowIfNull(noise);
        return Run(noise.Count, LatentSize, classes, labels => _model.DrawLatents(noise, labels));
    }

    /// <inheritdoc/>
    public float[] Encode(ReadOnlySpan<float> rows, ReadOnlySpan<int> classes)
    {
        int width = _model.Architecture.InputSize, count = Rows(rows.Length, width);
        float[] scaled = rows.ToArray();
        _model.Scaler.Apply(scaled);
        return Run(count, LatentSize, classes,
            labels => _model.Encode(_model.Architecture.Layout.Expand(tensor(scaled, [count, width], device: _model.Device)), labels));
    }

    /// <inheritdoc/>
    public float[] Decode(ReadOnlySpan<float> latents, ReadOnlySpan<int> classes)
    {
        int count = Rows(latents.Length, LatentSize);
        float[] values = latents.ToArray();
        float[] rows = Run(count, _model.Architecture.InputSize, classes,
            labels => _model.Decode(tensor(values, [count, LatentSize], device: _model.Device), labels, null));
        _model.Scaler.Invert(rows);
        return rows;
    }

    /// <summary>Latent vectors and what is missing are drawn in turn, each given the other (Rezende, Mohamed and Wierstra, "Stochastic
    /// Backpropagation and Approximate Inference in Deep Generative Models", ICML 2014, appendix F).</summary>
    private protected override Tensor CompleteScaled(RowNoise noise, Tensor? classes, Tensor values, Tensor known)
    {
        for (int round = 0; round < CompletionRounds; round++)
        {
            var latents = _model.DrawPosterior(_model.Architecture.Layout.Expand(values), classes, noise, round);
            bool last = round == CompletionRounds - 1;
            values = where(known, values, _model.Decode(latents, classes, last && !_drawsOutputs ? null : noise.Next(round)));
        }
        return values;
    }
}
