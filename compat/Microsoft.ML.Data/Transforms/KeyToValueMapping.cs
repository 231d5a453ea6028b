using System;
using System.Linq;
using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Data.Conversion;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(KeyToValueMappingTransformer), null, typeof(SignatureLoadModel),
    "Key To Value Transform", KeyToValueMappingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

/// <summary>From keys back to the values that they stand for, which are in the KeyValues annotation of their column.</summary>
public sealed class KeyToValueMappingEstimator : TrivialEstimator<KeyToValueMappingTransformer>
{
    internal KeyToValueMappingEstimator(IHostEnvironment env, params (string outputColumnName, string inputColumnName)[] columns)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(KeyToValueMappingEstimator)), new(env, columns)) { }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        return inputSchema.With(Transformer.ColumnPairs.Select(pair =>
        {
            var input = inputSchema.Find(Host, pair.inputColumnName);
            if (!input.IsKey)
                throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", pair.inputColumnName, "KeyType", input.GetTypeString());
            if (!input.Annotations.TryFindColumn(AnnotationUtils.Kinds.KeyValues, out var values))
                throw Host.ExceptParam(
                    nameof(inputSchema), $"Input column '{pair.inputColumnName}' doesn't contain key values metadata", []);
            var annotations = input.HasSlotNames() ? input.Annotations.Only(AnnotationUtils.Kinds.SlotNames) : null;
            return new SchemaShape.Column(pair.outputColumnName, input.Kind, values.ItemType, values.IsKey, annotations);
        }));
    }
}

public sealed class KeyToValueMappingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "KeyToValueTransform";
    static readonly VersionInfo s_version = new(
        modelSignature: "KEY2VALT", verWrittenCur: 0x00010001, verReadableCur: 0x00010001, verWeCanReadBack: 0x00010001,
        loaderAssemblyName: typeof(KeyToValueMappingTransformer).Assembly.FullName, loaderSignature: LoaderSignature);

    internal KeyToValueMappingTransformer(IHostEnvironment env, params (string outputColumnName, string inputColumnName)[] columns)
        : base(env, nameof(KeyToValueMappingTransformer), s_version, columns) { }

    KeyToValueMappingTransformer(IHostEnvironment env, ModelLoadContext ctx)
        : base(env, nameof(KeyToValueMappingTransformer), s_version, ctx) { }

    private protected override MappedColumn MakeColumn(DataViewSchema inputSchema, int pair, DataViewSchema.Column input)
    {
        var values = input.Annotations.Schema.GetColumnOrNull(AnnotationUtils.Kinds.KeyValues)?.Type;
        Host.Check(values is not null, "Metadata KeyValues does not exist");
        var key = input.Type.GetItemType();
        Host.Check(values.GetVectorSize() == key.GetKeyCountAsInt32(Host), "KeyValues metadata size does not match column type key count");
        return Utils.MarshalInvoke(
            MakeColumn<int, int>, key.RawType, values.GetItemType().RawType, ColumnPairs[pair].outputColumnName, input);
    }

    static MappedColumn MakeColumn<TKey, TValue>(string name, DataViewSchema.Column input)
    {
        var valueType = (PrimitiveDataViewType)input.Annotations.Schema[AnnotationUtils.Kinds.KeyValues].Type.GetItemType();
        VBuffer<TValue> buffer = default;
        input.Annotations.GetValue(AnnotationUtils.Kinds.KeyValues, ref buffer);
        var map = new KeyMap<TKey, TValue>((KeyDataViewType)input.Type.GetItemType(), buffer.DenseValues().ToArray());

        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add(input.Annotations, kind => kind == AnnotationUtils.Kinds.SlotNames);
        var vector = input.Type as VectorDataViewType;
        return new(name, vector is null ? valueType : new VectorDataViewType(valueType, vector.Dimensions), annotations.ToAnnotations(),
            [input.Index],
            row => vector is null ? map.Getter(row, row.Schema[input.Index]) : map.VectorGetter(row, row.Schema[input.Index]));
    }

    /// <summary>The value of each key; missing keys are NaN or the default.</summary>
    sealed class KeyMap<TKey, TValue>(KeyDataViewType keyType, TValue[] values)
    {
        readonly ValueMapper<TKey, uint> _toUInt32 = Conversions.Get<TKey, uint>(keyType, NumberDataViewType.UInt32);
        readonly TValue _missing = MissingValues.ValueOrDefault<TValue>();

        TValue Map(in TKey key)
        {
            uint number = 0;
            _toUInt32(in key, ref number);
            return number > 0 && number <= values.Length ? values[number - 1] : _missing;
        }

        public ValueGetter<TValue> Getter(DataViewRow row, DataViewSchema.Column column)
        {
            var getKey = row.GetGetter<TKey>(column);
            TKey key = default;
            return (ref TValue value) =>
            {
                getKey(ref key);
                value = Map(in key);
            };
        }

        public ValueGetter<VBuffer<TValue>> VectorGetter(DataViewRow row, DataViewSchema.Column column)
        {
            var getKeys = row.GetGetter<VBuffer<TKey>>(column);
            // Slots that are not stored are missing keys.
            var staysSparse = !MissingValues.Exist(ColumnTypeExtensions.PrimitiveTypeFromType(typeof(TValue)));
            VBuffer<TKey> keys = default;
            return (ref VBuffer<TValue> value) =>
            {
                getKeys(ref keys);
                if (!staysSparse)
                    VBufferUtils.Densify(ref keys);
                var items = keys.GetValues();
                var editor = VBufferEditor.Create(ref value, keys.Length, items.Length);
                for (var i = 0; i < items.Length; i++)
                    editor.Values[i] = Map(in items[i]);
                keys.GetIndices().CopyTo(editor.Indices);
                value = editor.Commit();
            };
        }
    }
}
