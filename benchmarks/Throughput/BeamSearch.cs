using Extensions.ML;
using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Samples.Data;

namespace Benchmarks.Throughput;

/// <summary>
/// Sentences translated by the default transformer with a beam of five, text to text, beside the loop that one writes over PyTorch's
/// <c>nn.Transformer</c>, whose decoder reads the whole beginning again for every further token until the longest of a batch is done. Translations
/// are as long as their sources, so that what the networks know does not matter.
/// </summary>
static class BeamSearch
{
    const int Words = 7_990, Longest = 24, Sentences = 128, Beams = 5;

    public static IEnumerable<Row> Run(BenchmarkOptions options, int threads)
    {
        var random = new Random(options.Seeds[0]);
        SentencePair[] pairs = [.. Enumerable.Range(0, 4_000).Select(_ => new SentencePair { Source = Sentence(), Target = Sentence() })];
        // About as long as captions are.
        string Sentence() => string.Join(' ', Enumerable.Range(0, 6 + random.Next(10) + random.Next(10)).Select(_ => $"w{random.Next(Words)}"));
        var ml = new MLContext(options.Seeds[0]);
        TorchEngine.Threads = threads;
        using var model = ml.Translation.Trainers.Transformer(new TransformerTranslationTrainer.Options
        {
            Tokenizer = new WordOptions { MinimumFrequency = 1 },
            Epochs = 1,
        }).Fit(ml.Data.LoadFromEnumerable(pairs.Take(1_000)));
        var sources = pairs.TakeLast(Sentences).Select(pair => pair.Source).ToArray();
        var asLong = new LengthLimit(0, PerSourceToken: 1);
        var decoding = new DecodingOptions { Beams = Beams, MinimumLength = asLong, MaximumLength = asLong };

        using var peer = new PythonPeer("throughput.py", likeOurs: false);
        var network = (TransformerTranslation)model.Model.Architecture.Network;
        var request = new
        {
            work = "beam", threads, lengths = sources.Select(source => source.Split(' ').Length), beams = Beams, network = new
            {
                vocabulary = model.TargetTokenizer.VocabularySize, length = Longest, width = network.Width, heads = network.Heads, layers = network.EncoderLayers,
                hidden = network.FeedForwardSize, dropout = network.Dropout, smoothing = 0.1,
            },
        };
        var figures = Turns.WarmMedians(7, () => Timing.Of(() => model.Translate(sources, decoding)).With(threads), () => peer.Time(request).With(threads));
        yield return Row.Higher($"beam search, {(threads == 1 ? "1 thread" : $"{threads} threads")} / PyTorch, decoder without a cache",
            Sentences / figures[0], Sentences / figures[1], $"sentences/s {Timing.Clock(threads)}");
    }
}
