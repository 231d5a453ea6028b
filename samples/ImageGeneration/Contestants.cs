using Extensions.ML;
using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML;

namespace ImageGeneration;

/// <summary>The generators, each told which digit a picture shows.</summary>
/// <param name="ml">The context.</param>
/// <param name="digits">The pictures to learn from.</param>
/// <param name="quick">Whether little is learned.</param>
sealed class Contestants(MLContext ml, IDataView digits, bool quick)
{
    /// <param name="Name">What it is called.</param>
    /// <param name="Fit">Learns the pictures.</param>
    /// <param name="Drawing">How pictures are drawn, where not by the defaults.</param>
    public sealed record Contestant(string Name, Func<IProgress<TrainingProgress>, GeneratorTransformer> Fit, SamplingOptions? Drawing = null);

    public IEnumerable<Contestant> All =>
    [
        new("VAE", progress => Fit(ml.Generation.Trainers.VariationalAutoencoder, new VariationalGeneratorTrainer.Options
        {
            LatentSize = 20,
            Network = new ConvolutionalNetwork { Filters = [32, 64] },
            Epochs = 10,
        }, quickEpochs: 6, progress)),
        new("DCGAN", progress => Fit(ml.Generation.Trainers.Gan, new GanTrainer.Options { Network = new ConvolutionalGan(), Epochs = 10 }, quickEpochs: 8,
            progress)),
        new("Diffusion", progress => Fit(ml.Generation.Trainers.Diffusion, new DiffusionTrainer.Options
        {
            Network = new UNet(),
            // More steps from the same pictures than batches of 128 give: clearer digits.
            BatchSize = 32,
            Optimizer = new Adam { LearningRate = 1.5e-3 },
            Epochs = 15,
        }, quickEpochs: 10, progress),
            // Guidance makes a digit look more like its kind, and less like others of it.
            new DiffusionSampling { Steps = 25, Guidance = 1.5 }),
        new("PixelCNN", progress => Fit(ml.Generation.Trainers.Autoregressive, new AutoregressiveTrainer.Options
        {
            Network = new GatedPixelCnn { Filters = 16 },
            Epochs = 5,
        }, quickEpochs: 1, progress)),
    ];

    GeneratorTransformer Fit<TOptions>(Func<TOptions, GeneratorTrainer> trainer, TOptions options, int quickEpochs, IProgress<TrainingProgress> progress)
        where TOptions : GeneratorOptions
    {
        options.LabelColumnName = nameof(Digit.Label);
        options.Progress = progress;
        if (quick)
            options.Epochs = quickEpochs;
        return trainer(options).Fit(digits);
    }
}
