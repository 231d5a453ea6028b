using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// What an optimiser remembers of earlier steps, as named tensors for a checkpoint: per parameter a step count and one tensor per running
/// mean.
/// </summary>
static class OptimizerMemory
{
    /// <summary>One tensor that an optimiser keeps for a parameter; it may not exist before the first step.</summary>
    readonly record struct Slot(string Name, Tensor? Value, Action<Tensor> Set);

    /// <summary>The memory as tensors named <c>{parameter number}.{name}</c>. The step counts are new tensors of the caller's dispose
    /// scope.</summary>
    public static IEnumerable<(string Name, Tensor Tensor)> Save(IEnumerable<OptimizerHelper> optimizers)
    {
        int number = 0;
        foreach (var state in optimizers.SelectMany(optimizer => optimizer.state_dict().State))
        {
            if (Step(state) is { } step) yield return ($"{number}.step", tensor(step));
            foreach (var slot in Slots(state))
            {
                if (slot.Value is not null) yield return ($"{number}.{slot.Name}", slot.Value);
            }
            number++;
        }
    }

    /// <summary>Puts a saved memory into fresh optimisers over the same parameters.</summary>
    /// <exception cref="InvalidDataException">The memory is of another optimiser or of other parameters.</exception>
    public static void Load(IEnumerable<OptimizerHelper> optimizers, IReadOnlyDictionary<string, Tensor> saved)
    {
        using var _ = no_grad();
        int number = 0, used = 0;
        foreach (var (state, parameter) in optimizers.SelectMany(optimizer => optimizer.state_dict().State.Zip(optimizer.parameters())))
        {
            if (Step(state) is not null)
            {
                SetStep(state, Find($"{number}.step", ScalarType.Int64, []).item<long>());
            }
            foreach (var slot in Slots(state))
            {
                string name = $"{number}.{slot.Name}";
                // A slot that only the first step makes is missing where none was done.
                if (slot.Value is null && !saved.ContainsKey(name)) continue;
                var value = Find(name, parameter.dtype, parameter.shape);
                if (slot.Value is not null) slot.Value.copy_(value);
                else slot.Set(value.to(parameter.device, copy: true).DetachFromDisposeScope());
            }
            number++;
        }
        if (used != saved.Count)
            throw new InvalidDataException($"The checkpoint holds {saved.Count} tensors of the optimiser where {used} are expected.");

        Tensor Find(string name, ScalarType type, long[] shape)
        {
            used++;
            return saved.TryGetValue(name, out var value) && value.dtype == type && value.shape.AsSpan().SequenceEqual(shape) ? value
                : throw new InvalidDataException(
                    $"The checkpoint lacks the optimiser's tensor '{name}' of type {type} and shape [{string.Join(", ", shape)}].");
        }
    }

    static Slot[] Slots(OptimizerState state) => state switch
    {
        SGD.State s => [new("momentum", s.momentum_buffer, t => s.momentum_buffer = t)],
        TorchSharp.Modules.Adagrad.State s => [new("sum", s.sum, t => s.sum = t)],
        TorchSharp.Modules.Adadelta.State s =>
        [
            new("squares", s.square_avg, t => s.square_avg = t), new("deltas", s.acc_delta, t => s.acc_delta = t),
        ],
        RMSProp.State s =>
        [
            new("squares", s.square_avg, t => s.square_avg = t), new("mean", s.grad_avg, t => s.grad_avg = t),
            new("momentum", s.momentum_buffer, t => s.momentum_buffer = t),
        ],
        TorchSharp.Modules.Adam.State s =>
        [
            new("mean", s.exp_avg, t => s.exp_avg = t), new("squares", s.exp_avg_sq, t => s.exp_avg_sq = t),
            new("max-squares", s.max_exp_avg_sq, t => s.max_exp_avg_sq = t),
        ],
        TorchSharp.Modules.AdamW.State s =>
        [
            new("mean", s.exp_avg, t => s.exp_avg = t), new("squares", s.exp_avg_sq, t => s.exp_avg_sq = t),
            new("max-squares", s.max_exp_avg_sq, t => s.max_exp_avg_sq = t),
        ],
        _ => throw Unknown(state),
    };

    static long? Step(OptimizerState state) => state switch
    {
        SGD.State => null,
        TorchSharp.Modules.Adagrad.State s => s.step,
        TorchSharp.Modules.Adadelta.State s => s.step,
        RMSProp.State s => s.step,
        TorchSharp.Modules.Adam.State s => s.step,
        TorchSharp.Modules.AdamW.State s => s.step,
        _ => throw Unknown(state),
    };

    static void SetStep(OptimizerState state, long step)
    {
        switch (state)
        {
            case TorchSharp.Modules.Adagrad.State s: s.step = step; break;
            case TorchSharp.Modules.Adadelta.State s: s.step = step; break;
            case RMSProp.State s: s.step = step; break;
            case TorchSharp.Modules.Adam.State s: s.step = step; break;
            case TorchSharp.Modules.AdamW.State s: s.step = step; break;
            default: throw Unknown(state);
        }
    }

    static NotSupportedException Unknown(OptimizerState state) => new($"The memory of {state.GetType()} cannot be saved.");
}
