using System;
using System.IO;
using System.Linq;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

[assembly: LoadableClass(typeof(ImageLoadingTransformer), null, typeof(SignatureLoadModel), "", ImageLoadingTransformer.LoaderSignature)]

namespace Microsoft.ML.Data;

/// <summary>Reads the files that a column names: as pictures, or as the bytes that they are.</summary>
public sealed class ImageLoadingEstimator : TrivialEstimator<ImageLoadingTransformer>
{
    internal ImageLoadingEstimator(
        IHostEnvironment env, string imageFolder, bool asImages, params (string outputColumnName, string inputColumnName)[] columns)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(ImageLoadingEstimator)), new(env, imageFolder, asImages, columns)) { }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        return inputSchema.With(Transformer.ColumnPairs.Select(pair =>
        {
            var input = inputSchema.Find(Host, pair.inputColumnName);
            if (input.ItemType is not TextDataViewType || input.Kind != SchemaShape.Column.VectorKind.Scalar)
                throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", pair.inputColumnName,
                    TextDataViewType.Instance.ToString(), input.GetTypeString());
            return Transformer.AsImages
                ? new SchemaShape.Column(pair.outputColumnName, SchemaShape.Column.VectorKind.Scalar, new ImageDataViewType(), false)
                : new SchemaShape.Column(pair.outputColumnName, SchemaShape.Column.VectorKind.VariableVector, NumberDataViewType.Byte, false);
        }));
    }
}

public sealed class ImageLoadingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "ImageLoaderTransform";
    static readonly VersionInfo s_version = new(
        modelSignature: "IMGLOADR", verWrittenCur: 0x00010003, verReadableCur: 0x00010003, verWeCanReadBack: 0x00010003,
        loaderAssemblyName: typeof(ImageLoadingTransformer).Assembly.FullName, loaderSignature: LoaderSignature);

    /// <summary>Where relative paths start; null for the current folder.</summary>
    public readonly string ImageFolder;

    internal readonly bool AsImages;

    internal ImageLoadingTransformer(
        IHostEnvironment env, string imageFolder, bool asImages, params (string outputColumnName, string inputColumnName)[] columns)
        : base(env, nameof(ImageLoadingTransformer), s_version, columns)
    {
        if (!string.IsNullOrEmpty(imageFolder))
            ImageFolder = Directory.Exists(imageFolder) ? Path.GetFullPath(imageFolder)
                : throw new ArgumentException($"Directory \"{imageFolder}\" does not exist.");
        AsImages = asImages;
    }

    ImageLoadingTransformer(IHostEnvironment env, ModelLoadContext ctx) : base(env, nameof(ImageLoadingTransformer), s_version, ctx)
    {
        ImageFolder = ctx.LoadStringOrNull();
        AsImages = ctx.Reader.ReadBoolean();
    }

    private protected override void SaveContent(ModelSaveContext ctx)
    {
        ctx.SaveStringOrNull(ImageFolder);
        ctx.Writer.Write(AsImages);
    }

    private protected override void CheckInputColumn(DataViewSchema inputSchema, int pair, DataViewSchema.Column input)
    {
        if (input.Type is not TextDataViewType)
            throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", input.Name, TextDataViewType.Instance.ToString(), input.Type.ToString());
    }

    private protected override MappedColumn MakeColumn(DataViewSchema inputSchema, int pair, DataViewSchema.Column input)
        => new(ColumnPairs[pair].outputColumnName, AsImages ? new ImageDataViewType() : new VectorDataViewType(NumberDataViewType.Byte), null,
            [input.Index], row =>
            {
                var getter = row.GetGetter<ReadOnlyMemory<char>>(row.Schema[input.Index]);
                return AsImages ? Images(getter) : Bytes(getter);
            });

    ValueGetter<MLImage> Images(ValueGetter<ReadOnlyMemory<char>> getter)
    {
        ReadOnlyMemory<char> name = default;
        return (ref MLImage image) =>
        {
            image?.Dispose();
            getter(ref name);
            image = null;
            if (name.IsEmpty)
                return;
            var path = PathOf(name);
            using var file = new MemoryStream(File.ReadAllBytes(path));
            image = MLImage.CreateFromStream(file);
            image.Tag = path;
        };
    }

    ValueGetter<VBuffer<byte>> Bytes(ValueGetter<ReadOnlyMemory<char>> getter)
    {
        ReadOnlyMemory<char> name = default;
        return (ref VBuffer<byte> bytes) =>
        {
            getter(ref name);
            VBufferUtils.Set(ref bytes, name.IsEmpty ? [] : File.ReadAllBytes(PathOf(name)));
        };
    }

    string PathOf(ReadOnlyMemory<char> name)
        => string.IsNullOrWhiteSpace(ImageFolder) ? name.ToString() : Path.Combine(ImageFolder, name.ToString());
}
