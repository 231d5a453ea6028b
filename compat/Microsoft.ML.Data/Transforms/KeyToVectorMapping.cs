using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Data.Conversion;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(KeyToVectorMappingTransformer), null, typeof(SignatureLoadModel),
    "KeyToVectorTransform", KeyToVectorMappingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

/// <summary>
/// From a key to a vector that is 1 in the slot of the key. A vector of keys gives one such vector after the other, or their sum.
/// </summary>
public sealed class KeyToVectorMappingEstimator : TrivialEstimator<KeyToVectorMappingTransformer>
{
    internal KeyToVectorMappingEstimator(IHostEnvironment env, params ColumnOptions[] columns)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(KeyToVectorMappingEstimator)), new(env, columns)) { }

    internal sealed record ColumnOptions(string Name, string InputColumnName, bool OutputCountVector);

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        return inputSchema.With(Transformer.Columns.Select(options =>
        {
            var input = inputSchema.Find(Host, options.InputColumnName);
            var annotations = new List<SchemaShape.Column>();
            if (input.Annotations.TryFindColumn(AnnotationUtils.Kinds.KeyValues, out var values)
                && (options.OutputCountVector && input.IsKey || input.Kind != SchemaShape.Column.VectorKind.VariableVector)
                && values.ItemType is TextDataViewType)
                annotations.Add(new(AnnotationUtils.Kinds.SlotNames, SchemaShape.Column.VectorKind.Vector, values.ItemType, false));
            if (!options.OutputCountVector && input.Kind != SchemaShape.Column.VectorKind.VariableVector)
                annotations.Add(new(AnnotationUtils.Kinds.CategoricalSlotRanges,
                    SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Int32, false));
            if (!options.OutputCountVector || input.Kind == SchemaShape.Column.VectorKind.Scalar)
                annotations.Add(new(AnnotationUtils.Kinds.IsNormalized,
                    SchemaShape.Column.VectorKind.Scalar, BooleanDataViewType.Instance, false));
            var kind = !options.OutputCountVector && input.Kind == SchemaShape.Column.VectorKind.VariableVector
                ? SchemaShape.Column.VectorKind.VariableVector : SchemaShape.Column.VectorKind.Vector;
            return new SchemaShape.Column(options.Name, kind, NumberDataViewType.Single, false, new(annotations));
        }));
    }
}

public sealed class KeyToVectorMappingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "KeyToVectorTransform";
    static readonly VersionInfo s_version = new(
        modelSignature: "KEY2VECT", verWrittenCur: 0x00010002, verReadableCur: 0x00010001, verWeCanReadBack: 0x00010002,
        loaderAssemblyName: typeof(KeyToVectorMappingTransformer).Assembly.FullName, loaderSignature: LoaderSignature);

    internal readonly KeyToVectorMappingEstimator.ColumnOptions[] Columns;

    internal KeyToVectorMappingTransformer(IHostEnvironment env, params KeyToVectorMappingEstimator.ColumnOptions[] columns)
        : base(env, "KeyToVector", s_version, columns.Select(column => (column.Name, column.InputColumnName)).ToArray())
        => Columns = columns;

    KeyToVectorMappingTransformer(IHostEnvironment env, ModelLoadContext ctx) : base(env, "KeyToVector", s_version, ctx)
        => Columns = ColumnPairs.Select(pair => new KeyToVectorMappingEstimator.ColumnOptions(
            pair.outputColumnName, pair.inputColumnName, ctx.Reader.ReadBoolByte())).ToArray();

    private protected override void SaveContent(ModelSaveContext ctx)
    {
        foreach (var column in Columns)
            ctx.Writer.WriteBoolByte(column.OutputCountVector);
    }

    private protected override void CheckInputColumn(DataViewSchema inputSchema, int pair, DataViewSchema.Column input)
    {
        if (input.Type.GetItemType() is not KeyDataViewType)
            throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", input.Name, "key type of known cardinality",
                input.Type.ToString());
    }

    private protected override MappedColumn MakeColumn(DataViewSchema inputSchema, int pair, DataViewSchema.Column input)
    {
        var isCount = Columns[pair].OutputCountVector;
        var keyCount = input.Type.GetItemType().GetKeyCountAsInt32(Host);
        var valueCount = input.Type.GetValueCount();
        VectorDataViewType type;
        try
        {
            type = isCount || valueCount == 1 ? new(NumberDataViewType.Single, keyCount)
                : new(NumberDataViewType.Single, valueCount, keyCount);
        }
        catch (OverflowException e)
        {
            throw Host.Except("{0} Related column: {1} ", e.Message, Columns[pair].Name);
        }

        return new(Columns[pair].Name, type, MakeAnnotations(input, type, keyCount, isCount), [input.Index], row =>
        {
            var column = row.Schema[input.Index];
            return input.Type is not VectorDataViewType ? OneHot(row, column, keyCount)
                : isCount ? Counts(row, column, keyCount) : OneHots(row, column, keyCount);
        });
    }

    static DataViewSchema.Annotations MakeAnnotations(DataViewSchema.Column input, VectorDataViewType type, int keyCount, bool isCount)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        var isScalar = input.Type is not VectorDataViewType;
        if (KeySlotNames.HasTextKeys(input) && (isCount || isScalar))
            annotations.AddSlotNames(type.Size,
                (ref VBuffer<ReadOnlyMemory<char>> value) => value = new(keyCount, KeySlotNames.KeyTexts(input)));
        else if (KeySlotNames.HasTextKeys(input) && type.IsKnownSize)
            annotations.Add(AnnotationUtils.Kinds.SlotNames, new VectorDataViewType(TextDataViewType.Instance, type.Dimensions),
                (ref VBuffer<ReadOnlyMemory<char>> value) => value = KeySlotNames.OfVector(input, KeySlotNames.KeyTexts(input)));
        var valueCount = input.Type.GetValueCount();
        if (!isCount && valueCount > 0)
            annotations.Add(AnnotationUtils.Kinds.CategoricalSlotRanges, AnnotationUtils.GetCategoricalType(valueCount),
                (ref VBuffer<int> value) => value = new(2 * valueCount, CategoricalSlots.EqualRanges(valueCount, keyCount)));
        if (!isCount || isScalar)
            annotations.AddPrimitiveValue(AnnotationUtils.Kinds.IsNormalized, BooleanDataViewType.Instance, true);
        return annotations.ToAnnotations();
    }

    static ValueGetter<VBuffer<float>> OneHot(DataViewRow row, DataViewSchema.Column column, int keyCount)
    {
        var getKey = (ValueGetter<uint>)RowGetters.GetGetterAs(NumberDataViewType.UInt32, row, column);
        uint key = 0;
        return (ref VBuffer<float> value) =>
        {
            getKey(ref key);
            if (key == 0 || key > keyCount)
            {
                VBufferUtils.Resize(ref value, keyCount, 0);
                return;
            }
            var editor = VBufferEditor.Create(ref value, keyCount, 1, requireIndicesOnDense: true);
            editor.Values[0] = 1;
            editor.Indices[0] = (int)key - 1;
            value = editor.Commit();
        };
    }

    static ValueGetter<VBuffer<float>> OneHots(DataViewRow row, DataViewSchema.Column column, int keyCount)
    {
        var getKeys = (ValueGetter<VBuffer<uint>>)RowGetters.GetVectorGetterAs(NumberDataViewType.UInt32, row, column);
        VBuffer<uint> keys = default;
        return (ref VBuffer<float> value) =>
        {
            getKeys(ref keys);
            var items = keys.GetValues();
            var slots = keys.GetIndices();
            var editor = VBufferEditor.Create(ref value, checked(keyCount * keys.Length), items.Length, requireIndicesOnDense: true);
            var count = 0;
            for (var i = 0; i < items.Length; i++)
                if (items[i] > 0 && items[i] <= keyCount)
                {
                    editor.Values[count] = 1;
                    editor.Indices[count++] = (keys.IsDense ? i : slots[i]) * keyCount + (int)items[i] - 1;
                }
            value = editor.CommitTruncated(count);
        };
    }

    static ValueGetter<VBuffer<float>> Counts(DataViewRow row, DataViewSchema.Column column, int keyCount)
    {
        var getKeys = (ValueGetter<VBuffer<uint>>)RowGetters.GetVectorGetterAs(NumberDataViewType.UInt32, row, column);
        var counts = new SortedDictionary<int, float>();
        VBuffer<uint> keys = default;
        return (ref VBuffer<float> value) =>
        {
            getKeys(ref keys);
            counts.Clear();
            foreach (var key in keys.GetValues())
                if (key > 0 && key <= keyCount)
                    counts[(int)key - 1] = counts.GetValueOrDefault((int)key - 1) + 1;
            var editor = VBufferEditor.Create(ref value, keyCount, counts.Count);
            var at = 0;
            foreach (var (slot, count) in counts)
            {
                editor.Values[at] = count;
                if (counts.Count < keyCount)
                    editor.Indices[at] = slot;
                at++;
            }
            value = editor.Commit();
            VBufferUtils.Pack(ref value);
        };
    }
}

/// <summary>Names of the slots that keys turn into.</summary>
static class KeySlotNames
{
    public static bool HasTextKeys(DataViewSchema.Column column)
        => column.Annotations.Schema.GetColumnOrNull(AnnotationUtils.Kinds.KeyValues)?.Type
            is VectorDataViewType { ItemType: TextDataViewType, IsKnownSize: true } values
            && values.Size == column.Type.GetItemType().GetKeyCountAsInt32();

    public static ReadOnlyMemory<char>[] KeyTexts(DataViewSchema.Column column)
    {
        VBuffer<ReadOnlyMemory<char>> values = default;
        column.Annotations.GetValue(AnnotationUtils.Kinds.KeyValues, ref values);
        return values.DenseValues().ToArray();
    }

    /// <summary>For each slot of the column "slot.name" of each name, with [i] for a slot without a name.</summary>
    public static VBuffer<ReadOnlyMemory<char>> OfVector(DataViewSchema.Column column, IReadOnlyList<ReadOnlyMemory<char>> names)
    {
        var size = column.Type.GetVectorSize();
        VBuffer<ReadOnlyMemory<char>> own = default;
        if (column.HasSlotNames(size))
            column.Annotations.GetValue(AnnotationUtils.Kinds.SlotNames, ref own);
        else
            own = VBufferUtils.CreateEmpty<ReadOnlyMemory<char>>(size);
        var result = own.Items(all: true)
            .SelectMany(slot => names.Select(name => (slot.Value.IsEmpty ? $"[{slot.Key}].{name}" : $"{slot.Value}.{name}").AsMemory()))
            .ToArray();
        return new(result.Length, result);
    }
}
