using Samples.Data;
using Samples.Output;

namespace Translation;

/// <summary>Sentences of two languages.</summary>
/// <param name="Name">What they are.</param>
/// <param name="Training">The pairs to learn from.</param>
/// <param name="Validation">The pairs that training is watched on.</param>
/// <param name="Test">The pairs that the translator is judged on.</param>
/// <param name="VocabularySize">Tokens to learn.</param>
sealed record Corpus(string Name, SentencePair[] Training, SentencePair[] Validation, SentencePair[] Test, int VocabularySize)
{
    /// <summary>Image captions where they are at hand, otherwise what things cost.</summary>
    public static Corpus Load(SampleOptions options)
    {
        if (options.Data != null && Path.Combine(options.Data, "multi30k") is var folder && Directory.Exists(folder))
        {
            return new("Multi30k: captions of pictures", [.. SentencePair.Read(folder, "train").Take(options.Quick ? 1_500 : int.MaxValue)],
                [.. SentencePair.Read(folder, "val").Take(options.Quick ? 100 : int.MaxValue)],
                [.. SentencePair.Read(folder, "test_2016_flickr").Take(options.Quick ? 100 : int.MaxValue)], 8_000);
        }
        var pairs = MadePrices.Draw(options.Quick ? 2_000 : 12_000, seed: 1);
        var test = options.Quick ? 100 : 500;
        return new("Prices of things, made by this program", pairs[(2 * test)..], pairs[test..(2 * test)], pairs[..test], 400);
    }
}
