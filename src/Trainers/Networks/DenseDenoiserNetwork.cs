using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>The network of a <see cref="DenseDenoiser"/>.</summary>
sealed class DenseDenoiserNetwork : DenoiserNetwork
{
    readonly ConditionEmbedding condition;
    readonly DenseLayer entry, exit;
    readonly ModuleList<DenseBlock> blocks;
    readonly LayerNormalization normalization;

    internal DenseDenoiserNetwork(DenseDenoiser design, int width, int classes, int seed) : base(nameof(DenseDenoiserNetwork))
    {
        var random = new SeededRandom(seed);
        int hidden = design.HiddenSize;
        condition = new ConditionEmbedding(design.EmbeddingSize, classes, random);
        entry = new DenseLayer(width, hidden, Activation.Identity, random);
        blocks = new ModuleList<DenseBlock>([.. Enumerable.Range(0, design.Blocks).Select(_ => new DenseBlock(hidden, design.EmbeddingSize, random))]);
        normalization = new LayerNormalization(hidden);
        exit = new DenseLayer(hidden, width, Activation.Identity, random);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor Predict(Tensor noisy, Tensor places, Tensor? classes)
    {
        var told = condition.forward(places, classes).to(noisy.dtype);
        var x = entry.forward(noisy);
        foreach (var block in blocks) x = block.forward(x, told);
        return exit.forward(nn.functional.silu(normalization.forward(x)));
    }

    /// <summary>Two layers whose result is added to what came in; the first is told time and class.</summary>
    sealed class DenseBlock : nn.Module<Tensor, Tensor, Tensor>
    {
        readonly LayerNormalization normalization;
        readonly DenseLayer first, second, condition;

        internal DenseBlock(int size, int conditionSize, SeededRandom random) : base(nameof(DenseBlock))
        {
            normalization = new LayerNormalization(size);
            first = new DenseLayer(size, size, Activation.Identity, random);
            condition = new DenseLayer(conditionSize, size, Activation.Identity, random);
            second = new DenseLayer(size, size, Activation.Identity, random);
            RegisterComponents();
        }

        /// <param name="x">[rows, size]</param>
        /// <param name="told">[rows, condition size]</param>
        /// <returns>[rows, size]</returns>
        public override Tensor forward(Tensor x, Tensor told) =>
            x + second.forward(nn.functional.silu(first.forward(normalization.forward(x)) + condition.forward(told)));
    }
}
