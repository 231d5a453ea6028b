using System.Text.Json;
using Extensions.ML.Hosting;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace WebApi;

/// <summary>Says what went wrong as problem+json (RFC 9457).</summary>
sealed class Problems : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        var (status, title) = exception switch
        {
            PredictionException { Failure: PredictionFailure.InvalidRow } => (StatusCodes.Status400BadRequest, "The model refuses this row"),
            PredictionException { Failure: PredictionFailure.QueueFull } => (StatusCodes.Status503ServiceUnavailable, "Too many requests wait"),
            PredictionException { Failure: PredictionFailure.NoModel } => (StatusCodes.Status503ServiceUnavailable, "The model is not there yet"),
            PredictionException => (StatusCodes.Status503ServiceUnavailable, "The service is shutting down"),
            BadHttpRequestException bad => (bad.StatusCode, "The request is not understood"),
            _ => (0, ""),
        };
        if (status == 0)
            return false;
        if (status == StatusCodes.Status503ServiceUnavailable)
            context.Response.Headers.RetryAfter = "1";
        await TypedResults.Problem(exception.Message, statusCode: status, title: title).ExecuteAsync(context);
        return true;
    }

    /// <summary>The state of every model.</summary>
    public static Task WriteHealth(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json";
        using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        writer.WriteStartObject();
        writer.WriteString("status", report.Status.ToString());
        writer.WriteStartObject("models");
        foreach (var (name, state) in report.Entries.SelectMany(entry => entry.Value.Data))
            writer.WriteString(name, state.ToString());
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return Task.CompletedTask;
    }
}
