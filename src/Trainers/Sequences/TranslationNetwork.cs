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
}

/// <summary>Collects attention weights, each [rows x heads, to, from], block by block.</summary>
sealed class AttentionRecorder
{
    public List<Tensor> Encoder { get; } = [];
    public List<Tensor> Decoder { get; } = [];
    public List<Tensor> Cross { get; } = [];
}
