using System.Globalization;
using System.Numerics;

namespace Samples.Drawing;

/// <summary>
/// A sans-serif face drawn as pen strokes, so that text needs no font file. Units: 20 to the em, capitals 14 high,
/// small letters 10, descenders 4 below the baseline; y points up.
/// </summary>
/// <remarks>
/// A glyph is a short path: <c>M x y</c> lifts the pen to a point, <c>L x y ...</c> draws lines, <c>Q cx cy x y</c> a quadratic
/// curve, <c>A cx cy rx ry from to</c> an elliptic arc between two angles in degrees (joined to the pen by a line where it is down),
/// <c>O cx cy rx ry</c> a whole ellipse.
/// </remarks>
public static class StrokeFont
{
    public const float UnitsPerEm = 20;
    public const float CapitalHeight = 14;
    const float Spacing = 4.1f;

    static readonly Glyph Unknown = Parse("9 M0 0 L0 14 9 14 9 0 0 0");

    static readonly Dictionary<char, Glyph> Glyphs = new Dictionary<char, string>
    {
        [' '] = "1.4",
        ['A'] = "11 M0 0 L5.5 14 11 0 M1.9 4.8 L9.1 4.8",
        ['B'] = "8.8 M0 7.3 L4.8 7.3 A4.8 10.65 3.4 3.35 -90 90 L0 14 0 0 5 0 A5 3.65 3.8 3.65 -90 90",
        ['C'] = "10.6 A6 7 6 7 46 314",
        ['D'] = "10.4 M0 0 L0 14 3.8 14 A3.8 7 6.6 7 90 -90 L0 0",
        ['E'] = "8 M8 14 L0 14 0 0 8 0 M0 7.2 L7.2 7.2",
        ['F'] = "7.6 M8 14 L0 14 0 0 M0 7 L7 7",
        ['G'] = "11.8 A6 7 6 7 48 345 L11.8 6.7 7.2 6.7",
        ['H'] = "9.8 M0 0 L0 14 M9.8 0 L9.8 14 M0 7.2 L9.8 7.2",
        ['I'] = "0 M0 0 L0 14",
        ['J'] = "5.8 M5.8 14 L5.8 3.8 A2.9 3.8 2.9 3.8 0 -165",
        ['K'] = "9 M0 0 L0 14 M8.8 14 L0 5 M3.1 8.1 L9.2 0",
        ['L'] = "7 M0 14 L0 0 7.4 0",
        ['M'] = "12 M0 0 L0 14 6 3.4 12 14 12 0",
        ['N'] = "9.6 M0 0 L0 14 9.6 0 9.6 14",
        ['O'] = "12.6 O6.3 7 6.3 7",
        ['P'] = "8.6 M0 0 L0 14 4.8 14 A4.8 10.2 3.8 3.8 90 -90 L0 6.4",
        ['Q'] = "12.6 O6.3 7 6.3 7 M7.8 3.4 L12.4 -1",
        ['R'] = "9 M0 0 L0 14 4.8 14 A4.8 10.2 3.8 3.8 90 -90 L0 6.4 M4.6 6.4 L9 0",
        ['S'] = "8.6 A4.3 10.6 3.9 3.4 28 250 A4.3 3.65 4.3 3.65 70 -155",
        ['T'] = "9.6 M0 14 L9.6 14 M4.8 14 L4.8 0",
        ['U'] = "9.6 M0 14 L0 4.8 A4.8 4.8 4.8 4.8 180 360 L9.6 14",
        ['V'] = "10.2 M0 14 L5.1 0 10.2 14",
        ['W'] = "15 M0 14 L3.8 0 7.5 13 11.2 0 15 14",
        ['X'] = "9.4 M0 14 L9.4 0 M9.4 14 L0 0",
        ['Y'] = "9.6 M0 14 L4.8 7 9.6 14 M4.8 7 L4.8 0",
        ['Z'] = "8.8 M0 14 L8.8 14 0 0 8.8 0",
        ['a'] = "7.4 A3.7 6.9 3.4 3.1 155 0 L7.1 0 M7.1 5.8 L3.2 5.8 A3.2 2.9 3.2 2.9 90 270 Q6.2 0 7.1 2.6",
        ['b'] = "8.6 M0 14 L0 0 O4.3 5 4.3 5",
        ['c'] = "7.9 A4.6 5 4.6 5 46 314",
        ['d'] = "8.6 O4.3 5 4.3 5 M8.6 14 L8.6 0",
        ['e'] = "8.9 M0.2 5.3 L8.9 5.3 A4.5 5 4.5 5 4 316",
        ['f'] = "4.8 A4.8 11.2 2.8 2.8 75 180 L2 0 M0 9.7 L4.9 9.7",
        ['g'] = "8.6 O4.3 5 4.3 5 M8.6 10 L8.6 0 A4.4 0 4.2 4 0 -150",
        ['h'] = "8 M0 0 L0 14 M0 5.8 A4 5.8 4 4.2 180 0 L8 0",
        ['i'] = "0 M0 0 L0 10 M0 13.6 L0 13.8",
        ['j'] = "0.8 M0.8 10 L0.8 -1.4 A-1.4 -1.4 2.2 2.6 0 -80 M0.8 13.6 L0.8 13.8",
        ['k'] = "7.2 M0 0 L0 14 M7 10 L0 3.6 M2.7 6.1 L7.4 0",
        ['l'] = "0 M0 0 L0 14",
        ['m'] = "12.6 M0 0 L0 10 M0 6.3 A3.15 6.3 3.15 3.7 180 0 L6.3 0 M6.3 6.3 A9.45 6.3 3.15 3.7 180 0 L12.6 0",
        ['n'] = "8 M0 0 L0 10 M0 5.8 A4 5.8 4 4.2 180 0 L8 0",
        ['o'] = "9.2 O4.6 5 4.6 5",
        ['p'] = "8.6 M0 10 L0 -4 O4.3 5 4.3 5",
        ['q'] = "8.6 O4.3 5 4.3 5 M8.6 10 L8.6 -4",
        ['r'] = "4 M0 0 L0 10 M0 5.6 A3.9 5.6 3.9 4.4 180 75",
        ['s'] = "6.6 A3.3 7.5 2.9 2.5 28 250 A3.3 2.6 3.3 2.6 70 -155",
        ['t'] = "4.8 M2.1 13 L2.1 2.5 A4.5 2.5 2.4 2.5 180 285 M0 9.7 L4.9 9.7",
        ['u'] = "8 M0 10 L0 4.2 A4 4.2 4 4.2 180 360 L8 10 8 0",
        ['v'] = "7.8 M0 10 L3.9 0 7.8 10",
        ['w'] = "12 M0 10 L3 0 6 9.2 9 0 12 10",
        ['x'] = "7.2 M0 10 L7.2 0 M7.2 10 L0 0",
        ['y'] = "8 M0 10 L4 0 M8 10 L4 0 3 -2.5 Q2.3 -4 0.4 -4",
        ['z'] = "6.8 M0 10 L6.8 10 0 0 6.8 0",
        ['ß'] = "7.8 M0 0 L0 10.7 A3.3 10.7 3.3 3.3 180 -90 A3.5 3.7 4.2 3.7 90 -140",
        ['ı'] = "0 M0 0 L0 10",
        // Figures share one width, so that columns of numbers line up.
        ['0'] = "8.4 O4.2 7 4.2 7",
        ['1'] = "8.4 M1.4 11.2 L5 14 5 0",
        ['2'] = "8.4 A4.1 9.9 4 4.1 165 -35 L0.1 0 8.4 0",
        ['3'] = "8.4 A4 10.65 3.6 3.35 155 -90 A4.1 3.65 4.2 3.65 90 -155",
        ['4'] = "8.4 M6.3 0 L6.3 14 0 4 8.6 4",
        ['5'] = "8.4 M7.5 14 L1.3 14 0.73 7.7 A4 4.7 4.3 4.7 140 -150",
        ['6'] = "8.4 M6.3 14 Q0 10.2 0 4.5 A4.2 4.5 4.2 4.5 180 540",
        ['7'] = "8.4 M0 14 L8.4 14 2.9 0",
        ['8'] = "8.4 O4.2 10.65 3.5 3.35 O4.2 3.65 4.2 3.65",
        ['9'] = "8.4 M2.1 0 Q8.4 3.8 8.4 9.5 A4.2 9.5 4.2 4.5 0 360",
        ['.'] = "0 M0 0 L0 0.3",
        [','] = "0.6 M0.6 0.2 L0 -2.4",
        [':'] = "0 M0 0 L0 0.2 M0 8.2 L0 8.4",
        [';'] = "0.6 M0.6 0.2 L0 -2.4 M0.6 8.2 L0.6 8.4",
        ['!'] = "0 M0 14 L0 4.4 M0 0 L0 0.3",
        ['?'] = "7.4 A3.7 10.4 3.6 3.6 160 -40 Q3.7 6.4 3.7 4.4 M3.7 0 L3.7 0.3",
        ['-'] = "4.4 M0 5.2 L4.4 5.2",
        ['–'] = "8 M0 5.2 L8 5.2",
        ['−'] = "8 M0 6 L8 6",
        ['+'] = "8 M0 6 L8 6 M4 2 L4 10",
        ['±'] = "8 M0 7 L8 7 M4 3 L4 11 M0 0 L8 0",
        ['×'] = "6.4 M0 9 L6.4 2.6 M6.4 9 L0 2.6",
        ['='] = "8 M0 8 L8 8 M0 4 L8 4",
        ['<'] = "7.6 M7.6 10.4 L0 6 7.6 1.6",
        ['>'] = "7.6 M0 10.4 L7.6 6 0 1.6",
        ['/'] = "5.6 M0 -1.4 L5.6 14.8",
        ['\\'] = "5.6 M0 14.8 L5.6 -1.4",
        ['|'] = "0 M0 -3 L0 15",
        ['_'] = "8 M-1 -2 L9 -2",
        ['('] = "3.4 A6.4 6 6.2 10 118 242",
        [')'] = "3.4 A-3 6 6.2 10 62 -62",
        ['['] = "3.4 M3.4 15 L0 15 0 -3 3.4 -3",
        [']'] = "3.4 M0 15 L3.4 15 3.4 -3 0 -3",
        ['\''] = "0 M0 14 L0 10.4",
        ['"'] = "3 M0 14 L0 10.4 M3 14 L3 10.4",
        ['%'] = "13 O2.7 10.7 2.7 3.3 O10.3 3.3 2.7 3.3 M10.6 14 L2.4 0",
        ['#'] = "10 M2.4 0 L4.4 14 M6.8 0 L8.8 14 M0.6 9.4 L10.4 9.4 M0 4.6 L9.8 4.6",
        ['&'] = "10.6 M10.6 0 L3 8.4 A4.5 10.9 2.9 3.1 205 -40 L3 7.2 A3.9 3.7 3.9 3.7 120 300 Q8.8 1.6 9.4 5.6",
        ['*'] = "6 M3 14 L3 8 M0.4 12.5 L5.6 9.5 M5.6 12.5 L0.4 9.5",
        ['°'] = "4.4 O2.2 11.8 2.2 2.2",
        ['·'] = "0 M0 5.6 L0 5.8",
        ['²'] = "4.4 A2.2 12 2 2 165 -35 L0 7 4.4 7",
        ['‘'] = "0.8 M0.8 14 L0 11.2",
        ['’'] = "0.8 M0.8 14 L0 11.2",
        ['“'] = "4 M0.8 14 L0 11.2 M4 14 L3.2 11.2",
        ['”'] = "4 M0.8 14 L0 11.2 M4 14 L3.2 11.2",
        ['„'] = "4 M0.8 0.6 L0 -2.2 M4 0.6 L3.2 -2.2",
        ['…'] = "9 M0 0 L0 0.3 M4.5 0 L4.5 0.3 M9 0 L9 0.3",
        ['→'] = "10 M0 5.6 L10 5.6 M6.4 9.2 L10 5.6 6.4 2",
    }.ToDictionary(glyph => glyph.Key, glyph => Parse(glyph.Value));

    /// <summary>The strokes of one character, y up from the baseline, and its width in font units.</summary>
    public sealed record Glyph(float Width, IReadOnlyList<Vector2[]> Strokes);

    public static Glyph Of(char character) => Glyphs.GetValueOrDefault(character) ?? LatinAccents.Find(character) ?? Unknown;

    /// <returns>The width of the text in pixels at that size of the em.</returns>
    public static float Measure(string text, float size) =>
        text.Length == 0 ? 0 : (text.Sum(c => Of(c).Width + Spacing) - Spacing) * size / UnitsPerEm;

    /// <summary>The strokes of a text that starts at the origin, in pixels, y down.</summary>
    public static IEnumerable<Vector2[]> Layout(string text, float size)
    {
        var scale = size / UnitsPerEm;
        var x = 0f;
        foreach (var character in text)
        {
            var glyph = Of(character);
            var left = x;
            foreach (var stroke in glyph.Strokes)
                yield return Array.ConvertAll(stroke, p => new Vector2((left + p.X) * scale, -p.Y * scale));
            x += glyph.Width + Spacing;
        }
    }

    /// <summary>A glyph from its width and its strokes: pen moves (M), lines (L), curves (Q), arcs (A) and ellipses (O).</summary>
    internal static Glyph Parse(string text)
    {
        var strokes = new List<Vector2[]>();
        var pen = new List<Vector2>();
        var commands = text.Split(' ', 2);
        foreach (var (command, n) in Commands(commands.ElementAtOrDefault(1) ?? ""))
        {
            if (command is 'M' or 'O')
                LiftPen();
            if (command == 'M')
                pen.Add(new Vector2(n[0], n[1]));
            else if (command == 'L')
                pen.AddRange(n.Chunk(2).Select(p => new Vector2(p[0], p[1])));
            else if (command == 'Q')
                pen.AddRange(Curve(pen[^1], new Vector2(n[0], n[1]), new Vector2(n[2], n[3])));
            else if (command == 'A')
                pen.AddRange(Arc(n[0], n[1], n[2], n[3], n[4], n[5]));
            else
                pen.AddRange(Arc(n[0], n[1], n[2], n[3], 0, 360));
        }
        LiftPen();
        return new Glyph(float.Parse(commands[0], CultureInfo.InvariantCulture), strokes);

        void LiftPen()
        {
            if (pen.Count > 1)
                strokes.Add([.. pen]);
            pen.Clear();
        }
    }

    static IEnumerable<(char Command, float[] Numbers)> Commands(string path)
    {
        for (var start = 0; start < path.Length;)
        {
            var end = path.AsSpan(start + 1).IndexOfAnyInRange('A', 'Z') is var next and >= 0 ? start + 1 + next : path.Length;
            var numbers = path[(start + 1)..end].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            yield return (path[start], Array.ConvertAll(numbers, n => float.Parse(n, CultureInfo.InvariantCulture)));
            start = end;
        }
    }

    static IEnumerable<Vector2> Curve(Vector2 from, Vector2 control, Vector2 to)
    {
        const int steps = 8;
        for (var i = 1; i <= steps; i++)
        {
            var t = i / (float)steps;
            yield return Vector2.Lerp(Vector2.Lerp(from, control, t), Vector2.Lerp(control, to, t), t);
        }
    }

    static IEnumerable<Vector2> Arc(float x, float y, float rx, float ry, float from, float to)
    {
        var steps = Math.Max(2, (int)MathF.Ceiling(MathF.Abs(to - from) / 10));
        for (var i = 0; i <= steps; i++)
        {
            var (sin, cos) = MathF.SinCos(float.DegreesToRadians(from + (to - from) * i / steps));
            yield return new Vector2(x + rx * cos, y + ry * sin);
        }
    }
}
