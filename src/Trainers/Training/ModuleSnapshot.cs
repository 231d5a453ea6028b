using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>A copy of a module's parameters and buffers, on their device, that can be taken anew and put back.</summary>
sealed class ModuleSnapshot : IDisposable
{
    readonly IReadOnlyDictionary<string, Tensor> live;
    readonly Dictionary<string, Tensor> copies = new(StringComparer.Ordinal);

    public ModuleSnapshot(nn.Module module)
    {
        live = module.state_dict();
        foreach (var (name, tensor) in live) copies.Add(name, tensor.detach().clone().DetachFromDisposeScope());
    }

    public IReadOnlyDictionary<string, Tensor> Copies => copies;

    public void Take() => Copy(live, copies);

    public void PutBack() => Copy(copies, live);

    static void Copy(IReadOnlyDictionary<string, Tensor> from, IReadOnlyDictionary<string, Tensor> to)
    {
        using var _ = no_grad();
        foreach (var (name, tensor) in from) to[name].copy_(tensor);
    }

    public void Dispose()
    {
        foreach (var copy in copies.Values) copy.Dispose();
    }
}
