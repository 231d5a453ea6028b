using System.Collections.Concurrent;
using Extensions.ML.Trainers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML.Hosting.Tests;

public sealed class Row
{
    public float[] Features { get; set; } = [];
}

public sealed class Scored
{
    public float Score { get; set; }
    public bool PredictedLabel { get; set; }
}

/// <summary>A host with a small detector in a folder of its own.</summary>
sealed class Served : IAsyncDisposable
{
    public const int Width = 6;
    public const string Name = "detector";
    static readonly ConcurrentDictionary<int, byte[]> s_models = new();

    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hosting-");
    readonly IHost _host;

    /// <param name="model">The file of the model when the host starts; null for none.</param>
    /// <param name="configure">Changes the options of the model.</param>
    /// <param name="build">Adds more to the host.</param>
    public Served(byte[]? model, Action<ModelOptions>? configure = null, Action<ExtensionsMLBuilder>? build = null)
    {
        if (model != null)
            File.WriteAllBytes(Path, model);
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Logging.AddProvider(Log);
        builder.Logging.SetMinimumLevel(LogLevel.Trace);
        var models = builder.Services.AddExtensionsML(options =>
        {
            var settings = new ModelOptions { Path = Path, SettleTime = TimeSpan.FromMilliseconds(50), PollingInterval = TimeSpan.FromMilliseconds(200) };
            configure?.Invoke(settings);
            options.Models[Name] = settings;
            options.Threads = 1;
        }).AddModel<Row, Scored>(Name);
        build?.Invoke(models);
        _host = builder.Build();
    }

    public string Folder => _folder.FullName;
    public string Path => System.IO.Path.Combine(Folder, "model.zip");
    public TestLog Log { get; } = new();
    public IServiceProvider Services => _host.Services;
    public ServedPredictor<Row, Scored> Model => Services.GetRequiredService<ServedPredictor<Row, Scored>>();

    public static async Task<Served> StartAsync(byte[]? model, Action<ModelOptions>? configure = null, Action<ExtensionsMLBuilder>? build = null)
    {
        var served = new Served(model, configure, build);
        await served.StartAsync();
        return served;
    }

    public Task StartAsync() => _host.StartAsync();

    public Task StopAsync() => _host.StopAsync();

    /// <summary>Puts a file in the place of the model's at once, as one should.</summary>
    public void Replace(byte[] model)
    {
        File.WriteAllBytes(Path + ".new", model);
        File.Move(Path + ".new", Path, overwrite: true);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>A trained detector as a file; other seeds give other scores.</summary>
    public static byte[] Detector(int seed = 1) => s_models.GetOrAdd(seed, seed =>
    {
        var ml = new MLContext(seed);
        var data = Data(ml, Rows(200, seed));
        using var model = ml.AnomalyDetection.Trainers.Autoencoder(new AutoencoderAnomalyTrainer.Options { Epochs = 2, EnsembleSize = 1 }).Fit(data);
        using var stream = new MemoryStream();
        ml.Model.Save(model, data.Schema, stream);
        return stream.ToArray();
    });

    public static IDataView Data(MLContext ml, Row[] rows)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Width);
        return ml.Data.LoadFromEnumerable(rows, schema);
    }

    public static Row[] Rows(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => new Row { Features = [.. Enumerable.Range(0, Width).Select(_ => random.NextSingle())] })];
    }

    /// <summary>What a prediction engine of ML.NET gives for the rows, one by one.</summary>
    public static float[] OneByOne(byte[] model, Row[] rows)
    {
        var ml = new MLContext();
        var loaded = ml.Model.Load(new MemoryStream(model), out var schema);
        using var engine = ml.Model.CreatePredictionEngine<Row, Scored>(loaded, schema);
        return Array.ConvertAll(rows, row => engine.Predict(row).Score);
    }

    /// <summary>Waits until something is so, and fails where it never is.</summary>
    public static async Task Until(Func<bool> condition, string what)
    {
        for (var end = DateTime.UtcNow.AddSeconds(60); !condition(); await Task.Delay(20))
            Assert.IsTrue(DateTime.UtcNow < end, $"Waited in vain until {what}.");
    }
}

/// <summary>What was logged.</summary>
sealed class TestLog : ILoggerProvider
{
    public ConcurrentQueue<(string Category, LogLevel Level, string Text)> Lines { get; } = new();

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    sealed class Logger(TestLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Lines.Enqueue((category, logLevel, formatter(state, exception)));
    }
}
