using Extensions.ML;
using Extensions.ML.Trainers;
using Microsoft.ML;

namespace ImageGeneration;

/// <summary>The generators, each told which digit a picture shows.</summary>
/// <param name="ml">The context.</param>
/// <param name="digits">The pictures to learn from.</param>
/// <param name="quick">Whether little is learned.</param>
sealed class Contestants(MLContext ml, IDataView digits, bool quick)
{
    public sealed record Contestant(string Name, Func<IProgress<TrainingProgress>, GeneratorTransformer> Fit);

    public IEnumerable<Contestant> All =>
    [
        new("VAE", progress => Fit(ml.Generation.Trainers.VariationalAutoencoder, new VariationalGeneratorTrainer.Options
        {
            LatentSize = 20,
            Network = new ConvolutionalNetwork { Filters = [32, 64] },
            Epochs = 10,
        }, progress)),
        new("DCGAN", progress => Fit(ml.Generation.Trainers.Gan, new GanTrainer.Options { Network = new ConvolutionalGan(), Epochs = 4 }, progress)),
        new("Diffusion", progress => Fit(ml.Generation.Trainers.Diffusion, new DiffusionTrainer.Options { Network = new UNet(), Epochs = 15 }, progress)),
        new("PixelCNN", progress => Fit(ml.Generation.Trainers.Autoregressive, new AutoregressiveTrainer.Options { Network = new GatedPixelCnn(), Epochs = 4 },
            progress)),
    ];

    GeneratorTransformer Fit<TOptions>(Func<TOptions, GeneratorTrainer> trainer, TOptions options, IProgress<TrainingProgress> progress)
        where TOptions : GeneratorOptions
    {
        options.LabelColumnName = nameof(Digit.Label);
        options.Progress = progress;
        if (quick)
            options.Epochs = 1;
        return trainer(options).Fit(digits);
    }
}
