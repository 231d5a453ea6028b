using System;
using System.Collections.Generic;
using System.Globalization;
using System.Numerics;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data.Conversion;

delegate void ValueMapper<TSrc, TDst>(in TSrc src, ref TDst dst);

/// <summary>
/// The conversions between column types that ML.NET calls standard. Signed and unsigned integers do not mix; a number that is too
/// large wraps around between signed types and becomes 0 between unsigned ones; text that is no number becomes NaN, 0, or an error.
/// </summary>
static class Conversions
{
    static readonly Dictionary<(Type From, Type To), Delegate> s_table = BuildTable();

    public static ValueMapper<TSrc, TDst> Get<TSrc, TDst>(DataViewType from, DataViewType to)
        => TryGet(from, to, out var conversion) ? (ValueMapper<TSrc, TDst>)conversion
            : throw Contracts.Except($"No standard conversion from '{from}' to '{to}'");

    /// <summary>A <see cref="ValueMapper{TSrc, TDst}"/> from items of one type to items of another, if there is one.</summary>
    public static bool TryGet(DataViewType from, DataViewType to, out Delegate conversion)
    {
        conversion = null;
        if (from is KeyDataViewType fromKey)
        {
            // To a key of the same count, or to an unsigned integer that holds every key.
            var fits = to is KeyDataViewType toKey ? fromKey.Count == toKey.Count
                : KeyDataViewType.IsValidDataType(to.RawType) && fromKey.Count <= to.RawType.ToMaxInt();
            return fits && s_table.TryGetValue((from.RawType, to.RawType), out conversion);
        }
        if (to is KeyDataViewType key)
        {
            if (from is TextDataViewType)
                conversion = Utils.MarshalInvoke(TextToKey<int>, key.RawType, key);
            return conversion is not null;
        }
        return s_table.TryGetValue((from.RawType, to.RawType), out conversion);
    }

    static Delegate TextToKey<T>(KeyDataViewType key)
    {
        var parse = TextParser.For<T>(key, RealSyntax.Default);
        return (ValueMapper<ReadOnlyMemory<char>, T>)((in ReadOnlyMemory<char> text, ref T value) => parse(text.Span, out value));
    }

    static Dictionary<(Type, Type), Delegate> BuildTable()
    {
        var table = new Dictionary<(Type, Type), Delegate>();
        void Add<TSrc, TDst>(ValueMapper<TSrc, TDst> conversion) => table.Add((typeof(TSrc), typeof(TDst)), conversion);
        void AddText<TSrc>(Func<TSrc, string> write) => Add((in TSrc src, ref ReadOnlyMemory<char> dst) => dst = write(src).AsMemory());

        Signed<sbyte>();
        Signed<short>();
        Signed<int>();
        Signed<long>();
        Unsigned<byte>();
        Unsigned<ushort>();
        Unsigned<uint>();
        Unsigned<ulong>();

        Real<float>();
        Real<double>();
        AddText((float x) => x.ToString("G7", CultureInfo.InvariantCulture));
        AddText((double x) => x.ToString("G17", CultureInfo.InvariantCulture));

        Add((in DataViewRowId src, ref byte dst) => dst = src.High == 0 ? Narrow<ulong, byte>(src.Low) : (byte)0);
        Add((in DataViewRowId src, ref ushort dst) => dst = src.High == 0 ? Narrow<ulong, ushort>(src.Low) : (ushort)0);
        Add((in DataViewRowId src, ref uint dst) => dst = src.High == 0 ? Narrow<ulong, uint>(src.Low) : 0);
        Add((in DataViewRowId src, ref ulong dst) => dst = src.High == 0 ? src.Low : 0);
        AddText((DataViewRowId id) => $"0x{id.High:x16}{id.Low:x16}");

        Boolean<sbyte>();
        Boolean<short>();
        Boolean<int>();
        Boolean<long>();
        Boolean<float>();
        Boolean<double>();
        Add((in bool src, ref bool dst) => dst = src);
        AddText((bool x) => x.ToString());

        Ticks((TimeSpan x) => x.Ticks);
        Ticks((DateTime x) => x.Ticks);
        Ticks((DateTimeOffset x) => x.UtcTicks);
        Add((in DateTime src, ref DateTime dst) => dst = src);
        AddText((TimeSpan x) => x.ToString("c"));
        AddText((DateTime x) => x.ToString("o"));
        AddText((DateTimeOffset x) => x.ToString("o"));

        FromSignedText<sbyte>("sbyte");
        FromSignedText<short>("short");
        FromSignedText<int>("int");
        FromSignedText<long>("long");
        FromText<byte>(TextParser.TryParseUnsigned);
        FromText<ushort>(TextParser.TryParseUnsigned);
        FromText<uint>(TextParser.TryParseUnsigned);
        FromText<ulong>(TextParser.TryParseUnsigned);
        FromText<DataViewRowId>(TextParser.For<DataViewRowId>(RowIdDataViewType.Instance, default));
        FromText((ReadOnlySpan<char> text, out float value) => TextParser.TryParseReal(text, RealSyntax.Default, out value));
        FromText((ReadOnlySpan<char> text, out double value) => TextParser.TryParseReal(text, RealSyntax.Default, out value));
        FromText<bool>(TextParser.TryParseBoolean);
        FromText<TimeSpan>(TextParser.For<TimeSpan>(TimeSpanDataViewType.Instance, default));
        FromText<DateTime>(TextParser.For<DateTime>(DateTimeDataViewType.Instance, default));
        FromText<DateTimeOffset>(TextParser.For<DateTimeOffset>(DateTimeOffsetDataViewType.Instance, default));
        Add((in ReadOnlyMemory<char> src, ref ReadOnlyMemory<char> dst) => dst = src);
        return table;

        void Signed<T>() where T : struct, IBinaryInteger<T>
        {
            Add((in T src, ref sbyte dst) => dst = sbyte.CreateTruncating(src));
            Add((in T src, ref short dst) => dst = short.CreateTruncating(src));
            Add((in T src, ref int dst) => dst = int.CreateTruncating(src));
            Add((in T src, ref long dst) => dst = long.CreateTruncating(src));
            Integer<T>();
        }

        void Unsigned<T>() where T : struct, IBinaryInteger<T>, IUnsignedNumber<T>
        {
            Add((in T src, ref byte dst) => dst = Narrow<T, byte>(src));
            Add((in T src, ref ushort dst) => dst = Narrow<T, ushort>(src));
            Add((in T src, ref uint dst) => dst = Narrow<T, uint>(src));
            Add((in T src, ref ulong dst) => dst = ulong.CreateTruncating(src));
            Add((in T src, ref DataViewRowId dst) => dst = new(ulong.CreateTruncating(src), 0));
            Integer<T>();
        }

        void Integer<T>() where T : struct, IBinaryInteger<T>
        {
            Real<T>();
            AddText((T x) => x.ToString(null, CultureInfo.InvariantCulture));
        }

        void Real<T>() where T : struct, INumber<T>
        {
            Add((in T src, ref float dst) => dst = float.CreateTruncating(src));
            Add((in T src, ref double dst) => dst = double.CreateTruncating(src));
            Add((in T src, ref bool dst) => dst = !T.IsZero(src));
        }

        void Boolean<T>() where T : struct, INumber<T> => Add((in bool src, ref T dst) => dst = src ? T.One : T.Zero);

        void Ticks<T>(Func<T, long> ticks)
        {
            Add((in T src, ref long dst) => dst = ticks(src));
            Add((in T src, ref float dst) => dst = ticks(src));
            Add((in T src, ref double dst) => dst = ticks(src));
        }

        void FromText<T>(TextParser<T> parse) => Add((in ReadOnlyMemory<char> src, ref T dst) => parse(src.Span, out dst));

        void FromSignedText<T>(string name) where T : struct, IBinaryInteger<T>, ISignedNumber<T>, IMinMaxValue<T>
            => Add((in ReadOnlyMemory<char> src, ref T dst) =>
            {
                if (!TextParser.TryParseSigned(src.Span, out dst))
                    throw Contracts.Except($"Value could not be parsed from text to {name}.");
            });
    }

    static TDst Narrow<TSrc, TDst>(TSrc value)
        where TSrc : struct, IBinaryInteger<TSrc>
        where TDst : struct, IBinaryInteger<TDst>, IMinMaxValue<TDst>
        => ulong.CreateTruncating(value) <= ulong.CreateTruncating(TDst.MaxValue) ? TDst.CreateTruncating(value) : default;
}
