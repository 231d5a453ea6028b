using Extensions.ML.Generators;

namespace Extensions.ML;

/// <summary>Tokenizers by their options.</summary>
static class TokenizerLearning
{
    /// <summary>Learns the tokenizer that these are the options of.</summary>
    public static Tokenizer Learn(this TokenizerOptions options, IEnumerable<string> texts) => options switch
    {
        BytePairOptions bytePair => BytePairTokenizer.Train(texts, bytePair),
        WordOptions word => WordTokenizer.Train(texts, word),
        CharacterOptions character => CharacterTokenizer.Train(texts, character),
        _ => throw new NotSupportedException($"No tokenizer is learned by {options.GetType().Name}."),
    };
}
