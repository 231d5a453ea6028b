using Microsoft.ML;

namespace Extensions.ML.Hosting;

/// <summary>How models are served. In a configuration file: a section with these names.</summary>
public sealed class ExtensionsMLOptions
{
    /// <summary>Seed of the <see cref="MLContext"/>. Default <see langword="null"/>: none.</summary>
    public int? Seed { get; set; }

    /// <summary>Where models compute: <c>cpu</c> (the default), <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; set; } = "cpu";

    /// <summary>Whether the CPU stands in for a GPU that is not there. Default no: then loading a model fails.</summary>
    public bool FallbackToCpu { get; set; }

    /// <summary>Threads that one operator of a network may use, at least 1. Default <see langword="null"/>: as many as there are cores. Of the whole process.</summary>
    /// <remarks>Networks of a few hundred units are served best with 1: what threads gain there they lose by waking each other.</remarks>
    public int? Threads { get; set; }

    /// <summary>The files of the models by the names that they are registered with; capital and small letters are the same.</summary>
    public IDictionary<string, ModelOptions> Models { get; } = new Dictionary<string, ModelOptions>(StringComparer.OrdinalIgnoreCase);
}

/// <summary>How one model is served.</summary>
public sealed class ModelOptions
{
    /// <summary>The model zip, as <c>ml.Model.Save</c> writes it. Where it is relative, it is below the content root of the host.</summary>
    public string Path { get; set; } = "";

    /// <summary>Requests computed together, at least 1; also the most texts that are streamed at once. Default 64.</summary>
    public int MaxBatchSize { get; set; } = 64;

    /// <summary>
    /// How long a batch that is not full may wait for more requests while there is load, 0 to 1 s. Where the batch before held one request only there is no
    /// load, and none waits. Default 1 ms; 0 takes what waits at once, always.
    /// </summary>
    public TimeSpan MaxBatchDelay { get; set; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Requests that may wait, at least 1; more are refused with <see cref="PredictionFailure.QueueFull"/>. Default 4096.</summary>
    public int QueueCapacity { get; set; } = 4096;

    /// <summary>Threads that compute batches, at least 1. Default 1: a network's operators use several cores by themselves.</summary>
    public int Workers { get; set; } = 1;

    /// <summary>Whether a file that is replaced goes live. Default yes.</summary>
    public bool Watch { get; set; } = true;

    /// <summary>How often the file is looked at where the system tells nothing of its changes (network drives, some containers), at least 100 ms. Default 10 s.</summary>
    public TimeSpan PollingInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a changed file must stay as it is before it is loaded, at least 0. Default 250 ms.</summary>
    public TimeSpan SettleTime { get; set; } = TimeSpan.FromMilliseconds(250);
}
