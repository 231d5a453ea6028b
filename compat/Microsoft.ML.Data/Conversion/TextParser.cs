using System;
using System.Globalization;
using System.Numerics;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data.Conversion;

/// <summary>Reads one value from text. False means that the text is none; the value is then NaN, or the default.</summary>
delegate bool TextParser<T>(ReadOnlySpan<char> text, out T value);

/// <summary>Which text is a value of which column type, in ML.NET's own forms.</summary>
static class TextParser
{
    public static TextParser<T> For<T>(PrimitiveDataViewType type, RealSyntax syntax)
        => type is KeyDataViewType key ? ForKey<T>(key)
            : (TextParser<T>)(Delegate)(type switch
            {
                TextDataViewType => (TextParser<ReadOnlyMemory<char>>)TryParseText,
                BooleanDataViewType => (TextParser<bool>)TryParseBoolean,
                TimeSpanDataViewType => (TextParser<TimeSpan>)TryParseTimeSpan,
                DateTimeDataViewType => (TextParser<DateTime>)TryParseDateTime,
                DateTimeOffsetDataViewType => (TextParser<DateTimeOffset>)TryParseDateTimeOffset,
                RowIdDataViewType => (TextParser<DataViewRowId>)TryParseRowId,
                _ when type.RawType == typeof(float)
                    => (TextParser<float>)((ReadOnlySpan<char> text, out float value) => TryParseReal(text, syntax, out value)),
                _ when type.RawType == typeof(double)
                    => (TextParser<double>)((ReadOnlySpan<char> text, out double value) => TryParseReal(text, syntax, out value)),
                _ when type.RawType == typeof(sbyte) => (TextParser<sbyte>)TryParseSigned,
                _ when type.RawType == typeof(short) => (TextParser<short>)TryParseSigned,
                _ when type.RawType == typeof(int) => (TextParser<int>)TryParseSigned,
                _ when type.RawType == typeof(long) => (TextParser<long>)TryParseSigned,
                _ when type.RawType == typeof(byte) => (TextParser<byte>)TryParseUnsigned,
                _ when type.RawType == typeof(ushort) => (TextParser<ushort>)TryParseUnsigned,
                _ when type.RawType == typeof(uint) => (TextParser<uint>)TryParseUnsigned,
                _ when type.RawType == typeof(ulong) => (TextParser<ulong>)TryParseUnsigned,
                _ => throw Contracts.ExceptParam(nameof(type), "Parse conversion only supported for standard types"),
            });

    /// <summary>Key text counts from 0, key values from 1; empty and missing text is 0.</summary>
    static TextParser<T> ForKey<T>(KeyDataViewType key)
    {
        var count = key.Count;
        var fromUInt64 = Conversions.Get<ulong, T>(NumberDataViewType.UInt64, ColumnTypeExtensions.PrimitiveTypeFromType(key.RawType));
        return (ReadOnlySpan<char> text, out T value) =>
        {
            value = default;
            if (text.IsEmpty || IsMissing(text))
                return true;
            if (!TryParseDigits(text, out var number) || number >= count)
                return false;
            number++;
            fromUInt64(in number, ref value);
            return true;
        };
    }

    public static bool TryParseReal(ReadOnlySpan<char> text, RealSyntax syntax, out float value)
    {
        if (RealText.TryParse(text, syntax, out value))
            return true;
        value = float.NaN;
        return IsMissing(text);
    }

    public static bool TryParseReal(ReadOnlySpan<char> text, RealSyntax syntax, out double value)
    {
        if (RealText.TryParse(text, syntax, out value))
            return true;
        value = double.NaN;
        return IsMissing(text);
    }

    static bool IsMissing(ReadOnlySpan<char> text)
        => text is "?" || text.Equals("NA", StringComparison.OrdinalIgnoreCase) || text.Equals("N/A", StringComparison.OrdinalIgnoreCase)
            || text.Equals("NaN", StringComparison.OrdinalIgnoreCase);

    /// <summary>Digits with an optional minus, no plus, no spaces; empty text is 0.</summary>
    public static bool TryParseSigned<T>(ReadOnlySpan<char> text, out T value)
        where T : struct, IBinaryInteger<T>, ISignedNumber<T>, IMinMaxValue<T>
    {
        value = default;
        if (text.IsEmpty)
            return true;
        var negative = text[0] == '-';
        if (negative && text.Length == 1 || !TryParseDigits(negative ? text[1..] : text, out var magnitude))
            return false;
        var max = ulong.CreateTruncating(T.MaxValue);
        if (magnitude > (negative ? max + 1 : max))
            return false;
        value = T.CreateTruncating(negative ? 0 - magnitude : magnitude);
        return true;
    }

    /// <summary>Digits only; unlike a signed integer, empty text is none.</summary>
    public static bool TryParseUnsigned<T>(ReadOnlySpan<char> text, out T value)
        where T : struct, IBinaryInteger<T>, IUnsignedNumber<T>, IMinMaxValue<T>
    {
        value = default;
        if (text.IsEmpty || !TryParseDigits(text, out var number) || number > ulong.CreateTruncating(T.MaxValue))
            return false;
        value = T.CreateTruncating(number);
        return true;
    }

    static bool TryParseDigits(ReadOnlySpan<char> text, out ulong number)
    {
        number = 0;
        foreach (var c in text)
        {
            var digit = c - (uint)'0';
            if (digit > 9 || number > (ulong.MaxValue - digit) / 10)
                return false;
            number = 10 * number + digit;
        }
        return true;
    }

    public static bool TryParseBoolean(ReadOnlySpan<char> text, out bool value)
    {
        value = text is ['t' or 'T' or 'y' or 'Y' or '1' or '+'] or "+1" || Is(text, "yes") || Is(text, "true");
        return value || text is [] or ['f' or 'F' or 'n' or 'N' or '0' or '-'] or "-1" || Is(text, "no") || Is(text, "false");

        static bool Is(ReadOnlySpan<char> text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);
    }

    // The text of a loader's buffer is overwritten later, so a value that stays needs its own copy.
    static bool TryParseText(ReadOnlySpan<char> text, out ReadOnlyMemory<char> value)
    {
        value = text.ToString().AsMemory();
        return true;
    }

    static bool TryParseTimeSpan(ReadOnlySpan<char> text, out TimeSpan value)
    {
        value = default;
        return text.IsEmpty || TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out value);
    }

    static bool TryParseDateTime(ReadOnlySpan<char> text, out DateTime value)
    {
        value = default;
        return text.IsEmpty || DateTime.TryParse(text, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out value);
    }

    static bool TryParseDateTimeOffset(ReadOnlySpan<char> text, out DateTimeOffset value)
    {
        value = default;
        return text.IsEmpty || DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out value);
    }

    /// <summary>0x and 32 hexadecimal digits, the high half first.</summary>
    static bool TryParseRowId(ReadOnlySpan<char> text, out DataViewRowId value)
    {
        value = default;
        if (text.Length != 34 || text is not ['0', 'x' or 'X', ..]
            || !ulong.TryParse(text.Slice(2, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var high)
            || !ulong.TryParse(text.Slice(18, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var low))
            return false;
        value = new(low, high);
        return true;
    }
}
