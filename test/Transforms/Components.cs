using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML.Transforms.Tests;

/// <summary>Every component with every kind of network, as small as it goes, over one table that has columns for all of them: for what must hold
/// of each.</summary>
static class Components
{
    public const int Width = 12;

    public sealed class Item
    {
        public float[] Features { get; set; } = [];
        public string Kind { get; set; } = "";
        public bool Open { get; set; }
        public float Sales { get; set; }
        public int Staff { get; set; }
        public DateTime Time { get; set; }
        public string Source { get; set; } = "";
        public string Target { get; set; } = "";
    }

    static readonly string[] s_table = ["Town", "Open", "Sales", "Staff"];
    static readonly string[] s_source = ["one", "two", "three", "four"], s_target = ["eins", "zwei", "drei", "vier"];

    /// <summary>Rows whose features lie from 0 to 1, with a key column Class, a text column Town of the same, and texts in two languages.</summary>
    public static IDataView Data(MLContext ml, int rows = 40)
    {
        var random = new Random(1);
        var schema = SchemaDefinition.Create(typeof(Item));
        schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Width);
        var view = ml.Data.LoadFromEnumerable(Enumerable.Range(0, rows).Select(i =>
        {
            int[] words = [.. Enumerable.Range(0, 1 + i % 4).Select(_ => random.Next(4))];
            return new Item
            {
                Features = [.. Enumerable.Range(0, Width).Select(j => j == 0 ? i % 2 : random.NextSingle() / 2 + i % 3 * 0.2f)],
                Kind = i % 3 == 0 ? "Bern" : "Thun", Open = i % 2 == 0, Sales = 100 * (i % 3) + random.NextSingle(), Staff = 1 + i % 5,
                Time = new DateTime(2024, 1, 1).AddHours(i),
                Source = string.Join(' ', words.Select(word => s_source[word])), Target = string.Join(' ', words.Select(word => s_target[word])),
            };
        }), schema);
        return ml.Transforms.Conversion.MapValueToKey("Class", "Kind").Append(ml.Transforms.CopyColumns("Town", "Kind")).Fit(view).Transform(view);
    }

    public static IReadOnlyDictionary<string, Func<MLContext, IEstimator<ITransformer>>> All { get; } = new Dictionary<string, Func<MLContext, IEstimator<ITransformer>>>
    {
        ["embedding, dense"] = ml => Embedding(ml, new DenseNetwork { HiddenSizes = [6], TiedWeights = true }, new() { Boolean = ["0"] }),
        ["embedding, convolutional"] = ml => Embedding(ml, new ConvolutionalNetwork { Channels = 3, Filters = [4] }),
        ["embedding, recurrent"] = ml => Embedding(ml, new RecurrentNetwork { StepSize = 3, StateSize = 6, MaskSlot = 0 }),
        ["embedding, slots"] = ml => Embedding(ml, new MaskedTransformerNetwork { TokenSize = 8, Heads = 2 }),
        ["embedding, patches"] = ml => Embedding(ml, new MaskedTransformerNetwork { TokenSize = 8, Heads = 2, PatchSize = 1, Channels = 3 }),
        ["detector, several networks"] = ml => Detector(ml, AnomalyScoring.Combined, new DenseNetwork()),
        ["detector, codes"] = ml => Detector(ml, AnomalyScoring.Likelihood, new RecurrentNetwork { StepSize = 3, StateSize = 6, Cell = RecurrentCell.Gru }),
        ["detector, series"] = ml => ml.AnomalyDetection.Trainers.AutoencoderSeries(new SeriesAnomalyTrainer.Options
        {
            ValueColumnName = "Sales", TimeColumnName = "Time", WindowSize = 4, ExpectedColumnName = "Expected", Epochs = 1,
        }),
        ["sliding window"] = ml => ml.Transforms.SlidingWindow("Window", "Sales", windowSize: 3),
        ["variational encoding"] = ml => ml.Transforms.VariationalEncoding(new VariationalEncodingEstimator.Options
        {
            LatentSize = 2, FeatureSize = 8, Network = new ConvolutionalNetwork { Channels = 3, Filters = [4] }, LogVarianceColumnName = "LogVariance",
            SampleColumnName = "Sample", ElboColumnName = "Elbo", ReconstructionColumnName = "Rebuilt", Epochs = 1,
        }),
        ["variational detector"] = ml => ml.AnomalyDetection.Trainers.VariationalAutoencoder(new VariationalAnomalyTrainer.Options
        {
            InputColumnNames = s_table, LabelColumnName = "Class", LatentSize = 2, FeatureSize = 8, Network = new DenseNetwork { HiddenSizes = [8] },
            ContributionsColumnName = "Why", Epochs = 1,
        }),
        ["generator, variational"] = ml => ml.Generation.Trainers.VariationalAutoencoder(Generator(new VariationalGeneratorTrainer.Options
        {
            LatentSize = 2, FeatureSize = 8, Encoding = ColumnEncoding.Quantile,
        })),
        ["generator, GAN"] = ml => ml.Generation.Trainers.Gan(Generator(new GanTrainer.Options
        {
            LatentSize = 3, Network = new DenseGan { GeneratorSizes = [8], DiscriminatorSizes = [8] },
        })),
        ["generator, convolutional GAN"] = ml => ml.Generation.Trainers.Gan(new GanTrainer.Options
        {
            LatentSize = 3, Network = new ConvolutionalGan { Channels = 3, Filters = [4] }, Epochs = 1,
        }),
        ["generator, diffusion"] = ml => ml.Generation.Trainers.Diffusion(Generator(new DiffusionTrainer.Options
        {
            Network = new DenseDenoiser { HiddenSize = 8, Blocks = 1, EmbeddingSize = 4 }, Noise = new LinearNoise(),
        })),
        ["generator, U-Net"] = ml => ml.Generation.Trainers.Diffusion(new DiffusionTrainer.Options
        {
            Network = new UNet { Channels = 3, Filters = [8, 8], PatchSize = 1, EmbeddingSize = 4, Attention = true }, Epochs = 1,
        }),
        ["generator, diffusion of codes"] = ml => ml.Generation.Trainers.Diffusion(Generator(new DiffusionTrainer.Options
        {
            Network = new DenseDenoiser { HiddenSize = 8, Blocks = 1, EmbeddingSize = 4 }, Autoencoder = new LatentAutoencoder { CodeSize = 2 },
        })),
        ["generator, coupling flow"] = ml => ml.Generation.Trainers.NormalizingFlow(new NormalizingFlowTrainer.Options
        {
            InputColumnNames = ["Sales", "Staff", "Features"], LabelColumnName = "Class", Flow = new FlowDesign { Steps = 2, HiddenSize = 8 }, Epochs = 1,
        }),
        ["generator, autoregressive flow"] = ml => ml.Generation.Trainers.NormalizingFlow(new NormalizingFlowTrainer.Options
        {
            Flow = new FlowDesign { Autoregressive = true, Transform = new AffineTransform(), Steps = 1, HiddenSize = 8 }, Epochs = 1,
        }),
        ["generator, autoregressive"] = ml => ml.Generation.Trainers.Autoregressive(Generator(new AutoregressiveTrainer.Options
        {
            Network = new MaskedAutoregressiveNetwork { HiddenSize = 8, Blocks = 1 },
        })),
        ["generator, PixelCNN"] = ml => ml.Generation.Trainers.Autoregressive(new AutoregressiveTrainer.Options
        {
            Network = new GatedPixelCnn { Channels = 3, Filters = 4, Layers = 1, Levels = 4, FirstKernelSize = 3 }, Epochs = 1,
        }),
        ["generator, mixture of codes"] = ml => ml.Generation.Trainers.AutoencoderDensity(Generator(new AutoencoderDensityTrainer.Options
        {
            CodeSize = 2, CodeDensity = new MixtureCodeDensity { Components = 2 },
        })),
        ["generator, flow of codes"] = ml => ml.Generation.Trainers.AutoencoderDensity(Generator(new AutoencoderDensityTrainer.Options
        {
            CodeSize = 2, CodeDensity = new FlowCodeDensity { Flow = new FlowDesign { Steps = 1, HiddenSize = 8 } },
        })),
        ["classifier, several classes"] = ml => ml.MulticlassClassification.Trainers.PretrainedEncoder(new PretrainedEncoderMulticlassTrainer.Options
        {
            LabelColumnName = "Class", EmbeddingSize = 3, HeadHiddenSizes = [4], Epochs = 1,
        }),
        ["classifier, two classes"] = ml => ml.BinaryClassification.Trainers.PretrainedEncoder(new PretrainedEncoderBinaryTrainer.Options
        {
            LabelColumnName = "Open", EmbeddingSize = 3, Epochs = 1,
        }),
        ["translator, transformer"] = ml => ml.Translation.Trainers.Transformer(new TransformerTranslationTrainer.Options
        {
            Tokenizer = new BytePairOptions { VocabularySize = 300 }, TokensColumnName = "Tokens", AttentionColumnName = "Attention",
            AlternativesColumnName = "Alternatives", AlternativeScoresColumnName = "AlternativeScores", MaximumLength = 12, Epochs = 1,
            Network = new TransformerTranslation { Width = 8, Heads = 2, EncoderLayers = 1, DecoderLayers = 1, FeedForwardSize = 8, LearnedPositions = true },
            Decoding = new DecodingOptions { Beams = 2, Results = 2, MaximumLength = 6 },
        }),
        ["translator, recurrent"] = ml => ml.Translation.Trainers.RecurrentAttention(new RecurrentTranslationTrainer.Options
        {
            Tokenizer = new WordOptions(), SharedVocabulary = false, MaximumLength = 12, Epochs = 1,
            Network = new RecurrentAttentionTranslation { EmbeddingSize = 8, StateSize = 8, AttentionSize = 8 },
            Decoding = new DecodingOptions { Beams = 2, MaximumLength = 6 },
        }),
        ["language model, transformer"] = ml => Language(ml, new CharacterOptions(),
            new TransformerLanguage { Width = 8, Heads = 2, Layers = 1, FeedForwardSize = 8, LearnedPositions = false }),
        ["language model, LSTM"] = ml => Language(ml, new WordOptions(), new LstmLanguage { EmbeddingSize = 8, StateSize = 8, Layers = 2 }),
        ["sentence embedding"] = ml => ml.Transforms.Text.SentenceEmbedding(new SentenceEmbeddingEstimator.Options
        {
            InputColumnName = "Source", Tokenizer = new WordOptions(), MaximumLength = 12, Epochs = 1,
            Network = new TransformerLanguage { Width = 8, Heads = 2, Layers = 1, FeedForwardSize = 8 },
        }),
    };

    /// <summary>Computes all that a model gives for a few rows, and draws a few where it is a generator.</summary>
    public static void Use(MLContext ml, ITransformer model, IDataView data)
    {
        const int rows = 3;
        model.Transform(ml.Data.TakeRows(data, rows)).Preview(rows);
        if (model is not GeneratorTransformer generator) return;
        var few = generator.Model is DiffusionModel diffusion ? new DiffusionSampling { Steps = Math.Min(3, diffusion.Architecture.Schedule.Steps) } : null;
        ml.Generation.Sample(model, rows, seed: 1, options: few).Preview(rows);
    }

    static IEstimator<ITransformer> Embedding(MLContext ml, NetworkDesign network, SlotHeads? slots = null) =>
        ml.Transforms.AutoencoderEmbedding(new AutoencoderEmbeddingEstimator.Options
        {
            InputColumnName = "Features", EmbeddingSize = 3, Epochs = 1, Network = network, Slots = slots ?? new(), ReconstructionColumnName = "Rebuilt",
            ErrorColumnName = "Error",
        });

    static IEstimator<ITransformer> Detector(MLContext ml, AnomalyScoring scoring, NetworkDesign network) =>
        ml.AnomalyDetection.Trainers.Autoencoder(new AutoencoderAnomalyTrainer.Options
        {
            Epochs = 1, Scoring = scoring, Network = network, ContributionsColumnName = "Why",
        });

    static IEstimator<ITransformer> Language(MLContext ml, TokenizerOptions tokenizer, LanguageDesign network) =>
        ml.Generation.Trainers.LanguageModel(new LanguageModelTrainer.Options
        {
            TextColumnName = "Source", LogLikelihoodColumnName = "LogLikelihood", ContinuationColumnName = "Continuation", Tokenizer = tokenizer,
            Network = network, ContextLength = 12, Epochs = 1, Decoding = new DecodingOptions { Sampling = new() { TopK = 3 }, MaximumLength = 6 },
        });

    static TOptions Generator<TOptions>(TOptions options) where TOptions : GeneratorOptions
    {
        (options.InputColumnNames, options.LabelColumnName, options.Epochs) = (s_table, "Class", 1);
        return options;
    }
}
