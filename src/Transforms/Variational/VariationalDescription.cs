using Extensions.ML.Trainers;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>What <c>model.json</c> says of a variational autoencoder that scores rows.</summary>
sealed record VariationalDescription(IReadOnlyList<ColumnCodec> Columns, ClassLabel? Label, VariationalArchitecture Architecture, FeatureScaling Scaling,
    TrainingHistory History)
{
    public static VariationalDescription Of(VariationalModel model, GeneratorJob job) =>
        new([.. job.Inputs.Codecs], job.Label, (VariationalArchitecture)model.Architecture, model.Scaler.Mode, model.History);

    /// <summary>What is read of a row: its columns, then its class where the network is told it.</summary>
    /// <exception cref="InvalidDataException">Columns and network do not fit.</exception>
    public RowInput Input()
    {
        var inputs = Table();
        inputs.CheckFits(Architecture, Label);
        return Label == null ? inputs : new ClassifiedInput(inputs, Label);
    }

    /// <summary>The columns of a row, without its class.</summary>
    public TableColumns Table() => new(Columns);

    /// <summary>Names of the slots of a row.</summary>
    public string[] SlotNames() => [.. Columns.SelectMany(codec => codec is VectorCodec vector
        ? vector.SlotNames ?? Enumerable.Range(0, vector.Size).Select(slot => $"{codec.Name}{slot}") : [codec.Name])];

    /// <summary>Reads the weights to the description, for scoring where the context says.</summary>
    /// <exception cref="InvalidDataException">The weights are damaged, or do not fit the description.</exception>
    public VariationalModel Load(IHostEnvironment env, Stream weights) => (VariationalModel)GenerativeModel.Load(weights, Architecture, Scaling, History,
        HostDevice.ForLoading(env, nameof(VariationalModel)));
}
