using Extensions.ML;
using Extensions.ML.Generators;
using Extensions.ML.Hosting;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using Samples.Data;

namespace WebApi;

/// <summary>Models to try the service with, trained by the service itself on data that it makes.</summary>
static class MadeModels
{
    /// <summary>Trains the models whose files are not there when the service starts; each goes live when it is ready.</summary>
    public static void MakeMissing(this ExtensionsMLBuilder builder, IConfiguration configuration, string folder)
    {
        bool IsMissing(string model) => configuration[$"ExtensionsML:Models:{model}:Path"] is { } path && !File.Exists(Path.Combine(folder, path));

        builder.Services.AddSingleton(new MadeModelSize(configuration.GetValue("Service:QuickModels", false)));
        if (IsMissing(Names.Anomaly))
            builder.AddTraining<DetectorTraining>(Names.Anomaly);
        if (IsMissing(Names.Embedding))
            builder.AddTraining<EmbeddingTraining>(Names.Embedding);
        if (IsMissing(Names.Translator))
            builder.AddTraining<TranslatorTraining>(Names.Translator);
    }

    /// <summary>Three months of a pump, or some days where it must be quick.</summary>
    public static IDataView Telemetry(MLContext ml, MadeModelSize size)
    {
        var schema = SchemaDefinition.Create(typeof(Reading));
        var sensors = PumpTelemetry.Sensors;
        schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, sensors.Length);
        schema["Features"].AddAnnotation("SlotNames",
            new VBuffer<ReadOnlyMemory<char>>(sensors.Length, [.. sensors.Select(name => name.AsMemory())]),
            new VectorDataViewType(TextDataViewType.Instance, sensors.Length));
        Reading[] rows = [.. PumpTelemetry.Simulate(size.Quick ? 7 : 90, seed: 1).Select(row => new Reading { Features = row.Values })];
        return ml.Data.LoadFromEnumerable(rows, schema);
    }
}

/// <param name="Quick">Whether everything runs and the models are of little use, as for tests.</param>
sealed record MadeModelSize(bool Quick);

sealed class DetectorTraining(MLContext ml, MadeModelSize size) : ITrainingJob
{
    public TrainedModel Train(IProgress<TrainingProgress> progress, CancellationToken cancellation)
    {
        var data = MadeModels.Telemetry(ml, size);
        var model = ml.AnomalyDetection.Trainers.Autoencoder(new AutoencoderAnomalyTrainer.Options
        {
            Contamination = 0.04, ContributionsColumnName = "Contributions", Epochs = size.Quick ? 1 : null, Progress = progress, CancellationToken = cancellation,
        }).Fit(data);
        return new(model, data.Schema);
    }
}

sealed class EmbeddingTraining(MLContext ml, MadeModelSize size) : ITrainingJob
{
    public TrainedModel Train(IProgress<TrainingProgress> progress, CancellationToken cancellation)
    {
        var data = MadeModels.Telemetry(ml, size);
        var model = ml.Transforms.AutoencoderEmbedding(new AutoencoderEmbeddingEstimator.Options
        {
            OutputColumnName = "Embedding", InputColumnName = "Features", EmbeddingSize = 4, Epochs = size.Quick ? 1 : null, Progress = progress, CancellationToken = cancellation,
        }).Fit(data);
        return new(model, data.Schema);
    }
}

/// <summary>From English to German, what things cost: numbers in words are short and not easy.</summary>
sealed class TranslatorTraining(MLContext ml, MadeModelSize size) : ITrainingJob
{
    public TrainedModel Train(IProgress<TrainingProgress> progress, CancellationToken cancellation)
    {
        var pairs = ml.Data.LoadFromEnumerable(MadePrices.Draw(size.Quick ? 200 : 4_000, seed: 1));
        var model = ml.Translation.Trainers.Transformer(new TransformerTranslationTrainer.Options
        {
            Tokenizer = new BytePairOptions { VocabularySize = 400 },
            Network = new TransformerTranslation { Width = 64, Heads = 4, EncoderLayers = 2, DecoderLayers = 2, FeedForwardSize = 256, Dropout = 0.1 },
            Schedule = new CosineSchedule { WarmupSteps = 100 },
            Epochs = size.Quick ? 1 : 12, Progress = progress, CancellationToken = cancellation,
        }).Fit(pairs);
        return new(model, pairs.Schema);
    }
}
