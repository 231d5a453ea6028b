using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Extensions.ML.Trainers;

/// <summary>The nonlinearity after a layer.</summary>
public enum Activation
{
    /// <summary>None: <c>x</c>.</summary>
    Identity,

    /// <summary>Rectified linear unit: <c>max(0, x)</c>.</summary>
    Relu,

    /// <summary>Leaky rectified linear unit: <c>x</c> above 0, else <c>0.01 x</c>.</summary>
    LeakyRelu,

    /// <summary>Exponential linear unit (Clevert et al. 2016): <c>x</c> above 0, else <c>exp(x) - 1</c>.</summary>
    Elu,

    /// <summary>Gaussian error linear unit (Hendrycks and Gimpel 2016): <c>x Φ(x)</c>, with the exact distribution function.</summary>
    Gelu,

    /// <summary>Sigmoid linear unit, also called swish: <c>x / (1 + exp(-x))</c>.</summary>
    Silu,

    /// <summary>Hyperbolic tangent.</summary>
    Tanh,

    /// <summary>Logistic function: <c>1 / (1 + exp(-x))</c>.</summary>
    Sigmoid,
}

/// <summary>What an <see cref="Activation"/> computes.</summary>
public static class Activations
{
    const double LeakySlope = 0.01;

    extension(Activation activation)
    {
        /// <summary>Applies the activation.</summary>
        /// <param name="x">Any shape.</param>
        /// <returns>The same shape; <paramref name="x"/> itself for <see cref="Activation.Identity"/>.</returns>
        public Tensor Apply(Tensor x) => activation switch
        {
            Activation.Identity => x,
            Activation.Relu => x.relu(),
            Activation.LeakyRelu => functional.leaky_relu(x, LeakySlope),
            Activation.Elu => functional.elu(x, 1.0),
            Activation.Gelu => functional.gelu(x),
            Activation.Silu => functional.silu(x),
            Activation.Tanh => x.tanh(),
            Activation.Sigmoid => x.sigmoid(),
            _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "Unknown activation."),
        };

        /// <summary>Applies the activation to a layer's output that nothing else needs: in its own memory where the derivative follows from the
        /// result.</summary>
        /// <param name="x">Any shape; used up.</param>
        /// <returns>The same shape.</returns>
        internal Tensor ApplyTo(Tensor x) => activation switch
        {
            Activation.Relu => x.relu_(),
            Activation.Tanh => x.tanh_(),
            Activation.Sigmoid => x.sigmoid_(),
            _ => activation.Apply(x),
        };

        /// <summary>The same in ONNX.</summary>
        internal OnnxTensor Apply(OnnxTensor x) => activation switch
        {
            Activation.Identity => x,
            Activation.Relu => x.relu(),
            Activation.LeakyRelu => x.Apply("LeakyRelu", new OnnxAttribute("alpha", (float)LeakySlope)),
            Activation.Elu => x.Apply("Elu"),
            Activation.Gelu => x.Apply("Gelu"),
            Activation.Silu => x * x.sigmoid(),
            Activation.Tanh => x.tanh(),
            Activation.Sigmoid => x.sigmoid(),
            _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "Unknown activation."),
        };
    }
}
