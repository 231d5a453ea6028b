using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>A copy of a module's parameters and buffers, on their device, that can be taken anew and put back.</summary>
sealed class ModuleSnapshot : IDisposable
{
    readonly IReadOnlyDictionary<string, Tensor> _live;
    readonly Dictionary<string, Tensor> _copies = new(StringComparer.Ordinal);

    public ModuleSnapshot(nn.Module module)
    {
        _live = module.state_dict();
        using var scope = NewDisposeScope();
        foreach (var (name, tensor) in _live) _copies.Add(name, tensor.detach().clone().DetachFromDisposeScope());
    }

    public IReadOnlyDictionary<string, Tensor> Copies => _copies;

    public void Take() => Copy(_live, _copies);

    public void PutBack() => Copy(_copies, _live);

    /// <summary>Gives a module the mean of some snapshots of it; of what is no floating-point number, the last one's.</summary>
    public static void PutBackMean(IReadOnlyCollection<ModuleSnapshot> snapshots)
    {
        using var _ = no_grad();
        foreach (var (name, tensor) in snapshots.Last()._live)
        {
            using var scope = NewDisposeScope();
            tensor.copy_(tensor.is_floating_point()
                ? stack(snapshots.Select(snapshot => snapshot._copies[name].to(ScalarType.Float64))).mean([0]) : snapshots.Last()._copies[name]);
        }
    }

    static void Copy(IReadOnlyDictionary<string, Tensor> from, IReadOnlyDictionary<string, Tensor> to)
    {
        using var _ = no_grad();
        foreach (var (name, tensor) in from) to[name].copy_(tensor);
    }

    public void Dispose()
    {
        foreach (var copy in _copies.Values) copy.Dispose();
    }
}
