using Extensions.ML.Trainers;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Generators;

/// <summary>Draws rows from a model that makes them of latent vectors, and moves between rows by way of these.</summary>
public sealed class LatentGenerator : RowGenerator
{
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

    /// <summary>Values in a latent vector.</summary>
    public int LatentSize => _model.LatentSize;

    private protected override Tensor GenerateScaled(RowNoise noise, Tensor? classes)
    {
        var latents = _model.DrawLatents(noise, classes);
        return _model.Decode(_options.Temperature == 1 ? latents : latents * _options.Temperature, classes, _drawsOutputs ? noise : null);
    }
}
