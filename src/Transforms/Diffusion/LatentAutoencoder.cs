using Extensions.ML.Trainers;

namespace Extensions.ML;

/// <summary>The autoencoder of a latent diffusion (Rombach et al., "High-Resolution Image Synthesis with Latent Diffusion Models", CVPR
/// 2022): it turns rows into codes, which are fewer values to diffuse.</summary>
public sealed record LatentAutoencoder
{
    /// <summary>Values in a code, at least 1. Default 16.</summary>
    public int CodeSize
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(CodeSize), value, "CodeSize must be at least 1.");
    } = 16;

    /// <summary>The kind of network. Default a <see cref="DenseNetwork"/> with one hidden layer, its width chosen from input and code.
    /// Distortion of images is for embeddings, not for codes to be decoded: it is switched off.</summary>
    public NetworkDesign Network { get; init; } = new DenseNetwork();

    /// <summary>Passes over the training rows, at least 1. Default <see langword="null"/>: as many as for the diffusion.</summary>
    public int? Epochs
    {
        get;
        init => field = value is null or >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Epochs), value, "Epochs must be at least 1.");
    }

    internal AutoencoderModel Train(GeneratorJob job)
    {
        var data = job.Data;
        var architecture = new AutoencoderArchitecture
        {
            InputSize = job.InputSize,
            CodeSize = CodeSize,
            Slots = job.Groups,
            Network = (Network is ConvolutionalNetwork images ? images with { Distortion = null } : Network)
                .Resolve(job.NetworkSize, [GeneratorOptions.HiddenSize(CodeSize, job.NetworkSize)]),
            Activation = Activation.Silu,
            // Over logits where values lie from 0 to 1.
            Loss = data.IsUnitRange ? ReconstructionLoss.BinaryCrossEntropy : ReconstructionLoss.MeanSquaredError,
        };
        using var rows = data.WithoutTargets(job.InputSize);
        return AutoencoderModel.Train(architecture, rows, job.Options with
        {
            Epochs = Epochs ?? job.Options.Epochs,
            CheckpointFolder = job.Options.CheckpointFolder is { } folder ? Path.Combine(folder, "autoencoder") : null,
            Log = line => job.Options.Log?.Invoke("autoencoder: " + line),
        }, null, job.Cancellation);
    }
}
