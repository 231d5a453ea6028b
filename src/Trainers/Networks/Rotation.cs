using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// Turns queries and keys by their places, so that their product tells how far apart two tokens stand (Su et al., "RoFormer: Enhanced Transformer
/// with Rotary Position Embedding", 2021, equation 34). A value of the first half of a head and the one as far in the second half are a point in
/// the plane, which is turned by the angle of a wave of its own.
/// </summary>
/// <param name="Cosines">[tokens, size of a head]</param>
/// <param name="Sines">[tokens, size of a head], those of the first half negative.</param>
readonly record struct Rotation(Tensor Cosines, Tensor Sines)
{
    /// <param name="before">Tokens that stand before the first.</param>
    /// <param name="count">Tokens.</param>
    /// <param name="size">Size of a head, even.</param>
    /// <param name="like">Tells type and device.</param>
    public static Rotation Of(long before, long count, int size, Tensor like)
    {
        var angles = Waves.Angles(before, count, size / 2, like);
        var (cosines, sines) = (angles.cos(), angles.sin());
        return new(cat([cosines, cosines], 1), cat([sines.neg(), sines], 1));
    }

    /// <param name="x">[rows x heads, tokens, size of a head]</param>
    /// <returns>Of the same shape.</returns>
    public Tensor Turn(Tensor x)
    {
        long points = x.shape[2] / 2;
        return x * Cosines + cat([x.narrow(2, points, points), x.narrow(2, 0, points)], 2) * Sines;
    }
}

/// <summary><see cref="Rotation"/> in ONNX.</summary>
/// <param name="Cosines">[tokens, size of a head]</param>
/// <param name="Sines">[tokens, size of a head], those of the first half negative.</param>
sealed record OnnxRotation(OnnxTensor Cosines, OnnxTensor Sines)
{
    /// <param name="places">[tokens] Int64</param>
    /// <param name="size">Size of a head, even.</param>
    public static OnnxRotation Of(OnnxTensor places, int size)
    {
        var angles = Waves.Angles(places, size / 2);
        var (cosines, sines) = (angles.cos(), angles.sin());
        return new(places.Graph.Cat(1, cosines, cosines), places.Graph.Cat(1, -sines, sines));
    }

    /// <param name="x">[rows, heads, tokens, size of a head]</param>
    /// <param name="size">Size of a head.</param>
    /// <returns>Of the same shape.</returns>
    public OnnxTensor Turn(OnnxTensor x, long size) =>
        x * Cosines + x.Graph.Cat(3, x.narrow(3, size / 2, size / 2), x.narrow(3, 0, size / 2)) * Sines;
}
