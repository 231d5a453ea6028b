using Extensions.ML.Trainers;
using Samples.Data;

namespace Benchmarks.Throughput;

/// <summary>A network, the rows that it learns, and how peers/networks.py is asked for the same network.</summary>
/// <param name="Name">For the names of rows.</param>
/// <param name="Description">Its sizes.</param>
/// <param name="Architecture">The network here.</param>
/// <param name="Peer">The class there, <c>kind</c>, and its arguments.</param>
/// <param name="Rows">What it learns: values from 0 to 1.</param>
/// <param name="BatchSize">Rows in a step.</param>
sealed record Workload(string Name, string Description, AutoencoderArchitecture Architecture, object Peer, float[][] Rows, int BatchSize)
{
    const int Side = 28, Pixels = Side * Side, Steps = 48, StepSize = 3, Columns = 30;
    const int Code = 64, Small = 16;

    /// <summary>The network that fits and scoring are measured with, too.</summary>
    public static Workload Dense(BenchmarkOptions options)
    {
        const int batch = 256, hidden = 256;
        return new("dense", $"{Pixels}-{hidden}-{Code}-{hidden}-{Pixels}",
            Of(Pixels, Code, new DenseNetwork { HiddenSizes = [hidden] }, Activation.Sigmoid),
            new { kind = "Dense", width = Pixels, hidden, code = Code }, Digits(options, 15 * batch), batch);
    }

    /// <summary>The other networks, as they are by default where their sizes do not say otherwise.</summary>
    public static IEnumerable<Workload> Others(BenchmarkOptions options)
    {
        const int batch = 128, rows = 10 * batch;
        var (seed, digits) = (options.Seeds[0], Digits(options, rows));
        var convolutional = new ConvolutionalNetwork();
        yield return new("convolutional", $"grey images of {Side} x {Side}, {string.Join(" and ", convolutional.Filters)} filters, code {Code}",
            Of(Pixels, Code, convolutional, Activation.Sigmoid),
            new { kind = "Convolutional", side = Side, filters = convolutional.Filters, code = Code }, digits, batch);

        var windows = Windows(seed, rows);
        foreach (var design in new[] { new RecurrentNetwork(), new RecurrentNetwork { Cell = RecurrentCell.Gru } })
        {
            var (cell, state) = (design.Cell.ToString().ToUpperInvariant(), design.StateSize);
            yield return new(cell, $"windows of {Steps} steps of {StepSize} values, state {state}, code {Small}",
                Of(Steps * StepSize, Small, design with { StepSize = StepSize }),
                new { kind = "Recurrent", cell, steps = Steps, step = StepSize, state, code = Small }, windows, batch);
        }

        var table = new MaskedTransformerNetwork { MaskRatio = 0.5, FeedForwardSize = 256 };
        var (size, heads, layers, decoder_layers, hidden) = (table.TokenSize, table.Heads, table.Layers, table.DecoderLayers, table.FeedForwardSize);
        var blocks = $"{layers} and {decoder_layers} blocks, {size} wide, code";
        yield return new("masked table", $"{Columns} columns, half of them hidden, {blocks} {Small}", Of(Columns, Small, table),
            new { kind = "MaskedTable", tokens = Columns, size, heads, layers, decoder_layers, hidden, masked = table.MaskRatio, code = Small },
            Made(seed, rows, Columns, (random, _) => random.NextSingle()), batch);

        const int patch = 4;
        var patches = table with { MaskRatio = 0.75, PatchSize = patch };
        yield return new("masked patches", $"{Pixels / patch / patch} patches of {patch} x {patch}, three quarters hidden, {blocks} {Code}",
            Of(Pixels, Code, patches, Activation.Sigmoid),
            new { kind = "MaskedImages", side = Side, patch, size, heads, layers, decoder_layers, hidden, masked = patches.MaskRatio, code = Code },
            digits, batch);
    }

    static AutoencoderArchitecture Of(int width, int code, NetworkDesign network, Activation output = Activation.Identity) =>
        new() { InputSize = width, CodeSize = code, Network = network, OutputActivation = output };

    static float[][] Digits(BenchmarkOptions options, int count) => options.Data is { } folder
        ? Idx.ReadImages(Path.Combine(folder, "mnist", "train-images-idx3-ubyte.gz"), count)
        : Made(options.Seeds[0], count, Pixels, (random, _) => random.NextSingle());

    static float[][] Windows(int seed, int count) => Made(seed, count, Steps * StepSize,
        (random, slot) => 0.5f + 0.4f * MathF.Sin(0.2f * (slot / StepSize) * (1 + slot % StepSize)) + 0.1f * random.NextSingle());

    static float[][] Made(int seed, int count, int width, Func<Random, int, float> value)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, width).Select(slot => value(random, slot)).ToArray())];
    }
}
