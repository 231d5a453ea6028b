using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>What every trainer of a generator lets the user set about its columns.</summary>
public abstract class GeneratorOptions : NetworkOptions
{
    private protected GeneratorOptions(int leastSteps, int leastEpochs, int mostEpochs, ColumnEncoding encoding = ColumnEncoding.Quantile)
        : base(leastSteps, leastEpochs, mostEpochs) => Encoding = encoding;

    /// <summary>
    /// The columns to learn, at least one: vectors of Single, or the columns of a table as they are, numbers, Booleans, texts and keys, which come
    /// out of the generator as they went in. Default "Features".
    /// </summary>
    public IReadOnlyList<string> InputColumnNames { get; set; } = ["Features"];

    /// <summary>A column of classes that rows can be asked for by: a key, a Boolean or a text. Default <see langword="null"/>: none.</summary>
    public string? LabelColumnName { get; set; }

    /// <summary>How scalar columns of numbers look to the network. Default <see cref="ColumnEncoding.Quantile"/>, and
    /// <see cref="ColumnEncoding.Linear"/> for models that tell a density, which would be that of the quantiles.</summary>
    public ColumnEncoding Encoding { get; set; }

    /// <summary>How each slot is scaled before the network; learned from the training rows, stored with the model and undone behind it. Default
    /// <see cref="FeatureScaling.Auto"/>.</summary>
    public FeatureScaling Scaling { get; set; } = FeatureScaling.Auto;

    /// <summary>What the slots of vectors hold where they are not all numbers. Default: as their annotations say.</summary>
    public SlotHeads Slots { get; set; } = new();

    /// <summary>Name of the column for the logarithm of a row's density, in nats, where the model tells one; <see langword="null"/> for none.
    /// Default "LogLikelihood".</summary>
    public string? LogLikelihoodColumnName { get; set; } = "LogLikelihood";

    /// <summary>Name of the column for the negative logarithm to base 2 of a row's density over its number of slots, where the model tells a density;
    /// <see langword="null"/> for none. Default "BitsPerDimension".</summary>
    public string? BitsPerDimensionColumnName { get; set; } = "BitsPerDimension";

    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    internal virtual void Check()
    {
        ArgumentNullException.ThrowIfNull(InputColumnNames);
        if (InputColumnNames.Count == 0)
            throw new ArgumentException("InputColumnNames must name at least one column.");
        foreach (var name in InputColumnNames)
            ArgumentException.ThrowIfNullOrEmpty(name, nameof(InputColumnNames));
        if (InputColumnNames.Distinct().Count() < InputColumnNames.Count || LabelColumnName is { } label && InputColumnNames.Contains(label))
            throw new ArgumentException("A column is named twice among InputColumnNames and LabelColumnName.");
    }

    /// <summary>The scaling that the rows are to have.</summary>
    private protected virtual FeatureScaling ResolveScaling() => Scaling;

    /// <summary>Checks the columns of a pipeline under construction.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing.</exception>
    internal void RequireColumns(SchemaShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        foreach (var name in InputColumnNames.Append(LabelColumnName))
        {
            if (name != null && !shape.Any(column => column.Name == name))
                throw new ArgumentOutOfRangeException("inputSchema", $"Could not find column '{name}'");
        }
    }

    /// <summary>Width of the hidden layer of a dense network that names none.</summary>
    /// <param name="codeSize">Values in the narrow layer.</param>
    /// <param name="networkSize">Values that the network sees of a row.</param>
    internal static int HiddenSize(int codeSize, int networkSize) => Math.Clamp(4 * Math.Max(codeSize, (int)Math.Sqrt(networkSize)), 64, 512);

    /// <summary>Reads the data, and has a network trained while it is there.</summary>
    /// <param name="env">The context.</param>
    /// <param name="name">The component's name in <c>ml.Log</c>.</param>
    /// <param name="input">The data.</param>
    /// <param name="train">Trains, and makes the component's transformer.</param>
    internal TResult Train<TResult>(IHostEnvironment env, string name, IDataView input, Func<GeneratorJob, TResult> train)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var channel = env.Register(name).Start("Training");
        using var cancellation = new ContextCancellation(env, CancellationToken);
        var device = HostDevice.Resolve(env, Device, channel);
        var inputs = TableColumns.Learn(input, InputColumnNames, Slots, Encoding == ColumnEncoding.Quantile, cancellation.Token);
        var label = LabelColumnName is { } named ? ClassLabel.Learn(input, named, cancellation.Token) : null;
        var groups = inputs.Groups();
        try
        {
            var rows = label == null ? inputs.Rows(input) : new ClassifiedRows(inputs, label, input);
            using var data = TrainingData.Load(rows, ToDataOptions(env, ResolveScaling(), groups == null ? null : new SlotLayout(inputs.Size, groups)) with
            {
                TargetSlots = label == null ? 0 : 1,
            }, TorchEngine.Device(device), cancellation.Token);
            return train(new(data, ToTrainingOptions(env, device, data.Training.RowCount, line => channel.Info(MessageSensitivity.None, line)),
                inputs, label, groups, label == null ? null : ConditionalRows.Shares(data, label.Count, cancellation.Token),
                line => channel.Warning(MessageSensitivity.None, line), cancellation.Token));
        }
        catch (InvalidRowException e) when (e.Row >= 0)
        {
            throw inputs.Explain(e);
        }
    }
}

/// <summary>Data that is ready, and how to train on it.</summary>
/// <param name="Data">The rows, the class behind each where there is a label.</param>
/// <param name="Options">How to train.</param>
/// <param name="Inputs">The columns that the rows are made of.</param>
/// <param name="Label">The classes, or null.</param>
/// <param name="Groups">The slots that are not numbers, or null where all are.</param>
/// <param name="ClassShares">The share of each class, or null where there are none.</param>
/// <param name="Warn">Tells the user what may be wrong.</param>
/// <param name="Cancellation">Stops the work.</param>
sealed record GeneratorJob(TrainingData Data, TrainingOptions Options, TableColumns Inputs, ClassLabel? Label, IReadOnlyList<SlotGroup>? Groups,
    double[]? ClassShares, Action<string> Warn, CancellationToken Cancellation)
{
    /// <summary>Values in a row.</summary>
    public int InputSize => Inputs.Size;

    /// <summary>Values that a network sees of a row.</summary>
    public int NetworkSize => new SlotLayout(InputSize, Groups).NetworkSize;
}
