using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Data.Conversion;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(KeyToBinaryVectorMappingTransformer), null, typeof(SignatureLoadModel),
    "KeyToBinaryVectorTransform", KeyToBinaryVectorMappingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

/// <summary>From a key to the binary digits of its number (counted from 0), the highest first; a missing key has all of them set.</summary>
public sealed class KeyToBinaryVectorMappingEstimator : TrivialEstimator<KeyToBinaryVectorMappingTransformer>
{
    internal KeyToBinaryVectorMappingEstimator(IHostEnvironment env, params (string outputColumnName, string inputColumnName)[] columns)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(KeyToBinaryVectorMappingEstimator)), new(env, columns)) { }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        return inputSchema.With(Transformer.ColumnPairs.Select(pair =>
        {
            var input = inputSchema.Find(Host, pair.inputColumnName);
            var annotations = new List<SchemaShape.Column>();
            if (input.Kind != SchemaShape.Column.VectorKind.VariableVector
                && input.Annotations.TryFindColumn(AnnotationUtils.Kinds.KeyValues, out var values) && values.ItemType is TextDataViewType)
                annotations.Add(new(AnnotationUtils.Kinds.SlotNames, SchemaShape.Column.VectorKind.Vector, values.ItemType, false));
            if (input.Kind == SchemaShape.Column.VectorKind.Scalar)
                annotations.Add(new(AnnotationUtils.Kinds.IsNormalized,
                    SchemaShape.Column.VectorKind.Scalar, BooleanDataViewType.Instance, false));
            var kind = input.Kind == SchemaShape.Column.VectorKind.Scalar ? SchemaShape.Column.VectorKind.Vector : input.Kind;
            return new SchemaShape.Column(pair.outputColumnName, kind, NumberDataViewType.Single, false, new(annotations));
        }));
    }
}

public sealed class KeyToBinaryVectorMappingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "KeyToBinaryTransform";
    static readonly VersionInfo s_version = new(
        modelSignature: "KEY2BINR", verWrittenCur: 0x00000001, verReadableCur: 0x00000001, verWeCanReadBack: 0x00000001,
        loaderAssemblyName: typeof(KeyToBinaryVectorMappingTransformer).Assembly.FullName, loaderSignature: LoaderSignature);

    internal KeyToBinaryVectorMappingTransformer(IHostEnvironment env, params (string outputColumnName, string inputColumnName)[] columns)
        : base(env, "KeyToBinary", s_version, columns) { }

    KeyToBinaryVectorMappingTransformer(IHostEnvironment env, ModelLoadContext ctx) : base(env, "KeyToBinary", s_version, ctx) { }

    private protected override void CheckInputColumn(DataViewSchema inputSchema, int pair, DataViewSchema.Column input)
    {
        if (input.Type.GetItemType() is not KeyDataViewType)
            throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", input.Name, "key type of known cardinality",
                input.Type.ToString());
    }

    private protected override MappedColumn MakeColumn(DataViewSchema inputSchema, int pair, DataViewSchema.Column input)
    {
        // One bit more than the number needs, so that all bits set are no key.
        var bits = BitOperations.Log2((uint)input.Type.GetItemType().GetKeyCount()) + 2;
        var valueCount = input.Type.GetValueCount();
        VectorDataViewType type = valueCount == 1 ? new(NumberDataViewType.Single, bits) : new(NumberDataViewType.Single, valueCount, bits);
        return new(ColumnPairs[pair].outputColumnName, type, MakeAnnotations(input, type, bits), [input.Index], row =>
        {
            var column = row.Schema[input.Index];
            return input.Type is VectorDataViewType ? VectorGetter(row, column, bits) : ScalarGetter(row, column, bits);
        });
    }

    static DataViewSchema.Annotations MakeAnnotations(DataViewSchema.Column input, VectorDataViewType type, int bits)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        var names = Enumerable.Range(0, bits).Select(i => $"Bit{bits - i - 1}".AsMemory()).ToArray();
        var isScalar = input.Type is not VectorDataViewType;
        if (KeySlotNames.HasTextKeys(input) && isScalar)
            annotations.AddSlotNames(bits, (ref VBuffer<ReadOnlyMemory<char>> value) => value = new(bits, names));
        else if (KeySlotNames.HasTextKeys(input) && type.IsKnownSize)
            annotations.Add(AnnotationUtils.Kinds.SlotNames, new VectorDataViewType(TextDataViewType.Instance, type.Dimensions),
                (ref VBuffer<ReadOnlyMemory<char>> value) => value = KeySlotNames.OfVector(input, names));
        if (isScalar)
            annotations.AddPrimitiveValue(AnnotationUtils.Kinds.IsNormalized, BooleanDataViewType.Instance, true);
        return annotations.ToAnnotations();
    }

    static ValueGetter<VBuffer<float>> ScalarGetter(DataViewRow row, DataViewSchema.Column column, int bits)
    {
        var getKey = (ValueGetter<uint>)RowGetters.GetGetterAs(NumberDataViewType.UInt32, row, column);
        uint key = 0;
        return (ref VBuffer<float> value) =>
        {
            getKey(ref key);
            var editor = VBufferEditor.Create(ref value, bits);
            Encode(key, editor.Values);
            value = editor.Commit();
            VBufferUtils.Pack(ref value);
        };
    }

    static ValueGetter<VBuffer<float>> VectorGetter(DataViewRow row, DataViewSchema.Column column, int bits)
    {
        var getKeys = (ValueGetter<VBuffer<uint>>)RowGetters.GetVectorGetterAs(NumberDataViewType.UInt32, row, column);
        VBuffer<uint> keys = default;
        return (ref VBuffer<float> value) =>
        {
            getKeys(ref keys);
            var editor = VBufferEditor.Create(ref value, checked(keys.Length * bits));
            var slot = 0;
            foreach (var key in keys.DenseValues())
            {
                Encode(key, editor.Values.Slice(slot, bits));
                slot += bits;
            }
            value = editor.Commit();
            VBufferUtils.Pack(ref value);
        };
    }

    static void Encode(uint key, Span<float> digits)
    {
        for (var i = 0; i < digits.Length; i++)
            digits[i] = key - 1 >> digits.Length - i - 1 & 1;
    }
}
