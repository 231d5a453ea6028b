using System.Text;
using Extensions.ML;
using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(TranslationTransformer), null, typeof(SignatureLoadModel),
    "Translator of text", TranslationTransformer.LoaderSignature)]

namespace Extensions.ML;

/// <summary>Translates a text column, or texts by themselves. Made by the trainers of <c>ml.Translation.Trainers</c>.</summary>
/// <remarks>
/// A text that is missing, empty or blank has an empty translation; of one that has more tokens than the network's longest sequence, the first ones
/// are translated.
/// </remarks>
public sealed class TranslationTransformer : NetworkTransformer, ITextScorer<IReadOnlyList<Translation>>, IOnnxSource
{
    internal const string LoaderSignature = "TextTranslator";
    static readonly ModelFormat s_format = new("TRANSLAT", LoaderSignature);

    readonly ResultColumn<IReadOnlyList<Translation>>[] _outputs;

    /// <summary>The contents of <c>model.json</c>.</summary>
    /// <param name="Columns">Names of the columns.</param>
    /// <param name="Architecture">What the network is made of.</param>
    /// <param name="Decoding">How translations are searched for.</param>
    /// <param name="Source">How source texts become tokens.</param>
    /// <param name="Target">The same of target texts; null where they share a vocabulary.</param>
    /// <param name="History">The training.</param>
    internal sealed record Description(TranslationColumns Columns, TranslationArchitecture Architecture, DecodingOptions Decoding, Tokenizer Source,
        Tokenizer? Target, TrainingHistory History);

    internal TranslationTransformer(Translator translator, TranslationColumns columns, DecodingOptions decoding)
    {
        (Translator, Columns, Decoding) = (translator, columns, decoding);
        _outputs = columns.Outputs();
    }

    /// <summary>The trained network and the history of its training.</summary>
    public TranslationModel Model => Translator.Model;

    /// <summary>Loss, learning rate and measures of every epoch.</summary>
    public TrainingHistory History => Model.History;

    /// <summary>How source texts become tokens.</summary>
    public Tokenizer SourceTokenizer => Translator.Source;

    /// <summary>How target texts become tokens; the same as <see cref="SourceTokenizer"/> where they share a vocabulary.</summary>
    public Tokenizer TargetTokenizer => Translator.Target;

    /// <summary>How translations are searched for, unless a call says otherwise.</summary>
    public DecodingOptions Decoding { get; }

    internal Translator Translator { get; }

    internal TranslationColumns Columns { get; }

    /// <summary>The best translation of a text.</summary>
    public string Translate(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Translate([text])[0][0].Text;
    }

    /// <summary>The best translations of a text, best first.</summary>
    /// <param name="text">The text.</param>
    /// <param name="decoding">How to search, and how many translations are wanted (<see cref="DecodingOptions.Results"/>).</param>
    public IReadOnlyList<Translation> Translate(string text, DecodingOptions decoding)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Translate([text], decoding)[0];
    }

    /// <summary>The best translations of many texts, which are translated together: faster than one by one, and the same.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="decoding">How to search. Default <see langword="null"/>: as the trainer was told.</param>
    /// <returns>For each text its translations, best first.</returns>
    public IReadOnlyList<IReadOnlyList<Translation>> Translate(IReadOnlyList<string> texts, DecodingOptions? decoding = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return Translator.Translate(texts, decoding ?? Decoding);
    }

    /// <summary>Translates a text and gives the parts of the translation as soon as they are found.</summary>
    /// <param name="text">The text.</param>
    /// <param name="decoding">How to search: with one beam, or by <see cref="DecodingOptions.Sampling"/>. Default <see langword="null"/>: as the trainer was
    /// told, but with one beam, for what a search with several finds is known at its end only.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>The parts, together what <see cref="Translate(string, DecodingOptions)"/> gives.</returns>
    /// <exception cref="ArgumentException">More beams than one, or more results than one, are asked for.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IAsyncEnumerable<string> TranslateAsync(string text, DecodingOptions? decoding = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Translator.Stream(text, decoding ?? Decoding with { Beams = 1, Results = 1 }, cancellation);
    }

    /// <summary>What looks where when a text is translated, in every layer and head.</summary>
    /// <param name="source">The text.</param>
    /// <param name="translation">Its translation. Default <see langword="null"/>: the best one.</param>
    public TranslationAttention Attention(string source, string? translation = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Translator.Attend(source, translation, Decoding);
    }

    internal override IBatchScorer Scorer => this;
    string ITextScorer<IReadOnlyList<Translation>>.InputColumnName => Columns.Source;
    IReadOnlyList<ResultColumn<IReadOnlyList<Translation>>> ITextScorer<IReadOnlyList<Translation>>.Outputs => _outputs;

    IReadOnlyList<Translation>[] ITextScorer<IReadOnlyList<Translation>>.Score(IReadOnlyList<string> texts, bool[] active)
    {
        bool Wanted(string? name) => name != null && _outputs.Index().Any(output => active[output.Index] && output.Item.Name == name);
        return Translator.Translate(texts, Decoding with
        {
            Results = Wanted(Columns.Alternatives) || Wanted(Columns.AlternativeScores) ? Decoding.Results : 1,
            Attention = Wanted(Columns.Attention),
        });
    }

    void IOnnxSource.Export(OnnxGraph graph, OnnxPart part)
    {
        if (part == OnnxPart.Transform)
            throw new NotSupportedException("The search for a translation is a loop around its network. Export the parts Encoder and Decoder, and run the "
                + "decoder token by token.");
        var decoder = part == OnnxPart.Decoder;
        graph.Description = decoder ? "Translation: one token of the target to the scores of the next." : "Translation: the tokens of a source to what the "
            + "decoder looks at.";
        Model.Export(graph, decoder);
        var special = Model.Architecture.Special;
        graph.Metadata["padding"] = $"{special.Padding}";
        graph.Metadata["begin"] = $"{special.Begin}";
        graph.Metadata["end"] = $"{special.End}";
        graph.Metadata["maximum_length"] = $"{Model.Architecture.MaximumLength}";
        using var tokenizer = new MemoryStream();
        (decoder ? TargetTokenizer : SourceTokenizer).Write(tokenizer);
        graph.Metadata["tokenizer"] = Encoding.UTF8.GetString(tokenizer.GetBuffer().AsSpan(0, (int)tokenizer.Length));
    }

    internal override void Save(ModelSaveContext context) => s_format.Save(context, new Description(Columns, Model.Architecture, Decoding, SourceTokenizer,
        ReferenceEquals(SourceTokenizer, TargetTokenizer) ? null : TargetTokenizer, History), Model.SaveWeights);

    internal static TranslationTransformer Create(IHostEnvironment env, ModelLoadContext context) =>
        s_format.Load<Description, TranslationTransformer>(context, (description, weights) =>
        {
            var (architecture, source) = (description.Architecture, description.Source);
            var target = description.Target ?? source;
            description.Decoding.Validate();
            TextWork.CheckVocabulary(source, architecture.SourceVocabularySize, architecture.Special);
            TextWork.CheckVocabulary(target, architecture.VocabularySize, architecture.Special);
            var model = (TranslationModel)SequenceModel.Load(weights, architecture, description.History, HostDevice.ForLoading(env, nameof(TranslationModel)));
            return model.HandOver(model => new TranslationTransformer(new(model, source, target), description.Columns, description.Decoding));
        });

    /// <inheritdoc/>
    public override void Dispose() => Translator.Dispose();
}
