using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>A generator that makes rows of latent vectors, and the discriminator that it learned from.</summary>
sealed class AdversarialNetwork : nn.Module
{
    readonly AdversarialGenerator generator;
    readonly Discriminator discriminator;

    internal AdversarialNetwork(AdversarialArchitecture architecture, int seed) : base(nameof(AdversarialNetwork))
    {
        generator = new AdversarialGenerator(architecture, seed);
        discriminator = new Discriminator(architecture, seed);
        RegisterComponents();
    }

    internal AdversarialGenerator Generator => generator;

    internal Discriminator Discriminator => discriminator;
}

/// <summary>Makes rows of latent vectors and classes.</summary>
sealed class AdversarialGenerator : nn.Module
{
    // As in Xu et al., "Modeling Tabular Data using Conditional GAN", NeurIPS 2019, section 4.4.
    const double Temperature = 0.2;

    readonly AdversarialArchitecture architecture;
    readonly nn.Module<Tensor, Tensor> body;

    internal AdversarialGenerator(AdversarialArchitecture architecture, int seed) : base(nameof(AdversarialGenerator))
    {
        this.architecture = architecture;
        body = architecture.Network.CreateGenerator(checked(architecture.LatentSize + architecture.Classes), architecture.NetworkSize,
            new SeededRandom(SeededRandom.Hash(seed, 0)));
        RegisterComponents();
    }

    /// <param name="latents">[rows, latent size]</param>
    /// <param name="classes">[rows] Int64, from 0; <see langword="null"/> where the network knows none.</param>
    /// <returns>[rows, network size]: numbers, and logits of what is none.</returns>
    public Tensor Generate(Tensor latents, Tensor? classes)
    {
        var output = body.forward(classes is null ? latents : cat([latents, ConditionalRows.Indicators(classes, architecture.Classes)], 1));
        return architecture.OutputActivation == Activation.Identity ? output : architecture.Layout.Map(output, null,
            (group, part, _) => group.Kind == SlotKind.Numeric ? architecture.OutputActivation.Apply(part) : part);
    }

    /// <summary>The rows that latent vectors stand for.</summary>
    /// <param name="latents">[rows, latent size]</param>
    /// <param name="classes">[rows] Int64, from 0; <see langword="null"/> where the network knows none.</param>
    /// <param name="uniform">What categories are drawn by, as for <see cref="SlotLayout.Decide(Tensor, Tensor?)"/>; <see langword="null"/> for the likeliest.</param>
    /// <returns>[rows, input size], scaled; whole categories.</returns>
    public Tensor Draw(Tensor latents, Tensor? classes, Tensor? uniform) => architecture.Layout.Decide(Generate(latents, classes), uniform);

    /// <summary>The likeliest rows in ONNX.</summary>
    /// <param name="latents">[rows, latent size]</param>
    /// <param name="classes">[rows, classes]: indicators, or <see langword="null"/>.</param>
    /// <returns>[rows, input size], scaled.</returns>
    /// <exception cref="NotSupportedException">A layer cannot be exported.</exception>
    public OnnxTensor Draw(OnnxTensor latents, OnnxTensor? classes)
    {
        var output = OnnxLayers.forward(body, classes is null ? latents : latents.Graph.Cat(1, latents, classes));
        return architecture.Layout.Decide(output, numbers => architecture.OutputActivation.Apply(numbers));
    }

    /// <summary>Draws categories in a way that gradients flow through: nearly whole ones (Jang et al., "Categorical Reparameterization with
    /// Gumbel-Softmax", ICLR 2017, equation 2; a Boolean is a category of two). At temperature 0 they are drawn as
    /// <see cref="SlotLayout.Decide(Tensor, Tensor?)"/> does.</summary>
    /// <param name="output">[rows, network size], of <see cref="Generate"/>.</param>
    /// <returns>[rows, network size], numbers as they are.</returns>
    public Tensor Soften(Tensor output) => architecture.Slots is null ? output
        : architecture.Layout.Map(output, null, (group, part, _) => group.Kind switch
        {
            SlotKind.Numeric => part,
            SlotKind.Boolean => ((part + Gumbel(part) - Gumbel(part)) / Temperature).sigmoid(),
            SlotKind.OneHot => ((part + Gumbel(part)) / Temperature).softmax(1),
            _ => ((part + Gumbel(part)) / Temperature).reshape(part.shape[0], group.Count, group.Categories).softmax(2).reshape(part.shape),
        });

    static Tensor Gumbel(Tensor like)
    {
        using var _ = no_grad();
        return -rand_like(like).clamp(1e-7, 1 - 1e-7).log().neg().log();
    }
}

/// <summary>
/// Judges rows, each for itself: a linear function of what it sees in a row, and for a class that it is told another one (the projection
/// discriminator: Miyato and Koyama, "cGANs with Projection Discriminator", ICLR 2018, equation 3).
/// </summary>
sealed class Discriminator : nn.Module
{
    readonly nn.Module<Tensor, Tensor> features;
    readonly DenseLayer head;

    internal Discriminator(AdversarialArchitecture architecture, int seed) : base(nameof(Discriminator))
    {
        var random = new SeededRandom(SeededRandom.Hash(seed, 1));
        features = architecture.Network.CreateFeatures(architecture.NetworkSize, random);
        int seen = checked((int)architecture.Network.CountFeatures(architecture.NetworkSize));
        head = new DenseLayer(seen, 1 + architecture.Classes, Activation.Identity, random);
        RegisterComponents();
    }

    /// <param name="x">[rows, network size]</param>
    /// <param name="classes">[rows] Int64, from 0; <see langword="null"/> where the network knows none.</param>
    /// <returns>[rows], higher for what looks more like a real row of its class.</returns>
    public Tensor Judge(Tensor x, Tensor? classes)
    {
        var values = head.forward(features.forward(x)); // [rows, 1 + classes]
        var any = values.select(1, 0);
        return classes is null ? any : any + values.gather(1, classes.unsqueeze(1) + 1).squeeze(1);
    }
}
