using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// Takes means and covariances out of rows: <c>z = L⁻¹ (x - m)</c>, where <c>L Lᵀ</c> is their covariance (Cholesky). Because L is triangular,
/// <c>z</c> of a slot depends on that slot and those before it only: it is what is left of the slot when all before it have predicted it, by
/// its deviation. A standard normal z makes the density that of the full-covariance Gaussian.
/// </summary>
sealed class Whitening : FlowStep
{
    // TorchSharp finds buffers by field and replaces them when the module moves to a device.
    Tensor mean;
    Tensor factor;
    Tensor inverse;

    /// <param name="size">Slots, at least 1. It changes nothing until it has learned.</param>
    internal Whitening(int size) : base(nameof(Whitening))
    {
        mean = zeros(size, dtype: ScalarType.Float32);
        factor = eye(size, dtype: ScalarType.Float32);
        inverse = eye(size, dtype: ScalarType.Float32);
        foreach (var tensor in new[] { mean, factor, inverse }) tensor.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>Values in all buffers.</summary>
    internal static long CountValues(long size) => checked(2 * size * size + size);

    /// <summary>Learns from rows in one pass, in double precision.</summary>
    /// <param name="batches">[rows, slots] each; used up.</param>
    /// <param name="noise">Deviation of independent noise that the rows are thought to carry besides, at least 0.</param>
    internal void Learn(IEnumerable<Tensor> batches, double noise)
    {
        using var noGradients = no_grad();
        using var outer = NewDisposeScope();
        long size = mean.shape[0], rows = 0;
        var sum = zeros(size, dtype: ScalarType.Float64, device: mean.device);
        var products = zeros([size, size], dtype: ScalarType.Float64, device: mean.device);
        foreach (var batch in batches)
        {
            using var inner = NewDisposeScope();
            var x = batch.to(ScalarType.Float64);
            sum.add_(x.sum([0L]));
            products.add_(x.t().matmul(x));
            rows += x.shape[0];
        }
        var average = sum / rows;
        // Slots that others determine wholly would have no variance left: single precision bears a millionth.
        double floor = Math.Max(noise * noise, 1e-6);
        var covariance = products / rows - average.outer(average) + floor * eye(size, dtype: ScalarType.Float64, device: mean.device);
        var root = linalg.cholesky(covariance);
        mean.copy_(average);
        factor.copy_(root);
        inverse.copy_(linalg.inv(root).tril());
    }

    internal override (Tensor Latents, Tensor LogDeterminant) Normalize(Tensor x, Tensor? condition) =>
        ((x - mean).matmul(inverse.t()), LogSlopes.sum());

    /// <summary>The logarithm of how fast each latent value moves with its slot: [slots].</summary>
    internal Tensor LogSlopes => inverse.diag().log();

    internal override Tensor Generate(Tensor z, Tensor? condition) => z.matmul(factor.t()) + mean;

    internal override OnnxTensor Normalize(OnnxTensor x, OnnxTensor? condition) => (x - mean).matmul(x.Graph.Weight(inverse, "T", w => w.t()));

    internal override OnnxTensor Generate(OnnxTensor z, OnnxTensor? condition) => z.matmul(z.Graph.Weight(factor, "T", w => w.t())) + mean;

    /// <summary>One slot of the rows that latent values stand for.</summary>
    /// <param name="z">[rows, slots], of which those after the slot do not matter.</param>
    /// <param name="slot">The slot.</param>
    /// <returns>[rows, 1]</returns>
    internal Tensor Generate(Tensor z, long slot) =>
        z.narrow(1, 0, slot + 1).matmul(factor.narrow(0, slot, 1).narrow(1, 0, slot + 1).t()) + mean[slot];

    /// <summary>The latent value of one slot.</summary>
    /// <param name="x">[rows, slots], of which those after the slot do not matter.</param>
    /// <param name="slot">The slot.</param>
    /// <returns>[rows, 1]</returns>
    internal Tensor Normalize(Tensor x, long slot) =>
        (x - mean).narrow(1, 0, slot + 1).matmul(inverse.narrow(0, slot, 1).narrow(1, 0, slot + 1).t());
}
