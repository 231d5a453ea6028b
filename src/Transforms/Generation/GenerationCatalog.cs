using Extensions.ML;
using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Gives <see cref="MLContext"/> its task of generation.</summary>
public static class GenerationContext
{
    extension(MLContext context)
    {
        /// <summary>Trainers of models that make rows, tables and images like those they were shown, what is drawn from them, and how it is judged.</summary>
        public GenerationCatalog Generation => new(context);
    }
}

/// <summary>Generation: trainers, samples and measures.</summary>
public sealed class GenerationCatalog
{
    internal GenerationCatalog(MLContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Context = context;
    }

    internal MLContext Context { get; }

    /// <summary>The environment behind the context: only that one knows when the execution was cancelled.</summary>
    internal IHostEnvironment Environment => HostAccess.Environment(Context.Transforms);

    /// <summary>The trainers.</summary>
    public GenerationTrainers Trainers => new(this);

    /// <summary>The trainers of generators.</summary>
    public sealed class GenerationTrainers
    {
        internal GenerationTrainers(GenerationCatalog catalog) => Environment = catalog.Environment;

        internal IHostEnvironment Environment { get; }
    }

    /// <summary>
    /// Draws rows from a generator. They are made in blocks while they are read, so that any number of them takes little memory, and are the same
    /// at every reading; row i is the same however many are asked for.
    /// </summary>
    /// <param name="model">A <see cref="GeneratorTransformer"/>, or a chain that holds one.</param>
    /// <param name="count">Number of rows, at least 0.</param>
    /// <param name="seed">Other seeds give other rows. Default <see langword="null"/>: the seed of the <see cref="MLContext"/>, or 1.</param>
    /// <param name="condition">The class of all rows, as its label is written: a key's value, a text, <c>True</c> or <c>False</c>. Default
    /// <see langword="null"/>: classes are drawn as often as they occurred in training.</param>
    /// <param name="options">How to draw; see the classes derived from <see cref="SamplingOptions"/>. Default <see langword="null"/>: the defaults of the
    /// model.</param>
    /// <returns>The columns that the generator learned, and the label where it knows one, in their types and ranges.</returns>
    /// <exception cref="ArgumentException">There is no generator in the chain, no such class, or the options are for another kind of model.</exception>
    public IDataView Sample(ITransformer model, long count, int? seed = null, string? condition = null, SamplingOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var generator = Find(model);
        return new SampleView(generator, new DrawnRows(RowGenerator.Of(generator.Model, options), ResolveSeed(seed), ClassOf(generator, condition)), count);
    }

    internal int ResolveSeed(int? seed) => seed ?? Environment.Seed() ?? 1;

    /// <summary>The class that a condition names, or null for none.</summary>
    /// <exception cref="ArgumentException">There is no such class.</exception>
    internal static int? ClassOf(GeneratorTransformer generator, string? condition)
    {
        if (condition == null)
            return null;
        return generator.Label is { } label ? label.Parse(condition) : throw new ArgumentException(
            "The generator knows no classes: it was trained without a LabelColumnName.", nameof(condition));
    }

    /// <summary>The last generator of a chain.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    internal static GeneratorTransformer Find(ITransformer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Search(model) ?? throw new ArgumentException($"A {model.GetType().Name} holds no generator; fit one of ml.Generation.Trainers.", nameof(model));

        static GeneratorTransformer? Search(ITransformer model) => model switch
        {
            GeneratorTransformer generator => generator,
            IEnumerable<ITransformer> chain => chain.Reverse().Select(Search).FirstOrDefault(found => found != null),
            _ => null,
        };
    }
}
