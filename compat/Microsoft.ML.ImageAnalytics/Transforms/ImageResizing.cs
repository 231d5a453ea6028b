using System;
using System.Linq;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

[assembly: LoadableClass(typeof(ImageResizingTransformer), null, typeof(SignatureLoadModel),
    "Image Resizer Transform", ImageResizingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms.Image;

/// <summary>
/// Pictures of one size. IsoPad shows all of the picture between black margins, IsoCrop fills the size and cuts what juts out
/// (away from the anchor), Fill gives up the aspect ratio.
/// </summary>
public sealed class ImageResizingEstimator : TrivialEstimator<ImageResizingTransformer>
{
    public enum ResizingKind : byte
    {
        IsoPad = 0,
        IsoCrop = 1,
        Fill = 2,
    }

    public enum Anchor : byte
    {
        Right = 0,
        Left = 1,
        Top = 2,
        Bottom = 3,
        Center = 4,
    }

    internal ImageResizingEstimator(IHostEnvironment env, params ImageResizing[] columns)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(ImageResizingEstimator)), new(env, columns)) { }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        return inputSchema.With(Transformer.Columns.Select(column =>
        {
            inputSchema.FindImage(Host, column.Input);
            return new SchemaShape.Column(column.Output, SchemaShape.Column.VectorKind.Scalar, column.Type, false);
        }));
    }
}

public sealed class ImageResizingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "ImageScalerTransform";
    static readonly VersionInfo s_version = new(
        modelSignature: "IMGSCALF", verWrittenCur: 0x00010003, verReadableCur: 0x00010003, verWeCanReadBack: 0x00010003,
        loaderAssemblyName: typeof(ImageResizingTransformer).Assembly.FullName, loaderSignature: LoaderSignature);

    internal readonly ImageResizing[] Columns;

    internal ImageResizingTransformer(IHostEnvironment env, params ImageResizing[] columns)
        : base(env, "ImageScaler", s_version, columns.Select(column => (column.Output, column.Input)).ToArray())
        => Columns = columns;

    ImageResizingTransformer(IHostEnvironment env, ModelLoadContext ctx) : base(env, "ImageScaler", s_version, ctx)
        => Columns = ColumnPairs.Select(pair => ImageResizing.Load(Host, pair.outputColumnName, pair.inputColumnName, ctx)).ToArray();

    private protected override void SaveContent(ModelSaveContext ctx)
    {
        foreach (var column in Columns)
            column.Save(ctx);
    }

    private protected override MappedColumn MakeColumn(DataViewSchema inputSchema, int pair, DataViewSchema.Column input)
    {
        ImageColumns.TypeOf(Host, input);
        var column = Columns[pair];
        return new(column.Output, column.Type, null, [input.Index], row => ImageColumns.Map(row, input.Index, column.Resize));
    }
}

/// <summary>How the pictures of one column are resized.</summary>
sealed class ImageResizing
{
    readonly int _width, _height;
    readonly ImageResizingEstimator.ResizingKind _kind;
    readonly ImageResizingEstimator.Anchor _anchor;

    public ImageResizing(string output, string input, int imageWidth, int imageHeight,
        ImageResizingEstimator.ResizingKind resizing, ImageResizingEstimator.Anchor anchor)
    {
        Contracts.CheckNonEmpty(output, "name");
        Contracts.CheckUserArg(imageWidth > 0, nameof(imageWidth));
        Contracts.CheckUserArg(imageHeight > 0, nameof(imageHeight));
        Contracts.CheckUserArg(Enum.IsDefined(resizing), nameof(resizing));
        Contracts.CheckUserArg(Enum.IsDefined(anchor), nameof(anchor));
        (Output, Input, _width, _height, _kind, _anchor) = (output, input ?? output, imageWidth, imageHeight, resizing, anchor);
        Type = new(imageHeight, imageWidth);
    }

    public string Output { get; }
    public string Input { get; }
    public ImageDataViewType Type { get; }

    public static ImageResizing Load(IHost host, string output, string input, ModelLoadContext ctx)
    {
        var (width, height) = (ctx.Reader.ReadInt32(), ctx.Reader.ReadInt32());
        var (kind, anchor) = ((ImageResizingEstimator.ResizingKind)ctx.Reader.ReadByte(), (ImageResizingEstimator.Anchor)ctx.Reader.ReadByte());
        host.CheckDecode(width > 0 && height > 0 && Enum.IsDefined(kind) && Enum.IsDefined(anchor));
        return new(output, input, width, height, kind, anchor);
    }

    public void Save(ModelSaveContext ctx)
    {
        ctx.Writer.Write(_width);
        ctx.Writer.Write(_height);
        ctx.Writer.Write((byte)_kind);
        ctx.Writer.Write((byte)_anchor);
    }

    public MLImage Resize(MLImage source)
    {
        if (source.Width == _width && source.Height == _height)
            return source;
        if (_kind == ImageResizingEstimator.ResizingKind.Fill)
            return ImageResampling.Fill(source, _width, _height);

        var (across, down) = ((float)_width / source.Width, (float)_height / source.Height);
        var crops = _kind == ImageResizingEstimator.ResizingKind.IsoCrop;
        // One direction fits exactly; only the other has room to choose, or something to cut.
        var alongHeight = down < across == crops;
        var scale = alongHeight ? across : down;
        var (width, height) = (source.Width * scale, source.Height * scale);
        var x = alongHeight ? 0 : Place(_width - width, ImageResizingEstimator.Anchor.Left, ImageResizingEstimator.Anchor.Right);
        var y = alongHeight ? Place(_height - height, ImageResizingEstimator.Anchor.Top, ImageResizingEstimator.Anchor.Bottom) : 0;
        return ImageResampling.Draw(source, _width, _height, (x, y, (int)width, (int)height));

        int Place(float room, ImageResizingEstimator.Anchor start, ImageResizingEstimator.Anchor end)
            => crops && _anchor == start ? 0 : (int)(crops && _anchor == end ? room : room / 2);
    }
}
