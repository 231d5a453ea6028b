using Extensions.ML;
using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>What generators do with given rows: reconstruct them, complete them, and move between them.</summary>
public static class LatentCatalog
{
    /// <summary>Rows as they come back from the model's latent vectors.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="model">A generator that finds latent vectors of rows (a variational autoencoder, a flow, an autoencoder with a density), or a chain
    /// that holds one.</param>
    /// <param name="data">The rows: the columns that the generator learned, and its label where it knows one. Held in memory.</param>
    /// <returns>The same columns: means of numbers, the likeliest of categories.</returns>
    /// <exception cref="NotSupportedException">The model finds no latent vectors of rows.</exception>
    /// <exception cref="InvalidRowException">A value is NaN or infinite.</exception>
    public static IDataView Reconstruct(this GenerationCatalog catalog, ITransformer model, IDataView data)
    {
        var (generator, latent, rows) = Given(catalog, model, data);
        return View(generator, new(latent.Decode(latent.Encode(rows.Values, rows.Classes), rows.Classes), rows.Classes));
    }

    /// <summary>Rows on the way from each row of the data to the next, by way of their latent vectors.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="model">As for <see cref="Reconstruct"/>.</param>
    /// <param name="data">At least two rows. A row on the way has the class of that before it.</param>
    /// <param name="steps">Rows from one to the next, both included, at least 2. Default 9.</param>
    /// <param name="path">The way. Default <see cref="LatentPath.Spherical"/>.</param>
    /// <returns>The columns of the data: for each row but the last, <paramref name="steps"/> rows.</returns>
    /// <exception cref="ArgumentException">There are fewer than two rows.</exception>
    /// <exception cref="NotSupportedException">The model finds no latent vectors of rows; see <see cref="InterpolateSamples"/>.</exception>
    public static IDataView Interpolate(this GenerationCatalog catalog, ITransformer model, IDataView data, int steps = 9,
        LatentPath path = LatentPath.Spherical)
    {
        var (generator, latent, rows) = Given(catalog, model, data);
        return Interpolate(generator, latent, latent.Encode(rows.Values, rows.Classes), rows.Classes, steps, path);
    }

    /// <summary>Rows on the way from each of some generated rows to the next, by way of their latent vectors.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="model">A generator that makes rows of latent vectors, or a chain that holds one.</param>
    /// <param name="count">Number of generated rows, at least 2: the first ones that <see cref="GenerationCatalog.Sample"/> gives by this seed.</param>
    /// <param name="steps">Rows from one to the next, both included, at least 2. Default 9.</param>
    /// <param name="path">The way. Default <see cref="LatentPath.Spherical"/>.</param>
    /// <param name="seed">As for <see cref="GenerationCatalog.Sample"/>.</param>
    /// <param name="condition">As for <see cref="GenerationCatalog.Sample"/>.</param>
    /// <returns>The columns that the generator learned: for each generated row but the last, <paramref name="steps"/> rows.</returns>
    /// <exception cref="NotSupportedException">The model makes rows of no latent vectors.</exception>
    public static IDataView InterpolateSamples(this GenerationCatalog catalog, ITransformer model, int count, int steps = 9,
        LatentPath path = LatentPath.Spherical, int? seed = null, string? condition = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        var (generator, latent) = Latent(model);
        var (latents, classes) = Drawn(catalog, generator, latent, count, seed, condition);
        return Interpolate(generator, latent, latents, classes, steps, path);
    }

    /// <summary>Each row with one value of its latent vector at several places.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="model">As for <see cref="Reconstruct"/>.</param>
    /// <param name="data">The rows.</param>
    /// <param name="unit">Which value, from 0.</param>
    /// <param name="from">The first place. Default -3: three deviations below the middle of the prior.</param>
    /// <param name="to">The last place. Default 3.</param>
    /// <param name="steps">Number of places, at least 2. Default 9.</param>
    /// <returns>The columns of the data: for each row, <paramref name="steps"/> rows.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such unit.</exception>
    /// <exception cref="NotSupportedException">The model finds no latent vectors of rows; see <see cref="WalkSamples"/>.</exception>
    public static IDataView Walk(this GenerationCatalog catalog, ITransformer model, IDataView data, int unit, float from = -3, float to = 3, int steps = 9)
    {
        var (generator, latent, rows) = Given(catalog, model, data);
        return Walk(generator, latent, latent.Encode(rows.Values, rows.Classes), rows.Classes, unit, from, to, steps);
    }

    /// <summary>Each of some generated rows with one value of its latent vector at several places.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="model">As for <see cref="InterpolateSamples"/>.</param>
    /// <param name="count">Number of generated rows, at least 1.</param>
    /// <param name="unit">Which value, from 0.</param>
    /// <param name="from">The first place. Default -3.</param>
    /// <param name="to">The last place. Default 3.</param>
    /// <param name="steps">Number of places, at least 2. Default 9.</param>
    /// <param name="seed">As for <see cref="GenerationCatalog.Sample"/>.</param>
    /// <param name="condition">As for <see cref="GenerationCatalog.Sample"/>.</param>
    /// <returns>The columns that the generator learned: for each generated row, <paramref name="steps"/> rows.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such unit.</exception>
    /// <exception cref="NotSupportedException">The model makes rows of no latent vectors.</exception>
    public static IDataView WalkSamples(this GenerationCatalog catalog, ITransformer model, int count, int unit, float from = -3, float to = 3,
        int steps = 9, int? seed = null, string? condition = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var (generator, latent) = Latent(model);
        var (latents, classes) = Drawn(catalog, generator, latent, count, seed, condition);
        return Walk(generator, latent, latents, classes, unit, from, to, steps);
    }

    /// <summary>Draws what is missing of rows, to fit what is known of them: imputation and in-painting.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="model">A generator that can complete rows (a variational autoencoder, an autoregressive or a diffusion model), or a chain that holds
    /// one.</param>
    /// <param name="data">The rows: the columns that the generator learned, and its label where it knows one. Numbers that are NaN and keys that are missing
    /// are drawn. Held in memory.</param>
    /// <param name="unknown">Columns, and slots of vectors, that are drawn whatever they hold; default <see langword="null"/>: none.</param>
    /// <param name="seed">Other seeds give other rows. Default <see langword="null"/>: the seed of the <see cref="MLContext"/>, or 1.</param>
    /// <param name="options">How to draw. Default <see langword="null"/>: the defaults of the model.</param>
    /// <returns>The same columns; what was known is as it was.</returns>
    /// <exception cref="ArgumentException">There is no such column or slot.</exception>
    /// <exception cref="NotSupportedException">The model draws whole rows only.</exception>
    public static IDataView Complete(this GenerationCatalog catalog, ITransformer model, IDataView data, IReadOnlyList<string>? unknown = null,
        int? seed = null, SamplingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        var generator = GenerationCatalog.Find(model);
        var rows = GivenRows.Read(generator, data);
        var hidden = generator.Inputs.Find(unknown ?? []);
        var missing = generator.Inputs.MissingKeys();
        var size = generator.Inputs.Size;
        var known = rows.Values.Select((value, i) => !hidden[i % size] && !float.IsNaN(value) && !(value == 0 && missing[i % size])).ToArray();
        if (rows.Values.Length > 0)
            RowGenerator.Of(generator.Model, options).Complete(new RowNoise(catalog.ResolveSeed(seed), 0, rows.Values.Length / size), rows.Classes, known, rows.Values);
        return View(generator, rows);
    }

    /// <summary>Generated rows at several stages on their way from noise.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="model">A diffusion model, or a chain that holds one.</param>
    /// <param name="count">Number of rows, at least 1: the first ones that <see cref="GenerationCatalog.Sample"/> gives by this seed and these options.</param>
    /// <param name="stages">Stages of each row, from 2 to one more than the sampler's steps: evenly spread, noise and row included. Default 10.</param>
    /// <param name="seed">As for <see cref="GenerationCatalog.Sample"/>.</param>
    /// <param name="condition">As for <see cref="GenerationCatalog.Sample"/>.</param>
    /// <param name="options">How to draw. Default <see langword="null"/>: the defaults of the model.</param>
    /// <returns>The columns that the generator learned: for each row, <paramref name="stages"/> rows, the last of which is the row.</returns>
    /// <exception cref="NotSupportedException">The model is no diffusion model.</exception>
    public static IDataView Trajectory(this GenerationCatalog catalog, ITransformer model, int count, int stages = 10, int? seed = null,
        string? condition = null, DiffusionSampling? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var generator = GenerationCatalog.Find(model);
        if (generator.Model is not DiffusionModel)
            throw new NotSupportedException($"A {generator.Model.GetType().Name} has no way from noise to rows; a diffusion model has.");
        var noise = new RowNoise(catalog.ResolveSeed(seed), 0, count);
        var classes = generator.DrawClasses(noise, condition);
        var ways = ((DiffusionGenerator)RowGenerator.Of(generator.Model, options)).Trajectory(noise, classes, stages);
        var size = generator.Inputs.Size;
        var rows = new float[count * stages * size];
        for (var i = 0; i < count * stages; i++)
            ways[i % stages].AsSpan(i / stages * size, size).CopyTo(rows.AsSpan(i * size));
        return View(generator, new(rows, Repeat(classes, count, stages)));
    }

    static IDataView Interpolate(GeneratorTransformer generator, ILatentSpace latent, float[] latents, int[] classes, int steps, LatentPath path)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 2);
        var size = latent.LatentSize;
        var pairs = latents.Length / size - 1;
        if (pairs < 1)
            throw new ArgumentException($"Got {pairs + 1} rows; at least two are needed to go from one to another.");
        var ways = new float[pairs * steps * size];
        for (var i = 0; i < pairs * steps; i++)
        {
            var pair = i / steps;
            path.Between(latents.AsSpan(pair * size, size), latents.AsSpan((pair + 1) * size, size), i % steps / (steps - 1.0), ways.AsSpan(i * size, size));
        }
        return Decoded(generator, latent, ways, Repeat(classes, pairs, steps));
    }

    static IDataView Walk(GeneratorTransformer generator, ILatentSpace latent, float[] latents, int[] classes, int unit, float from, float to, int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 2);
        if ((uint)unit >= (uint)latent.LatentSize)
            throw new ArgumentOutOfRangeException(nameof(unit), unit, $"Expected 0 to {latent.LatentSize - 1}: the latent vector has {latent.LatentSize} values.");
        var size = latent.LatentSize;
        var count = latents.Length / size;
        var walks = new float[count * steps * size];
        for (var i = 0; i < count * steps; i++)
        {
            latents.AsSpan(i / steps * size, size).CopyTo(walks.AsSpan(i * size, size));
            walks[i * size + unit] = from + (to - from) * (i % steps) / (steps - 1);
        }
        return Decoded(generator, latent, walks, Repeat(classes, count, steps));
    }

    static int[] Repeat(int[] classes, int rows, int steps) =>
        classes.Length == 0 ? [] : [.. Enumerable.Range(0, rows * steps).Select(i => classes[i / steps])];

    static IDataView Decoded(GeneratorTransformer generator, ILatentSpace latent, float[] latents, int[] classes) =>
        View(generator, new(latent.Decode(latents, classes), classes));

    static IDataView View(GeneratorTransformer generator, GivenRows rows) =>
        new SampleView(generator, new StoredRows(rows, generator.Inputs.Size), rows.Values.Length / generator.Inputs.Size);

    static (float[] Latents, int[] Classes) Drawn(GenerationCatalog catalog, GeneratorTransformer generator, ILatentSpace latent, int count, int? seed,
        string? condition)
    {
        var noise = new RowNoise(catalog.ResolveSeed(seed), 0, count);
        var classes = generator.DrawClasses(noise, condition);
        return (latent.DrawLatents(noise, classes), classes);
    }

    static (GeneratorTransformer Generator, ILatentSpace Latent) Latent(ITransformer model)
    {
        var generator = GenerationCatalog.Find(model);
        return (generator, RowGenerator.Of(generator.Model) as ILatentSpace
            ?? throw new NotSupportedException($"A {generator.Model.GetType().Name} makes rows of no latent vectors."));
    }

    static (GeneratorTransformer Generator, ILatentSpace Latent, GivenRows Rows) Given(GenerationCatalog catalog, ITransformer model, IDataView data)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        var (generator, latent) = Latent(model);
        if (!latent.CanEncode)
            throw new NotSupportedException($"A {generator.Model.GetType().Name} finds no latent vectors of given rows; move between generated ones instead.");
        var rows = GivenRows.Read(generator, data).Checked(generator.Inputs);
        return rows.Values.Length > 0 ? (generator, latent, rows) : throw new ArgumentException("The data has no rows.", nameof(data));
    }
}
