using Microsoft.ML.SearchSpace;

namespace Extensions.ML;

/// <summary>
/// What a search for good settings varies about how a network is trained: the type of a <c>SearchSpace&lt;T&gt;</c> of the package
/// Microsoft.ML.AutoML, which reads the ranges from the properties and proposes values of them. The search begins with the components' defaults.
/// </summary>
/// <typeparam name="TOptions">The settings of the trainers that it is for.</typeparam>
/// <remarks>What a search does not vary stands in the options that <see cref="ApplyTo"/> is given.</remarks>
public abstract class TrainerSearch<TOptions>
    where TOptions : TrainerOptions
{
    private protected TrainerSearch()
    {
    }

    /// <summary>What the learning rate of the options is multiplied by: 0.1 to 4, by its logarithm.</summary>
    [Range(0.1, 4.0, 1.0, true)]
    public double LearningRateFactor { get; set; } = 1;

    /// <summary>Sets the values that are tried.</summary>
    /// <param name="options">All other settings, new for each trial.</param>
    /// <returns><paramref name="options"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is none that the options take.</exception>
    public T ApplyTo<T>(T options)
        where T : TOptions
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Optimizer = options.Optimizer with { LearningRate = options.Optimizer.LearningRate * LearningRateFactor };
        Set(options);
        return options;
    }

    private protected abstract void Set(TOptions options);

    /// <summary>Layers of which each is half as wide as the one before it.</summary>
    private protected static int[] Halving(int first, int count) => [.. Enumerable.Range(0, count).Select(layer => Math.Max(1, first >> layer))];
}
