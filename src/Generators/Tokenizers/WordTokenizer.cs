namespace Extensions.ML.Generators;

/// <summary>
/// Whole words, with the space before them; numbers and punctuation are words of their own. Text of known words is decoded exactly as it
/// was; a
/// word that the vocabulary does not hold becomes the unknown token, which decoding leaves out. Prefer <see cref="BytePairTokenizer"/>,
/// to which
/// nothing is unknown, unless each word is to be one token.
/// </summary>
public sealed class WordTokenizer : LookupTokenizer
{
    internal WordTokenizer(Vocabulary vocabulary, ByteLevelWords words) : base(vocabulary, words)
    {
    }

    /// <summary>Takes the most frequent words of text.</summary>
    /// <param name="texts">Sentences, lines or documents; gone through once.</param>
    /// <param name="options">How; <see langword="null"/>: the defaults.</param>
    /// <exception cref="ArgumentException">A text is missing, or an option is out of range.</exception>
    public static WordTokenizer Train(IEnumerable<string> texts, WordOptions? options = null)
    {
        options ??= new();
        options.Check(least: SpecialNames.List(options, unknown: true).Count);
        var words = new ByteLevelWords();
        var known = ByFrequency(words.Count(texts), options).Select(word => ByteLevelWords.Spell(TextBytes.Of(word.Key)));
        return new(Vocabulary.Of(options, unknown: true, [.. known], words), words);
    }
}
