using System;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>The starting point: catalogs of everything, the random seed, the log.</summary>
public sealed class MLContext : IHostEnvironmentInternal
{
    readonly LocalEnvironment _env;

    public MLContext(int? seed = null)
    {
        _env = new(seed);
        _env.AddListener((source, message) => Log?.Invoke(this, new(message.Message, message.Kind, source.FullName)));
        BinaryClassification = new(_env);
        MulticlassClassification = new(_env);
        Regression = new(_env);
        Clustering = new(_env);
        Ranking = new(_env);
        AnomalyDetection = new(_env);
        Forecasting = new(_env);
        Transforms = new(_env);
        Model = new(_env);
        Data = new(_env);
    }

    public BinaryClassificationCatalog BinaryClassification { get; }
    public MulticlassClassificationCatalog MulticlassClassification { get; }
    public RegressionCatalog Regression { get; }
    public ClusteringCatalog Clustering { get; }
    public RankingCatalog Ranking { get; }
    public AnomalyDetectionCatalog AnomalyDetection { get; }
    public ForecastingCatalog Forecasting { get; }
    public TransformsCatalog Transforms { get; }
    public ModelOperationsCatalog Model { get; }
    public DataOperationsCatalog Data { get; }

    public event EventHandler<LoggingEventArgs> Log;

    public ComponentCatalog ComponentCatalog => _env.ComponentCatalog;

    public string TempFilePath
    {
        get => _env.TempFilePath;
        set => _env.TempFilePath = value;
    }

    public bool FallbackToCpu
    {
        get => _env.FallbackToCpu;
        set => _env.FallbackToCpu = value;
    }

    public int? GpuDeviceId
    {
        get => _env.GpuDeviceId;
        set => _env.GpuDeviceId = value;
    }

    internal void CancelExecution() => _env.CancelExecution();

    public bool TryAddOption<T>(string name, T value) => _env.TryAddOption(name, value);
    public void SetOption<T>(string name, T value) => _env.SetOption(name, value);
    public bool TryGetOption<T>(string name, out T value) => _env.TryGetOption(name, out value);
    public T GetOptionOrDefault<T>(string name) => _env.GetOptionOrDefault<T>(name);
    public bool RemoveOption(string name) => _env.RemoveOption(name);

    string IExceptionContext.ContextDescription => _env.ContextDescription;
    TException IExceptionContext.Process<TException>(TException ex) => _env.Process(ex);
    IHost IHostEnvironment.Register(string name, int? seed, bool? verbose) => _env.Register(name, seed, verbose);
    IChannel IChannelProvider.Start(string name) => _env.Start(name);
    IPipe<TMessage> IChannelProvider.StartPipe<TMessage>(string name) => _env.StartPipe<TMessage>(name);
    IProgressChannel IProgressChannelProvider.StartProgressChannel(string name) => _env.StartProgressChannel(name);
    int? IHostEnvironmentInternal.Seed => _env.Seed;
}
