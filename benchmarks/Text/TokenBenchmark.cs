using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Extensions.ML.Generators;
using Samples.Output;

namespace Benchmarks.Text;

/// <summary>How fast a joint vocabulary is learned from the sentences of two languages, and how fast text becomes tokens and text again.</summary>
static class TokenBenchmark
{
    const int Merges = 8000;

    public static Findings Run(BenchmarkOptions options)
    {
        string[] texts = [.. Lines("train.en.gz"), .. Lines("train.de.gz")];
        // Beside what is merged the vocabulary has the bytes, and three special tokens.
        var learning = new BytePairOptions { VocabularySize = Merges + 256 + 3 };
        var tokenizer = BytePairTokenizer.Train(texts, learning);
        var tokens = Array.ConvertAll(texts, tokenizer.Encode);
        double megabytes = texts.Sum(Encoding.UTF8.GetByteCount) / 1e6;
        var figures = new Dictionary<string, double>
        {
            ["learning, seconds"] = Seconds(() => BytePairTokenizer.Train(texts, learning)),
            ["encoding, MB/s"] = megabytes / Seconds(() => Array.ForEach(texts, text => tokenizer.Encode(text))),
            // A tokenizer that was just read knows no words yet.
            ["encoding, words met for the first time, MB/s"] = megabytes / Seconds(fresh => Array.ForEach(texts, text => fresh.Encode(text)), Copy),
            ["decoding, MB/s"] = megabytes / Seconds(() => Array.ForEach(tokens, sentence => tokenizer.Decode(sentence))),
            ["bytes for each token"] = megabytes * 1e6 / tokens.Sum(sentence => sentence.Length),
        };
        var culture = CultureInfo.InvariantCulture;
        var table = new Table("Benchmark tokens", ["Byte-pair encoding", "Figure"],
            [.. figures.Select(figure => new[] { figure.Key, figure.Value.ToString("G4", culture) })],
            $"{Merges:N0} merges, learned from {texts.Length:N0} sentences ({megabytes:F1} MB). Medians of five; processor time of one thread.");
        return new([table], new { figures });

        Tokenizer Copy()
        {
            using var file = new MemoryStream();
            tokenizer.Write(file);
            file.Position = 0;
            return Tokenizer.Read(file);
        }

        IEnumerable<string> Lines(string name)
        {
            var path = new[] { options.Data, Path.Combine(options.Data ?? "", "multi30k") }.Select(folder => Path.Combine(folder ?? "", name))
                .FirstOrDefault(File.Exists) ?? throw new InvalidDataException($"There is no {name} in the data folder '{options.Data}'.");
            using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
            while (reader.ReadLine() is { } line)
                yield return line;
        }
    }

    static double Seconds(Action work) => Seconds(_ => work(), () => 0);

    static double Seconds<T>(Action<T> work, Func<T> prepare)
    {
        var seconds = new double[5];
        for (var i = 0; i < seconds.Length; i++)
        {
            var with = prepare();
            var start = Process.GetCurrentProcess().TotalProcessorTime;
            work(with);
            seconds[i] = (Process.GetCurrentProcess().TotalProcessorTime - start).TotalSeconds;
        }
        Array.Sort(seconds);
        return seconds[seconds.Length / 2];
    }
}
