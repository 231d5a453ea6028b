using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// What a denoiser is told besides the row: its time as sines and cosines of many wavelengths (Vaswani et al. 2017, section 3.5; Ho et al.
/// 2020, appendix B) through two layers, and its class by a learned vector, one more of which stands for "unknown" (Ho and Salimans,
/// "Classifier-Free Diffusion Guidance", 2022, section 3.2).
/// </summary>
sealed class ConditionEmbedding : nn.Module<Tensor, Tensor?, Tensor>
{
    const int WaveCount = 32; // sines, and as many cosines
    const double Times = 1000; // the places as times of the usual 1,000 steps

    readonly int unknown;
    readonly DenseLayer widen, narrow;
    // TorchSharp finds parameters by field and replaces them when the module moves to a device.
    Parameter? weight;

    /// <param name="size">Values of the embedding.</param>
    /// <param name="classes">Number of classes; 0 for none.</param>
    /// <param name="random">Where the weights come from.</param>
    internal ConditionEmbedding(int size, int classes, SeededRandom random) : base(nameof(ConditionEmbedding))
    {
        unknown = classes;
        widen = new DenseLayer(2 * WaveCount, size, Activation.Silu, random);
        narrow = new DenseLayer(size, size, Activation.Identity, random);
        if (classes > 0)
        {
            weight = new Parameter(random.Uniform([classes + 1, size], 1));
            weight.DetachFromDisposeScope();
        }
        RegisterComponents();
    }

    internal static long CountValues(int size, int classes) =>
        checked((2L * WaveCount + 1) * size + (size + 1L) * size + (classes == 0 ? 0 : (classes + 1L) * size));

    /// <param name="places">[rows], in [0, 1)</param>
    /// <param name="classes">[rows] Int64, or <see langword="null"/>, as for <see cref="DenoiserNetwork.Predict"/>.</param>
    /// <returns>[rows, size]</returns>
    public override Tensor forward(Tensor places, Tensor? classes)
    {
        var angles = places.unsqueeze(1) * (Waves.Frequencies(WaveCount, places) * Times); // [rows, waves]
        var embedding = narrow.forward(widen.forward(cat([angles.sin(), angles.cos()], 1)));
        if (weight is not null) embedding = embedding + (classes is null ? weight.select(0, unknown) : weight.index_select(0, classes));
        return nn.functional.silu(embedding);
    }
}
