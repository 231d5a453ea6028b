using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>Learns how texts go on, to tell how likely texts are and to write such texts.</summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// | | |
/// |-|-|
/// | Machine learning task | Generation |
/// | Is normalization required? | No, text is taken as it is |
/// | Is caching required? | No, the data is read once into memory |
/// | Input column | Text |
/// | Output columns | `Perplexity`: Single; on request `LogLikelihood`: Single, and a continuation of the text: text |
/// | Required NuGet in addition to Microsoft.ML | Extensions.ML.Transforms, TorchSharp-cpu or TorchSharp-cuda |
/// | Exportable to ONNX | No |
///
/// The probability of a text is the product of those of its tokens, each given all before it. A <see cref="TransformerLanguage"/> tells them by looking
/// back at what stands before (Radford et al., "Language Models are Unsupervised Multitask Learners", 2019), an <see cref="LstmLanguage"/> by what it
/// remembers of it. Training maximises the likelihood. Where a text is longer than `ContextLength`, all texts are one stream, of which training sees windows
/// from random places; else each is learned by itself.
/// ]]></format>
/// </remarks>
public sealed class LanguageModelTrainer : IEstimator<LanguageModelTransformer>
{
    readonly IHostEnvironment _env;
    readonly Options _options;

    /// <summary>All settings of the trainer. Default <see cref="TrainerOptions.Optimizer"/>: <see cref="AdamW"/> with learning rate 0.002, β₂ = 0.98
    /// and weight decay 0.1; default <see cref="TrainerOptions.Schedule"/>: <see cref="CosineSchedule"/> with 100 steps of warm-up; gradients are
    /// clipped to norm 1.</summary>
    public sealed class Options : SequenceOptions
    {
        /// <summary>The default settings.</summary>
        public Options() : base(leastSteps: 6_000, leastEpochs: 16)
        {
            Optimizer = new AdamW { LearningRate = 0.002, Beta2 = 0.98, WeightDecay = 0.1 };
            Schedule = new CosineSchedule { WarmupSteps = 100 };
            Clipping = new ClipByNorm(1);
        }

        /// <summary>Name of the text column. Default "Text".</summary>
        public string TextColumnName { get; set; } = "Text";

        /// <summary>Name of a column for the perplexity of the text, a Single: the exponential of the mean negative logarithm of the probability of a
        /// token, the end counted as one. <see langword="null"/> for none. Default "Perplexity".</summary>
        public string? PerplexityColumnName { get; set; } = "Perplexity";

        /// <summary>Name of a column for the natural logarithm of the text's probability, a Single. Default <see langword="null"/>: none.</summary>
        public string? LogLikelihoodColumnName { get; set; }

        /// <summary>Name of a column for what may follow the text, a text that is written as <see cref="Decoding"/> says. Default
        /// <see langword="null"/>: none.</summary>
        public string? ContinuationColumnName { get; set; }

        /// <summary>How text becomes tokens, which is learned from the training texts and stored with the model: <see cref="BytePairOptions"/> (the
        /// default, 8,000 tokens), <see cref="CharacterOptions"/> or <see cref="WordOptions"/>.</summary>
        public TokenizerOptions Tokenizer { get; set; } = new BytePairOptions();

        /// <summary>The network: <see cref="TransformerLanguage"/> (the default) or <see cref="LstmLanguage"/>.</summary>
        public LanguageDesign Network { get; set; } = new TransformerLanguage();

        /// <summary>Tokens that the network looks back at, at least 1. Default 128.</summary>
        public int ContextLength { get; set; } = 128;

        /// <summary>How text is written, unless a call says otherwise. Default: tokens are drawn of those that together have nine tenths of the
        /// probability, at most 200.</summary>
        public DecodingOptions Decoding { get; set; } = new() { Sampling = new TokenSampling { TopP = 0.9 }, MaximumLength = 200 };

        internal LanguageColumns Columns => new(TextColumnName, PerplexityColumnName, LogLikelihoodColumnName, ContinuationColumnName);

        internal override void Check()
        {
            base.Check();
            ArgumentException.ThrowIfNullOrEmpty(TextColumnName);
            ArgumentNullException.ThrowIfNull(Tokenizer);
            ArgumentNullException.ThrowIfNull(Network);
            ArgumentNullException.ThrowIfNull(Decoding);
            ArgumentOutOfRangeException.ThrowIfLessThan(ContextLength, 1);
        }
    }

    internal LanguageModelTrainer(IHostEnvironment env, Options options)
    {
        ArgumentNullException.ThrowIfNull(env);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        (_env, _options) = (env, options);
    }

    /// <summary>Learns how texts go on.</summary>
    /// <param name="input">A text column; rows whose text is missing or empty are left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing, or no text.</exception>
    /// <exception cref="InvalidOperationException">There are no texts.</exception>
    /// <exception cref="TrainingException">The loss diverged, there is no such GPU, or the checkpoint is of another training.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled.</exception>
    public LanguageModelTransformer Fit(IDataView input) => Train(input, null);

    /// <summary>Learns how texts go on, judged after every epoch on other texts than those it learns from.</summary>
    /// <param name="input">A text column; rows whose text is missing or empty are left out.</param>
    /// <param name="validation">Other texts in a column of the same name; they take the place of
    /// <see cref="TrainerOptions.ValidationFraction"/>.</param>
    /// <inheritdoc cref="Fit(IDataView)"/>
    public LanguageModelTransformer Fit(IDataView input, IDataView validation)
    {
        ArgumentNullException.ThrowIfNull(validation);
        return Train(input, validation);
    }

    LanguageModelTransformer Train(IDataView input, IDataView? validation)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var work = new TextWork(_env, nameof(LanguageModelTrainer), _options);
        var texts = work.ReadTexts(input, validation, _options.TextColumnName);
        var tokenizer = _options.Tokenizer.Learn(texts.Training);
        var architecture = new LanguageArchitecture
        {
            VocabularySize = tokenizer.VocabularySize,
            Special = tokenizer.Special,
            MaximumLength = _options.ContextLength,
            Network = _options.Network,
        };
        var training = texts.Training.ConvertAll(tokenizer.Encode);
        var sequences = new TokenSequences(training, texts.Validation.ConvertAll(tokenizer.Encode), work.Options.Seed)
        {
            Window = training.Exists(text => text.Length > _options.ContextLength) ? _options.ContextLength : null,
        };
        var options = work.OptionsFor(device => sequences.TrainingBatches(architecture, device, null));
        return LanguageModel.Train(architecture, sequences, options, work.Cancellation)
            .HandOver(model => new LanguageModelTransformer(new(model, tokenizer), _options.Columns, _options.Decoding));
    }

    /// <summary>The columns behind this trainer, told before any data is seen.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing, or no text.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        inputSchema.RequireText("text", _options.TextColumnName);
        return inputSchema.With(_options.Columns.ToShapes());
    }
}
