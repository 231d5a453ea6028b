using Extensions.ML.Trainers;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Generators;

/// <summary>Draws rows from a trained model. Serves many threads.</summary>
public abstract class RowGenerator
{
    private protected RowGenerator()
    {
    }

    /// <summary>What is drawn from.</summary>
    public abstract GenerativeModel Model { get; }

    /// <summary>The generator of a model, with the way of drawing that suits it.</summary>
    /// <param name="model">The model; it stays the caller's.</param>
    /// <param name="options">How to draw; <see langword="null"/> for the defaults of the model.</param>
    /// <exception cref="ArgumentException">The options are for models of another kind.</exception>
    public static RowGenerator Of(GenerativeModel model, SamplingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model switch
        {
            LatentModel latent => new LatentGenerator(latent, Options<LatentSampling>()),
            _ => throw new ArgumentException($"There is no generator for a {model.GetType().Name}.", nameof(model)),
        };

        TOptions Options<TOptions>() where TOptions : SamplingOptions, new() => options switch
        {
            null => new TOptions(),
            TOptions fitting => fitting,
            _ => throw new ArgumentException(
                $"A {model.GetType().Name} is sampled by {typeof(TOptions).Name}, not by {options.GetType().Name}.", nameof(options)),
        };
    }

    /// <summary>Draws rows.</summary>
    /// <param name="noise">Where randomness comes from: the row count, and a stream for each row.</param>
    /// <param name="classes">The class of each row, from 0; empty for a model that knows none.</param>
    /// <param name="rows">[rows, input size], in the units of the training data.</param>
    /// <exception cref="ArgumentException">There are not as many classes or values as rows, or a class is not one of the model's.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    public void Generate(RowNoise noise, ReadOnlySpan<int> classes, Span<float> rows)
    {
        ArgumentNullException.ThrowIfNull(noise);
        var architecture = Model.Architecture;
        if (rows.Length != (long)noise.Count * architecture.InputSize)
            throw new ArgumentException($"Got room for {rows.Length} values; {noise.Count} rows of {architecture.InputSize} are expected.", nameof(rows));
        if (classes.Length != (architecture.Classes == 0 ? 0 : noise.Count))
            throw new ArgumentException($"Got {classes.Length} classes for {noise.Count} rows of a model of {architecture.Classes} classes.", nameof(classes));
        foreach (int c in classes)
        {
            if ((uint)c >= (uint)architecture.Classes)
                throw new ArgumentException($"There is no class {c}: the model knows {architecture.Classes}, from 0.", nameof(classes));
        }
        Model.ThrowIfDisposed();
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var labels = classes.IsEmpty ? null : tensor(Array.ConvertAll(classes.ToArray(), c => (long)c), device: Model.Device);
        GenerateScaled(noise, labels).CopyTo(rows);
        Model.Scaler.Invert(rows);
    }

    /// <param name="noise">Where randomness comes from.</param>
    /// <param name="classes">[rows] Int64 on the model's device, or <see langword="null"/>.</param>
    /// <returns>[rows, input size], scaled; whole categories. In the caller's dispose scope.</returns>
    private protected abstract Tensor GenerateScaled(RowNoise noise, Tensor? classes);

    /// <summary>Draws the classes of rows by their shares among the training rows.</summary>
    /// <param name="noise">Where randomness comes from.</param>
    /// <returns>A class for each row; empty for a model that knows none.</returns>
    public int[] DrawClasses(RowNoise noise)
    {
        ArgumentNullException.ThrowIfNull(noise);
        if (Model.Architecture.ClassShares is not { } shares) return [];
        using var uniform = noise.Uniform(1, NoiseUse.Classes);
        return [.. uniform.data<float>().Select(u => Pick(shares, u))];
    }

    static int Pick(IReadOnlyList<double> shares, double uniform)
    {
        int last = 0;
        for (int c = 0; c < shares.Count; c++)
        {
            if (shares[c] <= 0) continue;
            last = c;
            if ((uniform -= shares[c]) < 0) break;
        }
        return last;
    }
}
