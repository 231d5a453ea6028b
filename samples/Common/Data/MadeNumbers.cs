namespace Samples.Data;

/// <summary>
/// Whole numbers below a million in English and German words: <c>forty-two thousand and one</c> is <c>zweiundvierzigtausendeins</c>, for German names
/// ones before tens and writes everything in one word.
/// </summary>
public static class MadeNumbers
{
    static readonly string[] s_english =
    [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen",
        "sixteen", "seventeen", "eighteen", "nineteen",
    ];

    static readonly string[] s_englishTens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    static readonly string[] s_german =
    [
        "null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf", "dreizehn", "vierzehn", "fünfzehn",
        "sechzehn", "siebzehn", "achtzehn", "neunzehn",
    ];

    static readonly string[] s_germanTens = ["", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"];

    public static string English(int number) => number switch
    {
        < 20 => s_english[number],
        < 100 => s_englishTens[number / 10] + (number % 10 > 0 ? "-" + s_english[number % 10] : ""),
        < 1_000 => $"{s_english[number / 100]} hundred" + (number % 100 > 0 ? " and " + English(number % 100) : ""),
        _ => $"{English(number / 1_000)} thousand" + (number % 1_000) switch
        {
            0 => "",
            < 100 and var rest => " and " + English(rest),
            var rest => " " + English(rest),
        },
    };

    public static string German(int number) => Joined(number) + (number % 100 == 1 ? "s" : "");

    // Without the ending that a one has at the very end.
    static string Joined(int number) => number switch
    {
        1 => "ein",
        < 20 => s_german[number],
        < 100 => (number % 10 > 0 ? Joined(number % 10) + "und" : "") + s_germanTens[number / 10],
        < 1_000 => $"{Joined(number / 100)}hundert" + (number % 100 > 0 ? Joined(number % 100) : ""),
        _ => $"{Joined(number / 1_000)}tausend" + (number % 1_000 > 0 ? Joined(number % 1_000) : ""),
    };
}
