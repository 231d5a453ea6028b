using Extensions.ML.Hosting;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http.Timeouts;

namespace WebApi;

/// <summary>The service: what it consists of, in the order in which a request meets it.</summary>
static class WebService
{
    const int MostBodyBytes = 64 * 1024;

    public static WebApplication Create(string[] args)
    {
        var makeModels = args.Contains("--make-models");
        // The slim builder starts faster and speaks HTTP only: encryption is the work of the proxy in front.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            Args = [.. args.Where(argument => argument != "--make-models")],
            ContentRootPath = AppContext.BaseDirectory,
        });
        var settings = builder.Configuration.GetSection("Service");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = MostBodyBytes;
            kestrel.AddServerHeader = false;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.GetValue("DrainTimeout", TimeSpan.FromSeconds(20)));

        var models = builder.Services.AddExtensionsML(builder.Configuration.GetSection("ExtensionsML"))
            .AddModel<Reading, Detection>(Names.Anomaly)
            .AddModel<Reading, ExplainedDetection>(Names.Explanation)
            .AddModel<Reading, Embedded>(Names.Embedding)
            .AddTranslator(Names.Translator);
        if (makeModels)
            models.MakeMissing(builder.Configuration, builder.Environment.ContentRootPath);

        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, WebJson.Default));
        builder.Services.AddSingleton<SlotNames>();
        builder.Services.AddProblemDetails();
        builder.Services.AddExceptionHandler<Problems>();
        builder.Services.AddRequestTimeouts(timeouts => timeouts.DefaultPolicy = new RequestTimeoutPolicy
        {
            Timeout = settings.GetValue("RequestTimeout", TimeSpan.FromSeconds(10)),
            TimeoutStatusCode = StatusCodes.Status504GatewayTimeout,
        });
        builder.Services.AddOpenApi();
        builder.AddTelemetry();

        var app = builder.Build();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseFileServer();
        app.UseRequestTimeouts();
        app.MapEndpoints();
        app.MapOpenApi();
        // Alive where it answers at all; ready where every model is there. A refused newer file (degraded) keeps it ready: the older one serves.
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = Problems.WriteHealth });
        return app;
    }
}

/// <summary>What the models are called in appsettings.json. The explanation is the detector again, from the same file, asked for more columns.</summary>
static class Names
{
    public const string Anomaly = "anomaly", Explanation = "explanation", Embedding = "embedding", Translator = "translator";
}
