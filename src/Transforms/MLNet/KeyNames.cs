using System.Globalization;
using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>What the keys of a column stand for, in a form that <c>model.json</c> can hold.</summary>
/// <param name="Kind">Type of the values.</param>
/// <param name="Values">The values in key order, written without regard to culture.</param>
sealed record KeyNames(DataKind Kind, string[] Values)
{
    static readonly Codec[] s_codecs =
    [
        new Codec<ReadOnlyMemory<char>>(DataKind.String, TextDataViewType.Instance, value => value.ToString(), text => text.AsMemory()),
        new Codec<bool>(DataKind.Boolean, BooleanDataViewType.Instance, value => value.ToString(), bool.Parse),
        Number<float>(DataKind.Single, NumberDataViewType.Single), Number<double>(DataKind.Double, NumberDataViewType.Double),
        Number<sbyte>(DataKind.SByte, NumberDataViewType.SByte), Number<byte>(DataKind.Byte, NumberDataViewType.Byte),
        Number<short>(DataKind.Int16, NumberDataViewType.Int16), Number<ushort>(DataKind.UInt16, NumberDataViewType.UInt16),
        Number<int>(DataKind.Int32, NumberDataViewType.Int32), Number<uint>(DataKind.UInt32, NumberDataViewType.UInt32),
        Number<long>(DataKind.Int64, NumberDataViewType.Int64), Number<ulong>(DataKind.UInt64, NumberDataViewType.UInt64),
        new Codec<TimeSpan>(DataKind.TimeSpan, TimeSpanDataViewType.Instance, value => value.ToString("c"),
            text => TimeSpan.ParseExact(text, "c", CultureInfo.InvariantCulture)),
        new Codec<DateTime>(DataKind.DateTime, DateTimeDataViewType.Instance, value => value.ToString("O"),
            text => DateTime.ParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind)),
        new Codec<DateTimeOffset>(DataKind.DateTimeOffset, DateTimeOffsetDataViewType.Instance, value => value.ToString("O"),
            text => DateTimeOffset.ParseExact(text, "O", CultureInfo.InvariantCulture)),
    ];

    /// <summary>The key values of a column, or null where it has none for its keys.</summary>
    public static KeyNames? Read(DataViewSchema.Column column) =>
        column.Type is KeyDataViewType key
        && column.Annotations.Schema.GetColumnOrNull(AnnotationKinds.KeyValues)?.Type is VectorDataViewType values
        && key.Count == (ulong)values.Size
            ? Array.Find(s_codecs, codec => codec.Type.Equals(values.ItemType))?.Read(column) : null;

    /// <summary>Adds the values as an annotation.</summary>
    /// <exception cref="InvalidDataException">They are not of the kind that they claim to be.</exception>
    public void AddTo(DataViewSchema.Annotations.Builder builder, string annotation)
    {
        try
        {
            var codec = Array.Find(s_codecs, codec => codec.Kind == Kind)
                ?? throw new InvalidDataException($"The model's labels are of the unknown kind {Kind}.");
            codec.Add(builder, annotation, Values);
        }
        catch (FormatException e)
        {
            throw new InvalidDataException($"The model's labels are not of kind {Kind}: {e.Message}", e);
        }
    }

    static Codec<T> Number<T>(DataKind kind, NumberDataViewType type) where T : INumber<T> =>
        new(kind, type, value => value.ToString(null, CultureInfo.InvariantCulture), text => T.Parse(text, CultureInfo.InvariantCulture));

    abstract class Codec(DataKind kind, PrimitiveDataViewType type)
    {
        public DataKind Kind => kind;
        public PrimitiveDataViewType Type => type;

        public abstract KeyNames Read(DataViewSchema.Column column);
        public abstract void Add(DataViewSchema.Annotations.Builder builder, string annotation, string[] texts);
    }

    sealed class Codec<T>(DataKind kind, PrimitiveDataViewType type, Func<T, string> write, Func<string, T> parse) : Codec(kind, type)
    {
        public override KeyNames Read(DataViewSchema.Column column)
        {
            var values = default(VBuffer<T>);
            column.GetKeyValues(ref values);
            return new KeyNames(Kind, [.. values.DenseValues().Select(write)]);
        }

        public override void Add(DataViewSchema.Annotations.Builder builder, string annotation, string[] texts)
        {
            var values = Array.ConvertAll(texts, text => parse(text));
            builder.Add(annotation, new VectorDataViewType(Type, values.Length),
                (ref VBuffer<T> value) => new VBuffer<T>(values.Length, values).CopyTo(ref value));
        }
    }
}
