using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>Learns to translate from texts beside their translations: what all trainers of <c>ml.Translation.Trainers</c> are.</summary>
/// <remarks>Pairs of which a text is missing, empty or blank are left out.</remarks>
public abstract class TranslationTrainer : IEstimator<TranslationTransformer>
{
    readonly IHostEnvironment _env;
    readonly TranslationOptions _options;

    private protected TranslationTrainer(IHostEnvironment env, TranslationOptions options)
    {
        ArgumentNullException.ThrowIfNull(env);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _env = env;
        _options = options;
    }

    /// <summary>Learns to translate.</summary>
    /// <param name="input">Text columns with sources and targets.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or no text.</exception>
    /// <exception cref="InvalidOperationException">There are no pairs.</exception>
    /// <exception cref="TrainingException">The loss diverged, there is no such GPU, or the checkpoint is of another training.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled.</exception>
    public TranslationTransformer Fit(IDataView input) => Train(input, (work, texts) => work.Train(texts));

    /// <summary>Learns to translate, judged after every epoch on other pairs than those it learns from: the weights of the best epoch are kept.</summary>
    /// <param name="input">Text columns with sources and targets.</param>
    /// <param name="validation">Other pairs in columns of the same names; they take the place of
    /// <see cref="TrainerOptions.ValidationFraction"/>.</param>
    /// <inheritdoc cref="Fit(IDataView)"/>
    public TranslationTransformer Fit(IDataView input, IDataView validation)
    {
        ArgumentNullException.ThrowIfNull(validation);
        return Train(input, (work, texts) => work.Train(texts, work.ReadPairs(validation)));
    }

    /// <summary>
    /// Learns from pairs and from texts of the target language alone: a first translator, of target to source, makes sources for them, and the
    /// translator learns from both, the made sources marked by a token of their own (Sennrich, Haddow and Birch, "Improving Neural Machine Translation
    /// Models with Monolingual Data", ACL 2016; the mark: Caswell, Chelba and Grangier, "Tagged Back-Translation", WMT 2019).
    /// </summary>
    /// <param name="input">Text columns with sources and targets.</param>
    /// <param name="monolingual">A text column of the target's name.</param>
    /// <param name="decoding">How sources are made. Default <see langword="null"/>: as <see cref="TranslationOptions.Decoding"/> says; with much
    /// text, sampled sources teach more (Edunov et al., "Understanding Back-Translation at Scale", EMNLP 2018).</param>
    /// <inheritdoc cref="Fit(IDataView)"/>
    public TranslationTransformer FitBackTranslated(IDataView input, IDataView monolingual, DecodingOptions? decoding = null)
    {
        ArgumentNullException.ThrowIfNull(monolingual);
        return Train(input, (work, texts) =>
        {
            var targets = work.ReadTargets(monolingual);
            work.Log("Back-translation: learns to translate targets to sources");
            using var reverse = work.Train(texts.Reversed, checkpoint: "reverse");
            work.Log($"Back-translation: makes sources for {targets.Count:N0} texts");
            return work.Train(texts.WithMade(work.Translate(reverse, targets, decoding), targets));
        });
    }

    /// <summary>
    /// Learns what another translator makes of the sources, in place of the targets: its translations are simpler to learn than those of people, so that
    /// a smaller network comes close to a larger one (Kim and Rush, "Sequence-Level Knowledge Distillation", EMNLP 2016, section 3.2).
    /// </summary>
    /// <param name="input">A text column with sources.</param>
    /// <param name="teacher">The translator to learn from.</param>
    /// <param name="decoding">How it translates. Default <see langword="null"/>: as it was told when it was trained.</param>
    /// <inheritdoc cref="Fit(IDataView)"/>
    public TranslationTransformer FitDistilled(IDataView input, TranslationTransformer teacher, DecodingOptions? decoding = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(teacher);
        using var work = new TranslationWork(_env, GetType().Name, _options);
        var sources = work.ReadSources(input);
        work.Log($"Distillation: the teacher translates {sources.Count:N0} texts");
        var targets = work.Translate(teacher.Translator, sources, decoding ?? teacher.Decoding);
        return Finish(work.Train(ParallelTexts.Of(sources, targets)));
    }

    TranslationTransformer Train(IDataView input, Func<TranslationWork, ParallelTexts, Translator> train)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var work = new TranslationWork(_env, GetType().Name, _options);
        return Finish(train(work, work.ReadPairs(input)));
    }

    TranslationTransformer Finish(Translator translator) =>
        translator.HandOver(translator => new TranslationTransformer(translator, _options.Columns, _options.Decoding));

    /// <summary>The columns behind this trainer, told before any data is seen.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or no text.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        inputSchema.RequireText("source", _options.SourceColumnName);
        inputSchema.RequireText("target", _options.TargetColumnName);
        return inputSchema.With(_options.Columns.ToShapes());
    }
}
