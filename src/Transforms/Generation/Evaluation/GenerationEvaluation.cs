using Extensions.ML;
using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>What judges generated rows.</summary>
public static class GenerationEvaluation
{
    /// <summary>
    /// Compares generated rows with real ones in a column of features: the pixels, or better an embedding by any transformer that was fitted on real
    /// rows. The features are taken as they are, and those of a larger range count more. Use real rows that the generator was not trained on.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="real">At least 20 real rows, and more than <paramref name="neighbors"/>.</param>
    /// <param name="generated">At least 20 generated rows, and more than <paramref name="neighbors"/>.</param>
    /// <param name="featureColumnName">Name of the column, in both a vector of Single of one known size.</param>
    /// <param name="neighbors">k of the measures by neighbours, at least 1. Kynkäänniemi et al. take 3, Naeem et al. 5.</param>
    /// <param name="maximumRows">Rows of each that are compared, at least 20; of more, as many are drawn at random. Time grows with the square: 10,000 rows
    /// of 64 features take some seconds.</param>
    /// <param name="seed">Decides which rows are drawn, and the two-sample test. Default <see langword="null"/>: the seed of the
    /// <see cref="MLContext"/>, or 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or of another type or size; or a number is out of its range.</exception>
    /// <exception cref="ArgumentException">There are too few rows.</exception>
    /// <exception cref="Extensions.ML.Trainers.InvalidRowException">A feature is NaN or infinite; column, row and slot are named.</exception>
    /// <exception cref="OperationCanceledException">The context's execution was cancelled.</exception>
    public static GenerationMetrics Evaluate(this GenerationCatalog catalog, IDataView real, IDataView generated,
        string featureColumnName = "Features", int neighbors = 5, int maximumRows = 10_000, int? seed = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(generated);
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbors, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumRows, 20);
        var column = real.Schema.RequireFeatures(featureColumnName);
        var size = ((VectorDataViewType)column.Type).Size;
        var generatedColumn = generated.Schema.RequireFeatures(featureColumnName, size);
        var resolved = catalog.ResolveSeed(seed);
        using var cancellation = new ContextCancellation(catalog.Environment, CancellationToken.None);
        return new GenerationMetrics(FeatureSample.Read(real, column, size, maximumRows, resolved),
            FeatureSample.Read(generated, generatedColumn, size, maximumRows, resolved), neighbors, resolved, cancellation.Token);
    }

    /// <summary>
    /// Compares a generated table with the real one by their scalar columns: numbers of any kind as numbers; Booleans, texts and keys as categories, keys
    /// by what they stand for. Both tables are read into memory.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="real">The real table, at least two rows. For the distances between records, the one that the generator was trained on.</param>
    /// <param name="generated">The generated table, at least one row.</param>
    /// <param name="columnNames">The columns to compare. Default <see langword="null"/>: all scalar columns of the real table that both have.</param>
    /// <param name="maximumRows">Records of each table whose distance to the nearest real record is measured, at least 1; of more, as many are drawn at
    /// random. All records count for everything else, and as those that may be nearest.</param>
    /// <param name="seed">Decides which records are drawn. Default <see langword="null"/>: the seed of the <see cref="MLContext"/>, or 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or of a type that cannot be compared.</exception>
    /// <exception cref="ArgumentException">There is no column to compare, there are too few rows, or a number is NaN or infinite; its column and row are
    /// named.</exception>
    /// <exception cref="OperationCanceledException">The context's execution was cancelled.</exception>
    public static TableMetrics EvaluateTable(this GenerationCatalog catalog, IDataView real, IDataView generated, string[]? columnNames = null,
        int maximumRows = 10_000, int? seed = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(generated);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumRows, 1);
        catalog.Environment.ThrowIfCancelled();
        var (realColumns, generatedColumns) = ScalarColumns.Read(real, generated, columnNames);
        return new TableMetrics(realColumns, generatedColumns, maximumRows, catalog.ResolveSeed(seed));
    }

    /// <summary>Trains a classifier on real and on synthetic rows, and compares both on real test rows.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="train">Real rows to train on: those that the generator was trained on.</param>
    /// <param name="synthetic">Generated rows to train on, with the same columns.</param>
    /// <param name="test">Real rows that neither the generator nor the classifier was trained on.</param>
    /// <param name="pipeline">The classifier, with all that it needs before it: it is fitted twice. It gives a column <c>Score</c>: of one value for two
    /// classes, or of one for each class.</param>
    /// <param name="labelColumnName">Name of the label behind the pipeline: a Boolean, or a key.</param>
    /// <exception cref="ArgumentOutOfRangeException">The pipeline gives no score or no label.</exception>
    public static TrainOnSyntheticMetrics TrainOnSynthetic(this GenerationCatalog catalog, IDataView train, IDataView synthetic, IDataView test,
        IEstimator<ITransformer> pipeline, string labelColumnName = "Label")
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(synthetic);
        ArgumentNullException.ThrowIfNull(test);
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentException.ThrowIfNullOrEmpty(labelColumnName);
        return new TrainOnSyntheticMetrics(FitAndJudge(train), FitAndJudge(synthetic));

        ClassifierQuality FitAndJudge(IDataView data)
        {
            var model = pipeline.Fit(data);
            try
            {
                return Judge(catalog.Context, model.Transform(test), labelColumnName);
            }
            finally
            {
                (model as IDisposable)?.Dispose();
            }
        }
    }

    static ClassifierQuality Judge(MLContext context, IDataView scored, string labelColumnName)
    {
        DataViewSchema.Column Require(string name) => scored.Schema.GetColumnOrNull(name)
            ?? throw new ArgumentOutOfRangeException("pipeline", $"Could not find column '{name}' behind the pipeline.");
        var label = Require(labelColumnName);
        if (Require("Score").Type is not VectorDataViewType)
        {
            var binary = context.BinaryClassification.EvaluateNonCalibrated(scored, labelColumnName);
            return new ClassifierQuality(binary.Accuracy, binary.AreaUnderRocCurve);
        }
        var accuracy = context.MulticlassClassification.Evaluate(scored, labelColumnName).MicroAccuracy;
        // The evaluator leaves out rows whose label is missing, as it is where the pipeline's keys know no such class.
        var known = label.Type is KeyDataViewType { RawType: var raw } && raw == typeof(uint)
            ? scored.GetColumn<uint>(label).Average(key => key > 0 ? 1.0 : 0) : 1;
        return new ClassifierQuality(known > 0 ? known * accuracy : 0, null);
    }
}
