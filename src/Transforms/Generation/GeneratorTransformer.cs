using System.Numerics.Tensors;
using Extensions.ML;
using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(GeneratorTransformer), null, typeof(SignatureLoadModel),
    "Generator of rows", GeneratorTransformer.LoaderSignature)]

namespace Extensions.ML;

/// <summary>
/// A trained generator. Rows are drawn from it by <c>ml.Generation.Sample</c>; in a pipeline it adds the logarithm of the density of every row
/// where its model tells one.
/// </summary>
public sealed class GeneratorTransformer : NetworkTransformer, IFeatureScorer, IOnnxSource
{
    internal const string LoaderSignature = "RowGenerator";
    static readonly ModelFormat s_format = new("GENERATE", LoaderSignature);

    readonly Description _description;
    readonly FloatColumn[] _outputs;

    /// <summary>The contents of <c>model.json</c>.</summary>
    internal sealed record Description(IReadOnlyList<ColumnCodec> Columns, ClassLabel? Label, string? LogLikelihoodColumnName,
        string? BitsPerDimensionColumnName, GeneratorArchitecture Architecture, FeatureScaling Scaling, TrainingHistory History);

    internal GeneratorTransformer(GenerativeModel model, Description description)
    {
        Model = model;
        _description = description;
        Inputs = new TableColumns(description.Columns);
        Inputs.CheckFits(model.Architecture, Label);
        string?[] densities = model.Density == Density.None ? [] : [description.LogLikelihoodColumnName, description.BitsPerDimensionColumnName];
        _outputs = [.. densities.OfType<string>().Select(name => FloatColumn.Single(name))];
    }

    /// <summary>The trained network with its scaling and the history of its training.</summary>
    public GenerativeModel Model { get; }

    /// <summary>Loss and learning rate of every epoch, and what else the network's family tells of them.</summary>
    public TrainingHistory History => Model.History;

    /// <summary>What the classes are called that rows can be asked for by; empty where the generator knows none.</summary>
    public IReadOnlyList<string> Classes => Label?.Names().ToArray() ?? [];

    /// <summary>The columns that the generator learned.</summary>
    internal TableColumns Inputs { get; }

    /// <summary>The classes, or null.</summary>
    internal ClassLabel? Label => _description.Label;

    /// <summary>Classes of generated rows: the one that a condition names, else drawn as often as they occurred in training.</summary>
    /// <exception cref="ArgumentException">There is no such class.</exception>
    internal int[] DrawClasses(RowNoise noise, string? condition) =>
        RowGenerator.Of(Model).DrawClasses(noise, GenerationCatalog.ClassOf(this, condition));

    internal override IBatchScorer Scorer => this;
    RowInput IFeatureScorer.Input => Inputs;
    IReadOnlyList<FloatColumn> IFeatureScorer.Outputs => _outputs;

    void IFeatureScorer.Score(FeatureBlock rows, int count, float[]?[] outputs)
    {
        var first = outputs.FirstOrDefault(output => output != null);
        if (first == null)
            return;
        Model.LogLikelihood(rows, count, first.AsSpan(0, count));
        if (_description.BitsPerDimensionColumnName is not { } name || outputs[^1] is not { } bits)
            return;
        TensorPrimitives.Multiply(first.AsSpan(0, count), -1f / (Inputs.Size * MathF.Log(2)), bits);
    }

    void IOnnxSource.Export(OnnxGraph graph, OnnxPart part)
    {
        const string latentName = "Latent";
        if (Model is not LatentModel model)
            throw new NotSupportedException($"A {Model.GetType().Name} draws rows in many steps with random numbers, not of one latent vector.");
        if (part == OnnxPart.Encoder)
        {
            graph.Description = $"Encoder of a generator of rows ({model.GetType().Name}): rows to latent vectors.";
            var latents = model.ExportEncoder(graph.InputRow(Inputs), graph.InputClass(Label));
            graph.Output(latentName, latents, OnnxSize.Rows, model.LatentSize);
            return;
        }
        graph.Description = $"Generator of rows ({model.GetType().Name}): latent vectors to rows.";
        var rows = model.ExportDecoder(graph.InputColumn(latentName, model.LatentSize), graph.InputClass(Label));
        graph.OutputRow(Inputs, rows);
    }

    internal override void Save(ModelSaveContext context) => s_format.Save(context, _description, Model.SaveWeights);

    internal static GeneratorTransformer Create(IHostEnvironment env, ModelLoadContext context) =>
        s_format.Load<Description, GeneratorTransformer>(context, (description, weights) => GenerativeModel
            .Load(weights, description.Architecture, description.Scaling, description.History, HostDevice.ForLoading(env, nameof(GenerativeModel)))
            .HandOver(model => new GeneratorTransformer(model, description)));

    /// <inheritdoc/>
    public override void Dispose() => Model.Dispose();
}
