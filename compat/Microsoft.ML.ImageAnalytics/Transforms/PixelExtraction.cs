using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Image;

/// <summary>Which channels of the pictures of one column become numbers, in which order, and how they are scaled.</summary>
sealed class PixelExtraction
{
    readonly ImagePixelExtractingEstimator.ColorBits _colors;
    readonly ImagePixelExtractingEstimator.ColorsOrder _order;
    readonly bool _interleave;
    readonly float _offset = 0, _scale = 1;

    public PixelExtraction(string output, string input, ImagePixelExtractingEstimator.ColorBits colorsToExtract,
        ImagePixelExtractingEstimator.ColorsOrder orderOfExtraction, bool interleave, float offsetImage, float scaleImage, bool asFloats)
    {
        Contracts.CheckNonWhiteSpace(output, "name");
        Contracts.CheckParam((colorsToExtract & ImagePixelExtractingEstimator.ColorBits.All) != 0, nameof(colorsToExtract),
            "Need to use at least one color plane.");
        (Output, Input, AsFloats, _interleave) = (output, input ?? output, asFloats, interleave);
        (_colors, _order) = (colorsToExtract & ImagePixelExtractingEstimator.ColorBits.All, orderOfExtraction);
        // Bytes are not scaled, whatever was asked for.
        if (!asFloats)
            return;
        Contracts.CheckParam(float.IsFinite(offsetImage), nameof(offsetImage));
        Contracts.CheckParam(float.IsFinite(scaleImage) && scaleImage != 0, nameof(scaleImage));
        (_offset, _scale) = (offsetImage, scaleImage);
    }

    public string Output { get; }
    public string Input { get; }
    public bool AsFloats { get; }
    public NumberDataViewType ItemType => AsFloats ? NumberDataViewType.Single : NumberDataViewType.Byte;

    int Planes => BitOperations.PopCount((uint)_colors);

    public VectorDataViewType TypeFor(ImageDataViewType image) => _interleave
        ? new(ItemType, image.Height, image.Width, Planes)
        : new(ItemType, Planes, image.Height, image.Width);

    public float Scaled(byte value) => (value - _offset) * _scale;

    /// <summary>Writes the channels that are wanted.</summary>
    /// <param name="values">What each of the 256 values of a channel becomes.</param>
    public void Extract<T>(MLImage image, T[] values, Span<T> into)
    {
        var pixels = image.Pixels;
        var count = pixels.Length / 4;
        var planes = Planes;
        var plane = 0;
        foreach (var channel in Channels(image))
        {
            var (to, step) = _interleave ? (plane, planes) : (plane * count, 1);
            for (var pixel = 0; pixel < count; pixel++, to += step)
                into[to] = values[pixels[pixel * 4 + channel]];
            plane++;
        }
    }

    /// <summary>Where the channels that are wanted lie in a pixel, in the order that is wanted.</summary>
    IEnumerable<int> Channels(MLImage image)
    {
        var (red, green, blue) = image.Channels;
        return _order.ToString().Select<char, (ImagePixelExtractingEstimator.ColorBits Bit, int Channel)>(letter => letter switch
        {
            'A' => (ImagePixelExtractingEstimator.ColorBits.Alpha, 3),
            'R' => (ImagePixelExtractingEstimator.ColorBits.Red, red),
            'G' => (ImagePixelExtractingEstimator.ColorBits.Green, green),
            _ => (ImagePixelExtractingEstimator.ColorBits.Blue, blue),
        }).Where(colour => _colors.HasFlag(colour.Bit)).Select(colour => colour.Channel);
    }

    public static PixelExtraction Load(IHost host, string output, string input, ModelLoadContext ctx)
    {
        var (colors, order) = ((ImagePixelExtractingEstimator.ColorBits)ctx.Reader.ReadByte(),
            (ImagePixelExtractingEstimator.ColorsOrder)ctx.Reader.ReadByte());
        var asFloats = ctx.Reader.ReadBoolByte();
        var (offset, scale) = (ctx.Reader.ReadSingle(), ctx.Reader.ReadSingle());
        host.CheckDecode(colors != 0 && (colors & ImagePixelExtractingEstimator.ColorBits.All) == colors && Enum.IsDefined(order)
            && float.IsFinite(offset) && float.IsFinite(scale) && scale != 0 && (asFloats || (offset, scale) == (0, 1)));
        return new(output, input, colors, order, ctx.Reader.ReadBoolByte(), offset, scale, asFloats);
    }

    public void Save(ModelSaveContext ctx)
    {
        ctx.Writer.Write((byte)_colors);
        ctx.Writer.Write((byte)_order);
        ctx.Writer.WriteBoolByte(AsFloats);
        ctx.Writer.Write(_offset);
        ctx.Writer.Write(_scale);
        ctx.Writer.WriteBoolByte(_interleave);
    }
}
