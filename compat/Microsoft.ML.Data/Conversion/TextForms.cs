using System;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Microsoft.ML.Data.Conversion;

/// <summary>Appends one value as the text that a loader reads back.</summary>
delegate void TextForm<T>(in T value, StringBuilder text);

/// <summary>
/// The text of a value in a text file and in key names: <c>?</c> for NaN, 1 and 0 for true and false, a key without its offset of 1
/// and empty when missing. (ConvertType writes other forms: see <see cref="Conversions"/>.)
/// </summary>
static class TextForms
{
    public static TextForm<T> Of<T>(PrimitiveDataViewType type) => (TextForm<T>)(Delegate)(type switch
    {
        KeyDataViewType key => OfKey<T>(key),
        TextDataViewType => (TextForm<ReadOnlyMemory<char>>)((in ReadOnlyMemory<char> value, StringBuilder text)
            => text.Append(value.Span)),
        BooleanDataViewType => (TextForm<bool>)((in bool value, StringBuilder text) => text.Append(value ? '1' : '0')),
        DateTimeDataViewType => (TextForm<DateTime>)((in DateTime value, StringBuilder text) => text.Append($"{value:o}")),
        DateTimeOffsetDataViewType
            => (TextForm<DateTimeOffset>)((in DateTimeOffset value, StringBuilder text) => text.Append($"{value:o}")),
        RowIdDataViewType
            => (TextForm<DataViewRowId>)((in DataViewRowId value, StringBuilder text) => text.Append($"0x{value.High:x16}{value.Low:x16}")),
        _ when typeof(T) == typeof(float) => (TextForm<float>)((in float value, StringBuilder text) => AppendReal(text, value, "R")),
        _ when typeof(T) == typeof(double) => (TextForm<double>)((in double value, StringBuilder text) => AppendReal(text, value, "G17")),
        _ => (TextForm<T>)((in T value, StringBuilder text) => text.Append(CultureInfo.InvariantCulture, $"{value}")),
    });

    static void AppendReal<T>(StringBuilder text, T value, string format) where T : INumber<T>
        => text.Append(T.IsNaN(value) ? "?" : value.ToString(format, CultureInfo.InvariantCulture));

    static TextForm<T> OfKey<T>(KeyDataViewType key)
    {
        var toUInt64 = Conversions.Get<T, ulong>(key, NumberDataViewType.UInt64);
        return (in T value, StringBuilder text) =>
        {
            ulong number = 0;
            toUInt64(in value, ref number);
            if (number > 0 && number <= key.Count)
                text.Append(number - 1);
        };
    }
}
