using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Benchmarks;

/// <summary>What the command line asks for.</summary>
/// <param name="Name">The benchmark.</param>
/// <param name="Data">The folder of the data; <see langword="null"/> where there is none, or none is wanted.</param>
/// <param name="Seeds">Seeds of what is random: one run each for a measure of quality; the first for one of speed.</param>
/// <param name="Threads">The only thread count to measure; <see langword="null"/> for the benchmark's own.</param>
/// <param name="Json">Where to write the figures as JSON; <see langword="null"/> for nowhere.</param>
/// <param name="Only">Measures only what has this in its name; <see langword="null"/> for everything.</param>
/// <param name="Test">Name of the test set; <see langword="null"/> for the benchmark's own.</param>
/// <param name="Model">File of a model: read where it is there, else written; <see langword="null"/> for none.</param>
/// <param name="Seconds">How long to load the service; <see langword="null"/> for the benchmark's own.</param>
/// <param name="Quick">Whether less data and fewer epochs are used, so that everything runs and the figures mean little.</param>
sealed record BenchmarkOptions(string Name, string? Data, int[] Seeds, int? Threads, string? Json, string? Only, string? Test, string? Model,
    int? Seconds, bool Quick)
{
    public const string Help = """
        bench NAME [--data FOLDER] [--seeds 0,1,2] [--threads N] [--only TEXT] [--test NAME] [--model FILE] [--seconds N]
              [--json FILE] [--quick]

          --data FOLDER  the data. Without it: shared/data in or beside a folder above this one; 'made' uses none
          --seeds LIST   seeds of what is random
          --threads N    measures with this number of threads only
          --only TEXT    throughput and generation: measures only what has this in its name: dense, U-Net, streamed; bounds, digits, dcgan, tables, densities
          --test NAME    translation: judged on NAME.en.gz and NAME.de.gz beside train.* and val.*. Default: test_2016_flickr
          --model FILE   translation: translates with the model of this file; where there is none, trains one and writes it
          --seconds N    serving: how long the service is loaded. Default: 20; 600 shows how its memory does
          --json FILE    writes the figures too. throughput: {"rows":[{"work","ours","peer","ratio","unit"}]}, where a ratio above 1 means
                         that ours is better. anomaly: {"sets":[{"name","method","auroc","ap","seconds"}],"mean":{METHOD:{"auroc","ap","rank"}}}
                         generation, tokens and serving: {"figures":{NAME:VALUE}}
                         translation: {"bleu","chrf2","train_seconds","translate_seconds",...}
          --quick        generation, translation: less data and fewer epochs; the figures then mean little
        """;

    public static bool TryParse(string[] args, [NotNullWhen(true)] out BenchmarkOptions? options, out string problem)
    {
        options = null;
        problem = "";
        if (args.Length == 0 || args[0].StartsWith('-'))
            return false;
        string? data = null, json = null, only = null, test = null, model = null;
        int[] seeds = [0, 1, 2];
        int? threads = null, seconds = null;
        var quick = args.Contains("--quick");
        args = [.. args.Where(argument => argument != "--quick")];
        for (var i = 1; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : null;
            switch (args[i])
            {
                case "--data" when value != null:
                    data = value;
                    break;
                case "--json" when value != null:
                    json = value;
                    break;
                case "--only" when value != null:
                    only = value;
                    break;
                case "--test" when value != null:
                    test = value;
                    break;
                case "--model" when value != null:
                    model = value;
                    break;
                case "--threads" when TryParse(value, least: 1, out var count):
                    threads = count;
                    break;
                case "--seconds" when TryParse(value, least: 1, out var time):
                    seconds = time;
                    break;
                case "--seeds" when value?.Split(',') is { } parts && Array.TrueForAll(parts, part => TryParse(part, least: 0, out _)):
                    seeds = Array.ConvertAll(parts, part => int.Parse(part, CultureInfo.InvariantCulture));
                    break;
                default:
                    problem = $"'{args[i]} {value}' is not understood.";
                    return false;
            }
        }
        try
        {
            options = new BenchmarkOptions(args[0], Samples.Data.DataFolder.Find(data), seeds, threads, json, only, test, model, seconds, quick);
            return true;
        }
        catch (DirectoryNotFoundException e)
        {
            problem = e.Message;
            return false;
        }
    }

    static bool TryParse(string? text, int least, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least;
}
