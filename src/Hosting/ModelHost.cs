using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Extensions.ML.Hosting;

/// <summary>Starts and stops the models with the host. A model whose file is missing or damaged does not keep the host from starting: it is not ready.</summary>
sealed class ModelHost(IEnumerable<ServedModel> models) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.WhenAll(models.Select(model => model.StartAsync()));

    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(models.Select(model => model.StopAsync(cancellationToken)));
}

/// <summary>Healthy where all models are live; degraded where a newer file of one was refused; unhealthy where one is not there.</summary>
sealed class ModelHealth(IEnumerable<ServedModel> models) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var all = models.ToArray();
        var told = all.ToDictionary(model => model.Name, object (model) => model.Error is { } error ? $"version {model.Version}; {error}" : $"version {model.Version}");
        var status = Array.Exists(all, model => model.Version == 0) ? HealthStatus.Unhealthy
            : Array.Exists(all, model => model.Error != null) ? HealthStatus.Degraded : HealthStatus.Healthy;
        var wrong = string.Join(" ", all.Where(model => model.Error != null).Select(model => $"{model.Name}: {model.Error}"));
        return Task.FromResult(new HealthCheckResult(status, wrong.Length > 0 ? wrong : null, data: told));
    }
}

/// <summary>The <see cref="MLContext"/> that the options ask for, whose log goes to the host's.</summary>
static class HostedContext
{
    public static MLContext Create(ExtensionsMLOptions options, ILoggerFactory loggers)
    {
        if (options.Threads is { } threads)
            Trainers.TorchEngine.Threads = threads;
        var ml = new MLContext(options.Seed)
        {
            GpuDeviceId = options.Device == "cpu" ? null : options.Device == "cuda" ? 0 : int.Parse(options.Device.AsSpan(5)),
            FallbackToCpu = options.FallbackToCpu,
        };
        var logger = loggers.CreateLogger(typeof(MLContext).FullName!);
        ml.Log += (_, said) =>
        {
            var level = said.Kind switch
            {
                ChannelMessageKind.Error => LogLevel.Error,
                ChannelMessageKind.Warning => LogLevel.Warning,
                ChannelMessageKind.Info => LogLevel.Information,
                _ => LogLevel.Trace,
            };
            if (logger.IsEnabled(level))
                logger.Log(level, "{Source}: {Message}", said.Source, said.RawMessage);
        };
        return ml;
    }
}
