using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Blocks on top of each other; behind blocks that normalise before each layer, a last normalization.</summary>
sealed class TransformerBlocks : nn.Module
{
    readonly ModuleList<TransformerBlock> blocks;
    readonly LayerNormalization? last;

    /// <param name="layers">Blocks, at least 1.</param>
    /// <param name="shape">What they are made of.</param>
    /// <param name="random">Where the weights come from.</param>
    internal TransformerBlocks(int layers, TransformerShape shape, SeededRandom random) : base(nameof(TransformerBlocks))
    {
        Shape = shape;
        blocks = new ModuleList<TransformerBlock>([.. Enumerable.Range(0, layers).Select(_ => new TransformerBlock(shape, random))]);
        if (!shape.NormalizesAfter) last = new LayerNormalization(shape.Size);
        RegisterComponents();
    }

    internal TransformerShape Shape { get; }

    internal int Count => blocks.Count;

    internal static long CountValues(int layers, TransformerShape shape) =>
        checked(layers * shape.CountValues() + (shape.NormalizesAfter ? 0 : LayerNormalization.CountValues(shape.Size)));

    /// <summary>What each block looks at in the source.</summary>
    /// <param name="memory">[rows x source tokens, size]</param>
    /// <param name="rows">Rows.</param>
    internal KeyValues[] Sources(Tensor memory, long rows)
    {
        var places = Places(0, memory.shape[0] / rows, memory);
        return [.. blocks.Select(block => block.Source(memory, rows, places))];
    }

    /// <param name="x">[rows x tokens, size]</param>
    /// <param name="sight">What the blocks look at; told the weights of one block after the other.</param>
    /// <param name="caches">Of each block the tokens before; <see langword="null"/> where there are none.</param>
    /// <param name="sources">What <see cref="Sources(Tensor, long)"/> gave; <see langword="null"/> where there is no source.</param>
    /// <returns>[rows x tokens, size]</returns>
    internal Tensor Compute(Tensor x, Sight sight, KeyValueCache[]? caches = null, KeyValues[]? sources = null)
    {
        sight = sight with { Places = Places(caches?[0].Length ?? 0, x.shape[0] / sight.Rows, x) };
        for (int i = 0; i < blocks.Count; i++) x = blocks[i].Compute(x, sight, caches?[i], sources?[i]);
        return last is null ? x : last.forward(x);
    }

    /// <summary><see cref="Sources(Tensor, long)"/> in ONNX.</summary>
    internal OnnxKeyValues[] Sources(OnnxTensor memory)
    {
        var places = Places(memory, before: null);
        return [.. blocks.Select(block => block.Source(memory, places))];
    }

    /// <summary><see cref="Compute(Tensor, Sight, KeyValueCache[], KeyValues[])"/> in ONNX.</summary>
    /// <param name="x">[rows, tokens, size]</param>
    /// <param name="mask">As for <see cref="TransformerBlock.Compute(OnnxTensor, OnnxTensor?, OnnxRotation?, OnnxKeyValues?, OnnxKeyValues?, OnnxTensor?)"/>.</param>
    /// <param name="caches">Of each block the tokens before; are given these.</param>
    /// <param name="sources">What <see cref="Sources(OnnxTensor)"/> gave.</param>
    /// <param name="sourceMask">Hides padding of the source.</param>
    /// <returns>[rows, tokens, size], and the last block's weights of the attention to the source.</returns>
    internal (OnnxTensor Tokens, OnnxTensor? SourceWeights) Compute(OnnxTensor x, OnnxTensor? mask, OnnxKeyValues[]? caches = null,
        OnnxKeyValues[]? sources = null, OnnxTensor? sourceMask = null)
    {
        var places = Places(x, caches?[0].Keys.size(2));
        OnnxTensor? weights = null;
        for (int i = 0; i < blocks.Count; i++) (x, weights) = blocks[i].Compute(x, mask, places, caches?[i], sources?[i], sourceMask);
        return (last is null ? x : last.forward(x), weights);
    }

    Rotation? Places(long before, long count, Tensor like) =>
        Shape.Rotary ? Rotation.Of(before, count, Shape.Size / Shape.Heads, like) : null;

    OnnxRotation? Places(OnnxTensor x, OnnxTensor? before)
    {
        if (!Shape.Rotary) return null;
        var numbers = x.size(1).arange();
        return OnnxRotation.Of(before is null ? numbers : before + numbers, Shape.Size / Shape.Heads);
    }
}
