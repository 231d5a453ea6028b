using Extensions.ML;
using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(SentenceEmbeddingTransformer), null, typeof(SignatureLoadModel),
    "Embedding of texts", SentenceEmbeddingTransformer.LoaderSignature)]

namespace Extensions.ML;

/// <summary>Gives every text its embedding. Made by <c>ml.Transforms.Text.SentenceEmbedding</c>.</summary>
/// <remarks>A missing text is an empty one; of a text that has more tokens than the network's longest sequence, the first ones are looked at.</remarks>
public sealed class SentenceEmbeddingTransformer : NetworkTransformer, ITextScorer<float[]>
{
    internal const string LoaderSignature = "SentenceEmbedding";
    static readonly ModelFormat s_format = new("SENTENCE", LoaderSignature);

    readonly string _inputColumnName;
    readonly string _outputColumnName;
    readonly ResultColumn<float[]>[] _outputs;

    /// <summary>The contents of <c>model.json</c>.</summary>
    internal sealed record Description(string InputColumnName, string OutputColumnName, MaskedLanguageArchitecture Architecture, Tokenizer Tokenizer,
        TrainingHistory History);

    internal SentenceEmbeddingTransformer(MaskedLanguageModel model, Tokenizer tokenizer, string inputColumnName, string outputColumnName)
    {
        (Model, Tokenizer, _inputColumnName, _outputColumnName) = (model, tokenizer, inputColumnName, outputColumnName);
        _outputs =
        [
            ResultColumn<float[]>.Vector(outputColumnName, embedding => embedding, EmbeddingSize,
                AnnotationKinds.WithSlotNames([.. Enumerable.Range(0, EmbeddingSize).Select(i => $"{outputColumnName}.{i}")])),
        ];
    }

    /// <summary>The trained network and the history of its training.</summary>
    public MaskedLanguageModel Model { get; }

    /// <summary>Loss and learning rate of every epoch.</summary>
    public TrainingHistory History => Model.History;

    /// <summary>How texts become tokens.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>Values in an embedding.</summary>
    public int EmbeddingSize => Model.EmbeddingSize;

    internal override IBatchScorer Scorer => this;
    string ITextScorer<float[]>.InputColumnName => _inputColumnName;
    IReadOnlyList<ResultColumn<float[]>> ITextScorer<float[]>.Outputs => _outputs;

    float[][] ITextScorer<float[]>.Score(IReadOnlyList<string> texts, bool[] active)
    {
        var limit = Model.Architecture.MaximumLength;
        var tokens = texts.Select(Tokenizer.Encode).Select(tokens => tokens[..Math.Min(tokens.Length, limit)]).ToArray();
        var pooled = new float[texts.Count * EmbeddingSize];
        Model.Embed(tokens, pooled);
        return [.. pooled.Chunk(EmbeddingSize)];
    }

    internal override void Save(ModelSaveContext context) => s_format.Save(context,
        new Description(_inputColumnName, _outputColumnName, Model.Architecture, Tokenizer, History), Model.SaveWeights);

    internal static SentenceEmbeddingTransformer Create(IHostEnvironment env, ModelLoadContext context) =>
        s_format.Load<Description, SentenceEmbeddingTransformer>(context, (description, weights) =>
        {
            var (architecture, tokenizer) = (description.Architecture, description.Tokenizer);
            TextWork.CheckVocabulary(tokenizer, architecture.VocabularySize, architecture.Special);
            var model = (MaskedLanguageModel)SequenceModel.Load(weights, architecture, description.History,
                HostDevice.ForLoading(env, nameof(MaskedLanguageModel)));
            return model.HandOver(model => new SentenceEmbeddingTransformer(model, tokenizer, description.InputColumnName, description.OutputColumnName));
        });

    /// <inheritdoc/>
    public override void Dispose() => Model.Dispose();
}
