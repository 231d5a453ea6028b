using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// Batches whose last slots are the label and, on request, the weight of the row; and what one pass over the training rows tells of them:
/// how often each class occurs, and how the encoder's code is spread.
/// </summary>
sealed class LabelledRows : IDisposable
{
    readonly AutoencoderArchitecture _autoencoder;
    readonly bool _weighted;
    readonly Tensor? _weightOfClass; // [classes]; null where every row counts the same

    /// <param name="data">The rows, each the features, the label, and perhaps the weight.</param>
    /// <param name="autoencoder">Tells how many features there are, and how the network sees them.</param>
    /// <param name="weighted">Whether the last slot is the row's weight.</param>
    /// <param name="classes">Classes that labels may name.</param>
    /// <param name="balance">Whether classes are to count alike.</param>
    /// <param name="network">Its encoder gives the codes; its head is told of their spread. On the device of the data.</param>
    /// <param name="cancellation">Stops the pass.</param>
    /// <exception cref="InvalidOperationException">Fewer than two classes occur, or all weights are 0.</exception>
    public LabelledRows(TrainingData data, AutoencoderArchitecture autoencoder, bool weighted, int classes, bool balance, ClassifierNetwork network,
        CancellationToken cancellation)
    {
        const int batchSize = 1024;
        (_autoencoder, _weighted) = (autoencoder, weighted);
        var sums = new double[classes];
        long rows = 0;
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        Tensor? sum = null, squares = null;
        foreach (var batch in data.Training.Epoch(0, batchSize, 0, cancellation))
        {
            using var step = NewDisposeScope();
            var labels = new float[batch.Rows];
            Labels(batch).CopyTo(labels);
            var weights = new float[batch.Rows];
            if (weighted) batch[0].select(1, LabelSlot + 1).CopyTo(weights);
            else Array.Fill(weights, 1f);
            for (int i = 0; i < labels.Length; i++) sums[(int)labels[i]] += weights[i];

            var code = network.Encode(Features(batch)).to(ScalarType.Float64);
            sum = Add(sum, code.sum([0]));
            squares = Add(squares, code.square().sum([0]));
            rows += batch.Rows;
        }
        int present = sums.Count(weight => weight > 0);
        if (present < 2)
            throw new InvalidOperationException(present == 0
                ? $"The weights of all {rows} training rows are 0."
                : $"All {rows} training rows are of class {Array.FindIndex(sums, weight => weight > 0)} (counted from 0); a classifier needs "
                + "rows of at least two classes.");
        var mean = sum! / rows;
        network.Head.Standardize(mean, (squares! / rows - mean.square()).clamp_(min: 0).sqrt());
        if (!weighted && !balance) return;
        // Weights whose mean over the training rows is 1, so that they leave the size of a step alone.
        var factors = Array.ConvertAll(sums, weight => (float)(balance
            ? weight > 0 ? rows / (present * weight) : 0
            : rows / sums.Sum()));
        _weightOfClass = tensor(factors).to(sum!.device).DetachFromDisposeScope();

        static Tensor Add(Tensor? total, Tensor part) => (total is null ? part : total.add_(part)).MoveToOuterDisposeScope();
    }

    int LabelSlot => _autoencoder.InputSize;

    /// <summary>The shape of the images that the features are.</summary>
    public ImageShape? Image => _autoencoder.Image;

    /// <returns>[rows, network size]: the features as the network sees them.</returns>
    public Tensor Features(Batch batch) => _autoencoder.RowLoss.Expand(batch[0].narrow(1, 0, _autoencoder.InputSize));

    /// <returns>[rows]: class numbers from 0, float32; a view.</returns>
    public Tensor Labels(Batch batch) => batch[0].select(1, LabelSlot);

    /// <returns>[rows]: what each row's loss counts; <see langword="null"/> where all count the same.</returns>
    public Tensor? Weights(Batch batch)
    {
        if (_weightOfClass is null) return null;
        var byClass = _weightOfClass.index_select(0, Labels(batch).to(ScalarType.Int64));
        return _weighted ? byClass * batch[0].select(1, LabelSlot + 1) : byClass;
    }

    public void Dispose() => _weightOfClass?.Dispose();
}
