using System.Diagnostics;
using System.IO.Compression;
using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML;

namespace Extensions.ML.Transforms.Tests;

/// <summary>
/// Files of every component with seeded damage: each is read, or refused by the documented exception, in bounded time and memory. The variable
/// FUZZ_MUTATIONS says how many files in all; default 1,000. FUZZ_SEED gives others.
/// </summary>
[TestClass]
[DoNotParallelize]
public class FuzzTests
{
    const long MostMemory = 128 << 20; // for files of some kilobytes
    static readonly TimeSpan s_longest = TimeSpan.FromSeconds(20);
    static readonly int s_seed = Setting("FUZZ_SEED", 1);
    // Of each kind of file, of which there are some more than components.
    static readonly int s_mutations = Setting("FUZZ_MUTATIONS", 1000) / (Components.All.Count + 4) + 1;

    readonly MLContext _ml = new(seed: 1);

    public static IEnumerable<object[]> Names => Components.All.Keys.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void ModelFiles(string name)
    {
        var data = Components.Data(_ml);
        var whole = Save(name, data);
        var parts = Unzip(whole);
        var ours = parts.Keys.Where(part => part.EndsWith("model.json") || part.EndsWith("weights.safetensors")).Order().ToArray();
        var refused = 0;
        for (var i = 0; i < s_mutations; i++)
        {
            var random = Random(name, i);
            var changed = new Dictionary<string, byte[]>(parts);
            var part = ours[i % 2 % ours.Length];
            changed[part] = part.EndsWith("model.json") ? random.Next(3) > 0 ? Mutations.OfJson(parts[part], random) : Mutations.OfBytes(parts[part], random)
                : Mutations.OfTensors(parts[part], random);
            var file = new MemoryStream(ModelFileTests.Zip(changed.Select(part => (part.Key, part.Value)), CompressionLevel.NoCompression));
            var used = false;
            var error = Bounded($"{name}, mutation {i}", () =>
            {
                var model = _ml.Model.Load(file, out _);
                using (model as IDisposable)
                {
                    used = true;
                    Components.Use(_ml, model, data);
                }
            });
            if (error is null) continue;
            refused++;
            // ML.NET's loader wraps what a component throws while it is read.
            var cause = error;
            for (; cause.InnerException is not null && cause is not InvalidDataException; cause = cause.InnerException) { }
            // A changed column name is a sound file of another model, which the data does not fit; so are weights whose scores are no numbers.
            var sound = used && (cause is ArgumentOutOfRangeException && cause.Message.Contains("column")
                || cause is InvalidOperationException && cause.Message.Contains("not finite"));
            Assert.IsTrue(sound || cause is InvalidDataException && !used, $"{name}, mutation {i} of {part}, {(used ? "used" : "read")}: {error}");
            Assert.IsGreaterThan(20, cause.Message.Length, cause.Message);
        }
        Assert.IsGreaterThan(s_mutations / 4, refused);
    }

    /// <summary>Damage that may hit ML.NET's own parts of the zip, whose reader throws what it likes.</summary>
    [TestMethod]
    [DataRow("detector, several networks")]
    [DataRow("translator, transformer")]
    public void WholeFilesNeverCrash(string name)
    {
        var data = Components.Data(_ml);
        var whole = Save(name, data);
        for (var i = 0; i < s_mutations; i++)
        {
            try
            {
                var model = _ml.Model.Load(new MemoryStream(Mutations.OfBytes(whole, Random("whole " + name, i))), out _);
                using (model as IDisposable)
                    Components.Use(_ml, model, data);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Assert.IsGreaterThan(0, e.Message.Length);
            }
        }
    }

    [TestMethod]
    public void Tokenizers()
    {
        string[] texts = [.. s_texts];
        Tokenizer[] tokenizers =
        [
            BytePairTokenizer.Train(texts, new() { VocabularySize = 300, NamedTokens = ["<de>"] }), WordTokenizer.Train(texts), CharacterTokenizer.Train(texts),
        ];
        byte[][] files = [.. tokenizers.Select(tokenizer =>
        {
            using var stream = new MemoryStream();
            tokenizer.Write(stream);
            return stream.ToArray();
        })];
        for (var i = 0; i < s_mutations; i++)
        {
            var random = Random("tokenizers", i);
            var file = files[i % files.Length];
            file = random.Next(2) == 0 ? Mutations.OfJson(file, random) : Mutations.OfBytes(file, random);
            var error = Bounded($"mutation {i}", () =>
            {
                var tokenizer = Tokenizer.Read(new MemoryStream(file));
                tokenizer.Decode(tokenizer.Encode(texts[0]));
            });
            Assert.IsTrue(error is null or FormatException or NotSupportedException, $"mutation {i}: {error}");
        }
    }

    static readonly string[] s_texts = ["The quick brown fox <de> jumps over the lazy dog", "Zürich, Genève and Lugano"];

    [TestMethod]
    public void Checkpoints()
    {
        var folder = Directory.CreateTempSubdirectory("fuzz");
        try
        {
            var data = Components.Data(_ml);
            var path = Path.Combine(folder.FullName, "checkpoint.safetensors");
            Train();
            var whole = File.ReadAllBytes(path);
            for (var i = 0; i < s_mutations; i++)
            {
                File.WriteAllBytes(path, Mutations.OfTensors(whole, Random("checkpoints", i)));
                var error = Bounded($"mutation {i}", Train);
                Assert.IsTrue(error is null or TrainingException, $"mutation {i}: {error}");
            }

            void Train() => _ml.Transforms.AutoencoderEmbedding(new AutoencoderEmbeddingEstimator.Options
            {
                InputColumnName = "Features", EmbeddingSize = 3, Epochs = 2, CheckpointFolder = folder.FullName, ValidationFraction = 0.2,
            }).Fit(data).Dispose();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    byte[] Save(string name, IDataView data)
    {
        var model = Components.All[name](_ml).Fit(data);
        using (model as IDisposable)
        using (var stream = new MemoryStream())
        {
            _ml.Model.Save(model, data.Schema, stream);
            return stream.ToArray();
        }
    }

    /// <summary>Does something with a file and fails where it took too long or too much memory.</summary>
    /// <returns>What was thrown, or null.</returns>
    static Exception? Bounded(string what, Action action)
    {
        var (watch, before, memory) = (Stopwatch.StartNew(), GC.GetAllocatedBytesForCurrentThread(), PeakMemory.Start());
        Exception? error = null;
        try
        {
            action();
        }
        catch (Exception e)
        {
            error = e;
        }
        Assert.IsLessThan(s_longest, watch.Elapsed, what);
        Assert.IsLessThan(MostMemory, GC.GetAllocatedBytesForCurrentThread() - before, $"{what}: managed memory");
        Assert.IsLessThan(MostMemory, memory.Growth(), $"{what}: memory of the process");
        return error;
    }

    // By a hash of its own: the framework's is another in every process.
    static Random Random(string name, int number) => new(name.Aggregate(unchecked(s_seed * 1_000_003 + number), (hash, c) => unchecked(hash * 31 + c)));

    static int Setting(string name, int missing) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : missing;

    static Dictionary<string, byte[]> Unzip(byte[] bytes)
    {
        using var zip = new ZipArchive(new MemoryStream(bytes));
        return zip.Entries.ToDictionary(entry => entry.FullName, entry =>
        {
            using var content = new MemoryStream();
            using var stream = entry.Open();
            stream.CopyTo(content);
            return content.ToArray();
        });
    }
}

/// <summary>How far the memory of this process rises at its highest; on Linux, elsewhere nothing is seen.</summary>
readonly struct PeakMemory
{
    readonly long _before;

    PeakMemory(long before) => _before = before;

    public static PeakMemory Start()
    {
        if (!OperatingSystem.IsLinux()) return default;
        // Sets the highest back to what it is now.
        try { File.WriteAllText("/proc/self/clear_refs", "5"); }
        catch (IOException) { }
        catch (UnauthorizedAccessException) { }
        return new(Read("VmHWM:"));
    }

    public long Growth() => OperatingSystem.IsLinux() ? Read("VmHWM:") - _before : 0;

    static long Read(string name) => 1024 * long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal))
        .AsSpan(name.Length).Trim().ToString().Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
}
