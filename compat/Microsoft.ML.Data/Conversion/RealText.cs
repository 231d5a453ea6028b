using System;
using System.Globalization;
using System.Linq;

namespace Microsoft.ML.Data.Conversion;

/// <summary>How a text file writes reals; both settings come from <see cref="TextLoader.Options"/>.</summary>
readonly record struct RealSyntax(char DecimalMarker, bool EmptyIsNaN)
{
    public static RealSyntax Default { get; } = new('.', false);
}

/// <summary>
/// Reads reals as ML.NET does: no culture, no thousands separators, at most 19 digits count, <c>?</c>, <c>NaN</c>,
/// <c>Infinity</c> and <c>∞</c> are numbers, white space around them is skipped, empty text is 0 or NaN.
/// </summary>
static class RealText
{
    const ulong LastRoomForADigit = (ulong.MaxValue - 9) / 10;
    const long LastRoomForAnExponentDigit = long.MaxValue / 100;

    static readonly double[] s_powers = PowersOfTen(39, 1);
    static readonly double[] s_negativePowers = PowersOfTen(65, -1);

    static double[] PowersOfTen(int last, int sign)
        => Enumerable.Range(0, last + 1).Select(e => double.Parse($"1E{sign * e}", CultureInfo.InvariantCulture)).ToArray();

    public static bool TryParse(ReadOnlySpan<char> text, RealSyntax syntax, out float value)
    {
        text = text.TrimStart();
        int end;
        if (text.IsEmpty)
        {
            value = syntax.EmptyIsNaN ? float.NaN : 0;
            return true;
        }
        if (TryReadDecimal(text, syntax.DecimalMarker, out var digits, out var exponent, out var negative, out end))
            value = negative ? -Single(digits, exponent) : Single(digits, exponent);
        else if (TryReadName(text, out var special, out end))
            value = (float)special;
        else
        {
            value = 0;
            return false;
        }
        return end == text.Length || text[end..].IsWhiteSpace();
    }

    public static bool TryParse(ReadOnlySpan<char> text, RealSyntax syntax, out double value)
    {
        text = text.TrimStart();
        int end;
        if (text.IsEmpty)
        {
            value = syntax.EmptyIsNaN ? double.NaN : 0;
            return true;
        }
        if (TryReadDecimal(text, syntax.DecimalMarker, out var digits, out var exponent, out var negative, out end))
            value = negative ? -Double(digits, exponent) : Double(digits, exponent);
        else if (!TryReadName(text, out value, out end))
            return false;
        return end == text.Length || text[end..].IsWhiteSpace();
    }

    // A product of Doubles rounded once more, as in ML.NET: not always the nearest Single.
    static float Single(ulong digits, long exponent)
        => digits == 0 || exponent < -65 ? 0
            : exponent > 39 ? float.PositiveInfinity
            : (float)((exponent < 0 ? s_negativePowers[-exponent] : s_powers[exponent]) * digits);

    static double Double(ulong digits, long exponent)
        => digits == 0 || exponent < -400 ? 0
            : exponent > 400 ? double.PositiveInfinity
            : exponent == 0 ? digits
            // Both factors are exact here, so the result is the nearest Double.
            : digits < 1UL << 53 && exponent is > 0 and <= 22 ? digits * s_powers[exponent]
            : digits < 1UL << 53 && exponent is < 0 and >= -22 ? digits / s_powers[-exponent]
            : double.Parse($"{digits}E{exponent}", CultureInfo.InvariantCulture);

    /// <summary>Reads <c>[sign] digits [marker digits] [e [sign] digits]</c>; what follows is left to the caller.</summary>
    static bool TryReadDecimal(ReadOnlySpan<char> text, char marker, out ulong digits, out long exponent, out bool negative, out int end)
    {
        digits = 0;
        exponent = 0;
        end = 0;
        negative = text[0] == '-';
        var i = text[0] is '-' or '+' ? 1 : 0;
        var first = i;

        uint digit;
        for (; i < text.Length && (digit = text[i] - (uint)'0') <= 9; i++)
            if (digits < LastRoomForADigit)
                digits = 10 * digits + digit;
            else
                exponent++;
        var count = i - first;

        if (i < text.Length && text[i] == marker)
        {
            var fraction = ++i;
            for (; i < text.Length && (digit = text[i] - (uint)'0') <= 9; i++)
                if (digits < LastRoomForADigit)
                {
                    digits = 10 * digits + digit;
                    exponent--;
                }
            count += i - fraction;
        }

        if (count == 0)
            return false;
        end = i;
        if (i < text.Length && text[i] is 'e' or 'E')
            ReadExponent(text, ref exponent, ref end);
        return true;
    }

    // An "e" without digits is no exponent: it is left standing after the number.
    static void ReadExponent(ReadOnlySpan<char> text, ref long exponent, ref int end)
    {
        var i = end + 1;
        var negative = i < text.Length && text[i] == '-';
        if (i < text.Length && text[i] is '-' or '+')
            i++;
        var first = i;
        long e = 0;
        for (uint digit; i < text.Length && (digit = text[i] - (uint)'0') <= 9; i++)
            if (e < LastRoomForAnExponentDigit)
                e = 10 * e + digit;
        if (i == first)
            return;
        exponent += negative ? -e : e;
        end = i;
    }

    static bool TryReadName(ReadOnlySpan<char> text, out double value, out int end)
    {
        (value, end) = text switch
        {
            ['?', ..] => (double.NaN, 1),
            ['N', 'a', 'N', ..] => (double.NaN, 3),
            ['∞', ..] => (double.PositiveInfinity, 1),
            ['-', '∞', ..] => (double.NegativeInfinity, 2),
            _ when text.StartsWith("Infinity") => (double.PositiveInfinity, 8),
            _ when text.StartsWith("-Infinity") => (double.NegativeInfinity, 9),
            _ => (0, 0),
        };
        return end > 0;
    }
}
