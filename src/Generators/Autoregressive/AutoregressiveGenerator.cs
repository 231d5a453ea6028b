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

    /// <summary>
    /// Completes rows: what is known stays, the rest is drawn. Each drawn value is conditional on all before it, the known ones among them, and
    /// not on known values after it.
    /// </summary>
    /// <param name="noise">Where randomness comes from: the row count, and a stream for each row.</param>
    /// <param name="classes">The class of each row, from 0; empty for a model that knows none.</param>
    /// <param name="known">[rows, input size]: which values are known; of a group of indicators, all or none.</param>
    /// <param name="rows">[rows, input size], in the units of the training data; finite where known.</param>
    /// <exception cref="ArgumentException">There are not as many classes or values as rows, a class is not one of the model's, or a category is
    /// known in part.</exception>
    /// <exception cref="InvalidRowException">A known value is not finite.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    public void Complete(RowNoise noise, ReadOnlySpan<int> classes, ReadOnlySpan<bool> known, Span<float> rows)
    {
        CheckSizes(noise, classes, rows.Length);
        if (known.Length != rows.Length) throw new ArgumentException($"Got {known.Length} marks for {rows.Length} values.", nameof(known));
        var wanted = rows.ToArray();
        for (int i = 0; i < wanted.Length; i++)
        {
            if (!known[i]) wanted[i] = 0;
        }
        int width = _model.Architecture.InputSize;
        for (int row = 0; row < noise.Count; row++) FeatureScaler.CheckFinite(wanted.AsSpan(row * width, width), row);
        var scaled = wanted.AsSpan().ToArray();
        _model.Scaler.Apply(scaled);
        var marks = known.ToArray();

        Generate(labels => Draw(noise, labels, tensor(scaled, [noise.Count, width], device: _model.Device), tensor(marks, [noise.Count, width], device: _model.Device)),
            classes, rows);
        // Scaled and back, a value may have lost its last digit.
        for (int i = 0; i < wanted.Length; i++)
        {
            if (known[i]) rows[i] = wanted[i];
        }
    }

    private protected override Tensor GenerateScaled(RowNoise noise, Tensor? classes) => Draw(noise, classes, null, null);

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
