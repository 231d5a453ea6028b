using Extensions.ML;
using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML;

namespace TextGeneration;

/// <summary>The language models.</summary>
/// <param name="ml">The context.</param>
/// <param name="training">Texts to learn from.</param>
/// <param name="test">Texts to watch the loss on.</param>
/// <param name="quick">Whether little is learned.</param>
sealed class Contestants(MLContext ml, IDataView training, IDataView test, bool quick)
{
    /// <param name="Name">What it is called.</param>
    /// <param name="Fit">Learns the texts.</param>
    public sealed record Contestant(string Name, Func<IProgress<TrainingProgress>, LanguageModelTransformer> Fit);

    public IEnumerable<Contestant> All =>
    [
        new("Transformer over characters", progress => Fit(new CharacterOptions(), new TransformerLanguage(), progress)),
        new("LSTM over characters", progress => Fit(new CharacterOptions(), new LstmLanguage(), progress)),
        new("Transformer over pieces of words", progress => Fit(new BytePairOptions { VocabularySize = 1000 }, new TransformerLanguage(), progress)),
    ];

    LanguageModelTransformer Fit(TokenizerOptions tokenizer, LanguageDesign network, IProgress<TrainingProgress> progress)
    {
        var settings = new LanguageModelTrainer.Options
        {
            TextColumnName = nameof(Text.Content),
            LogLikelihoodColumnName = "LogLikelihood",
            Tokenizer = tokenizer,
            Network = network,
            Epochs = 8,
            Progress = progress,
        };
        if (quick)
        {
            settings.Network = network is LstmLanguage ? new LstmLanguage { EmbeddingSize = 64, StateSize = 128, Layers = 1 }
                : new TransformerLanguage { Width = 64, Layers = 2 };
            settings.Schedule = new CosineSchedule { WarmupSteps = 20 };
            settings.Optimizer = new AdamW { LearningRate = 0.005 };
            settings.Epochs = 6;
        }
        return ml.Generation.Trainers.LanguageModel(settings).Fit(training, test);
    }
}
