using System.Text;

namespace Extensions.ML.Generators;

/// <summary>What all metrics of translations share: sentences beside their references, and words as Python divides text.</summary>
static class SentencePairs
{
    /// <summary>Checks sentences and their references.</summary>
    /// <exception cref="ArgumentException">They are not as many, or one is missing.</exception>
    public static void Check(IReadOnlyList<string> translations, IReadOnlyList<string> references)
    {
        ArgumentNullException.ThrowIfNull(translations);
        ArgumentNullException.ThrowIfNull(references);
        if (translations.Count != references.Count)
            throw new ArgumentException($"Got {translations.Count} translations and {references.Count} references; as many are expected.");
        for (int row = 0; row < translations.Count; row++)
        {
            if (translations[row] is null) throw new ArgumentException($"Translation {row} is missing.", nameof(translations));
            if (references[row] is null) throw new ArgumentException($"Reference {row} is missing.", nameof(references));
        }
    }

    /// <summary>White space as Python's <c>str.split</c> knows it: .NET's, and the four separators of ASCII.</summary>
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001C' and <= '\u001F';

    /// <summary>What stands between white space.</summary>
    public static List<string> Words(string text)
    {
        var words = new List<string>();
        for (int start = 0; start < text.Length; start++)
        {
            if (IsSpace(text[start])) continue;
            int end = start + 1;
            while (end < text.Length && !IsSpace(text[end])) end++;
            words.Add(text[start..end]);
            start = end;
        }
        return words;
    }

    /// <summary>The text without the white space at its end.</summary>
    public static string TrimEnd(string text)
    {
        int end = text.Length;
        while (end > 0 && IsSpace(text[end - 1])) end--;
        return text[..end];
    }

    /// <summary>
    /// Lower case as Python's <c>str.lower</c> makes it: beyond the invariant culture's, a dotted capital I keeps its dot, and a capital
    /// sigma at the end of a word is a final one.
    /// </summary>
    public static string Lower(string text)
    {
        if (text.AsSpan().IndexOfAny('\u0130', '\u03A3') < 0) return text.ToLowerInvariant();
        var lower = new StringBuilder(text.Length + 1);
        for (int i = 0; i < text.Length; i++)
        {
            bool isFinal = i > 0 && char.IsLetter(text[i - 1]) && (i + 1 == text.Length || !char.IsLetter(text[i + 1]));
            if (text[i] == '\u0130') lower.Append("i\u0307");
            else if (text[i] == '\u03A3' && isFinal) lower.Append('\u03C2');
            else lower.Append(text[i]);
        }
        return lower.ToString().ToLowerInvariant();
    }

    /// <summary>Numbers for words: the same for the same word, from 0 on.</summary>
    public static int[] Number(List<string> words, Dictionary<string, int> numbers)
    {
        var result = new int[words.Count];
        for (int i = 0; i < result.Length; i++)
        {
            if (!numbers.TryGetValue(words[i], out int number)) numbers.Add(words[i], number = numbers.Count);
            result[i] = number;
        }
        return result;
    }
}
