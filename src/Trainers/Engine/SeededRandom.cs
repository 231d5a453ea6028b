using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// A small generator of our own (SplitMix64: Steele, Lea and Flood 2014), so that orders and first weights are the same on every platform
/// and version, and the application's generators stay as they are.
/// </summary>
sealed class SeededRandom(ulong seed)
{
    const ulong Golden = 0x9E3779B97F4A7C15;
    ulong _state = seed;

    public SeededRandom(int seed) : this(Mix(unchecked((ulong)seed))) { }

    /// <summary>One well mixed number from any others: a seed for each (seed, epoch, block), a hash for each row.</summary>
    public static ulong Hash(params ReadOnlySpan<long> parts)
    {
        ulong hash = 0;
        foreach (long part in parts) hash = Mix(hash + Golden + unchecked((ulong)part));
        return hash;
    }

    public ulong Next() => Mix(_state += Golden);

    /// <summary>A whole number from 0 to below <paramref name="limit"/> (Lemire 2019, without the last correction: bias below
    /// 2⁻³²).</summary>
    public int Next(int limit) => (int)Math.BigMul(Next(), (ulong)limit, out _);

    /// <summary>A number from 0 to below 1, a multiple of 2⁻⁵³.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A float32 tensor on the CPU with values uniform in [-bound, bound).</summary>
    public Tensor Uniform(long[] shape, double bound)
    {
        var tensor = empty(shape, dtype: ScalarType.Float32, device: CPU);
        foreach (ref float value in MemoryMarshal.Cast<byte, float>(tensor.bytes))
            value = (float)((2 * NextDouble() - 1) * bound);
        return tensor;
    }

    /// <summary>Shuffles in place (Fisher-Yates, in Durstenfeld's form).</summary>
    public void Shuffle(Span<int> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
