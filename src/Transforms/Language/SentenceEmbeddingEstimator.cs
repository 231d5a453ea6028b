using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>Learns an embedding of texts without labels: a network learns to tell words that are hidden from it, and what it makes of a text, mean over
/// its tokens, is the embedding.</summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// | | |
/// |-|-|
/// | Does this estimator need to look at the data to train its parameters? | Yes |
/// | Is normalization required? | No, text is taken as it is |
/// | Is caching required? | No, the data is read once into memory |
/// | Input column | Text |
/// | Output column | Vector of Single, with SlotNames |
/// | Required NuGet in addition to Microsoft.ML | Extensions.ML.Transforms, TorchSharp-cpu or TorchSharp-cuda |
/// | Exportable to ONNX | No |
///
/// A transformer that looks at both sides of each token is trained as a masked language model (Devlin et al., "BERT", NAACL 2019, section 3.1): of the
/// tokens, 15 of a hundred are to be told; of these, 8 of ten are hidden, one is another token, one stays. The mean over the tokens of its last states
/// is the embedding (Reimers and Gurevych, "Sentence-BERT", EMNLP 2019, section 3).
///
/// A trainer behind the embedding reads it many times; put `AppendCacheCheckpoint` between them.
/// ]]></format>
/// </remarks>
public sealed class SentenceEmbeddingEstimator : IEstimator<SentenceEmbeddingTransformer>
{
    readonly IHostEnvironment _env;
    readonly Options _options;

    /// <summary>All settings of the estimator. Default <see cref="TrainerOptions.Optimizer"/>: <see cref="AdamW"/> with learning rate 0.002,
    /// β₂ = 0.98 and weight decay 0.01; default <see cref="TrainerOptions.Schedule"/>: <see cref="CosineSchedule"/> with 500 steps of warm-up;
    /// gradients are clipped to norm 1.</summary>
    public sealed class Options : SequenceOptions
    {
        /// <summary>The default settings.</summary>
        public Options() : base(leastSteps: 6_000, leastEpochs: 16)
        {
            Optimizer = new AdamW { LearningRate = 0.002, Beta2 = 0.98, WeightDecay = 0.01 };
            Schedule = new CosineSchedule { WarmupSteps = 500 };
            Clipping = new ClipByNorm(1);
        }

        /// <summary>Name of the new column, a vector of as many Single as the network is wide. Default "Embedding".</summary>
        public string OutputColumnName { get; set; } = "Embedding";

        /// <summary>Name of the text column. Default <see langword="null"/>: the same as <see cref="OutputColumnName"/>.</summary>
        public string? InputColumnName { get; set; }

        /// <summary>How text becomes tokens, which is learned from the training texts and stored with the model: <see cref="BytePairOptions"/> (the
        /// default, 8,000 tokens), <see cref="WordOptions"/> or <see cref="CharacterOptions"/>.</summary>
        public TokenizerOptions Tokenizer { get; set; } = new BytePairOptions();

        /// <summary>The network, whose <see cref="TransformerLanguage.Width"/> is the size of the embedding. Its tokens look at both sides.</summary>
        public TransformerLanguage Network { get; set; } = new();

        /// <summary>What is hidden from the network in training.</summary>
        public MaskedLanguageTraining Masking { get; set; } = new();

        /// <summary>Tokens of a text that are looked at, at least 1: the first ones of a longer text. Default 128.</summary>
        public int MaximumLength { get; set; } = 128;

        internal override void Check()
        {
            base.Check();
            ArgumentException.ThrowIfNullOrEmpty(OutputColumnName);
            ArgumentNullException.ThrowIfNull(Tokenizer);
            ArgumentNullException.ThrowIfNull(Network);
            ArgumentNullException.ThrowIfNull(Masking);
            ArgumentOutOfRangeException.ThrowIfLessThan(MaximumLength, 1);
        }
    }

    internal SentenceEmbeddingEstimator(IHostEnvironment env, Options options)
    {
        ArgumentNullException.ThrowIfNull(env);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        (_env, _options) = (env, options);
    }

    string InputColumnName => _options.InputColumnName ?? _options.OutputColumnName;

    /// <summary>Trains the network.</summary>
    /// <param name="input">A text column; rows whose text is missing or empty are left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing, or no text.</exception>
    /// <exception cref="InvalidOperationException">There are no texts.</exception>
    /// <exception cref="TrainingException">The loss diverged, there is no such GPU, or the checkpoint is of another training.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled.</exception>
    public SentenceEmbeddingTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var work = new TextWork(_env, nameof(SentenceEmbeddingEstimator), _options);
        var texts = work.ReadTexts(input, null, InputColumnName);
        var tokenizer = (_options.Tokenizer with { MaskToken = true }).Learn(texts.Training);
        var architecture = new MaskedLanguageArchitecture
        {
            VocabularySize = tokenizer.VocabularySize,
            Special = tokenizer.Special,
            MaximumLength = _options.MaximumLength,
            Network = _options.Network,
        };
        var sequences = new TokenSequences(Pieces(texts.Training), Pieces(texts.Validation), work.Options.Seed);
        var options = work.OptionsFor(device => sequences.TrainingBatches(architecture, device, null));
        return MaskedLanguageModel.Train(architecture, sequences, options, _options.Masking, work.Cancellation)
            .HandOver(model => new SentenceEmbeddingTransformer(model, tokenizer, InputColumnName, _options.OutputColumnName));

        // A longer text is learned piece by piece.
        int[][] Pieces(IEnumerable<string> texts) => [.. texts.SelectMany(text => tokenizer.Encode(text).Chunk(_options.MaximumLength))];
    }

    /// <summary>The columns behind this estimator, told before any data is seen.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing, or no text.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        inputSchema.RequireText("text", InputColumnName);
        return inputSchema.With([Shapes.Vector(_options.OutputColumnName, Shapes.SlotNames)]);
    }
}
