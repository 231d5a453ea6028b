using Extensions.ML.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.ML;
using Microsoft.ML.Data;
using Samples.Data;

namespace WebApi;

/// <summary>What can be asked.</summary>
static class Endpoints
{
    const int MostCharacters = 2_000;

    public static void MapEndpoints(this WebApplication app)
    {
        app.MapPost("/anomaly", async (Reading reading, ServedPredictor<Reading, Detection> model, CancellationToken cancellation) =>
        {
            var found = await model.PredictAsync(reading, cancellation);
            return new AnomalyAnswer(found.Score, found.PredictedLabel);
        }).WithSummary("How unusual a row is").Fails();

        app.MapPost("/anomaly/explanation", async (Reading reading, ServedPredictor<Reading, ExplainedDetection> model, SlotNames names,
            CancellationToken cancellation) =>
        {
            var found = await model.PredictAsync(reading, cancellation);
            var slots = names.Of(model.OutputSchema, "Contributions");
            return new ExplanationAnswer(found.Score, found.PredictedLabel,
                [.. found.Contributions.Select((value, slot) => new Contribution(slots[slot], value))]);
        }).WithSummary("How unusual a row is, and which of its slots make it so").Fails();

        app.MapGet("/anomaly/examples", ExamplesAsync).WithSummary("Made readings of a water pump: one of each state");

        app.MapPost("/embedding", async (Reading reading, ServedPredictor<Reading, Embedded> model, CancellationToken cancellation) =>
            new EmbeddingAnswer((await model.PredictAsync(reading, cancellation)).Embedding)).WithSummary("A short code of a row").Fails();

        app.MapPost("/translate", async (TranslationRequest request, ServedTranslator model, CancellationToken cancellation) =>
        {
            Check(request);
            var found = await model.TranslateAsync(request.Text, cancellation);
            return new TranslationAnswer(found.Text, found.Score, found.Tokens, found.LogProbabilities);
        }).WithSummary("The best translation of a text").Fails();

        app.MapPost("/translate/stream", (TranslationRequest request, ServedTranslator model, CancellationToken cancellation) =>
        {
            Check(request);
            return TypedResults.ServerSentEvents(model.StreamAsync(request.Text, cancellation).Select(part => new TranslationPart(part)));
        }).WithSummary("A translation, part by part as it is found: server-sent events").Fails();

        app.MapPost("/translate/attention", async (TranslationRequest request, ServedTranslator model, CancellationToken cancellation) =>
        {
            Check(request);
            var found = await model.AttendAsync(request.Text, cancellation);
            var heads = found.Maps.Cross[^1];
            var weights = found.Target.Skip(1).Select((_, to) =>
                found.Source.Select((_, from) => heads.Average(head => head[to, from])).ToArray());
            return new AttentionAnswer([.. found.Source], [.. found.Target.Skip(1)], [.. weights]);
        }).WithSummary("Where the network looked as it came to each token of the best translation").Fails();
    }

    static void Check(TranslationRequest request)
    {
        if (request.Text is not { Length: > 0 and <= MostCharacters })
            throw new BadHttpRequestException($"A text of 1 to {MostCharacters:N0} characters is expected.");
    }

    static RouteHandlerBuilder Fails(this RouteHandlerBuilder endpoint) => endpoint
        .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable).ProducesProblem(StatusCodes.Status504GatewayTimeout);

    /// <summary>A normal reading and, of each fault, the one that the detector finds most unusual; from other days than those that it was trained on.</summary>
    static async Task<Example[]> ExamplesAsync(ServedPredictor<Reading, Detection> model, CancellationToken cancellation)
    {
        var examples = new List<Example>();
        foreach (var state in PumpTelemetry.Simulate(days: 60, seed: 2).GroupBy(row => row.Fault).OrderBy(state => state.Key))
        {
            var rows = state.Skip(1).Take(state.Key == 0 ? 1 : 60).Select(row => Array.ConvertAll(row.Values, value => MathF.Round(value, 2))).ToArray();
            var found = await Task.WhenAll(rows.Select(row => model.PredictAsync(new Reading { Features = row }, cancellation)));
            examples.Add(new(state.Key == 0 ? "normal" : PumpTelemetry.Faults[state.Key], PumpTelemetry.Sensors,
                rows.Zip(found).MaxBy(pair => pair.Second.Score).First));
        }
        return [.. examples];
    }
}

/// <summary>The slot names of a model's output, read anew when another model is live.</summary>
sealed class SlotNames
{
    sealed record Known(DataViewSchema Schema, string[] Names);

    volatile Known? _known;

    public string[] Of(DataViewSchema schema, string column)
    {
        if (_known is { } known && known.Schema == schema)
            return known.Names;
        var names = new VBuffer<ReadOnlyMemory<char>>();
        if (schema[column].HasSlotNames())
            schema[column].GetSlotNames(ref names);
        var size = ((VectorDataViewType)schema[column].Type).Size;
        string[] all = names.Length == size ? [.. names.DenseValues().Select(name => name.ToString())]
            : [.. Enumerable.Range(0, size).Select(slot => $"slot {slot}")];
        _known = new(schema, all);
        return all;
    }
}
