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
            DiffusionModel diffusion => new DiffusionGenerator(diffusion, Options<DiffusionSampling>()),
            LatentModel latent => new LatentGenerator(latent, Options<LatentSampling>()),
            AutoregressiveModel autoregressive => new AutoregressiveGenerator(autoregressive, Options<AutoregressiveSampling>()),
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
    public void Generate(RowNoise noise, ReadOnlySpan<int> classes, Span<float> rows) =>
        Draw(noise, classes, rows, labels => GenerateScaled(noise, labels));

    /// <summary>Whether the model can draw what is missing of a row: see <see cref="Complete"/>.</summary>
    public virtual bool CanComplete => false;

    /// <summary>Draws what is missing of rows, to fit what is known of them, which stays as it is.</summary>
    /// <param name="noise">Where randomness comes from: the row count, and a stream for each row.</param>
    /// <param name="classes">The class of each row, from 0; empty for a model that knows none.</param>
    /// <param name="known">[rows, input size]: which values are known; of a group of indicators, all or none.</param>
    /// <param name="rows">[rows, input size], in the units of the training data: read where it is known, written where it is not.</param>
    /// <exception cref="ArgumentException">There are not as many classes or values as rows, a class is not one of the model's, or a category is
    /// known in part.</exception>
    /// <exception cref="InvalidRowException">A known value is not finite.</exception>
    /// <exception cref="NotSupportedException"><see cref="CanComplete"/> is false.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    public void Complete(RowNoise noise, ReadOnlySpan<int> classes, ReadOnlySpan<bool> known, Span<float> rows)
    {
        if (!CanComplete) throw new NotSupportedException($"A {Model.GetType().Name} draws whole rows only; it cannot draw what is missing of one.");
        if (known.Length != rows.Length) throw new ArgumentException($"Got {known.Length} marks for {rows.Length} values.", nameof(known));
        var architecture = Model.Architecture;
        int width = architecture.InputSize;
        bool[] marks = known.ToArray();
        // What is not known stands at the origin of the network's units until it is drawn.
        float[] given = rows.ToArray(), scaled = rows.ToArray();
        for (int i = 0; i < scaled.Length; i++)
        {
            if (!marks[i]) scaled[i] = Model.Scaler.Offset[i % width];
        }
        for (int at = 0, row = 0; at + width <= scaled.Length; at += width, row++)
        {
            FeatureScaler.CheckFinite(scaled.AsSpan(at, width), row);
            foreach (var group in architecture.Layout.Groups)
            {
                var part = marks.AsSpan(at + group.Start, group.Count);
                if (group.Kind == SlotKind.OneHot && part.Contains(true) && part.Contains(false))
                    throw new ArgumentException($"In row {row}, the category at slot {group.Start} is known in part.", nameof(known));
            }
        }
        Draw(noise, classes, rows, labels =>
        {
            Model.Scaler.Apply(scaled);
            long[] shape = [noise.Count, width];
            return CompleteScaled(noise, labels, tensor(scaled, shape, device: Model.Device), tensor(marks, shape, device: Model.Device));
        });
        // Scaled and back, a value may have lost its last digit.
        for (int i = 0; i < given.Length; i++)
        {
            if (marks[i]) rows[i] = given[i];
        }
    }

    /// <summary>Checks what is asked for, and takes what is drawn back to the units of the training data.</summary>
    private protected void Draw(RowNoise noise, ReadOnlySpan<int> classes, Span<float> rows, Func<Tensor?, Tensor> draw)
    {
        ArgumentNullException.ThrowIfNull(noise);
        int width = Model.Architecture.InputSize;
        if (rows.Length != (long)noise.Count * width)
            throw new ArgumentException($"Got room for {rows.Length} values; {noise.Count} rows of {width} are expected.", nameof(rows));
        Run(noise.Count, classes, draw, rows);
        Model.Scaler.Invert(rows);
    }

    /// <summary>Runs the network.</summary>
    /// <param name="count">Number of rows.</param>
    /// <param name="width">Values that come out for each.</param>
    /// <param name="classes">As for <see cref="Generate"/>.</param>
    /// <param name="run">Of the classes as the network takes them.</param>
    /// <returns>[count, width]</returns>
    private protected float[] Run(int count, int width, ReadOnlySpan<int> classes, Func<Tensor?, Tensor> run)
    {
        var values = new float[count * width];
        Run(count, classes, run, values);
        return values;
    }

    void Run(int count, ReadOnlySpan<int> classes, Func<Tensor?, Tensor> run, Span<float> values)
    {
        Model.ThrowIfDisposed();
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        run(Model.Architecture.Labels(classes, count, Model.Device)).CopyTo(values);
    }

    /// <summary>Rows that values make.</summary>
    /// <exception cref="ArgumentException">They are no whole rows, or none.</exception>
    private protected static int Rows(int values, int width) => values > 0 && values % width == 0 ? values / width
        : throw new ArgumentException($"Got {values} values; a multiple of {width} is expected.");

    /// <param name="noise">Where randomness comes from.</param>
    /// <param name="classes">[rows] Int64 on the model's device, or <see langword="null"/>.</param>
    /// <returns>[rows, input size], scaled; whole categories. In the caller's dispose scope.</returns>
    private protected abstract Tensor GenerateScaled(RowNoise noise, Tensor? classes);

    /// <param name="noise">Where randomness comes from.</param>
    /// <param name="classes">[rows] Int64 on the model's device, or <see langword="null"/>.</param>
    /// <param name="values">[rows, input size], scaled.</param>
    /// <param name="known">[rows, input size] Boolean: which of them are known.</param>
    /// <returns>As for <see cref="GenerateScaled"/>; what it holds of known values does not matter.</returns>
    private protected virtual Tensor CompleteScaled(RowNoise noise, Tensor? classes, Tensor values, Tensor known) => throw new NotSupportedException();

    /// <summary>The classes of rows: the wanted one for all, or drawn by their shares among the training rows.</summary>
    /// <param name="noise">Where randomness comes from.</param>
    /// <param name="wanted">The class of all rows, from 0; <see langword="null"/> (the default) to draw them.</param>
    /// <returns>A class for each row; empty for a model that knows none.</returns>
    public int[] DrawClasses(RowNoise noise, int? wanted = null)
    {
        ArgumentNullException.ThrowIfNull(noise);
        if (wanted is { } only) return [.. Enumerable.Repeat(only, noise.Count)];
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
