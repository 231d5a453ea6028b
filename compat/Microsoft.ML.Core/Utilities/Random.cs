using System;

namespace Microsoft.ML;

static class RandomUtils
{
    public static TauswortheHybrid Create() => new(new Random());
    public static TauswortheHybrid Create(int? seed) => seed is { } value ? Create(value) : Create();
    public static TauswortheHybrid Create(int seed) => new((uint)seed);
    public static TauswortheHybrid Create(uint seed) => new(seed);
    public static TauswortheHybrid Create(uint? seed) => seed is { } value ? Create(value) : Create();
    public static TauswortheHybrid Create(Random seed) => new(seed);

    public static int NextSigned(this Random random)
        => random is TauswortheHybrid hybrid ? hybrid.NextSigned() : random.Next(int.MinValue, int.MaxValue);
}

/// <summary>Three Tausworthe generators and a linear congruential one, combined by exclusive or: the random stream of every host.</summary>
sealed class TauswortheHybrid : Random
{
    uint _z1, _z2, _z3, _z4;

    public TauswortheHybrid(uint seed)
    {
        _z1 = seed;
        _z2 = Internal.Utilities.Hashing.MurmurRound(_z1, seed);
        _z3 = Internal.Utilities.Hashing.MurmurRound(_z2, seed);
        _z4 = Internal.Utilities.Hashing.MurmurRound(_z3, seed);
    }

    public TauswortheHybrid(Random source)
    {
        _z1 = DrawLarge(source);
        _z2 = DrawLarge(source);
        _z3 = DrawLarge(source);
        _z4 = Draw(source);
    }

    TauswortheHybrid(TauswortheHybrid other) => (_z1, _z2, _z3, _z4) = (other._z1, other._z2, other._z3, other._z4);

    static uint Draw(Random source) => (uint)source.Next(0x10000) << 16 | (uint)source.Next(0x10000);

    static uint DrawLarge(Random source)
    {
        uint value;
        do
            value = Draw(source);
        while (value < 128);
        return value;
    }

    /// <summary>A generator that goes on as this one would.</summary>
    public TauswortheHybrid Clone() => new(this);

    public override double NextDouble() => Advance() / 4294967296.0;

    /// <summary>In [0, 1): 23 bits, so that nothing rounds up to 1.</summary>
    public override float NextSingle() => (Advance() >> 9) / 8388608f;

    public override int Next() => (int)(Advance() & int.MaxValue);

    public override int Next(int maxValue)
    {
        Runtime.Contracts.CheckParam(maxValue >= 0, nameof(maxValue), "maxValue must be non-negative");
        return (int)((ulong)Advance() * (ulong)maxValue >> 32);
    }

    public override int Next(int minValue, int maxValue)
    {
        Runtime.Contracts.CheckParam(minValue <= maxValue, nameof(minValue), "minValue must be less than or equal to maxValue.");
        return (int)((long)(NextDouble() * ((long)maxValue - minValue)) + minValue);
    }

    public override void NextBytes(byte[] buffer)
    {
        for (var i = 0; i < buffer.Length; i++)
            buffer[i] = (byte)Next();
    }

    public int NextSigned() => (int)Advance();

    uint Advance()
    {
        _z1 = Step(_z1, 13, 19, 12, ~0x1u);
        _z2 = Step(_z2, 2, 25, 4, ~0x7u);
        _z3 = Step(_z3, 3, 11, 17, ~0xfu);
        _z4 = 1664525 * _z4 + 1013904223;
        return _z1 ^ _z2 ^ _z3 ^ _z4;
    }

    static uint Step(uint z, int s1, int s2, int s3, uint mask) => (z & mask) << s3 ^ (z << s1 ^ z) >> s2;
}
