using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Penalties on the slope of a discriminator by its input.</summary>
static class GradientPenalty
{
    /// <summary><c>mean (|∇D(x)| - 1)²</c> at points drawn evenly between real and generated rows (Gulrajani et al. 2017, equation 3).</summary>
    /// <param name="judge">[rows, width] to [rows], each row for itself.</param>
    /// <param name="real">[rows, width]</param>
    /// <param name="generated">[rows, width]</param>
    /// <param name="share">[rows, 1]: how far each point is on the way to the real row, 0 to 1.</param>
    /// <returns>A scalar, through which gradients flow to the discriminator.</returns>
    public static Tensor OneCentred(Func<Tensor, Tensor> judge, Tensor real, Tensor generated, Tensor share)
    {
        var x = (generated + (real - generated) * share).detach().requires_grad_();
        // The root has no gradient at 0, where a penalty would become NaN.
        return ((SquaredSlopes(judge(x), x) + 1e-16).sqrt() - 1).square().mean();
    }

    /// <summary><c>mean |∇D(x)|² / 2</c> at real rows (Mescheder et al., "Which Training Methods for GANs do actually Converge?", ICML 2018,
    /// equation 9).</summary>
    /// <param name="values">[rows]: the discriminator's values, each of its row alone.</param>
    /// <param name="real">[rows, width]: the rows, a leaf of the graph.</param>
    /// <returns>A scalar, through which gradients flow to the discriminator.</returns>
    public static Tensor ZeroCentred(Tensor values, Tensor real) => SquaredSlopes(values, real).mean() / 2;

    /// <returns>[rows]</returns>
    static Tensor SquaredSlopes(Tensor values, Tensor x) =>
        autograd.grad([values.sum()], [x], retain_graph: true, create_graph: true)[0].square().sum(1);
}
