using Extensions.ML;
using Extensions.ML.Trainers;
using Microsoft.ML;

namespace SyntheticTables;

/// <summary>The generators, each asked to learn the columns as they are, and the label as a condition.</summary>
sealed class Contestants(MLContext ml, RealTable table, bool quick)
{
    public sealed record Contestant(string Name, Func<IProgress<TrainingProgress>, GeneratorTransformer> Fit);

    public IEnumerable<Contestant> All =>
    [
        new("Autoregressive", progress => Fit(ml.Generation.Trainers.Autoregressive, new AutoregressiveTrainer.Options(), progress)),
        new("Diffusion", progress => Fit(ml.Generation.Trainers.Diffusion, new DiffusionTrainer.Options(), progress)),
        new("GAN", progress => Fit(ml.Generation.Trainers.Gan, new GanTrainer.Options(), progress)),
        new("VAE", progress => Fit(ml.Generation.Trainers.VariationalAutoencoder, new VariationalGeneratorTrainer.Options(), progress)),
    ];

    GeneratorTransformer Fit<TOptions>(Func<TOptions, GeneratorTrainer> trainer, TOptions options, IProgress<TrainingProgress> progress)
        where TOptions : GeneratorOptions
    {
        options.InputColumnNames = table.Columns;
        options.LabelColumnName = RealTable.Label;
        options.Encoding = ColumnEncoding.Quantile;
        options.Epochs = quick ? 3 : null;
        options.Progress = progress;
        return trainer(options).Fit(table.Training);
    }
}
