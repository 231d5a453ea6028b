using Extensions.ML;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Gives <see cref="MLContext"/> its task of translation.</summary>
public static class TranslationContext
{
    extension(MLContext context)
    {
        /// <summary>Trainers of models that translate text, and how translations are judged.</summary>
        public TranslationCatalog Translation => new(context);
    }
}

/// <summary>Translation: trainers and measures.</summary>
public sealed class TranslationCatalog
{
    internal TranslationCatalog(MLContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Context = context;
    }

    internal MLContext Context { get; }

    /// <summary>The environment behind the context: only that one knows when the execution was cancelled.</summary>
    internal IHostEnvironment Environment => HostAccess.Environment(Context.Transforms);

    /// <summary>The trainers.</summary>
    public TranslationTrainers Trainers => new(this);

    /// <summary>Judges translations by translations that people made.</summary>
    /// <param name="data">Rows with both.</param>
    /// <param name="referenceColumnName">Name of the text column with the translations of people.</param>
    /// <param name="translationColumnName">Name of the text column with the translations to judge.</param>
    /// <param name="model">The translator, to tell the perplexity of the references; its source column must be there. Default
    /// <see langword="null"/>: the perplexity is not told.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or no text.</exception>
    /// <exception cref="ArgumentException">There are no rows.</exception>
    /// <exception cref="OperationCanceledException">The context's execution was cancelled.</exception>
    public TranslationMetrics Evaluate(IDataView data, string referenceColumnName = "Target", string translationColumnName = "Translation",
        TranslationTransformer? model = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        using var cancellation = new ContextCancellation(Environment, CancellationToken.None);
        var columns = new List<DataViewSchema.Column>
        {
            data.Schema.RequireText("reference", referenceColumnName), data.Schema.RequireText("translation", translationColumnName),
        };
        if (model != null)
            columns.Add(data.Schema.RequireText("source", model.Columns.Source));
        var texts = TextWork.Read(data, cancellation.Token, [.. columns]);
        if (texts[0].Count == 0)
            throw new ArgumentException("The data has no rows.", nameof(data));
        return new TranslationMetrics(texts[1], texts[0], model?.Translator.Perplexity(texts[2], texts[0]), cancellation.Token);
    }

    /// <summary>Trains on all folds but one, in turn, and judges the translations of that one.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="estimator">The trainer, or a pipeline with one.</param>
    /// <param name="numberOfFolds">Folds, at least 2.</param>
    /// <param name="referenceColumnName">As for <see cref="Evaluate"/>.</param>
    /// <param name="translationColumnName">As for <see cref="Evaluate"/>.</param>
    /// <param name="samplingKeyColumnName">Rows with the same value in this column are in the same fold; <see langword="null"/> for none.</param>
    /// <param name="seed">Decides which rows are in which fold; <see langword="null"/> for the seed of the <see cref="MLContext"/>.</param>
    /// <returns>For each fold its model, its translations and their measures.</returns>
    public IReadOnlyList<TrainCatalogBase.CrossValidationResult<TranslationMetrics>> CrossValidate(IDataView data, IEstimator<ITransformer> estimator,
        int numberOfFolds = 5, string referenceColumnName = "Target", string translationColumnName = "Translation", string? samplingKeyColumnName = null,
        int? seed = null)
    {
        ArgumentNullException.ThrowIfNull(estimator);
        return
        [
            .. Context.Data.CrossValidationSplit(data, numberOfFolds, samplingKeyColumnName, seed).Select((split, fold) =>
            {
                var model = estimator.Fit(split.TrainSet);
                var translated = model.Transform(split.TestSet);
                return new TrainCatalogBase.CrossValidationResult<TranslationMetrics>(model,
                    Evaluate(translated, referenceColumnName, translationColumnName), translated, fold);
            }),
        ];
    }

    /// <summary>The trainers of translators.</summary>
    public sealed class TranslationTrainers
    {
        readonly IHostEnvironment _env;

        internal TranslationTrainers(TranslationCatalog catalog) => _env = catalog.Environment;

        /// <summary>Learns to translate with a transformer.</summary>
        /// <param name="outputColumnName">Name of the new text column.</param>
        /// <param name="sourceColumnName">Name of the text column to translate.</param>
        /// <param name="targetColumnName">Name of the text column with the translations to learn from.</param>
        /// <param name="epochs">Passes over the data, at least 1; <see langword="null"/> for as many as its size asks for.</param>
        public TransformerTranslationTrainer Transformer(string outputColumnName = "Translation", string sourceColumnName = "Source",
            string targetColumnName = "Target", int? epochs = null) =>
            Transformer(new TransformerTranslationTrainer.Options
            {
                OutputColumnName = outputColumnName,
                SourceColumnName = sourceColumnName,
                TargetColumnName = targetColumnName,
                Epochs = epochs,
            });

        /// <summary>Learns to translate with a transformer.</summary>
        /// <param name="options">All settings.</param>
        public TransformerTranslationTrainer Transformer(TransformerTranslationTrainer.Options options) => new(_env, options);

        /// <summary>Learns to translate with a recurrent network and attention.</summary>
        /// <param name="outputColumnName">Name of the new text column.</param>
        /// <param name="sourceColumnName">Name of the text column to translate.</param>
        /// <param name="targetColumnName">Name of the text column with the translations to learn from.</param>
        /// <param name="epochs">Passes over the data, at least 1; <see langword="null"/> for as many as its size asks for.</param>
        public RecurrentTranslationTrainer RecurrentAttention(string outputColumnName = "Translation", string sourceColumnName = "Source",
            string targetColumnName = "Target", int? epochs = null) =>
            RecurrentAttention(new RecurrentTranslationTrainer.Options
            {
                OutputColumnName = outputColumnName,
                SourceColumnName = sourceColumnName,
                TargetColumnName = targetColumnName,
                Epochs = epochs,
            });

        /// <summary>Learns to translate with a recurrent network and attention.</summary>
        /// <param name="options">All settings.</param>
        public RecurrentTranslationTrainer RecurrentAttention(RecurrentTranslationTrainer.Options options) => new(_env, options);
    }
}
