using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Extensions.ML.Generators.Tests;

/// <summary>Against scores that sacreBLEU gave for the same files.</summary>
[TestClass]
public class ReferenceScoreTests
{
    [TestMethod]
    [DataRow("light")]
    [DataRow("heavy")]
    [DataRow("short")]
    [DataRow("copy_source")]
    [DataRow("tricky")]
    public void ScoresAreSacreBleus(string name)
    {
        string data = Folder(), flickr = Path.Combine(data, "multi30k", "test_2016_flickr");
        var (translations, references) = name switch
        {
            "tricky" => (Lines(Path.Combine(data, "mt-metrics", "tricky.hyp")), Lines(Path.Combine(data, "mt-metrics", "tricky.ref"))),
            "copy_source" => (Lines(flickr + ".en.gz"), Lines(flickr + ".de.gz")),
            _ => (Lines(Path.Combine(data, "mt-metrics", name + ".hyp.gz")), Lines(flickr + ".de.gz")),
        };
        using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(data, "mt-metrics", "scores.json")));
        var expected = file.RootElement.GetProperty("corpora").GetProperty(name);

        var bleu = BleuScore.OfCorpus(translations, references);
        Near("bleu", bleu.Score);
        Near("bleu_bp", bleu.BrevityPenalty);
        AllNear("bleu_precisions", bleu.Precisions);
        Assert.AreEqual(expected.GetProperty("sys_len").GetInt64(), bleu.TranslationLength);
        Assert.AreEqual(expected.GetProperty("ref_len").GetInt64(), bleu.ReferenceLength);
        StringAssert.StartsWith(expected.GetProperty("signature").GetString(), bleu.Signature + "|version:");
        Near("bleu_lowercase", BleuScore.OfCorpus(translations, references, lowercase: true).Score);
        Near("chrf2", ChrfScore.OfCorpus(translations, references).Score);
        Near("chrf2++", ChrfScore.OfCorpus(translations, references, wordOrder: 2).Score);
        Near("ter", TerScore.OfCorpus(translations, references).Score);
        var first = translations.Zip(references).Take(5).ToList();
        AllNear("sentence_bleu_first5", [.. first.Select(pair => BleuScore.OfSentence(pair.First, pair.Second).Score)]);
        AllNear("sentence_chrf_first5", [.. first.Select(pair => ChrfScore.OfSentence(pair.First, pair.Second).Score)]);

        void Near(string figure, double actual) => Assert.AreEqual(expected.GetProperty(figure).GetDouble(), actual, 1e-9, figure);

        void AllNear(string figure, IReadOnlyList<double> actual)
        {
            double[] wanted = [.. expected.GetProperty(figure).EnumerateArray().Select(value => value.GetDouble())];
            Assert.AreEqual(wanted.Length, actual.Count, figure);
            for (int i = 0; i < wanted.Length; i++) Assert.AreEqual(wanted[i], actual[i], 1e-9, $"{figure}[{i}]");
        }
    }

    static string[] Lines(string path)
    {
        using Stream file = File.OpenRead(path);
        using var reader = new StreamReader(path.EndsWith(".gz") ? new GZipStream(file, CompressionMode.Decompress) : file);
        return reader.ReadToEnd().TrimEnd('\n').Split('\n');
    }

    /// <summary>shared/data in a folder above this source.</summary>
    static string Folder([CallerFilePath] string source = "")
    {
        for (var folder = new FileInfo(source).Directory; folder != null; folder = folder.Parent)
        {
            if (Path.Combine(folder.FullName, "shared", "data") is var data && Directory.Exists(Path.Combine(data, "mt-metrics"))
                && Directory.Exists(Path.Combine(data, "multi30k"))) return data;
        }
        throw new AssertInconclusiveException("The scores are not here: shared/data/mt-metrics in a folder above this source.");
    }
}
