using System;

namespace Microsoft.ML.Data;

/// <summary>A 128-bit id of a row, mixed by the rounds of Murmur3 (128 bits).</summary>
public readonly struct DataViewRowId : IComparable<DataViewRowId>, IEquatable<DataViewRowId>
{
    const ulong C1 = 0x87c37b91114253d5, C2 = 0x4cf5ad432745937f;

    public readonly ulong Low;
    public readonly ulong High;

    public DataViewRowId(ulong low, ulong high) => (Low, High) = (low, high);

    public override string ToString() => $"{High:x16}{Low:x16}";

    public int CompareTo(DataViewRowId other) => High == other.High ? Low.CompareTo(other.Low) : High.CompareTo(other.High);

    public bool Equals(DataViewRowId other) => Low == other.Low && High == other.High;

    public override bool Equals(object obj) => obj is DataViewRowId other && Equals(other);

    public override int GetHashCode()
        => (int)((uint)Low ^ (uint)(Low >> 32) ^ (uint)(High << 7) ^ (uint)(High >> 57) ^ (uint)(High >> 25));

    /// <summary>The id of the first row made from this one: a round over (1, 0).</summary>
    public DataViewRowId Fork()
    {
        var next = Next();
        return new DataViewRowId(next.Low ^ ulong.RotateLeft(C1, 31) * C2, next.High);
    }

    /// <summary>The id of a later row made from this one: a round over (0, 0).</summary>
    public DataViewRowId Next() => Round(Low, High, 0, 0);

    /// <summary>The id of a row made from the rows of two ids.</summary>
    public DataViewRowId Combine(DataViewRowId other)
    {
        other = other.Fork();
        return Round(Low, High, ulong.RotateLeft(other.Low * C1, 31) * C2, ulong.RotateLeft(other.High * C2, 33) * C1);
    }

    static DataViewRowId Round(ulong low, ulong high, ulong mixLow, ulong mixHigh)
    {
        low = (ulong.RotateLeft(low ^ mixLow, 27) + high) * 5 + 0x52dce729;
        high = (ulong.RotateLeft(high ^ mixHigh, 31) + low) * 5 + 0x38495ab5;
        return new DataViewRowId(low, high);
    }
}
