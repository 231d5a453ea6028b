using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>A network that is shown noised rows and says what noise or data they consist of.</summary>
abstract class DenoiserNetwork : nn.Module
{
    private protected DenoiserNetwork(string name) : base(name)
    {
    }

    /// <param name="noisy">[rows, width]</param>
    /// <param name="places">[rows]: how far each row is on the way to noise, in [0, 1).</param>
    /// <param name="classes">[rows] Int64, from 0, where the number of classes stands for an unknown one; <see langword="null"/> where the
    /// network knows none, or where all are unknown.</param>
    /// <returns>[rows, width]</returns>
    public abstract Tensor Predict(Tensor noisy, Tensor places, Tensor? classes);
}
