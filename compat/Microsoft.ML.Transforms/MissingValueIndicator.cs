using System;
using System.Linq;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Data.Conversion;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(MissingValueIndicatorTransformer), null, typeof(SignatureLoadModel),
    "NA Indicator Transform", MissingValueIndicatorTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

/// <summary>Says of each slot whether its value is missing.</summary>
public sealed class MissingValueIndicatorEstimator : TrivialEstimator<MissingValueIndicatorTransformer>
{
    internal MissingValueIndicatorEstimator(IHostEnvironment env, params (string outputColumnName, string inputColumnName)[] columns)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(MissingValueIndicatorTransformer)), new(env, columns)) { }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        return inputSchema.With(Transformer.ColumnPairs.Select(pair =>
        {
            var input = inputSchema.Find(Host, pair.inputColumnName);
            if (!MissingValues.Exist(input.ItemType))
                throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", pair.inputColumnName);
            var isNormalized = new SchemaShape.Column(
                AnnotationUtils.Kinds.IsNormalized, SchemaShape.Column.VectorKind.Scalar, BooleanDataViewType.Instance, false);
            return new SchemaShape.Column(pair.outputColumnName, input.Kind, BooleanDataViewType.Instance, false,
                new([.. input.Annotations.Only(AnnotationUtils.Kinds.SlotNames), isNormalized]));
        }));
    }
}

public sealed class MissingValueIndicatorTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "NaIndicatorTransform";
    static readonly VersionInfo s_version = new(
        modelSignature: "NAIND TF", verWrittenCur: 0x00010001, verReadableCur: 0x00010001, verWeCanReadBack: 0x00010001,
        loaderAssemblyName: typeof(MissingValueIndicatorTransformer).Assembly.FullName, loaderSignature: LoaderSignature);

    internal MissingValueIndicatorTransformer(IHostEnvironment env, params (string outputColumnName, string inputColumnName)[] columns)
        : base(env, nameof(MissingValueIndicatorTransformer), s_version, columns) { }

    MissingValueIndicatorTransformer(IHostEnvironment env, ModelLoadContext ctx)
        : base(env, nameof(MissingValueIndicatorTransformer), s_version, ctx) { }

    private protected override MappedColumn MakeColumn(DataViewSchema inputSchema, int pair, DataViewSchema.Column input)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add(input.Annotations, kind => kind == AnnotationUtils.Kinds.SlotNames);
        annotations.AddPrimitiveValue(AnnotationUtils.Kinds.IsNormalized, BooleanDataViewType.Instance, true);
        DataViewType type = input.Type is VectorDataViewType vector
            ? new VectorDataViewType(BooleanDataViewType.Instance, vector.Dimensions) : BooleanDataViewType.Instance;
        var makeGetter = Utils.MarshalInvoke(GetterMaker<int>, input.Type.GetItemType().RawType, input);
        return new(ColumnPairs[pair].outputColumnName, type, annotations.ToAnnotations(), [input.Index], makeGetter);
    }

    static Func<DataViewRow, Delegate> GetterMaker<T>(DataViewSchema.Column input)
    {
        var isMissing = MissingValues.TestOrNull<T>(input.Type.GetItemType())
            ?? throw Contracts.Except("No IsNA predicate for '{0}'", input.Type.GetItemType());
        return row => input.Type is VectorDataViewType
            ? VectorGetter(row.GetGetter<VBuffer<T>>(row.Schema[input.Index]), isMissing)
            : ScalarGetter(row.GetGetter<T>(row.Schema[input.Index]), isMissing);
    }

    static ValueGetter<bool> ScalarGetter<T>(ValueGetter<T> getter, Func<T, bool> isMissing)
    {
        T item = default;
        return (ref bool value) =>
        {
            getter(ref item);
            value = isMissing(item);
        };
    }

    static ValueGetter<VBuffer<bool>> VectorGetter<T>(ValueGetter<VBuffer<T>> getter, Func<T, bool> isMissing)
    {
        // Slots that are not stored hold the default, which is missing for a key.
        var densifies = isMissing(default);
        VBuffer<T> items = default;
        return (ref VBuffer<bool> value) =>
        {
            getter(ref items);
            if (densifies)
                VBufferUtils.Densify(ref items);
            var values = items.GetValues();
            var editor = VBufferEditor.Create(ref value, items.Length, values.Length);
            for (var i = 0; i < values.Length; i++)
                editor.Values[i] = isMissing(values[i]);
            items.GetIndices().CopyTo(editor.Indices);
            value = editor.Commit();
            VBufferUtils.Pack(ref value);
        };
    }
}
