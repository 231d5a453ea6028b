using Extensions.ML.Trainers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.ML;

namespace Extensions.ML.Hosting;

/// <summary>Trains a model inside a host. Made in a scope of its own, so its constructor may ask for anything that is registered.</summary>
public interface ITrainingJob
{
    /// <summary>Trains. Runs on a thread of its own.</summary>
    /// <param name="progress">For the trainer's <see cref="TrainerOptions.Progress"/>: goes to the log and to every registered
    /// <see cref="IProgress{T}"/> of <see cref="TrainingProgress"/>.</param>
    /// <param name="cancellation">For <see cref="TrainerOptions.CancellationToken"/>: cancelled when the host stops.</param>
    TrainedModel Train(IProgress<TrainingProgress> progress, CancellationToken cancellation);
}

/// <summary>What a training ends with.</summary>
/// <param name="Model">The model; disposed once it is saved.</param>
/// <param name="InputSchema">The columns that it was trained on.</param>
public sealed record TrainedModel(ITransformer Model, DataViewSchema InputSchema);

/// <summary>Runs a job when the host starts and puts its model in the place of a served one's file, where it goes live.</summary>
sealed class TrainingService<TJob>(string model, IServiceScopeFactory scopes, MLContext ml, IOptions<ExtensionsMLOptions> options, ModelPaths paths,
    IEnumerable<IProgress<TrainingProgress>> listeners, ILogger<TJob> logger) : BackgroundService where TJob : class, ITrainingJob
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.Factory.StartNew(() => Run(stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    void Run(CancellationToken cancellation)
    {
        try
        {
            var path = paths.Of(options.Value.Models[model]);
            using var scope = scopes.CreateScope();
            logger.LogInformation("The training of {Model} begins.", model);
            var trained = scope.ServiceProvider.GetRequiredService<TJob>().Train(new Progress(this), cancellation);
            using (trained.Model as IDisposable)
                Save(trained, path);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            logger.LogInformation("The training of {Model} was cancelled: the host stops.", model);
        }
        catch (Exception e)
        {
            // The models go on being served; that is worth more than a training.
            logger.LogError(e, "The training of {Model} failed.", model);
        }
    }

    /// <summary>Beside the file and then in its place: who reads it finds the old one whole, or the new one.</summary>
    void Save(TrainedModel trained, string path)
    {
        var beside = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            ml.Model.Save(trained.Model, trained.InputSchema, beside);
            File.Move(beside, path, overwrite: true);
            logger.LogInformation("The trained model {Model} was saved: {Path}", model, path);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    sealed class Progress(TrainingService<TJob> service) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress told)
        {
            service.Log(told);
            foreach (var listener in service.Listeners)
                listener.Report(told);
        }
    }

    IEnumerable<IProgress<TrainingProgress>> Listeners => listeners;

    void Log(TrainingProgress told) => logger.Log(told.IsEpochEnd ? LogLevel.Information : LogLevel.Debug,
        "{Model}: epoch {Epoch} of {Epochs}, step {Step} of {Steps}, loss {Loss:G4}{Validation}, {Rate:N0} rows/s",
        model, told.Epoch, told.Epochs, told.Step, told.Steps, told.Loss,
        told.ValidationLoss is { } loss ? $", on the validation rows {loss:G4}" : "", told.RowsPerSecond);
}
