using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// The trained dense autoencoders of a detector and their spaces as one: the matrices of all are stacked, filled up with zeros where one is
/// smaller. A row needs as many operators as for a single network, and their calls are most of what a single row costs.
/// </summary>
sealed class StackedMembers : IDisposable
{
    // Weight [members, inputs, outputs], bias [members, 1, outputs].
    readonly (Tensor Weight, Tensor Bias, Activation Activation)[] _layers;
    readonly Tensor _whitening, _offset;

    StackedMembers(IReadOnlyList<DenseAutoencoder> networks, IReadOnlyList<CodeErrorSpace> spaces)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        int depth = networks[0].Depth;
        _layers = new (Tensor, Tensor, Activation)[2 * depth];
        for (int i = 0; i < _layers.Length; i++)
        {
            var layers = networks.Select(network => i < depth ? network.Down(i) : network.Up(_layers.Length - 1 - i)).Cast<IAffineLayer>().ToArray();
            _layers[i] = (Stack(layers.Select(layer => layer.Matrix)), Stack(layers.Select(layer => layer.Bias.unsqueeze(0))), layers[0].Activation);
        }
        _whitening = Stack(spaces.Select(space => space.Whitening!));
        _offset = Stack(spaces.Select(space => space.Offset!.unsqueeze(0)));
    }

    /// <returns><see langword="null"/> where the members cannot be stacked.</returns>
    public static StackedMembers? Of(IReadOnlyList<AutoencoderNetwork> networks, IReadOnlyList<CodeErrorSpace> spaces)
    {
        var dense = networks.OfType<DenseAutoencoder>().ToArray();
        return spaces.Count == 0 || dense.Length < networks.Count || dense.Any(network => network.Depth != dense[0].Depth) || spaces.Any(space => !space.Couples)
            ? null : new StackedMembers(dense, spaces);
    }

    static Tensor Stack(IEnumerable<Tensor> matrices)
    {
        var parts = matrices.ToArray();
        var stacked = zeros(parts.Length, parts.Max(part => part.shape[0]), parts.Max(part => part.shape[1]), dtype: ScalarType.Float32, device: parts[0].device);
        for (int m = 0; m < parts.Length; m++)
            stacked.select(0, m).narrow(0, 0, parts[m].shape[0]).narrow(1, 0, parts[m].shape[1]).copy_(parts[m]);
        return stacked.DetachFromDisposeScope();
    }

    /// <summary>Where rows lie in the members' spaces.</summary>
    /// <param name="rows">[rows, network size]</param>
    /// <param name="loss">Tells the error of a reconstruction.</param>
    /// <returns>[members, rows, size of a point]</returns>
    public Tensor Points(Tensor rows, RowLoss loss)
    {
        Tensor x = rows.unsqueeze(0).expand(_offset.shape[0], -1, -1), code = x;
        for (int i = 0; i < _layers.Length; i++)
        {
            x = _layers[i].Activation.Apply(x.bmm(_layers[i].Weight).add_(_layers[i].Bias));
            if (i == _layers.Length / 2 - 1) code = x;
        }
        return cat([loss.Residual(x, rows), code], 2).bmm(_whitening).add_(_offset);
    }

    public void Dispose()
    {
        foreach (var (weight, bias, _) in _layers)
        {
            weight.Dispose();
            bias.Dispose();
        }
        _whitening.Dispose();
        _offset.Dispose();
    }
}
