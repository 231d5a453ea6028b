using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>A network that translates token by token.</summary>
abstract class TranslationNetwork(string name) : nn.Module(name)
{
    /// <summary>The states that tell the token to follow each token of the target.</summary>
    /// <param name="source">[rows, source tokens] Int64, each row with its End, then padding.</param>
    /// <param name="target">[rows, tokens] Int64, from Begin on.</param>
    /// <param name="attention">Is given what looks where; <see langword="null"/>: nobody asks.</param>
    /// <returns>[rows x tokens, size]</returns>
    internal abstract Tensor States(Tensor source, Tensor target, AttentionRecorder? attention = null);

    /// <summary>Turns states into scores.</summary>
    internal abstract OutputLayer Output { get; }

    /// <summary>Translations of which nothing is fed yet.</summary>
    /// <param name="source">As for <see cref="States"/>.</param>
    internal abstract DecoderState Start(Tensor source);

    /// <summary>Names of tensors in ONNX that every kind of network has.</summary>
    private protected const string TokensName = "tokens", MaskName = "source_mask", LogitsName = "logits", AttentionName = "attention";

    /// <summary>The size of a source in ONNX, which may differ from call to call.</summary>
    private protected const string SourceLength = "source_length";

    /// <summary>What is computed once for a source, in ONNX: from <see cref="TokensName"/>, [rows, source tokens] with End, then padding.</summary>
    internal abstract void ExportEncoder(OnnxGraph graph);

    /// <summary>One token more, in ONNX: from <see cref="TokensName"/>, [rows, 1], what the encoder gave and what is remembered of the tokens before, to
    /// <see cref="LogitsName"/> of the token to follow, [rows, vocabulary], to where it looked in the source, <see cref="AttentionName"/>, [rows, source
    /// tokens], and to what is to be remembered.</summary>
    internal abstract void ExportDecoder(OnnxGraph graph);

    /// <summary>Minus infinity where there is padding, else 0: [rows, source tokens].</summary>
    private protected static OnnxTensor Hide(OnnxTensor source, int padding) =>
        source.eq(source.Graph.Integer(padding)).where(source.Graph.Number(double.NegativeInfinity), source.Graph.Number(0));
}

/// <summary>Collects attention weights, each [rows x heads, to, from], block by block.</summary>
sealed class AttentionRecorder
{
    public List<Tensor> Encoder { get; } = [];
    public List<Tensor> Decoder { get; } = [];
    public List<Tensor> Cross { get; } = [];
}
