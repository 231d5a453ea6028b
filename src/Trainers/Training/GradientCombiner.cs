using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// The door for data-parallel training: called between the backward pass and the optimiser of every step, on every process, with the
/// gradients in the same order. An implementation averages them across processes in place through an existing engine (the process groups of
/// libtorch over Gloo or NCCL, or MPI); the loop then steps every replica alike.
/// </summary>
/// <remarks>
/// Every process gives the loop its own share of the rows, of equal length, and the same options and seed. What is decided by the monitored
/// loss (early stopping, best weights, a plateau) must come out alike: give every process the same validation rows.
/// </remarks>
public interface IGradientCombiner
{
    /// <summary>Replaces each gradient by its mean over all processes.</summary>
    /// <param name="gradients">The gradients of the parameters that have one, in the order of the parameters; on the device of
    /// training.</param>
    void Combine(IReadOnlyList<Tensor> gradients);
}
