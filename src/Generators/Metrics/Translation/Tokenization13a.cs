using System.Text.RegularExpressions;

namespace Extensions.ML.Generators;

/// <summary>
/// The words of <c>mteval-v13a.pl</c>, the script of NIST that BLEU scores are compared by: punctuation stands apart, but for periods and
/// commas within numbers, and hyphens and apostrophes within words.
/// </summary>
static partial class Tokenization13a
{
    /// <summary>The words of a sentence.</summary>
    public static List<string> Words(string text)
    {
        text = SentencePairs.TrimEnd(text).Replace("<skipped>", "").Replace("-\n", "").Replace('\n', ' ');
        text = text.Replace("&quot;", "\"").Replace("&amp;", "&").Replace("&lt;", "<").Replace("&gt;", ">");
        text = Punctuation().Replace($" {text} ", " $1 ");
        text = MarkBehindOther().Replace(text, "$1 $2 ");
        text = MarkBeforeOther().Replace(text, " $1 $2");
        return SentencePairs.Words(DashBehindDigit().Replace(text, "$1 $2 "));
    }

    // All of ASCII's punctuation but the apostrophe, the comma, the hyphen and the period; the space too, which changes nothing.
    [GeneratedRegex(@"([\{-~\[-` -&\(-+:-@/])")]
    private static partial Regex Punctuation();

    [GeneratedRegex(@"([^0-9])([.,])")]
    private static partial Regex MarkBehindOther();

    [GeneratedRegex(@"([.,])([^0-9])")]
    private static partial Regex MarkBeforeOther();

    [GeneratedRegex(@"([0-9])(-)")]
    private static partial Regex DashBehindDigit();
}
