using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Extensions.ML.Trainers;

/// <summary>What numbers of a row are for: numbers of different uses, and of different steps of a use, are independent.</summary>
enum NoiseUse
{
    Latents,
    Rows,
    Steps,
    Classes,
}

/// <summary>
/// Random numbers that belong to rows: those of a row depend on the seed and the row alone, never on what rows are drawn beside it, so that
/// samples are the same in whatever blocks they are drawn.
/// </summary>
public sealed class RowNoise
{
    readonly ulong[] _rows;

    RowNoise(ulong[] rows) => _rows = rows;

    /// <summary>Noise for consecutive rows of a sample.</summary>
    /// <param name="seed">The seed of the sample.</param>
    /// <param name="first">Number of the first row, from 0.</param>
    /// <param name="count">Number of rows, at least 1.</param>
    public RowNoise(int seed, long first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        _rows = new ulong[count];
        for (int row = 0; row < count; row++) _rows[row] = SeededRandom.Hash(seed, first + row);
    }

    /// <summary>Noise for rows of a sample in any order.</summary>
    /// <param name="seed">The seed of the sample.</param>
    /// <param name="rows">Numbers of the rows.</param>
    internal RowNoise(int seed, IReadOnlyList<long> rows) => _rows = [.. rows.Select(row => SeededRandom.Hash(seed, row))];

    /// <summary>Noise for given rows, the same wherever a row of these values stands.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="rows">[rows, width] float32, on any device.</param>
    internal static RowNoise Of(int seed, Tensor rows)
    {
        using var host = rows.cpu().contiguous();
        var values = MemoryMarshal.Cast<byte, float>(host.bytes);
        int width = (int)rows.shape[1];
        var hashes = new ulong[rows.shape[0]];
        for (int row = 0; row < hashes.Length; row++) hashes[row] = Hash(seed, values.Slice(row * width, width));
        return new RowNoise(hashes);
    }

    static ulong Hash(int seed, ReadOnlySpan<float> row)
    {
        ulong hash = SeededRandom.Hash(seed);
        foreach (int bits in MemoryMarshal.Cast<float, int>(row)) hash = SeededRandom.Hash((long)hash, bits);
        return hash;
    }

    /// <summary>Number of rows.</summary>
    public int Count => _rows.Length;

    /// <summary>Other noise for the same rows.</summary>
    /// <param name="round">Which other.</param>
    internal RowNoise Next(int round) => new(Array.ConvertAll(_rows, row => SeededRandom.Hash((long)row, round)));

    /// <summary>Independent numbers uniform between 0 and 1, neither of which occurs.</summary>
    /// <returns>[rows, width], float32 on the CPU</returns>
    internal Tensor Uniform(int width, NoiseUse use, int step = 0) => Fill(width, width, use, step, _ => { });

    /// <summary>Independent standard normal numbers (Box and Muller 1958).</summary>
    /// <returns>[rows, width], float32 on the CPU</returns>
    internal Tensor Normal(int width, NoiseUse use, int step = 0)
    {
        int half = (width + 1) / 2;
        return Fill(width, 2 * half, use, step, uniform =>
        {
            Span<float> radius = uniform[..half], angle = uniform[half..];
            TensorPrimitives.Log(radius, radius);
            TensorPrimitives.Multiply(radius, -2f, radius);
            TensorPrimitives.Sqrt(radius, radius);
            TensorPrimitives.Multiply(angle, 2 * MathF.PI, angle);
            for (int i = 0; i < half; i++)
            {
                var (sin, cos) = MathF.SinCos(angle[i]);
                angle[i] = radius[i] * sin;
                radius[i] *= cos;
            }
        });
    }

    Tensor Fill(int width, int drawn, NoiseUse use, int step, SpanAction shape)
    {
        var tensor = empty([_rows.Length, width], dtype: ScalarType.Float32, device: CPU);
        if (width == 0) return tensor;
        var all = MemoryMarshal.Cast<byte, float>(tensor.bytes);
        var values = new float[drawn];
        for (int row = 0; row < _rows.Length; row++)
        {
            var random = new SeededRandom(SeededRandom.Hash((long)_rows[row], (long)use, step));
            for (int i = 0; i < drawn; i += 2)
            {
                ulong bits = random.Next();
                values[i] = Open((uint)bits);
                if (i + 1 < drawn) values[i + 1] = Open((uint)(bits >> 32));
            }
            shape(values);
            values.AsSpan(0, width).CopyTo(all.Slice(row * width, width));
        }
        return tensor;
    }

    delegate void SpanAction(Span<float> values);

    // The middle of one of 2²³ equal parts of the unit interval: exact in a float.
    static float Open(uint bits) => ((bits >> 9) + 0.5f) * (1f / (1 << 23));
}
