using System.Numerics;
using System.Text.Json.Serialization;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>A column of numbers: one slot. What comes out lies in the range that was seen, and is whole where all that was seen was.</summary>
/// <param name="Name">Name of the column.</param>
/// <param name="Kind">Single, Double or an integer.</param>
/// <param name="Least">The least value seen.</param>
/// <param name="Most">The largest value seen.</param>
/// <param name="IsWhole">Whether all values seen were whole.</param>
/// <param name="Map">What brings the values to a normal distribution; <see langword="null"/> where they stay as they are.</param>
sealed record NumberCodec(string Name, DataKind Kind, double Least, double Most, bool IsWhole, QuantileMap? Map) : ColumnCodec(Name)
{
    static readonly Dictionary<DataKind, Access> s_access = new()
    {
        [DataKind.Single] = new Access<float>(NumberDataViewType.Single),
        [DataKind.Double] = new Access<double>(NumberDataViewType.Double),
        [DataKind.SByte] = new Access<sbyte>(NumberDataViewType.SByte),
        [DataKind.Byte] = new Access<byte>(NumberDataViewType.Byte),
        [DataKind.Int16] = new Access<short>(NumberDataViewType.Int16),
        [DataKind.UInt16] = new Access<ushort>(NumberDataViewType.UInt16),
        [DataKind.Int32] = new Access<int>(NumberDataViewType.Int32),
        [DataKind.UInt32] = new Access<uint>(NumberDataViewType.UInt32),
        [DataKind.Int64] = new Access<long>(NumberDataViewType.Int64),
        [DataKind.UInt64] = new Access<ulong>(NumberDataViewType.UInt64),
    };

    Access Numbers => s_access.TryGetValue(Kind, out var access) ? access
        : throw new InvalidDataException($"The model's column '{Name}' is of the unknown kind {Kind}.");

    [JsonIgnore]

    public override int Slots => 1;
    [JsonIgnore]
    public override DataViewType Type => Numbers.Type;

    public override void Check()
    {
        _ = Numbers;
        Require(Least <= Most, $"a range from {Least} to {Most}");
    }

    public override SlotReader Open(DataViewRow row, DataViewSchema.Column column)
    {
        var read = Numbers.Reader(row, column);
        return slots => slots[0] = Map is { } map ? map.Forward((float)read()) : (float)read();
    }

    public override Delegate CreateGetter(Func<ReadOnlyMemory<float>> slots) => Numbers.Getter(() =>
    {
        double value = slots().Span[0];
        if (Map is { } map)
            value = map.Inverse((float)value);
        value = Math.Clamp(value, Least, Most);
        return IsWhole ? Math.Round(value) : value;
    });

    public override OnnxTensor ToSlots(OnnxTensor values) => Map is { } map ? map.Forward(values) : values;

    public override OnnxTensor ToValues(OnnxTensor slots)
    {
        var value = (Map is { } map ? map.Inverse(slots) : slots).clamp(Least, Most);
        return IsWhole ? value.round() : value;
    }

    /// <summary>The kind of numbers of a type, or null where it is none.</summary>
    public static DataKind? KindOf(DataViewType type) =>
        s_access.Where(access => access.Value.Type.Equals(type)).Select(access => (DataKind?)access.Key).FirstOrDefault();

    /// <summary>Reads a column of numbers in the current row of a cursor, whatever their kind.</summary>
    public static Func<double> Reader(DataViewRow row, DataViewSchema.Column column) => s_access[KindOf(column.Type)!.Value].Reader(row, column);

    /// <summary>Sees every value of a column before it is learned from.</summary>
    public sealed class Learner(DataViewSchema.Column column, bool quantiles) : IColumnLearner
    {
        const int Kept = 100_000;

        readonly DataKind _kind = KindOf(column.Type)!.Value;
        readonly List<float> _values = [];
        readonly SeededRandom _random = new(1);
        double _least = double.PositiveInfinity, _most = double.NegativeInfinity;
        bool _whole = true;
        long _seen;

        public Action Open(DataViewRow row)
        {
            var read = Reader(row, row.Schema[column.Index]);
            return () =>
            {
                double value = read();
                if (!double.IsFinite(value))
                    throw new InvalidRowException($"Column '{column.Name}', row {row.Position}: expected a finite number, got {value}. "
                        + "Replace missing values first (ReplaceMissingValues) or drop their rows (FilterRowsByMissingValues).", row.Position, 0, (float)value);
                _least = Math.Min(_least, value);
                _most = Math.Max(_most, value);
                _whole &= Math.Floor(value) == value;
                if (quantiles)
                    Keep((float)value);
            };
        }

        // Vitter's algorithm R: every value is kept with the same probability.
        void Keep(float value)
        {
            if (_seen++ < Kept)
                _values.Add(value);
            else if ((long)(_random.NextDouble() * _seen) is < Kept and var place)
                _values[(int)place] = value;
        }

        public ColumnCodec ToCodec() => new NumberCodec(column.Name, _kind, _least, _most, _whole, quantiles ? QuantileMap.Learn([.. _values]) : null);
    }

    abstract class Access(NumberDataViewType type)
    {
        public NumberDataViewType Type => type;
        public abstract Func<double> Reader(DataViewRow row, DataViewSchema.Column column);
        public abstract Delegate Getter(Func<double> number);
    }

    sealed class Access<T>(NumberDataViewType type) : Access(type) where T : INumber<T>
    {
        public override Func<double> Reader(DataViewRow row, DataViewSchema.Column column)
        {
            var getter = row.GetGetter<T>(column);
            var value = T.Zero;
            return () =>
            {
                getter(ref value);
                return double.CreateTruncating(value);
            };
        }

        public override Delegate Getter(Func<double> number) =>
            (ValueGetter<T>)((ref T value) => value = T.CreateSaturating(number()));
    }
}
