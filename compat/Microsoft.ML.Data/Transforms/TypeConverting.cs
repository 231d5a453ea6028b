using System;
using System.Linq;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Data.Conversion;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(TypeConvertingTransformer), null, typeof(SignatureLoadModel),
    "Convert Transform", TypeConvertingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

/// <summary>The same values as another type.</summary>
public sealed class TypeConvertingEstimator : TrivialEstimator<TypeConvertingTransformer>
{
    internal TypeConvertingEstimator(IHostEnvironment env, (string outputColumnName, string inputColumnName)[] columns, DataKind outputKind)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(TypeConvertingEstimator)), new(env, columns, outputKind)) { }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        return inputSchema.With(Transformer.ColumnPairs.Select(pair =>
        {
            // Shapes have no key types: a key converts as the integer that it is.
            var input = inputSchema.Find(Host, pair.inputColumnName);
            var itemType = Transformer.Kind.ToType();
            if (!Conversions.TryGet(input.ItemType, itemType, out _))
                throw Host.ExceptParam(nameof(inputSchema), $"Don't know how to convert {pair.inputColumnName} into {itemType}", []);
            return new SchemaShape.Column(pair.outputColumnName, input.Kind, itemType, false, input.Annotations);
        }));
    }
}

public sealed class TypeConvertingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "ConvertTransform";
    static readonly VersionInfo s_version = new(
        modelSignature: "CONVERTF", verWrittenCur: 0x00010004, verReadableCur: 0x00010003, verWeCanReadBack: 0x00010003,
        loaderAssemblyName: typeof(TypeConvertingTransformer).Assembly.FullName, loaderSignature: LoaderSignature);

    internal readonly DataKind Kind;

    internal TypeConvertingTransformer(
        IHostEnvironment env, (string outputColumnName, string inputColumnName)[] columns, DataKind outputKind)
        : base(env, nameof(TypeConvertingTransformer), s_version, columns)
    {
        Host.CheckNonEmpty(columns, nameof(columns));
        Kind = outputKind;
    }

    TypeConvertingTransformer(IHostEnvironment env, ModelLoadContext ctx) : base(env, nameof(TypeConvertingTransformer), s_version, ctx)
    {
        Kind = (DataKind)ctx.Reader.ReadByte();
        Host.CheckDecode(Enum.IsDefined(Kind));
    }

    private protected override void SaveContent(ModelSaveContext ctx)
    {
        ctx.Writer.Write((byte)Kind);
    }

    private protected override MappedColumn MakeColumn(DataViewSchema inputSchema, int pair, DataViewSchema.Column input)
    {
        var itemType = ItemTypeFrom(input.Type.GetItemType());
        if (!Conversions.TryGet(input.Type.GetItemType(), itemType, out _))
            throw Host.ExceptParam(nameof(inputSchema),
                "source column '{0}' with item type '{1}' is not compatible with destination type '{2}'",
                input.Name, input.Type, itemType);
        var vector = input.Type as VectorDataViewType;
        return new(ColumnPairs[pair].outputColumnName, vector is null ? itemType : new VectorDataViewType(itemType, vector.Dimensions),
            MakeAnnotations(input, itemType), [input.Index], row => vector is null
                ? RowGetters.GetGetterAs(itemType, row, row.Schema[input.Index])
                : RowGetters.GetVectorGetterAs(itemType, row, row.Schema[input.Index]));
    }

    /// <summary>A key stays a key, as far as the type can hold it.</summary>
    PrimitiveDataViewType ItemTypeFrom(DataViewType from)
    {
        var type = Kind.ToType();
        return from is KeyDataViewType key && KeyDataViewType.IsValidDataType(type.RawType)
            ? new KeyDataViewType(type.RawType, Math.Min(key.Count, type.RawType.ToMaxInt())) : type;
    }

    static DataViewSchema.Annotations MakeAnnotations(DataViewSchema.Column input, PrimitiveDataViewType to)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        var from = input.Type.GetItemType();
        if (input.Type.IsKnownSizeVector())
            annotations.Add(input.Annotations, kind => kind == AnnotationUtils.Kinds.SlotNames);
        if (from is KeyDataViewType && to is KeyDataViewType)
            annotations.Add(input.Annotations, kind => kind == AnnotationUtils.Kinds.KeyValues);
        if (from is NumberDataViewType && to is NumberDataViewType)
            annotations.Add(input.Annotations, kind => kind == AnnotationUtils.Kinds.IsNormalized);
        if (input.Type is BooleanDataViewType && to is NumberDataViewType)
            annotations.AddPrimitiveValue(AnnotationUtils.Kinds.IsNormalized, BooleanDataViewType.Instance, true);
        return annotations.ToAnnotations();
    }
}
