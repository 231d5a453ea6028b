using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Where an interrupted training stands, apart from its tensors.</summary>
/// <param name="Settings">Everything that the arithmetic depends on; must be equal to resume.</param>
/// <param name="Epochs">The epochs done.</param>
/// <param name="Batches">Batches done in the epoch under way.</param>
/// <param name="Weight">Their weight.</param>
/// <param name="LossSum">Sum of the losses over them.</param>
sealed record CheckpointState(JsonObject Settings, IReadOnlyList<EpochRecord> Epochs, long Batches, long Weight, double LossSum);

/// <summary>
/// The file of a checkpoint: weights, the best weights so far, those of the last epochs, the optimiser's memory and the generator's state as
/// safetensors, and the rest as JSON in its metadata. It appears under its name only when it is complete.
/// </summary>
sealed class Checkpoint(string folder)
{
    const string Key = "extensions-ml-checkpoint-1";

    public string Path { get; } = System.IO.Path.Combine(folder, "checkpoint.safetensors");

    public void Save(CheckpointState state, nn.Module module, ModuleSnapshot? best, IEnumerable<ModuleSnapshot> last,
        IEnumerable<OptimizerHelper> optimizers)
    {
        using var scope = NewDisposeScope();
        var tensors = module.state_dict().Select(entry => ("model/" + entry.Key, entry.Value))
            .Concat(best is null ? [] : best.Copies.Select(entry => ("best/" + entry.Key, entry.Value)))
            .Concat(last.SelectMany((epoch, i) => epoch.Copies.Select(entry => ($"last/{i}/{entry.Key}", entry.Value))))
            .Concat(OptimizerMemory.Save(optimizers).Select(entry => ("optimizer/" + entry.Name, entry.Tensor)))
            .Append(("random", get_rng_state()));
        Directory.CreateDirectory(folder);
        string temporary = Path + ".tmp";
        using (var file = File.Create(temporary))
        {
            SafeTensors.Write(file, tensors, new Dictionary<string, string> { [Key] = JsonSerializer.Serialize(state) });
            file.Flush(flushToDisk: true);
        }
        File.Move(temporary, Path, overwrite: true);
    }

    /// <summary>Puts a saved training back, or does nothing where there is none.</summary>
    /// <exception cref="TrainingException">The file is damaged, or of another training.</exception>
    public CheckpointState? Load(JsonObject settings, nn.Module module, Func<ModuleSnapshot> best, Func<ModuleSnapshot> addLast,
        IEnumerable<OptimizerHelper> optimizers)
    {
        if (!File.Exists(Path)) return null;
        try
        {
            using var scope = NewDisposeScope();
            using var file = File.OpenRead(Path);
            using var content = SafeTensors.Read(file, maxBytes: file.Length);
            var state = content.Metadata.TryGetValue(Key, out string? json) ? JsonSerializer.Deserialize<CheckpointState>(json) : null;
            if (state is not { Settings: not null, Epochs: not null, Batches: >= 0, Weight: >= 0 } || state.Epochs.Contains(null))
                throw new InvalidDataException("it is not a checkpoint of this version.");
            Compare(state.Settings, settings);

            PutBack(Group(content, "model/"), module.state_dict());
            if (Group(content, "best/") is { Count: > 0 } saved) PutBack(saved, best().Copies);
            for (int i = 0; Group(content, $"last/{i}/") is { Count: > 0 } epoch; i++) PutBack(epoch, addLast().Copies);
            OptimizerMemory.Load(optimizers, Group(content, "optimizer/"));
            if (state.Batches == 0) return state;
            SafeTensors.CheckFits(new Dictionary<string, Tensor> { ["random"] = get_rng_state() },
                [.. content.Tensors.Where(entry => entry.Key == "random").Select(entry => (entry.Key, entry.Value.dtype, entry.Value.shape))]);
            set_rng_state(content.Tensors["random"]);
            return state;
        }
        catch (Exception e) when (e is InvalidDataException or JsonException or IOException or ArgumentException or ExternalException)
        {
            throw new TrainingException(
                $"The checkpoint '{Path}' cannot be continued from: {e.Message} Set Resume to false, or name another folder.", e);
        }
    }

    static Dictionary<string, Tensor> Group(TensorFile file, string prefix)
        => file.Tensors.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value, StringComparer.Ordinal);

    static void PutBack(Dictionary<string, Tensor> saved, IReadOnlyDictionary<string, Tensor> live)
    {
        SafeTensors.CheckFits(live, [.. saved.Select(entry => (entry.Key, entry.Value.dtype, entry.Value.shape))]);
        using var _ = no_grad();
        foreach (var (name, tensor) in saved) live[name].copy_(tensor);
    }

    static void Compare(JsonObject saved, JsonObject asked)
    {
        foreach (var (name, value) in asked)
        {
            if (!JsonNode.DeepEquals(saved[name], value))
                throw new InvalidDataException(
                    $"it was made with {name} {saved[name]?.ToJsonString() ?? "null"}, asked for is {value?.ToJsonString() ?? "null"}.");
        }
    }
}
