using System.Numerics;

namespace Samples.Drawing;

/// <summary>Letters with marks for <see cref="StrokeFont"/>: the letter, and the mark over or under its middle.</summary>
static class LatinAccents
{
    /// <summary>Each letter, the one below its mark, and the mark.</summary>
    const string Letters =
        "ÄA¨ ÖO¨ ÜU¨ ËE¨ ÏI¨ äa¨ öo¨ üu¨ ëe¨ ïı¨ ÿy¨ ÁA´ ÉE´ ÍI´ ÓO´ ÚU´ ÝY´ áa´ ée´ íı´ óo´ úu´ ýy´ ÀA` ÈE` ÌI` ÒO` ÙU` àa` èe` ìı` òo` ùu` "
        + "ÂAˆ ÊEˆ ÎIˆ ÔOˆ ÛUˆ âaˆ êeˆ îıˆ ôoˆ ûuˆ ÃA˜ ÑN˜ ÕO˜ ãa˜ ñn˜ õo˜ ÅA° ŮU° åa° ůu° ÇC¸ çc¸ ŞS¸ şs¸ ČCˇ ĚEˇ ŘRˇ ŠSˇ ŽZˇ čcˇ ěeˇ řrˇ šsˇ žzˇ";

    /// <summary>Strokes around the middle of the letter, from the foot of the mark on; of the cedilla from the baseline on.</summary>
    static readonly Dictionary<char, string> Marks = new()
    {
        ['¨'] = "0 M-2.2 0 L-2.2 0.2 M2.2 0 L2.2 0.2",
        ['´'] = "0 M-0.9 -0.8 L1.3 1.8",
        ['`'] = "0 M0.9 -0.8 L-1.3 1.8",
        ['ˆ'] = "0 M-2.3 -0.7 L0 1.7 2.3 -0.7",
        ['ˇ'] = "0 M-2.3 1.7 L0 -0.7 2.3 1.7",
        ['˜'] = "0 M-2.8 -0.3 Q-1.6 1.9 0 0.6 Q1.6 -0.7 2.8 1.4",
        ['°'] = "0 O0 0.9 1.6 1.6",
        ['¸'] = "0 M0 0 L-0.4 -1.6 Q2.2 -1.6 1.2 -3.4 Q0.2 -4.6 -1.6 -3.8",
    };

    static readonly Dictionary<char, StrokeFont.Glyph> Glyphs =
        Letters.Split(' ').ToDictionary(letter => letter[0], letter => Compose(letter[1], letter[2]));

    public static StrokeFont.Glyph? Find(char letter) => Glyphs.GetValueOrDefault(letter);

    static StrokeFont.Glyph Compose(char below, char mark)
    {
        var letter = StrokeFont.Of(below);
        var place = new Vector2(letter.Width / 2, mark == '¸' ? 0 : char.IsUpper(below) ? 16.8f : 13);
        var strokes = StrokeFont.Parse(Marks[mark]).Strokes.Select(stroke => Array.ConvertAll(stroke, p => p + place));
        return new(letter.Width, [.. letter.Strokes, .. strokes]);
    }
}
