using Extensions.ML;
using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(LanguageModelTransformer), null, typeof(SignatureLoadModel),
    "Language model", LanguageModelTransformer.LoaderSignature)]

namespace Extensions.ML;

/// <summary>Tells how likely texts are, and writes texts. Made by <c>ml.Generation.Trainers.LanguageModel</c>.</summary>
/// <remarks>A missing text is an empty one. Texts may be of any length: what is told of a token depends on those before it as far back as the
/// network looks, which is half of its context at least.</remarks>
public sealed class LanguageModelTransformer : NetworkTransformer, ITextScorer<LanguageModelTransformer.Judgement>
{
    internal const string LoaderSignature = "LanguageModel";
    static readonly ModelFormat s_format = new("LANGUAGE", LoaderSignature);

    readonly ResultColumn<Judgement>[] _outputs;

    /// <summary>The contents of <c>model.json</c>.</summary>
    /// <param name="Columns">Names of the columns.</param>
    /// <param name="Architecture">What the network is made of.</param>
    /// <param name="Decoding">How text is written.</param>
    /// <param name="Tokenizer">How texts become tokens.</param>
    /// <param name="History">The training.</param>
    internal sealed record Description(LanguageColumns Columns, LanguageArchitecture Architecture, DecodingOptions Decoding, Tokenizer Tokenizer,
        TrainingHistory History);

    /// <summary>What is told of a row.</summary>
    /// <param name="Likelihood">How likely its text is.</param>
    /// <param name="Continuation">What may follow; null where that is not wanted.</param>
    internal readonly record struct Judgement(TextLikelihood Likelihood, string? Continuation);

    internal LanguageModelTransformer(TextGenerator generator, LanguageColumns columns, DecodingOptions decoding)
    {
        (Generator, Columns, Decoding) = (generator, columns, decoding);
        _outputs = columns.Outputs();
    }

    /// <summary>The trained network and the history of its training.</summary>
    public LanguageModel Model => Generator.Model;

    /// <summary>Loss and learning rate of every epoch.</summary>
    public TrainingHistory History => Model.History;

    /// <summary>How texts become tokens.</summary>
    public Tokenizer Tokenizer => Generator.Tokenizer;

    /// <summary>How text is written, unless a call says otherwise.</summary>
    public DecodingOptions Decoding { get; }

    internal TextGenerator Generator { get; }

    internal LanguageColumns Columns { get; }

    /// <summary>Continues a text.</summary>
    /// <param name="prompt">The text. Default: the model begins one of its own.</param>
    /// <returns>What follows, without the prompt.</returns>
    public string Generate(string prompt = "")
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return Generate([prompt], Decoding with { Results = 1 })[0][0].Text;
    }

    /// <summary>Continues a text.</summary>
    /// <param name="prompt">The text; may be empty.</param>
    /// <param name="decoding">How to write, and how many texts are wanted (<see cref="DecodingOptions.Results"/>). What is drawn depends on the prompt and
    /// <see cref="TokenSampling.Seed"/> alone.</param>
    public IReadOnlyList<GeneratedText> Generate(string prompt, DecodingOptions decoding)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return Generate([prompt], decoding)[0];
    }

    /// <summary>Continues many texts, which are written together: faster than one by one, and the same.</summary>
    /// <param name="prompts">The texts; each may be empty.</param>
    /// <param name="decoding">How to write. Default <see langword="null"/>: as the trainer was told.</param>
    /// <returns>For each prompt what may follow it.</returns>
    public IReadOnlyList<IReadOnlyList<GeneratedText>> Generate(IReadOnlyList<string> prompts, DecodingOptions? decoding = null)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        return Generator.Generate(prompts, decoding ?? Decoding);
    }

    /// <summary>Continues a text and gives its parts as soon as they are written.</summary>
    /// <param name="prompt">The text; may be empty.</param>
    /// <param name="decoding">How to write: by <see cref="DecodingOptions.Sampling"/>, or with one beam. Default <see langword="null"/>: as the trainer was
    /// told.</param>
    /// <param name="cancellation">Stops the writing.</param>
    /// <returns>The parts, together what <see cref="Generate(string, DecodingOptions)"/> gives.</returns>
    /// <exception cref="ArgumentException">More beams than one, or more results than one, are asked for.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IAsyncEnumerable<string> GenerateAsync(string prompt = "", DecodingOptions? decoding = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return Generator.Stream(prompt, decoding ?? Decoding, cancellation);
    }

    /// <summary>How well the model knows texts: the exponential of the mean negative logarithm of the probability of a token, ends included. Lower is
    /// better, 1 is the best.</summary>
    /// <exception cref="ArgumentException">There are no texts.</exception>
    public double Perplexity(IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var judged = Generator.Judge([.. texts]);
        if (judged.Count == 0)
            throw new ArgumentException("There are no texts.", nameof(texts));
        return Math.Exp(-judged.Sum(text => text.LogLikelihood) / judged.Sum(text => (double)text.Tokens));
    }

    internal override IBatchScorer Scorer => this;
    string ITextScorer<Judgement>.InputColumnName => Columns.Text;
    IReadOnlyList<ResultColumn<Judgement>> ITextScorer<Judgement>.Outputs => _outputs;

    Judgement[] ITextScorer<Judgement>.Score(IReadOnlyList<string> texts, bool[] active)
    {
        var continues = Columns.Continuation != null && active[^1];
        var likelihoods = !continues || active.Count(wanted => wanted) > 1 ? Generator.Judge(texts) : new TextLikelihood[texts.Count];
        var continuations = continues ? Array.ConvertAll(Generator.Generate(texts, Decoding with { Results = 1 }), found => found[0].Text) : null;
        return [.. likelihoods.Select((likelihood, row) => new Judgement(likelihood, continuations?[row]))];
    }

    internal override void Save(ModelSaveContext context) =>
        s_format.Save(context, new Description(Columns, Model.Architecture, Decoding, Tokenizer, History), Model.SaveWeights);

    internal static LanguageModelTransformer Create(IHostEnvironment env, ModelLoadContext context) =>
        s_format.Load<Description, LanguageModelTransformer>(context, (description, weights) =>
        {
            var (architecture, tokenizer) = (description.Architecture, description.Tokenizer);
            TextWork.CheckVocabulary(tokenizer, architecture.VocabularySize, architecture.Special);
            var model = (LanguageModel)SequenceModel.Load(weights, architecture, description.History, HostDevice.ForLoading(env, nameof(LanguageModel)));
            return model.HandOver(model => new LanguageModelTransformer(new(model, tokenizer), description.Columns, description.Decoding));
        });

    /// <inheritdoc/>
    public override void Dispose() => Generator.Dispose();
}
