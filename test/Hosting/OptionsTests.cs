using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.ML;

namespace Extensions.ML.Hosting.Tests;

[TestClass]
public class OptionsTests
{
    static HostApplicationBuilder Builder(params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create("ML:" + setting.Key, (string?)setting.Value)));
        return builder;
    }

    [TestMethod]
    public void OptionsComeFromTheConfiguration()
    {
        var builder = Builder(("Seed", "7"), ("Threads", "1"), ("Device", "cuda:1"), ("FallbackToCpu", "true"), ("Models:Detector:Path", "a.zip"),
            ("Models:Detector:MaxBatchSize", "16"), ("Models:Detector:MaxBatchDelay", "00:00:00.005"), ("Models:Detector:Watch", "false"));
        builder.Services.AddExtensionsML(builder.Configuration.GetSection("ML")).AddModel<Row, Scored>("detector");
        using var host = builder.Build();
        var options = host.Services.GetRequiredService<IOptions<ExtensionsMLOptions>>().Value;
        Assert.AreEqual(7, options.Seed);
        var model = options.Models["detector"];
        Assert.AreEqual(16, model.MaxBatchSize);
        Assert.AreEqual(TimeSpan.FromMilliseconds(5), model.MaxBatchDelay);
        Assert.IsFalse(model.Watch);
        Assert.AreEqual(4096, model.QueueCapacity);
        var ml = host.Services.GetRequiredService<MLContext>();
        Assert.AreEqual(1, ml.GpuDeviceId);
        Assert.IsTrue(ml.FallbackToCpu);
    }

    [TestMethod]
    public async Task WhatIsWrongIsToldAtStartAllAtOnce()
    {
        var builder = Builder(("Threads", "0"), ("Device", "gpu"), ("Models:other:MaxBatchSize", "0"), ("Models:other:MaxBatchDelay", "00:01:00"));
        builder.Services.AddExtensionsML(builder.Configuration.GetSection("ML")).AddModel<Row, Scored>("detector");
        using var host = builder.Build();
        var wrong = await Assert.ThrowsExactlyAsync<OptionsValidationException>(() => host.StartAsync());
        string[] expected = ["Threads is 0", "Device is 'gpu'", "Models has no 'detector', which is registered; configured: other", "Models:other:Path is missing",
            "Models:other:MaxBatchSize is 0", "Models:other:MaxBatchDelay is 00:01:00"];
        foreach (var text in expected)
            Assert.Contains(text, wrong.Message);
        Assert.HasCount(expected.Length, wrong.Failures);
    }

    [TestMethod]
    public async Task SeveralModelsAreAskedForByName()
    {
        await using var served = await Served.StartAsync(Served.Detector(1), build: models =>
        {
            models.Services.Configure<ExtensionsMLOptions>(options =>
                options.Models["second"] = new ModelOptions { Path = Path.Combine(Path.GetDirectoryName(options.Models[Served.Name].Path)!, "second.zip") });
            models.AddModel<Row, Scored>("second");
        });
        var second = served.Services.GetRequiredKeyedService<ServedPredictor<Row, Scored>>("second");
        Assert.AreEqual(0, second.Version);
        Assert.AreEqual(1, served.Services.GetRequiredKeyedService<ServedPredictor<Row, Scored>>(Served.Name).Version);
        Assert.HasCount(2, served.Services.GetServices<ServedModel>());
    }

    [TestMethod]
    public async Task TheLogOfMLNetGoesToTheHosts()
    {
        await using var served = await Served.StartAsync(Served.Detector());
        var ml = served.Services.GetRequiredService<MLContext>();
        ml.AnomalyDetection.Trainers.Autoencoder(epochs: 2).Fit(Served.Data(ml, Served.Rows(50, 1))).Dispose();
        var lines = served.Log.Lines.Where(line => line.Category == "Microsoft.ML.MLContext").ToArray();
        Assert.Contains(line => line.Level == LogLevel.Information && line.Text.Contains("loss"), lines);
    }
}
