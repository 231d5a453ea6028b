using System.IO.Compression;
using Microsoft.ML;

namespace Extensions.ML.Transforms.Tests;

/// <summary>A damaged or hostile model file gives one clear exception: never a crash, a hang or a silent wrong model.</summary>
[TestClass]
public class DamagedModelTests
{
    const int Width = 6;
    const int Mutations = 2000;
    readonly MLContext _ml = new(seed: 1);

    /// <summary>A detector, which learned numbers, or a translator or language model, which holds a tokenizer too; and rows to score.</summary>
    (byte[] Model, IDataView Rows) SavedModel(string kind)
    {
        using var stream = new MemoryStream();
        if (kind == "translator")
        {
            var pairs = _ml.Data.LoadFromEnumerable(TranslationTests.Pairs(40, seed: 1));
            using var translator = _ml.Translation.Trainers.Transformer(TranslationTests.Settings(epochs: 1)).Fit(pairs);
            _ml.Model.Save(translator, pairs.Schema, stream);
            return (stream.ToArray(), _ml.Data.LoadFromEnumerable(TranslationTests.Pairs(4, seed: 2)));
        }
        if (kind == "language model")
        {
            var texts = _ml.Data.LoadFromEnumerable(LanguageModelTests.Rows(40, seed: 1));
            var settings = LanguageModelTests.Settings(epochs: 1);
            settings.PerplexityColumnName = "Score";
            using var language = _ml.Generation.Trainers.LanguageModel(settings).Fit(texts);
            _ml.Model.Save(language, texts.Schema, stream);
            return (stream.ToArray(), _ml.Data.LoadFromEnumerable(LanguageModelTests.Rows(4, seed: 2)));
        }
        var data = _ml.ToView(Samples.NearPlane(100, Width), Width, slotNames: true);
        using var model = _ml.AnomalyDetection.Trainers.Autoencoder(new AutoencoderAnomalyTrainer.Options { Epochs = 1, ContributionsColumnName = "Why" }).Fit(data);
        _ml.Model.Save(model, data.Schema, stream);
        return (stream.ToArray(), _ml.ToView(Samples.NearPlane(4, Width), Width));
    }

    [TestMethod]
    [DataRow("detector")]
    [DataRow("translator")]
    [DataRow("language model")]
    public void MutationsOfOurEntriesGiveClearExceptions(string kind)
    {
        var (model, rows) = SavedModel(kind);
        var original = Unzip(model);
        var ours = original.Keys.Where(name => name.EndsWith("model.json") || name.EndsWith("weights.safetensors")).ToArray();
        Assert.HasCount(2, ours);
        var random = new Random(1);
        var refused = 0;
        for (var i = 0; i < Mutations; i++)
        {
            var parts = new Dictionary<string, byte[]>(original);
            var name = ours[i % 2];
            parts[name] = Mutate(parts[name], i / 2 % 6, random);
            if (LoadAndScore(Zip(parts), rows) is not { } error)
                continue;
            refused++;
            // ML.NET's loader wraps what a component throws while it is read.
            for (; error.InnerException != null && error is not InvalidDataException; error = error.InnerException) { }
            // A changed column name is a sound file of another model: the data then lacks that column. So are huge weights, which make no probabilities.
            if (!(error is ArgumentOutOfRangeException && error.Message.Contains("column", StringComparison.OrdinalIgnoreCase)
                || error is InvalidOperationException && error.Message.Contains("not finite")))
                Assert.IsInstanceOfType<InvalidDataException>(error, $"mutation {i} of {name}: {error}");
            Assert.IsGreaterThan(20, error.Message.Length, error.Message);
        }
        Assert.IsGreaterThan(Mutations / 3, refused);
    }

    [TestMethod]
    public void MutationsOfTheWholeFileNeverCrash()
    {
        var (original, rows) = SavedModel("detector");
        var random = new Random(2);
        for (var i = 0; i < Mutations; i++)
            LoadAndScore(Mutate(original, i % 4, random), rows);
    }

    static byte[] Mutate(byte[] bytes, int kind, Random random)
    {
        var copy = (byte[])bytes.Clone();
        switch (kind)
        {
            case 0: // truncated
                return copy[..random.Next(copy.Length)];
            case 1: // one bit flipped
                copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
                return copy;
            case 2: // some bytes overwritten
                random.NextBytes(copy.AsSpan(random.Next(copy.Length - 4), 4));
                return copy;
            case 3: // a piece repeated
                return [.. copy[..random.Next(copy.Length)], .. copy[random.Next(copy.Length)..]];
            case 4: // a huge number in the header
                BitConverter.TryWriteBytes(copy.AsSpan(0, 8), random.NextInt64(long.MinValue, long.MaxValue));
                return copy;
            default: // a digit made larger, wherever the header or the description has one
                var digits = Enumerable.Range(0, Math.Min(copy.Length, 2000)).Where(at => copy[at] is >= (byte)'0' and <= (byte)'8').ToArray();
                var place = digits[random.Next(digits.Length)];
                return random.Next(2) == 0
                    ? [.. copy[..place], (byte)'9', .. copy[(place + 1)..]]
                    : [.. copy[..place], .. "99999999999"u8, .. copy[place..]];
        }
    }

    /// <summary>Loads a model and scores with it; what it threw, or null.</summary>
    Exception? LoadAndScore(byte[] bytes, IDataView rows)
    {
        try
        {
            var model = _ml.Model.Load(new MemoryStream(bytes), out _);
            using (model as IDisposable)
                model.Transform(rows).Scores();
            return null;
        }
        catch (Exception e) when (e is not (AssertFailedException or OutOfMemoryException))
        {
            return e;
        }
    }

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

    static byte[] Zip(Dictionary<string, byte[]> parts)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, content) in parts)
            {
                using var entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(content);
            }
        return stream.ToArray();
    }
}
