using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>A batch as a generative network sees it.</summary>
/// <param name="Rows">[rows, network size], scaled</param>
/// <param name="Classes">[rows] Int64, from 0; <see langword="null"/> where the network knows none.</param>
readonly record struct ConditionalRows(Tensor Rows, Tensor? Classes)
{
    /// <summary>Takes rows apart: the class of a row, where there are classes, is its last value.</summary>
    /// <param name="x">[rows, input size], or one more where there are classes; scaled.</param>
    /// <param name="architecture">Tells the sizes.</param>
    public static ConditionalRows Of(Tensor x, GeneratorArchitecture architecture)
    {
        int width = architecture.InputSize;
        if (architecture.Classes == 0) return new(architecture.Layout.Expand(x), null);
        return new(architecture.Layout.Expand(x.narrow(1, 0, width)), x.select(1, width).to(ScalarType.Int64));
    }

    /// <summary>All training rows once, in large batches, each of which is disposed before the next.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="rows">Takes a batch apart.</param>
    /// <param name="cancellation">Stops the pass.</param>
    public static IEnumerable<ConditionalRows> All(TrainingData data, Func<Batch, ConditionalRows> rows, CancellationToken cancellation)
    {
        const int batchSize = 4096;
        foreach (var batch in data.Training.Epoch(0, batchSize, 0, cancellation))
        {
            using var scope = NewDisposeScope();
            yield return rows(batch);
        }
    }

    /// <summary>The share of each class among the training rows.</summary>
    /// <param name="data">Rows whose last value is their class, from 0.</param>
    /// <param name="classes">Classes that there are.</param>
    /// <param name="cancellation">Stops the pass.</param>
    public static double[] Shares(TrainingData data, int classes, CancellationToken cancellation)
    {
        const int batchSize = 4096;
        var counts = new double[classes];
        foreach (var batch in data.Training.Epoch(0, batchSize, 0, cancellation))
        {
            using var scope = NewDisposeScope();
            var labels = batch[0].select(1, batch[0].shape[1] - 1).to(ScalarType.Int64).cpu();
            foreach (long label in labels.data<long>()) counts[label]++;
        }
        double rows = counts.Sum();
        return Array.ConvertAll(counts, count => count / rows);
    }

    /// <summary>Classes as indicators, to be put beside other inputs of a network.</summary>
    /// <param name="classes">[rows] Int64</param>
    /// <param name="count">Classes that there are.</param>
    /// <returns>[rows, count] float32</returns>
    public static Tensor Indicators(Tensor classes, int count) => nn.functional.one_hot(classes, count).to(ScalarType.Float32);
}
