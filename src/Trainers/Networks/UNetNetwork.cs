using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// The network of a <see cref="UNet"/>. Between its ends the channels of a place lie side by side in memory: convolutions need no copies in
/// another order then.
/// </summary>
sealed class UNetNetwork : DenoiserNetwork
{
    readonly ImageShape image;
    readonly int patch, down, across;
    readonly (int Height, int Width)[] sizes;
    readonly ConditionEmbedding condition;
    readonly ConvolutionLayer entry, exit;
    readonly ModuleList<UNetLevel> levels;
    readonly ResidualBlock before, after;
    readonly ImageAttention? attention;
    readonly GroupNormalization normalization;

    internal UNetNetwork(UNet design, int width, int classes, int seed) : base(nameof(UNetNetwork))
    {
        var random = new SeededRandom(seed);
        image = design.Image(width);
        patch = design.PatchSize;
        (down, across) = ((image.Height + patch - 1) / patch, (image.Width + patch - 1) / patch);
        var filters = design.Filters;
        sizes = new (int, int)[filters.Count];
        sizes[0] = (down, across);
        for (int i = 1; i < sizes.Length; i++) sizes[i] = ((sizes[i - 1].Height + 1) / 2, (sizes[i - 1].Width + 1) / 2);

        condition = new ConditionEmbedding(design.EmbeddingSize, classes, random);
        int pixels = image.Channels * patch * patch;
        entry = Convolution(pixels, filters[0], sizes[0], sizes[0], random);
        levels = new ModuleList<UNetLevel>([.. Enumerable.Range(0, filters.Count - 1).Select(i =>
            new UNetLevel((filters[i], filters[i + 1]), (sizes[i], sizes[i + 1]), design, random))]);
        before = new ResidualBlock((filters[^1], filters[^1]), sizes[^1], design.EmbeddingSize, random);
        if (design.Attention) attention = new ImageAttention(filters[^1], random);
        after = new ResidualBlock((filters[^1], filters[^1]), sizes[^1], design.EmbeddingSize, random);
        normalization = new GroupNormalization(filters[0]);
        // The first guess is nothing, from where training starts best.
        exit = Convolution(filters[0], pixels, sizes[0], sizes[0], null);
        RegisterComponents();
    }

    static ConvolutionLayer Convolution(int from, int to, (int, int) size, (int, int) newSize, SeededRandom? random, int kernelSize = 3) =>
        new((from, to), size, newSize, kernelSize, null, false, Activation.Identity, random);

    /// <inheritdoc/>
    public override Tensor Predict(Tensor noisy, Tensor places, Tensor? classes)
    {
        var told = condition.forward(places, classes).to(noisy.dtype);
        var x = entry.forward(Patches(noisy));
        var skipped = new Stack<Tensor>();
        foreach (var level in levels)
        {
            x = level.Down(x, told);
            skipped.Push(x);
            x = level.Halve(x);
        }
        x = before.forward(x, told);
        if (attention is not null) x = attention.forward(x);
        x = after.forward(x, told);
        foreach (var level in levels.Reverse()) x = level.Up(x, skipped.Pop(), told);
        return Pixels(exit.forward(nn.functional.silu(normalization.forward(x))));
    }

    /// <param name="rows">[rows, width]</param>
    /// <returns>[rows, channels x patch x patch, down, across]</returns>
    Tensor Patches(Tensor rows)
    {
        var pixels = rows.reshape(-1, image.Channels, image.Height, image.Width);
        var (below, right) = (down * patch - image.Height, across * patch - image.Width);
        if (below > 0 || right > 0) pixels = nn.functional.pad(pixels, [0, right, 0, below]);
        // [rows, channels, down, patch, across, patch] to [rows, down, across, channels x patch x patch]
        return pixels.view(-1, image.Channels, down, patch, across, patch).permute(0, 2, 4, 1, 3, 5).flatten(3).permute(0, 3, 1, 2);
    }

    /// <summary>The inverse of <see cref="Patches"/>.</summary>
    Tensor Pixels(Tensor patches) => patches.permute(0, 2, 3, 1).reshape(-1, down, across, image.Channels, patch, patch)
        .permute(0, 3, 1, 4, 2, 5).reshape(-1, image.Channels, down * patch, across * patch)
        .narrow(2, 0, image.Height).narrow(3, 0, image.Width).flatten(1);

    /// <summary>One size of the image on both ways.</summary>
    sealed class UNetLevel : nn.Module
    {
        readonly (int Height, int Width) size;
        readonly ModuleList<ResidualBlock> down, up;
        readonly ConvolutionLayer halve, widen;

        internal UNetLevel((int Here, int Below) filters, ((int, int) Here, (int, int) Below) sizes, UNet design, SeededRandom random)
            : base(nameof(UNetLevel))
        {
            size = sizes.Here;
            ModuleList<ResidualBlock> Blocks(int first) => new([.. Enumerable.Range(0, design.Blocks).Select(i =>
                new ResidualBlock((i == 0 ? first : filters.Here, filters.Here), sizes.Here, design.EmbeddingSize, random))]);
            down = Blocks(filters.Here);
            halve = Convolution(filters.Here, filters.Below, sizes.Here, sizes.Below, random);
            widen = Convolution(filters.Below, filters.Here, sizes.Below, sizes.Below, random, kernelSize: 1);
            up = Blocks(2 * filters.Here);
            RegisterComponents();
        }

        /// <param name="x">[rows, filters here, height, width]</param>
        /// <param name="told">[rows, condition size]</param>
        /// <returns>As <paramref name="x"/>.</returns>
        public Tensor Down(Tensor x, Tensor told) => Through(down, x, told);

        /// <param name="x">[rows, filters here, height, width]</param>
        /// <returns>[rows, filters below, height / 2, width / 2], rounded up</returns>
        public Tensor Halve(Tensor x) => halve.forward(x);

        /// <param name="x">[rows, filters below, height / 2, width / 2]</param>
        /// <param name="skipped">What <see cref="Down"/> gave.</param>
        /// <param name="told">[rows, condition size]</param>
        /// <returns>[rows, filters here, height, width]</returns>
        public Tensor Up(Tensor x, Tensor skipped, Tensor told) =>
            Through(up, cat([nn.functional.interpolate(widen.forward(x), [size.Height, size.Width]), skipped], 1), told);

        static Tensor Through(ModuleList<ResidualBlock> blocks, Tensor x, Tensor told)
        {
            foreach (var block in blocks) x = block.forward(x, told);
            return x;
        }
    }

    /// <summary>Two convolutions whose result is added to what came in; between them it is told time and class (Ho et al. 2020, appendix
    /// B).</summary>
    sealed class ResidualBlock : nn.Module<Tensor, Tensor, Tensor>
    {
        readonly GroupNormalization firstNormalization, secondNormalization;
        readonly ConvolutionLayer first, second;
        readonly ConvolutionLayer? shortcut;
        readonly DenseLayer condition;

        internal ResidualBlock((int In, int Out) filters, (int, int) size, int conditionSize, SeededRandom random) : base(nameof(ResidualBlock))
        {
            firstNormalization = new GroupNormalization(filters.In);
            first = Convolution(filters.In, filters.Out, size, size, random);
            condition = new DenseLayer(conditionSize, filters.Out, Activation.Identity, random);
            secondNormalization = new GroupNormalization(filters.Out);
            // The block starts as its shortcut.
            second = Convolution(filters.Out, filters.Out, size, size, null);
            if (filters.In != filters.Out) shortcut = Convolution(filters.In, filters.Out, size, size, random, kernelSize: 1);
            RegisterComponents();
        }

        /// <param name="x">[rows, filters in, height, width]</param>
        /// <param name="told">[rows, condition size]</param>
        /// <returns>[rows, filters out, height, width]</returns>
        public override Tensor forward(Tensor x, Tensor told)
        {
            var inner = first.forward(nn.functional.silu(firstNormalization.forward(x))) + condition.forward(told).unsqueeze(2).unsqueeze(3);
            inner = second.forward(nn.functional.silu(secondNormalization.forward(inner)));
            return (shortcut is null ? x : shortcut.forward(x)) + inner;
        }
    }

    /// <summary>Every place of an image attends to every other; the result is added to what came in.</summary>
    sealed class ImageAttention : nn.Module<Tensor, Tensor>
    {
        const int HeadSize = 32;

        readonly GroupNormalization normalization;
        readonly SelfAttention attention;

        internal ImageAttention(int filters, SeededRandom random) : base(nameof(ImageAttention))
        {
            normalization = new GroupNormalization(filters);
            attention = new SelfAttention(filters, filters % HeadSize == 0 ? filters / HeadSize : 1, random);
            RegisterComponents();
        }

        /// <param name="x">[rows, filters, height, width]</param>
        /// <returns>[rows, filters, height, width]</returns>
        public override Tensor forward(Tensor x)
        {
            var (height, width) = (x.shape[2], x.shape[3]);
            var tokens = normalization.forward(x).permute(0, 2, 3, 1).flatten(1, 2); // [rows, places, filters]
            return x + attention.forward(tokens).view(-1, height, width, x.shape[1]).permute(0, 3, 1, 2);
        }
    }
}
