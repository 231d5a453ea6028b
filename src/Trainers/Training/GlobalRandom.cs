using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Puts the engine's global CPU generator back as it was, so that a training leaves the application's random numbers
/// alone.</summary>
sealed class GlobalRandom : IDisposable
{
    readonly Tensor _state = get_rng_state().DetachFromDisposeScope();

    public void Dispose()
    {
        set_rng_state(_state);
        _state.Dispose();
    }
}
