using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>The network of a <see cref="GatedPixelCnn"/>. Within it the channels of a pixel lie side by side in memory, which convolutions are
/// fastest with.</summary>
sealed class PixelCnnModule : AutoregressiveModule
{
    readonly ImageShape image;
    readonly int classes, levels;
    readonly ModuleList<PixelLayer> layers;
    readonly ModuleList<DenseLayer> hidden, logits; // one of each for every channel

    internal PixelCnnModule(GatedPixelCnn design, ImageShape image, int classes, int seed) : base(nameof(PixelCnnModule))
    {
        (this.image, this.classes, levels) = (image, classes, design.Levels);
        var random = new SeededRandom(seed);
        layers = new ModuleList<PixelLayer>(new PixelLayer(image.Channels, design.Filters, design.FirstKernelSize, first: true, classes, random));
        for (int i = 0; i < design.Layers; i++)
            layers.Add(new PixelLayer(design.Filters, design.Filters, design.KernelSize, first: false, classes, random));
        (hidden, logits) = (new ModuleList<DenseLayer>(), new ModuleList<DenseLayer>());
        for (int channel = 0; channel < image.Channels; channel++)
        {
            hidden.Add(new DenseLayer(design.Filters + channel, HeadSize(design.Filters), Activation.Relu, random));
            logits.Add(new DenseLayer(HeadSize(design.Filters), levels, Activation.Identity, random));
        }
        RegisterComponents();
    }

    static int HeadSize(int filters) => checked(2 * filters);

    internal static long CountHeadValues(int filters, int channel, int levels) =>
        checked(HeadSize(filters) * (filters + channel + 1L) + levels * (HeadSize(filters) + 1L));

    internal override Tensor LogConditionals(Tensor x, Tensor? labels)
    {
        // [rows, height, width, channels]
        var level = Level(x.reshape(-1, image.Channels, image.Height, image.Width).permute(0, 2, 3, 1)).contiguous();
        var values = Input(level);
        var features = Features(values.permute(0, 3, 1, 2), labels is null ? null : ConditionalRows.Indicators(labels, classes))
            .permute(0, 2, 3, 1);
        var wanted = level.to(ScalarType.Int64);
        var channels = Enumerable.Range(0, image.Channels).Select(channel =>
            Logits(channel, features, values.narrow(3, 0, channel)).log_softmax(3).gather(3, wanted.narrow(3, channel, 1)));
        // A level's cell is 1 / (levels - 1) wide.
        return cat([.. channels], 3).flatten(1) + Math.Log(levels - 1);
    }

    internal override PartialRows Start(int rows, Tensor? labels) => new PixelCnnDrawing(this, rows, labels);

    /// <summary>The number of the level nearest to each value, as a floating-point number.</summary>
    Tensor Level(Tensor x) => (x * (levels - 1)).round().clamp(0, levels - 1);

    /// <summary>Levels as the network sees them: from -1 to 1.</summary>
    Tensor Input(Tensor level) => level * (2.0 / (levels - 1)) - 1;

    /// <param name="x">[rows, channels, height, width]</param>
    /// <param name="condition">[rows, classes] indicators, or <see langword="null"/>.</param>
    /// <returns>[rows, filters, height, width]: what all pixels before each tell of it.</returns>
    Tensor Features(Tensor x, Tensor? condition)
    {
        var (v, h) = (x, x);
        foreach (var layer in layers)
        {
            bool first = layer.Before == layer.Reach;
            // The first layer's kernels end before the pixel: what lies at the far edge is seen by none.
            var above = first ? v.narrow(2, 0, v.shape[2] - 1) : v;
            var left = first ? h.narrow(3, 0, h.shape[3] - 1) : h;
            long side = layer.KernelSize / 2;
            var bias = layer.Condition(condition);
            (v, var across) = layer.Vertical(nn.functional.pad(above, [side, side, layer.Before, 0]), bias);
            h = layer.Horizontal(nn.functional.pad(left, [layer.Before, 0, 0, 0]), across, bias, first ? null : h);
        }
        return h;
    }

    /// <param name="channel">The channel to predict.</param>
    /// <param name="features">[..., filters]</param>
    /// <param name="earlier">The pixel's channels before, as the network sees them: [..., channel].</param>
    /// <returns>[..., levels]</returns>
    Tensor Logits(int channel, Tensor features, Tensor earlier) =>
        logits[channel].forward(hidden[channel].forward(channel == 0 ? features : cat([features, earlier], -1)));

    /// <summary>
    /// Images that are drawn pixel by pixel. Nothing is computed twice: the vertical stack runs once for each line, the horizontal one once for
    /// each pixel, over what is kept of the lines and pixels before (Ramachandran et al., "Fast Generation for Convolutional Autoregressive
    /// Models", 2017).
    /// </summary>
    sealed class PixelCnnDrawing : PartialRows
    {
        readonly PixelCnnModule _network;
        readonly Tensor?[] _biases;
        readonly Tensor[] _lines;  // input of each layer's vertical stack, as much as it sees: [rows, channels, before + 1, side + width + side]
        readonly Tensor[] _pixels; // input of each layer's horizontal stack in this line: [rows, channels, 1, before + width]
        readonly Tensor[] _across; // of this line: [rows, 2 filters, 1, width]
        readonly Tensor _current;  // channels of this pixel, as the network sees them: [rows, channels]
        readonly Tensor _features; // of this pixel: [rows, filters]
        int _next;
        int _computed = -1; // the pixel that the features are of

        public PixelCnnDrawing(PixelCnnModule network, int rows, Tensor? labels)
        {
            _network = network;
            var device = network.parameters().First().device;
            var (image, layers) = (network.image, network.layers);
            var condition = labels is null ? null : ConditionalRows.Indicators(labels, network.classes);
            _biases = [.. layers.Select(layer => layer.Condition(condition))];
            long channels = image.Channels, filters = network.hidden[0].InputSize;
            _lines = [.. layers.Select((layer, i) => zeros(
                [rows, i == 0 ? channels : filters, layer.Before + 1, image.Width + layer.KernelSize - 1], device: device))];
            _pixels = [.. layers.Select((layer, i) => zeros([rows, i == 0 ? channels : filters, 1, layer.Before + image.Width], device: device))];
            _across = [.. layers.Select(_ => zeros([rows, 2 * filters, 1, image.Width], device: device))];
            _current = zeros([rows, channels], device: device);
            _features = zeros([rows, filters], device: device);
        }

        internal override int Variables => _network.image.Channels * _network.image.Height * _network.image.Width;

        internal override (int Start, int Count) Slots(int variable)
        {
            var (channels, height, width) = _network.image;
            return (variable % channels * height * width + variable / channels, 1);
        }

        (int Pixel, int Channel) Place => (_next / _network.image.Channels % _network.image.Width, _next % _network.image.Channels);

        internal override Tensor Draw(Tensor uniform, double temperature)
        {
            Advance();
            var logits = _network.Logits(Place.Channel, _features, _current.narrow(1, 0, Place.Channel));
            return SlotLayout.Pick(logits.unsqueeze(1) / temperature, uniform.narrow(1, 0, 1)).to(ScalarType.Float32) / (_network.levels - 1);
        }

        internal override void Set(Tensor values)
        {
            Advance();
            var (pixel, channel) = Place;
            _current.narrow(1, channel, 1).copy_(_network.Input(_network.Level(values)));
            _next++;
            if (channel < _network.image.Channels - 1) return;
            var (layer, seen) = (_network.layers[0], _current.unsqueeze(2).unsqueeze(3));
            _lines[0].narrow(2, layer.Before, 1).narrow(3, layer.KernelSize / 2 + pixel, 1).copy_(seen);
            _pixels[0].narrow(3, layer.Before + pixel, 1).copy_(seen);
            _computed = -1;
        }

        /// <summary>Computes the features of the pixel under way, unless they are.</summary>
        void Advance()
        {
            int pixel = Place.Pixel;
            if (_computed == pixel) return;
            _computed = pixel;
            using var scope = NewDisposeScope();
            if (pixel == 0) NextLine();
            Tensor? h = null;
            for (int i = 0; i < _pixels.Length; i++)
            {
                var layer = _network.layers[i];
                if (h is not null) _pixels[i].narrow(3, layer.Before + pixel, 1).copy_(h);
                h = layer.Horizontal(_pixels[i].narrow(3, pixel, layer.Reach), _across[i].narrow(3, pixel, 1), _biases[i], h);
            }
            _features.copy_(h!.flatten(1));
        }

        void NextLine()
        {
            Tensor? v = null;
            for (int i = 0; i < _lines.Length; i++)
            {
                var (layer, lines) = (_network.layers[i], _lines[i]);
                if (layer.Before > 0) lines.narrow(2, 0, layer.Before).copy_(lines.narrow(2, 1, layer.Before).clone());
                if (v is not null) lines.narrow(2, layer.Before, 1).narrow(3, layer.KernelSize / 2, _network.image.Width).copy_(v);
                (v, var across) = layer.Vertical(lines.narrow(2, 0, layer.Reach), _biases[i]);
                _across[i].copy_(across);
            }
            foreach (var pixels in _pixels) pixels.zero_();
        }
    }
}
