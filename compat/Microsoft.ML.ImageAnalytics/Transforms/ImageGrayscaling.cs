using System.Linq;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

[assembly: LoadableClass(typeof(ImageGrayscalingTransformer), null, typeof(SignatureLoadModel),
    "Image Greyscale Transform", ImageGrayscalingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms.Image;

/// <summary>The same picture without its colours.</summary>
public sealed class ImageGrayscalingEstimator : TrivialEstimator<ImageGrayscalingTransformer>
{
    internal ImageGrayscalingEstimator(IHostEnvironment env, params (string outputColumnName, string inputColumnName)[] columns)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(ImageGrayscalingEstimator)), new(env, columns)) { }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        return inputSchema.With(Transformer.ColumnPairs.Select(pair =>
        {
            var input = inputSchema.FindImage(Host, pair.inputColumnName);
            return new SchemaShape.Column(pair.outputColumnName, input.Kind, input.ItemType, input.IsKey, input.Annotations);
        }));
    }
}

public sealed class ImageGrayscalingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "ImageGrayscaleTransform";
    static readonly VersionInfo s_version = new(
        modelSignature: "IMGGRAYT", verWrittenCur: 0x00010001, verReadableCur: 0x00010001, verWeCanReadBack: 0x00010001,
        loaderAssemblyName: typeof(ImageGrayscalingTransformer).Assembly.FullName, loaderSignature: LoaderSignature);

    internal ImageGrayscalingTransformer(IHostEnvironment env, params (string outputColumnName, string inputColumnName)[] columns)
        : base(env, "ImageGrayscale", s_version, columns) { }

    ImageGrayscalingTransformer(IHostEnvironment env, ModelLoadContext ctx) : base(env, "ImageGrayscale", s_version, ctx) { }

    private protected override MappedColumn MakeColumn(DataViewSchema inputSchema, int pair, DataViewSchema.Column input)
        => new(ColumnPairs[pair].outputColumnName, ImageColumns.TypeOf(Host, input), null, [input.Index],
            row => ImageColumns.Map(row, input.Index, ImageResampling.Grey));
}
