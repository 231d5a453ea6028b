using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Fully connected layers in generator and discriminator, for tables and vectors.</summary>
public sealed record DenseGan : AdversarialDesign
{
    /// <summary>Widths of the generator's hidden layers from the latent vector on, each at least 1. Default 256, 256.</summary>
    public IReadOnlyList<int> GeneratorSizes { get; init => field = EachAtLeastOne(value); } = [256, 256];

    /// <summary>Widths of the discriminator's hidden layers from the row on, each at least 1. Default 256, 256.</summary>
    public IReadOnlyList<int> DiscriminatorSizes { get; init => field = EachAtLeastOne(value); } = [256, 256];

    /// <summary>Whether the generator's hidden layers are normalised over the batch (Radford et al. 2016, section 3). The discriminator's never
    /// are: a gradient penalty needs each row judged for itself. Default yes.</summary>
    public bool BatchNormalization { get; init; } = true;

    internal override nn.Module<Tensor, Tensor> CreateGenerator(int inputs, int outputs, SeededRandom random)
    {
        var layers = new List<nn.Module<Tensor, Tensor>>();
        foreach (int size in GeneratorSizes)
        {
            layers.Add(new DenseLayer(inputs, size, Activation.Identity, random));
            if (BatchNormalization) layers.Add(new BatchNormalization(size));
            layers.Add(nn.ReLU());
            inputs = size;
        }
        layers.Add(new DenseLayer(inputs, outputs, Activation.Identity, random));
        return nn.Sequential(layers);
    }

    internal override nn.Module<Tensor, Tensor> CreateFeatures(int inputs, SeededRandom random)
    {
        var layers = new List<nn.Module<Tensor, Tensor>>();
        foreach (int size in DiscriminatorSizes)
        {
            layers.Add(new DenseLayer(inputs, size, Activation.Identity, random));
            layers.Add(nn.LeakyReLU(LeakySlope));
            inputs = size;
        }
        return nn.Sequential(layers);
    }

    internal override long CountFeatures(int inputs) => DiscriminatorSizes.Count == 0 ? inputs : DiscriminatorSizes[^1];

    internal override long CountValues(int latents, int inputs)
    {
        long[] generator = [latents, .. GeneratorSizes, inputs], discriminator = [inputs, .. DiscriminatorSizes];
        // A normalised layer has a scale, a shift, a mean and a variance more.
        return checked(Layers(generator) + Layers(discriminator) + (BatchNormalization ? 4 * GeneratorSizes.Sum(size => (long)size) : 0));

        static long Layers(long[] sizes) => checked(sizes.Zip(sizes.Skip(1), (from, to) => (from + 1) * to).Sum());
    }
}
