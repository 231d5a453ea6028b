using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>The network of a <see cref="TransformerTranslation"/>.</summary>
sealed class TransformerTranslationNetwork : TranslationNetwork
{
    readonly int padding;
    readonly TokenTable table;
    readonly TokenTable? sourceTable;
    readonly DenseLayer? output;
    readonly TransformerInput encoderInput, decoderInput;
    readonly TransformerBlocks encoder, decoder;

    internal TransformerTranslationNetwork(TransformerTranslation design, TranslationArchitecture architecture, int seed)
        : base(nameof(TransformerTranslationNetwork))
    {
        var random = new SeededRandom(seed);
        padding = architecture.Special.Padding;
        int places = design.Places(architecture);
        table = new TokenTable(architecture.VocabularySize, design.Width, random);
        if (!architecture.SharedVocabulary) sourceTable = new TokenTable(architecture.SourceVocabularySize, design.Width, random);
        encoderInput = new TransformerInput(design.Width, places, design.Dropout, normalizes: false, random);
        encoder = new TransformerBlocks(design.EncoderLayers, design.Shape, random);
        decoderInput = new TransformerInput(design.Width, places, design.Dropout, normalizes: false, random);
        decoder = new TransformerBlocks(design.DecoderLayers, design.Shape with { HasSource = true }, random);
        if (!design.TiedEmbeddings) output = new DenseLayer(design.Width, architecture.VocabularySize, Activation.Identity, random);
        RegisterComponents();
        DenseLayer.StartGlorot(this, random);
    }

    internal override OutputLayer Output => output is null ? new(table.Weight, null) : output.AsOutput();

    internal override Tensor States(Tensor source, Tensor target, AttentionRecorder? attention = null)
    {
        var (memory, mask) = Encode(source, attention);
        var (rows, x) = (target.shape[0], decoderInput.Compute(table, target, before: 0));
        // Padding stands behind the tokens of a row, so that whoever looks back only sees none of it.
        var sight = new Sight(rows, Attention.LookBack(target.shape[1], 0, x), mask, attention is null ? null : attention.Decoder.Add,
            attention is null ? null : attention.Cross.Add);
        return decoder.Compute(x, sight, caches: null, decoder.Sources(memory, rows));
    }

    /// <param name="source">[rows, source tokens] Int64</param>
    /// <param name="attention">Is given what looks where.</param>
    /// <returns>[rows x source tokens, size], and what hides the padding.</returns>
    (Tensor Memory, Tensor? Mask) Encode(Tensor source, AttentionRecorder? attention)
    {
        var x = encoderInput.Compute(sourceTable ?? table, source, before: 0);
        var absent = source.eq(padding);
        var mask = absent.any().item<bool>() ? new Attention(encoder.Shape.Heads, 0).HidePadding(absent, x.dtype) : null;
        return (encoder.Compute(x, new Sight(source.shape[0], mask, Weights: attention is null ? null : attention.Encoder.Add)), mask);
    }

    internal override DecoderState Start(Tensor source)
    {
        var (memory, mask) = Encode(source, null);
        return new TransformerState(decoderInput, table, decoder, Output, source.shape[0], decoder.Sources(memory, source.shape[0]), mask);
    }

    /// <inheritdoc/>
    /// <remarks>Gives <c>source_mask</c>, [rows, 1, 1, source tokens], and of each block of the decoder <c>source_keys.N</c> and <c>source_values.N</c>,
    /// [rows, heads, source tokens, size of a head].</remarks>
    internal override void ExportEncoder(OnnxGraph graph)
    {
        var source = graph.Input(TokensName, OnnxType.Int64, OnnxSize.Rows, SourceLength);
        var mask = Hide(source, padding).unsqueeze(1).unsqueeze(1);
        var (memory, _) = encoder.Compute(encoderInput.Compute(sourceTable ?? table, source, source.size(1).arange()), mask);
        graph.Output(MaskName, mask, OnnxSize.Rows, 1, 1, SourceLength);
        foreach (var (i, seen) in decoder.Sources(memory).Index())
        {
            graph.Output($"source_keys.{i}", seen.Keys, Heads(SourceLength));
            graph.Output($"source_values.{i}", seen.Values, Heads(SourceLength));
        }
    }

    /// <inheritdoc/>
    /// <remarks>What is remembered is of each block <c>past_keys.N</c> and <c>past_values.N</c>, [rows, heads, tokens before, size of a head], which come
    /// out one token longer as <c>keys.N</c> and <c>values.N</c>. There are none before the first token.</remarks>
    internal override void ExportDecoder(OnnxGraph graph)
    {
        const string before = "past_length", after = "length";
        var tokens = graph.Input(TokensName, OnnxType.Int64, OnnxSize.Rows, 1);
        var mask = graph.Input(MaskName, OnnxType.Single, OnnxSize.Rows, 1, 1, SourceLength);
        var (sources, past) = (Read("source_", SourceLength), Read("past_", before));
        var x = decoderInput.Compute(table, tokens, past[0].Keys.size(2));
        var (states, weights) = decoder.Compute(x, null, past, sources, mask);
        graph.Output(LogitsName, Output.Scores(states.squeeze(1)), OnnxSize.Rows, table.Weight.shape[0]);
        graph.Output(AttentionName, weights!.squeeze(2).mean(1), OnnxSize.Rows, SourceLength);
        foreach (var (i, all) in past.Index())
        {
            graph.Output($"keys.{i}", all.Keys, Heads(after));
            graph.Output($"values.{i}", all.Values, Heads(after));
        }

        OnnxKeyValues[] Read(string prefix, string length) => [.. Enumerable.Range(0, decoder.Count).Select(i => new OnnxKeyValues(
            graph.Input($"{prefix}keys.{i}", OnnxType.Single, Heads(length)), graph.Input($"{prefix}values.{i}", OnnxType.Single, Heads(length))))];
    }

    OnnxSize[] Heads(string length) => [OnnxSize.Rows, decoder.Shape.Heads, length, decoder.Shape.Size / decoder.Shape.Heads];
}
