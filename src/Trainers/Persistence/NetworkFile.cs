using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>What a model stores as safetensors: its network, and the scaling of the rows before it.</summary>
static class NetworkFile
{
    const string Offset = "scaler.offset", Scale = "scaler.scale";

    public static void Write(Stream stream, nn.Module network, FeatureScaler scaler)
    {
        using var scope = NewDisposeScope();
        SafeTensors.Write(stream, [
            .. network.state_dict().Select(entry => (entry.Key, entry.Value)),
            (Offset, tensor(scaler.Offset.ToArray())),
            (Scale, tensor(scaler.Scale.ToArray()))]);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
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
        long found = file.Tensors.Values.Sum(tensor => tensor.numel()), expected = checked(values + 2L * width);
        if (found != expected)
            throw new InvalidDataException($"The weights hold {found} values; this architecture has {expected}.");

        var network = create();
        try
        {
            using var scope = NewDisposeScope();
            SafeTensors.CheckFits(
                new Dictionary<string, Tensor>(network.state_dict()) { [Offset] = empty(width), [Scale] = empty(width) },
                [.. file.Tensors.Select(entry => (entry.Key, entry.Value.dtype, entry.Value.shape))]);
            var scaler = new FeatureScaler(scaling, file.Tensors[Offset].data<float>().ToArray(), file.Tensors[Scale].data<float>().ToArray());
            network.load_state_dict(file.Tensors.Where(entry => entry.Key is not (Offset or Scale)).ToDictionary());
            network.to(device);
            network.eval();
            return (network, scaler);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }
}
