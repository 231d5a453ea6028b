using Extensions.ML;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(AutoencoderEmbeddingTransformer), null, typeof(SignatureLoadModel),
    "Autoencoder embedding", AutoencoderEmbeddingTransformer.LoaderSignature)]

namespace Extensions.ML;

/// <summary>Adds the embedding of a trained autoencoder to every row. Made by <see cref="AutoencoderEmbeddingEstimator"/>.</summary>
public sealed class AutoencoderEmbeddingTransformer : NetworkTransformer, IFeatureScorer, IOnnxSource
{
    internal const string LoaderSignature = "AutoencoderEmbedding";
    static readonly ModelFormat s_format = new("AE EMBED", LoaderSignature);

    readonly Description _description;
    readonly FloatColumn[] _outputs;

    /// <summary>The contents of <c>model.json</c>.</summary>
    internal sealed record Description(string InputColumnName, string OutputColumnName, string? ReconstructionColumnName,
        string? ErrorColumnName, AutoencoderDescription Autoencoder);

    internal AutoencoderEmbeddingTransformer(AutoencoderModel model, Description description)
    {
        Model = model;
        _description = description;

        var code = model.Architecture.CodeSize;
        var outputs = new List<FloatColumn>
        {
            FloatColumn.Vector(description.OutputColumnName, code, Enumerable.Range(0, code).Select(i => $"{description.OutputColumnName}{i}").ToArray()),
        };
        if (description.ReconstructionColumnName is { } reconstruction)
            outputs.Add(FloatColumn.Vector(reconstruction, model.Architecture.InputSize, description.Autoencoder.SlotNames));
        if (description.ErrorColumnName is { } error)
            outputs.Add(FloatColumn.Single(error));
        _outputs = [.. outputs];
    }

    /// <summary>The trained network with its scaling and the history of its training.</summary>
    public AutoencoderModel Model { get; }

    /// <summary>Loss and learning rate of every epoch.</summary>
    public TrainingHistory History => Model.History;

    internal override IBatchScorer Scorer => this;
    RowInput IFeatureScorer.Input => new FeatureInput(_description.InputColumnName, Model.Architecture.InputSize);
    IReadOnlyList<FloatColumn> IFeatureScorer.Outputs => _outputs;

    void IFeatureScorer.Score(FeatureBlock rows, int count, float[]?[] outputs)
    {
        var next = 1;
        var reconstructions = _description.ReconstructionColumnName == null ? null : outputs[next++];
        var errors = _description.ErrorColumnName == null ? null : outputs[next];
        Model.Score(rows, count, outputs[0], reconstructions, default, errors);
    }

    void IOnnxSource.Export(OnnxGraph graph, OnnxPart part)
    {
        var (width, slots) = (Model.Architecture.InputSize, _description.Autoencoder.SlotNames);
        if (part == OnnxPart.Decoder)
        {
            graph.Description = "Decoder of an autoencoder: the code of a row to the row.";
            var codes = graph.InputColumn(_description.OutputColumnName, Model.Architecture.CodeSize);
            graph.OutputColumn(FloatColumn.Vector(_description.InputColumnName, width, slots), Model.ExportDecoder(codes));
            return;
        }
        if (part != OnnxPart.Transform)
            throw this.NoSuchPart(part);
        graph.Description = "Embedding of rows by an autoencoder, with its reconstruction and the error of that where they were asked for.";
        var (embedding, reconstruction, errors) = Model.Export(graph.InputColumn(_description.InputColumnName, width, slots));
        foreach (var column in _outputs)
            graph.OutputColumn(column, column.Name == _description.OutputColumnName ? embedding
                : column.Name == _description.ReconstructionColumnName ? reconstruction : errors.sum(1));
    }

    internal override void Save(ModelSaveContext context) => s_format.Save(context, _description, Model.SaveWeights);

    internal static AutoencoderEmbeddingTransformer Create(IHostEnvironment env, ModelLoadContext context) =>
        s_format.Load<Description, AutoencoderEmbeddingTransformer>(context,
            (description, weights) => description.Autoencoder.Load(env, weights).HandOver(model => new AutoencoderEmbeddingTransformer(model, description)));

    /// <inheritdoc/>
    public override void Dispose() => Model.Dispose();
}
