using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using WebApi;

namespace Extensions.ML.Hosting.Tests;

/// <summary>The sample as it is, on a port of its own, with models that it makes.</summary>
[TestClass]
public class WebApiTests
{
    static DirectoryInfo s_folder = null!;
    static WebApplication s_app = null!;
    static HttpClient s_client = null!;

    /// <summary>The service on the models of the test's folder.</summary>
    static async Task<(WebApplication App, HttpClient Client)> Start(params string[] settings)
    {
        string[] models = [.. new[] { "anomaly", "explanation", "embedding", "translator" }.SelectMany(model => new[]
        {
            $"--ExtensionsML:Models:{model}:Path={Path.Combine(s_folder.FullName, model == "explanation" ? "anomaly.zip" : model + ".zip")}",
            $"--ExtensionsML:Models:{model}:SettleTime=0",
        })];
        var app = WebService.Create(["--Urls=http://127.0.0.1:0", .. models, .. settings]);
        await app.StartAsync();
        return (app, new() { BaseAddress = new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()) });
    }

    [ClassInitialize]
    public static async Task Start(TestContext context)
    {
        s_folder = Directory.CreateTempSubdirectory("webapi-");
        (s_app, s_client) = await Start("--make-models", "--Service:QuickModels=true");
        using (var early = await s_client.GetAsync("health/live"))
            Assert.AreEqual(HttpStatusCode.OK, early.StatusCode);
        await Served.Until(() => s_client.GetAsync("health/ready").Result.IsSuccessStatusCode, "the models are made");
    }

    [ClassCleanup]
    public static async Task Stop()
    {
        await s_app.StopAsync();
        await s_app.DisposeAsync();
        s_folder.Delete(recursive: true);
    }

    static async Task<JsonElement> Get(string path) => JsonSerializer.Deserialize<JsonElement>(await s_client.GetStringAsync(path));

    static async Task<(HttpStatusCode Status, JsonElement Answer)> Post(string path, string body)
    {
        using var answer = await s_client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    [TestMethod]
    public async Task AScoreComesWithItsContributions()
    {
        foreach (var example in (await Get("anomaly/examples")).EnumerateArray())
        {
            var body = $$"""{"features":{{example.GetProperty("features")}}}""";
            var (status, found) = await Post("anomaly/explanation", body);
            Assert.AreEqual(HttpStatusCode.OK, status);
            var (_, score) = await Post("anomaly", body);
            Assert.AreEqual(score.GetProperty("score").GetSingle(), found.GetProperty("score").GetSingle(), 1e-5f);
            Assert.AreEqual(found.GetProperty("score").GetSingle() > 0, found.GetProperty("predictedLabel").GetBoolean());
            CollectionAssert.AreEqual(example.GetProperty("slots").EnumerateArray().Select(slot => slot.GetString()).ToArray(),
                found.GetProperty("contributions").EnumerateArray().Select(part => part.GetProperty("slot").GetString()).ToArray());
        }
    }

    [TestMethod]
    public async Task ARowIsEmbedded()
    {
        var features = (await Get("anomaly/examples"))[0].GetProperty("features");
        var (_, found) = await Post("embedding", $$"""{"features":{{features}}}""");
        Assert.AreEqual(4, found.GetProperty("embedding").GetArrayLength());
    }

    [TestMethod]
    public async Task ATextIsTranslatedWholeInPartsAndWithItsAttention()
    {
        const string request = """{"text":"The old clock costs nine euros."}""";
        var (status, whole) = await Post("translate", request);
        Assert.AreEqual(HttpStatusCode.OK, status);
        var tokens = whole.GetProperty("tokens").GetArrayLength();
        Assert.AreEqual(tokens, whole.GetProperty("logProbabilities").GetArrayLength());

        using var stream = await s_client.PostAsync("translate/stream", new StringContent(request, Encoding.UTF8, "application/json"));
        Assert.AreEqual("text/event-stream", stream.Content.Headers.ContentType!.MediaType);
        var parts = (await stream.Content.ReadAsStringAsync()).Split('\n').Where(line => line.StartsWith("data: "))
            .Select(line => JsonSerializer.Deserialize<JsonElement>(line[6..]).GetProperty("text").GetString()!).ToArray();
        Assert.IsNotEmpty(parts);

        var (_, attention) = await Post("translate/attention", request);
        var weights = attention.GetProperty("weights").EnumerateArray().ToArray();
        Assert.HasCount(attention.GetProperty("target").GetArrayLength(), weights);
        foreach (var row in weights)
            Assert.AreEqual(1, row.EnumerateArray().Sum(weight => weight.GetSingle()), 1e-4);
    }

    [TestMethod]
    [DataRow("anomaly", """{"features":[1,2,3]}""", 400)]
    [DataRow("anomaly", """{"features":[1e39,1,1,1,1,1,1,1,1,1,1,1]}""", 400)]
    [DataRow("anomaly", """{"features":null}""", 400)]
    [DataRow("anomaly", """{"features":[""", 400)]
    [DataRow("anomaly", "", 400)]
    [DataRow("translate", """{"text":""}""", 400)]
    [DataRow("translate/stream", """{}""", 400)]
    [DataRow("nowhere", """{}""", 404)]
    public async Task WhatIsWrongIsToldAsAProblem(string path, string body, int status)
    {
        using var answer = await s_client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.AreEqual(status, (int)answer.StatusCode);
        Assert.AreEqual("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.AreEqual(status, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetInt32());
    }

    [TestMethod]
    public async Task TooLargeABodyIsRefused()
    {
        var (status, problem) = await Post("translate", $$"""{"text":"{{new string('a', 100_000)}}"}""");
        Assert.AreEqual(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.AreEqual(413, problem.GetProperty("status").GetInt32());
    }

    [TestMethod]
    public async Task WhatTakesTooLongIsToldAsAProblem()
    {
        var (app, client) = await Start("--Service:RequestTimeout=00:00:00.001");
        await using var _ = app;
        await Served.Until(() => client.GetAsync("health/ready").Result.IsSuccessStatusCode, "the models are read");
        var text = string.Join(' ', Enumerable.Repeat("The old clock costs nine euros.", 60));
        using var answer = await client.PostAsync("translate", new StringContent($$"""{"text":"{{text}}"}""", Encoding.UTF8, "application/json"));
        Assert.AreEqual(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.AreEqual(504, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetInt32());
        await app.StopAsync();
    }

    [TestMethod]
    public async Task MetricsAndTracesReachACollector()
    {
        var received = new ConcurrentDictionary<string, string>();
        var builder = WebApplication.CreateSlimBuilder();
        await using var collector = builder.Build();
        collector.Urls.Add("http://127.0.0.1:0");
        collector.MapPost("/{**path}", async (string path, HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            // Protocol buffers hold names as plain text.
            received.AddOrUpdate(path, _ => Encoding.Latin1.GetString(body.ToArray()), (_, before) => before + Encoding.Latin1.GetString(body.ToArray()));
        });
        await collector.StartAsync();
        var (app, client) = await Start($"--Telemetry:Otlp={collector.Urls.Single()}", "--Telemetry:Protocol=HttpProtobuf");
        await using (app)
        {
            await Served.Until(() => client.GetAsync("health/ready").Result.IsSuccessStatusCode, "the models are read");
            using var answer = await client.PostAsync("translate", new StringContent("""{"text":"The old clock costs nine euros."}""", Encoding.UTF8, "application/json"));
            Assert.IsTrue(answer.IsSuccessStatusCode);
            await app.StopAsync();
        }
        StringAssert.Contains(received["v1/metrics"], ServingTelemetry.MeterName);
        StringAssert.Contains(received["v1/metrics"], "http.server.request.duration");
        StringAssert.Contains(received["v1/traces"], ServingTelemetry.ActivitySourceName);
        StringAssert.Contains(received["v1/traces"], "POST /translate");
    }

    [TestMethod]
    public async Task ItTellsWhatCanBeAsked()
    {
        var paths = (await Get("openapi/v1.json")).GetProperty("paths").EnumerateObject().Select(path => path.Name).ToArray();
        foreach (var path in new[] { "/anomaly", "/anomaly/explanation", "/embedding", "/translate", "/translate/stream", "/translate/attention" })
            Assert.Contains(path, paths);
        Assert.Contains("page.js", await s_client.GetStringAsync("/"));
        Assert.AreEqual("Healthy", (await Get("health/ready")).GetProperty("status").GetString());
    }
}
