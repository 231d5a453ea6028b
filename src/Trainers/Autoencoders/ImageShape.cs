using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>The shape of the images that rows hold, as <c>ExtractPixels</c> writes them: channel by channel, line by line.</summary>
readonly record struct ImageShape(int Channels, int Height, int Width)
{
    /// <summary>The shape where some of it is left open: what the length of a row tells, a square where it tells no more.</summary>
    /// <exception cref="ArgumentException">The rows hold no such images.</exception>
    public static ImageShape Of(int rowLength, int channels, int? height, int? width)
    {
        long pixels = rowLength / channels;
        long lines = height ?? (width is { } w ? pixels / w : (long)Math.Sqrt(pixels));
        long columns = width ?? (lines == 0 ? 0 : pixels / lines);
        if (channels * lines * columns != rowLength || height is null && width is null && lines != columns)
            throw new ArgumentException($"Rows of {rowLength} values do not hold images of {channels} channels, height {height?.ToString() ?? "open"} "
                + $"and width {width?.ToString() ?? "open"}; with both open they must be square.");
        return new ImageShape(channels, (int)lines, (int)columns);
    }

    /// <summary>Values in an image.</summary>
    public long Values => (long)Channels * Height * Width;

    /// <summary>Rows as images whose channels lie side by side in memory: convolutions and normalizations are faster for it.</summary>
    /// <param name="rows">[rows, channels x height x width]</param>
    /// <returns>[rows, channels, height, width]</returns>
    public Tensor FromRows(Tensor rows) => FromPixels(rows.reshape(-1, Channels, Height * Width).transpose(1, 2).flatten(1));

    /// <summary>What lies pixel by pixel, as images, in the same memory.</summary>
    /// <param name="pixels">[rows, height x width x channels]</param>
    /// <returns>[rows, channels, height, width]</returns>
    public Tensor FromPixels(Tensor pixels) => pixels.view(-1, Height, Width, Channels).permute(0, 3, 1, 2);

    /// <inheritdoc cref="FromRows(Tensor)"/>
    public OnnxTensor FromRows(OnnxTensor rows) => rows.reshape(-1, Channels, Height, Width);

    /// <inheritdoc cref="FromPixels(Tensor)"/>
    public OnnxTensor FromPixels(OnnxTensor pixels) => pixels.reshape(-1, Height, Width, Channels).permute(0, 3, 1, 2);

    /// <summary>Undoes <see cref="FromRows(OnnxTensor)"/>.</summary>
    public OnnxTensor ToRows(OnnxTensor images) => images.reshape(-1, Values);

    /// <summary>Undoes <see cref="FromPixels(OnnxTensor)"/>.</summary>
    public OnnxTensor ToPixels(OnnxTensor images) => images.permute(0, 2, 3, 1).reshape(-1, Values);

    /// <summary>Checks a number of channels for an option.</summary>
    public static int CheckChannels(int value) => value is 1 or 3 or 4 ? value
        : throw new ArgumentOutOfRangeException(nameof(Channels), value, "Channels must be 1, 3 or 4.");
}
