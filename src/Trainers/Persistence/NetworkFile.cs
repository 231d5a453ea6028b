using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>What a model stores as safetensors: its network, and where there is one the scaling of the rows before it.</summary>
static class NetworkFile
{
    const string Offset = "scaler.offset", Scale = "scaler.scale";

    public static void Write(Stream stream, nn.Module network) =>
        SafeTensors.Write(stream, network.state_dict().Select(entry => (entry.Key, entry.Value)));

    public static void Write(Stream stream, nn.Module network, FeatureScaler scaler)
    {
        using var scope = NewDisposeScope();
        SafeTensors.Write(stream, [
            .. network.state_dict().Select(entry => (entry.Key, entry.Value)),
            (Offset, tensor(scaler.Offset.ToArray())),
            (Scale, tensor(scaler.Scale.ToArray()))]);
    }

    /// <summary>Puts weights of a file in place of a network's first ones, by their names.</summary>
    /// <param name="network">On the CPU. What the file does not hold stays as it is.</param>
    /// <param name="path">A safetensors file of numbers of any precision; nothing in it is trusted. <see langword="null"/>: there is none.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or a tensor of it is none of the network's, or of another shape.</exception>
    public static void Begin(nn.Module network, string? path)
    {
        if (path is null) return;
        using var stream = File.OpenRead(path);
        using var file = SafeTensors.Read(stream);
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var own = network.state_dict();
        foreach (var (name, tensor) in file.Tensors)
        {
            if (name is Offset or Scale) continue; // rows are scaled as the data asks
            if (!own.TryGetValue(name, out var target))
                throw new InvalidDataException($"'{path}' holds a tensor '{name}', which the network does not have. Its own are {string.Join(", ", own.Keys)}.");
            if (!target.shape.AsSpan().SequenceEqual(tensor.shape))
                throw new InvalidDataException($"The tensor '{name}' in '{path}' is [{string.Join(", ", tensor.shape)}]; expected is "
                    + $"[{string.Join(", ", target.shape)}].");
            target.copy_(tensor);
        }
    }

    /// <summary>Reads a network without a scaling.</summary>
    /// <param name="stream">The file; nothing in it is trusted.</param>
    /// <param name="values">Values that the network's parameters and buffers have.</param>
    /// <param name="create">Builds the network. Called once the file is seen to hold as many values: the sizes of a description are claims.</param>
    /// <param name="device">Where the network is wanted.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or of another network.</exception>
    public static TNetwork Read<TNetwork>(Stream stream, long values, Func<TNetwork> create, Device device) where TNetwork : nn.Module
    {
        TorchEngine.Start();
        using var file = SafeTensors.Read(stream);
        return Fill(file, values, create, device);
    }

    /// <summary>Reads a network and its scaling.</summary>
    /// <param name="stream">The file; nothing in it is trusted.</param>
    /// <param name="values">Values that the network's parameters and buffers have.</param>
    /// <param name="create">Builds the network. Called once the file is seen to hold as many values: the sizes of a description are claims.</param>
    /// <param name="width">Slots of the scaling.</param>
    /// <param name="scaling">The scaling that the stored offsets and scales are the result of.</param>
    /// <param name="device">Where the network is wanted.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or of another network.</exception>
    public static (TNetwork Network, FeatureScaler Scaler) Read<TNetwork>(Stream stream, long values, Func<TNetwork> create, int width,
        FeatureScaling scaling, Device device) where TNetwork : nn.Module
    {
        TorchEngine.Start();
        using var file = SafeTensors.Read(stream);
        return Fill(file, checked(values + 2L * width), create, device, (Offset, [width]), (Scale, [width])).HandOver(network =>
            (network, new FeatureScaler(scaling, file.Tensors[Offset].data<float>().ToArray(), file.Tensors[Scale].data<float>().ToArray())));
    }

    // What is extra is what the file holds besides the network.
    static TNetwork Fill<TNetwork>(TensorFile file, long expected, Func<TNetwork> create, Device device,
        params (string Name, long[] Shape)[] extra)
        where TNetwork : nn.Module
    {
        long found = file.Tensors.Values.Sum(tensor => tensor.numel());
        if (found != expected)
            throw new InvalidDataException($"The weights hold {found} values; this architecture has {expected}.");

        return create().HandOver(network =>
        {
            using var scope = NewDisposeScope();
            SafeTensors.CheckFits(network.state_dict().Concat(extra.Select(tensor => KeyValuePair.Create(tensor.Name, empty(tensor.Shape)))).ToDictionary(),
                [.. file.Tensors.Select(entry => (entry.Key, entry.Value.dtype, entry.Value.shape))]);
            network.load_state_dict(file.Tensors.Where(entry => !extra.Any(tensor => tensor.Name == entry.Key)).ToDictionary());
            network.to(device);
            network.eval();
            return network;
        });
    }
}
