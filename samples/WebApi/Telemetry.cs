using Extensions.ML.Hosting;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace WebApi;

/// <summary>Metrics and traces by OpenTelemetry, to the console or to a collector; by default to neither, and nothing is loaded.</summary>
static class Telemetry
{
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var section = builder.Configuration.GetSection("Telemetry");
        var (console, collector) = (section.GetValue<bool>("Console"), section.GetValue<Uri>("Otlp"));
        if (!console && collector == null)
            return;
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("extensions-ml-webapi"))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(ServingTelemetry.MeterName).AddAspNetCoreInstrumentation();
                if (console)
                    metrics.AddConsoleExporter();
            })
            .WithTracing(traces =>
            {
                traces.AddSource(ServingTelemetry.ActivitySourceName).AddAspNetCoreInstrumentation();
                if (console)
                    traces.AddConsoleExporter();
            });
        if (collector != null)
            telemetry.UseOtlpExporter(section.GetValue("Protocol", OtlpExportProtocol.Grpc), collector);
    }
}
