using Extensions.ML.Trainers;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Generators;

/// <summary>Draws rows from an autoregressive model variable by variable, each given all before it.</summary>
public sealed class AutoregressiveGenerator : RowGenerator
{
    readonly AutoregressiveModel _model;
    readonly AutoregressiveSampling _options;

    internal AutoregressiveGenerator(AutoregressiveModel model, AutoregressiveSampling options) => (_model, _options) = (model, options);

    /// <inheritdoc/>
    public override GenerativeModel Model => _model;

    /// <summary>Yes. Each missing value is drawn given all before it, known or drawn, and not given known values after it.</summary>
    public override bool CanComplete => true;

    private protected override Tensor GenerateScaled(RowNoise noise, Tensor? classes) => Draw(noise, classes, null, null);

    private protected override Tensor CompleteScaled(RowNoise noise, Tensor? classes, Tensor values, Tensor known) =>
        Draw(noise, classes, values, known);

    /// <param name="noise">Where randomness comes from.</param>
    /// <param name="classes">[rows] Int64, or <see langword="null"/>.</param>
    /// <param name="values">[rows, input size], scaled.</param>
    /// <param name="known">[rows, input size] Boolean: which of them are known; <see langword="null"/> for none.</param>
    Tensor Draw(RowNoise noise, Tensor? classes, Tensor? values, Tensor? known)
    {
        const int uniforms = 2;
        var rows = zeros([noise.Count, _model.Architecture.InputSize], device: _model.Device);
        var partial = _model.Start(noise.Count, classes);
        for (int variable = 0; variable < partial.Variables; variable++)
        {
            using var scope = NewDisposeScope();
            var (start, count) = partial.Slots(variable);
            var drawn = partial.Draw(noise.Uniform(uniforms, NoiseUse.Steps, variable).to(_model.Device), _options.Temperature);
            if (known is not null) drawn = where(known.narrow(1, start, count), values!.narrow(1, start, count), drawn);
            partial.Set(drawn);
            rows.narrow(1, start, count).copy_(drawn);
        }
        return rows;
    }
}
