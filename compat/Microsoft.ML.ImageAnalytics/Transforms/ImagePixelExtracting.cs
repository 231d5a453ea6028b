using System;
using System.Linq;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

[assembly: LoadableClass(typeof(ImagePixelExtractingTransformer), null, typeof(SignatureLoadModel),
    "Image Pixel Extractor Transform", ImagePixelExtractingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms.Image;

/// <summary>The channels of a picture of known size as a vector: channel by channel, or pixel by pixel where they are interleaved.</summary>
public sealed class ImagePixelExtractingEstimator : TrivialEstimator<ImagePixelExtractingTransformer>
{
    [Flags]
    public enum ColorBits : byte
    {
        Alpha = 1,
        Red = 2,
        Green = 4,
        Blue = 8,
        Rgb = Red | Green | Blue,
        All = Alpha | Red | Green | Blue,
    }

    public enum ColorsOrder : byte
    {
        ARGB = 1,
        ARBG = 2,
        ABRG = 3,
        ABGR = 4,
        AGRB = 5,
        AGBR = 6,
    }

    internal ImagePixelExtractingEstimator(IHostEnvironment env, params PixelExtraction[] columns)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(ImagePixelExtractingEstimator)), new(env, columns)) { }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        return inputSchema.With(Transformer.Columns.Select(column =>
        {
            inputSchema.FindImage(Host, column.Input);
            return new SchemaShape.Column(column.Output, SchemaShape.Column.VectorKind.Vector, column.ItemType, false);
        }));
    }
}

public sealed class ImagePixelExtractingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "ImagePixelExtractor";
    static readonly VersionInfo s_version = new(
        modelSignature: "IMGPXEXT", verWrittenCur: 0x00010003, verReadableCur: 0x00010002, verWeCanReadBack: 0x00010003,
        loaderAssemblyName: typeof(ImagePixelExtractingTransformer).Assembly.FullName, loaderSignature: LoaderSignature);

    internal readonly PixelExtraction[] Columns;

    internal ImagePixelExtractingTransformer(IHostEnvironment env, params PixelExtraction[] columns)
        : base(env, "ImagePixelExtractor", s_version, columns.Select(column => (column.Output, column.Input)).ToArray())
        => Columns = columns;

    ImagePixelExtractingTransformer(IHostEnvironment env, ModelLoadContext ctx) : base(env, "ImagePixelExtractor", s_version, ctx)
        => Columns = ColumnPairs.Select(pair => PixelExtraction.Load(Host, pair.outputColumnName, pair.inputColumnName, ctx)).ToArray();

    private protected override void SaveContent(ModelSaveContext ctx)
    {
        foreach (var column in Columns)
            column.Save(ctx);
    }

    private protected override void CheckInputColumn(DataViewSchema inputSchema, int pair, DataViewSchema.Column input)
    {
        var type = ImageColumns.TypeOf(Host, input);
        if (type.Height <= 0 || type.Width <= 0)
            throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", input.Name, "known-size image", "unknown-size image");
    }

    private protected override MappedColumn MakeColumn(DataViewSchema inputSchema, int pair, DataViewSchema.Column input)
    {
        var column = Columns[pair];
        var image = (ImageDataViewType)input.Type;
        return new(column.Output, column.TypeFor(image), null, [input.Index], row =>
        {
            var getter = row.GetGetter<MLImage>(row.Schema[input.Index]);
            return column.AsFloats
                ? Getter<float>(getter, image, column, column.Scaled)
                : Getter<byte>(getter, image, column, value => value);
        });
    }

    ValueGetter<VBuffer<T>> Getter<T>(ValueGetter<MLImage> getter, ImageDataViewType type, PixelExtraction column, Func<byte, T> convert)
    {
        var size = column.TypeFor(type).Size;
        var values = new T[256];
        for (var value = 0; value < values.Length; value++)
            values[value] = convert((byte)value);
        MLImage image = null;
        return (ref VBuffer<T> pixels) =>
        {
            getter(ref image);
            if (image is null)
            {
                pixels = VBufferEditor.Create(ref pixels, size, 0).Commit();
                return;
            }
            Host.Check(image.Height == type.Height && image.Width == type.Width);
            var editor = VBufferEditor.Create(ref pixels, size);
            column.Extract(image, values, editor.Values);
            pixels = editor.Commit();
        };
    }
}
