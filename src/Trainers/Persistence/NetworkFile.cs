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
