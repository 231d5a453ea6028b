using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Extensions.ML.Trainers;

namespace Extensions.ML.Generators;

/// <summary>
/// Byte-pair encoding (Sennrich, Haddow and Birch, "Neural Machine Translation of Rare Words with Subword Units", ACL 2016): frequent
/// words are one
/// token, rare ones several, and since every byte is a token, nothing is unknown. Any string is decoded as it was encoded.
/// </summary>
/// <remarks>
/// What is learned here works on bytes, within words that carry the space before them (GPT-2): case and white space are kept. Learn one
/// from the
/// texts of both languages for a joint vocabulary, or one from each for separate vocabularies. The same texts in any order give the same
/// tokens.
/// </remarks>
public sealed class BytePairTokenizer : Tokenizer
{
    /// <summary>Words whose tokens are remembered, and code units of the longest of them.</summary>
    const int MostRemembered = 1 << 16, LongestRemembered = 48;

    readonly PairMerges _merges;
    readonly Dictionary<int, int>? _characters;
    readonly int[] _bytes;
    readonly ConcurrentDictionary<string, int[]> _remembered = new();
    readonly ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    int _rememberedCount;

    /// <param name="vocabulary">The tokens.</param>
    /// <param name="words">Divides text into words.</param>
    /// <param name="merges">What was learned.</param>
    /// <param name="bytes">[256]: the token of each byte, of one without a token the unknown token.</param>
    /// <param name="characters">The tokens of characters, by code point, which go before those of bytes; <see langword="null"/>: all text
    /// is bytes.</param>
    internal BytePairTokenizer(Vocabulary vocabulary, PreTokenizer words, PairMerges merges, int[] bytes, Dictionary<int, int>? characters)
        : base(vocabulary, words)
    {
        (_merges, _bytes, _characters) = (merges, bytes, characters);
        _lookup = _remembered.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Learns a vocabulary from text.</summary>
    /// <param name="texts">Sentences, lines or documents; gone through once.</param>
    /// <param name="options">How; <see langword="null"/>: the defaults.</param>
    /// <exception cref="ArgumentException">A text is missing, or an option is out of range.</exception>
    public static BytePairTokenizer Train(IEnumerable<string> texts, BytePairOptions? options = null)
    {
        options ??= new();
        int special = SpecialNames.List(options, unknown: false).Count;
        options.Check(least: special + 256);
        var words = new ByteLevelWords();
        // A byte's number among the pieces; its token stands behind the special ones.
        var numbers = new int[256];
        for (int i = 0; i < 256; i++) numbers[ByteLevelWords.Alphabet[i]] = i;
        var counts = words.Count(texts).Select(word => (Array.ConvertAll(TextBytes.Of(word.Key), b => numbers[b]), word.Value));
        var learner = new PairLearner(counts, ByteLevelWords.Alphabet.Select(b => ByteLevelWords.Spell([b])));
        learner.Learn(options.VocabularySize - special, options.MinimumFrequency);
        return new(Vocabulary.Of(options, unknown: false, learner.Pieces, words), words,
            new([.. learner.Merges.Select(m => (m.Left + special, m.Right + special, m.Merged + special))]),
            Array.ConvertAll(numbers, number => number + special), characters: null);
    }

    private protected override void EncodeWord(ReadOnlySpan<char> word, List<int> tokens)
    {
        if (word.Length > LongestRemembered)
        {
            tokens.AddRange(Divide(word));
            return;
        }
        if (!_lookup.TryGetValue(word, out int[]? known))
        {
            known = Divide(word).ToArray();
            if (_rememberedCount < MostRemembered && _remembered.TryAdd(word.ToString(), known))
                Interlocked.Increment(ref _rememberedCount);
        }
        tokens.AddRange(known);
    }

    ReadOnlySpan<int> Divide(ReadOnlySpan<char> word)
    {
        int[] tokens = _characters is null ? Array.ConvertAll(TextBytes.Of(word), b => _bytes[b]) : [.. Characters(word, _characters)];
        return tokens.AsSpan(0, _merges.Apply(tokens));
    }

    List<int> Characters(ReadOnlySpan<char> word, Dictionary<int, int> characters)
    {
        var tokens = new List<int>(word.Length);
        while (!word.IsEmpty)
        {
            Rune.DecodeFromUtf16(word, out var rune, out int length);
            // Half a surrogate pair decodes as U+FFFD, whose token it must not get.
            bool whole = rune != Rune.ReplacementChar || word[0] == '\uFFFD';
            if (whole && characters.TryGetValue(rune.Value, out int token)) tokens.Add(token);
            else foreach (byte value in TextBytes.Of(word[..length])) tokens.Add(_bytes[value]);
            word = word[length..];
        }
        return tokens;
    }

    private protected override void WriteModel(Utf8JsonWriter json)
    {
        json.WriteString("type", "BPE");
        json.WriteNull("dropout");
        json.WriteString("unk_token", Special.Unknown is { } unknown ? Vocabulary.Name(unknown) : null);
        json.WriteNull("continuing_subword_prefix");
        json.WriteNull("end_of_word_suffix");
        json.WriteBoolean("fuse_unk", false);
        json.WriteBoolean("byte_fallback", _characters is not null);
        json.WriteBoolean("ignore_merges", false);
    }

    private protected override void WriteMerges(Utf8JsonWriter json)
    {
        // Each pair as one string, which every version of the library reads; as two where a space within a token would make that unclear.
        bool apart = _merges.InOrder.Any(merge => Vocabulary.Name(merge.Merged).Contains(' '));
        json.WriteStartArray("merges");
        foreach (var (left, right, _) in _merges.InOrder)
        {
            if (!apart)
            {
                json.WriteStringValue($"{Vocabulary.Name(left)} {Vocabulary.Name(right)}");
                continue;
            }
            json.WriteStartArray();
            json.WriteStringValue(Vocabulary.Name(left));
            json.WriteStringValue(Vocabulary.Name(right));
            json.WriteEndArray();
        }
        json.WriteEndArray();
    }
}
