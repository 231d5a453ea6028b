using Extensions.ML;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(VariationalEncodingTransformer), null, typeof(SignatureLoadModel),
    "Variational encoding", VariationalEncodingTransformer.LoaderSignature)]

namespace Extensions.ML;

/// <summary>Adds the encoding of a trained variational autoencoder to every row. Made by <see cref="VariationalEncodingEstimator"/>.</summary>
public sealed class VariationalEncodingTransformer : NetworkTransformer, IFeatureScorer, IOnnxSource
{
    internal const string LoaderSignature = "VariationalEncoding";
    static readonly ModelFormat s_format = new("VAE CODE", LoaderSignature);

    readonly Description _description;
    readonly RowInput _input;
    readonly FloatColumn[] _outputs;

    /// <summary>The contents of <c>model.json</c>.</summary>
    internal sealed record Description(VariationalDescription Network, string OutputColumnName, string? LogVarianceColumnName, string? SampleColumnName,
        string? ElboColumnName, string? ReconstructionColumnName);

    internal VariationalEncodingTransformer(VariationalModel model, Description description)
    {
        Model = model;
        _description = description;
        _input = description.Network.Input();
        var outputs = new List<FloatColumn> { Latent(description.OutputColumnName) };
        foreach (var name in new[] { description.LogVarianceColumnName, description.SampleColumnName }.OfType<string>())
            outputs.Add(Latent(name));
        if (description.ElboColumnName is { } elbo)
            outputs.Add(FloatColumn.Single(elbo));
        if (description.ReconstructionColumnName is { } reconstruction)
            outputs.Add(FloatColumn.Vector(reconstruction, model.Architecture.InputSize, description.Network.SlotNames()));
        _outputs = [.. outputs];

        FloatColumn Latent(string name) =>
            FloatColumn.Vector(name, model.LatentSize, Enumerable.Range(0, model.LatentSize).Select(i => $"{name}{i}").ToArray());
    }

    /// <summary>The trained network with its scaling and the history of its training.</summary>
    public VariationalModel Model { get; }

    /// <summary>Loss and learning rate of every epoch.</summary>
    public TrainingHistory History => Model.History;

    internal override IBatchScorer Scorer => this;
    RowInput IFeatureScorer.Input => _input;
    IReadOnlyList<FloatColumn> IFeatureScorer.Outputs => _outputs;

    void IFeatureScorer.Score(FeatureBlock rows, int count, float[]?[] outputs)
    {
        var next = 1;
        Model.Score(rows, count, new()
        {
            Means = outputs[0],
            LogVariances = Next(_description.LogVarianceColumnName),
            Samples = Next(_description.SampleColumnName),
            Bounds = Next(_description.ElboColumnName),
            Reconstructions = Next(_description.ReconstructionColumnName),
        });

        float[]? Next(string? name) => name == null ? null : outputs[next++];
    }

    void IOnnxSource.Export(OnnxGraph graph, OnnxPart part)
    {
        if (part == OnnxPart.Decoder)
        {
            graph.Description = "Decoder of a variational autoencoder: latent vectors to rows.";
            var latents = graph.InputColumn(_description.OutputColumnName, Model.LatentSize);
            graph.OutputRow(_description.Network.Table(), Model.ExportDecoder(latents, graph.InputClass(_description.Network.Label)));
            return;
        }
        if (part != OnnxPart.Transform)
            throw this.NoSuchPart(part);
        graph.Description = "Encoding of rows by a variational autoencoder.";
        var (means, logVariances, reconstructions) = Model.Export(graph.InputRow(_description.Network.Table()), graph.InputClass(_description.Network.Label));
        foreach (var column in _outputs)
        {
            // A latent vector that is drawn, and the bound that is a mean over such, need this library's random numbers.
            if (column.Name == _description.OutputColumnName) graph.OutputColumn(column, means);
            else if (column.Name == _description.LogVarianceColumnName) graph.OutputColumn(column, logVariances);
            else if (column.Name == _description.ReconstructionColumnName) graph.OutputColumn(column, reconstructions);
        }
    }

    internal override void Save(ModelSaveContext context) => s_format.Save(context, _description, Model.SaveWeights);

    internal static VariationalEncodingTransformer Create(IHostEnvironment env, ModelLoadContext context) =>
        s_format.Load<Description, VariationalEncodingTransformer>(context,
            (description, weights) => description.Network.Load(env, weights).HandOver(model => new VariationalEncodingTransformer(model, description)));

    /// <inheritdoc/>
    public override void Dispose() => Model.Dispose();
}
