namespace Samples.Data;

/// <summary>
/// A made corpus of English and German whose right answers are known: <c>The old clock costs forty-two euros.</c> is <c>Die alte Uhr kostet
/// zweiundvierzig Euro.</c> A stand-in for real sentences where none are at hand; easier than those.
/// </summary>
public static class MadePrices
{
    static readonly (string English, string German)[] s_adjectives =
        [("old", "alte"), ("new", "neue"), ("small", "kleine"), ("large", "große"), ("red", "rote"), ("green", "grüne"), ("beautiful", "schöne"), ("cheap", "billige")];

    static readonly (string English, string German)[] s_nouns =
    [
        ("house", "Das|Haus"), ("car", "Das|Auto"), ("book", "Das|Buch"), ("picture", "Das|Bild"), ("table", "Der|Tisch"), ("chair", "Der|Stuhl"),
        ("garden", "Der|Garten"), ("clock", "Die|Uhr"), ("lamp", "Die|Lampe"), ("bag", "Die|Tasche"),
    ];

    /// <summary>Different sentences.</summary>
    /// <param name="count">Of sentences, at most a million.</param>
    /// <param name="seed">Other seeds draw others.</param>
    public static SentencePair[] Draw(int count, int seed)
    {
        var random = new Random(seed);
        var pairs = new Dictionary<string, SentencePair>();
        while (pairs.Count < count)
        {
            var (adjective, noun) = (s_adjectives[random.Next(s_adjectives.Length)], s_nouns[random.Next(s_nouns.Length)]);
            // As many short numbers as long ones; none that ends in a one, which German says in two ways.
            var price = random.Next(2, random.Next(3) switch { 0 => 100, 1 => 10_000, _ => 1_000_000 });
            if (price % 100 == 1)
                continue;
            var german = noun.German.Split('|');
            var pair = new SentencePair
            {
                Source = $"The {adjective.English} {noun.English} costs {MadeNumbers.English(price)} euros.",
                Target = $"{german[0]} {adjective.German} {german[1]} kostet {MadeNumbers.German(price)} Euro.",
            };
            pairs.TryAdd(pair.Source, pair);
        }
        return [.. pairs.Values];
    }
}
