using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Waves of different lengths, by whose angles a network is told a place or a time (Vaswani et al. 2017, section 3.5):
/// <c>place / 10,000^(wave / waves)</c>.</summary>
static class Waves
{
    const double Longest = 10_000;

    /// <summary>How far each wave turns from one place to the next.</summary>
    /// <param name="waves">Waves.</param>
    /// <param name="like">Tells type and device.</param>
    /// <returns>[waves]</returns>
    public static Tensor Frequencies(int waves, Tensor like) =>
        (arange(waves, dtype: like.dtype, device: like.device) * (-Math.Log(Longest) / waves)).exp();

    /// <param name="before">The first place.</param>
    /// <param name="count">Places.</param>
    /// <param name="waves">Waves.</param>
    /// <param name="like">Tells type and device.</param>
    /// <returns>[count, waves]</returns>
    public static Tensor Angles(long before, long count, int waves, Tensor like) =>
        arange(before, before + count, dtype: like.dtype, device: like.device).unsqueeze(1) * Frequencies(waves, like);

    /// <summary><see cref="Angles(long, long, int, Tensor)"/> in ONNX.</summary>
    /// <param name="places">[count] Int64</param>
    /// <param name="waves">Waves.</param>
    public static OnnxTensor Angles(OnnxTensor places, int waves) => places.to(OnnxType.Single).unsqueeze(1)
        * places.Graph.Numbers([.. Enumerable.Range(0, waves).Select(wave => MathF.Exp(wave * (float)(-Math.Log(Longest) / waves)))]);
}
