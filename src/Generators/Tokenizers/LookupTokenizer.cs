using System.Text.Json;

namespace Extensions.ML.Generators;

/// <summary>A tokenizer whose words are its tokens; what the vocabulary does not hold is the unknown token, and lost.</summary>
public abstract class LookupTokenizer : Tokenizer
{
    readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _tokens;

    private protected LookupTokenizer(Vocabulary vocabulary, PreTokenizer words) : base(vocabulary, words)
    {
        var tokens = new Dictionary<string, int>(VocabularySize);
        var text = new System.Text.StringBuilder();
        for (int token = 0; token < VocabularySize; token++)
        {
            var bytes = vocabulary.Bytes(token);
            if (bytes.IsEmpty) continue;
            TextBytes.Append(bytes, text.Clear(), last: true);
            tokens.TryAdd(text.ToString(), token);
        }
        _tokens = tokens.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    private protected override void EncodeWord(ReadOnlySpan<char> word, List<int> tokens) =>
        tokens.Add(_tokens.TryGetValue(word, out int token) ? token : Special.Unknown!.Value);

    private protected override void WriteModel(Utf8JsonWriter json)
    {
        json.WriteString("type", "WordLevel");
        json.WriteString("unk_token", Vocabulary.Name(Special.Unknown!.Value));
    }

    /// <summary>The most frequent words; of those that are as frequent, the smaller code units go first.</summary>
    private protected static IEnumerable<KeyValuePair<string, long>> ByFrequency(
        Dictionary<string, long> counts, TokenizerOptions options) =>
        counts.Where(word => word.Value >= options.MinimumFrequency)
            .OrderByDescending(word => word.Value).ThenBy(word => word.Key, StringComparer.Ordinal)
            .Take(options.VocabularySize - SpecialNames.List(options, unknown: true).Count);
}
