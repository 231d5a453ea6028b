using System;
using System.Linq;
using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Data.Conversion;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(MissingValueReplacingTransformer), null, typeof(SignatureLoadModel),
    "NA Replace Transform", MissingValueReplacingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

/// <summary>Puts a value that is learned from the others, or 0, in place of NaN.</summary>
public sealed class MissingValueReplacingEstimator : IEstimator<MissingValueReplacingTransformer>
{
    readonly IHost _host;
    readonly ColumnOptions[] _columns;

    public enum ReplacementMode : byte { DefaultValue = 0, Mean = 1, Minimum = 2, Maximum = 3, Mode = 5 }

    /// <summary>By slot each slot of a vector has a replacement of its own.</summary>
    internal sealed record ColumnOptions(string Name, string InputColumnName, ReplacementMode Mode, bool ImputeBySlot);

    internal MissingValueReplacingEstimator(IHostEnvironment env, params ColumnOptions[] columns)
    {
        Contracts.CheckValue(env, nameof(env));
        foreach (var column in columns)
            Contracts.CheckNonWhiteSpace(column.Name, "name");
        _host = env.Register(nameof(MissingValueReplacingEstimator));
        _columns = columns;
    }

    public MissingValueReplacingTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        return new(_host, input, _columns);
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        return inputSchema.With(_columns.Select(options =>
        {
            var input = inputSchema.Find(_host, options.InputColumnName);
            MissingValueReplacingTransformer.CheckType(_host, input.ItemType);
            return new SchemaShape.Column(options.Name, input.Kind, input.ItemType, false,
                input.Annotations.Only(AnnotationUtils.Kinds.SlotNames, AnnotationUtils.Kinds.IsNormalized));
        }));
    }
}

public sealed class MissingValueReplacingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "NAReplaceTransform";
    static readonly VersionInfo s_version = new(
        modelSignature: "NAREP TF", verWrittenCur: 0x0010002, verReadableCur: 0x00010002, verWeCanReadBack: 0x00010002,
        loaderAssemblyName: typeof(MissingValueReplacingTransformer).Assembly.FullName, loaderSignature: LoaderSignature);

    readonly PrimitiveDataViewType[] _itemTypes;
    // Float[] or double[]: one value for all slots, or as many as there are slots.
    readonly Array[] _replacements;

    internal MissingValueReplacingTransformer(IHostEnvironment env, IDataView data, MissingValueReplacingEstimator.ColumnOptions[] columns)
        : base(env, nameof(MissingValueReplacingTransformer), s_version,
            columns.Select(column => (column.Name, column.InputColumnName)).ToArray())
    {
        var inputs = columns.Select((column, i) =>
        {
            var input = data.Schema.GetColumnOrNull(column.InputColumnName)
                ?? throw Host.ExceptSchemaMismatch("input", "input", column.InputColumnName);
            CheckInputColumn(data.Schema, i, input);
            return input;
        }).ToArray();
        _itemTypes = inputs.Select(input => (PrimitiveDataViewType)input.Type.GetItemType()).ToArray();
        _replacements = ReplacementTrainer.Train(Host, data, inputs, columns);
    }

    MissingValueReplacingTransformer(IHostEnvironment env, ModelLoadContext ctx)
        : base(env, nameof(MissingValueReplacingTransformer), s_version, ctx)
    {
        _itemTypes = new PrimitiveDataViewType[ColumnPairs.Length];
        _replacements = new Array[ColumnPairs.Length];
        for (var i = 0; i < ColumnPairs.Length; i++)
        {
            var isDouble = ctx.Reader.ReadBoolByte();
            _itemTypes[i] = isDouble ? NumberDataViewType.Double : NumberDataViewType.Single;
            _replacements[i] = isDouble ? ctx.Reader.ReadDoubleArray() : ctx.Reader.ReadSingleArray();
            Host.CheckDecode(_replacements[i] is not null);
        }
    }

    private protected override void SaveContent(ModelSaveContext ctx)
    {
        foreach (var replacements in _replacements)
        {
            ctx.Writer.WriteBoolByte(replacements is double[]);
            if (replacements is double[] doubles)
                ctx.Writer.WriteDoubleArray(doubles);
            else
                ctx.Writer.WriteSingleArray((float[])replacements);
        }
    }

    private protected override void CheckInputColumn(DataViewSchema inputSchema, int pair, DataViewSchema.Column input)
        => CheckType(Host, input.Type.GetItemType());

    internal static void CheckType(IExceptionContext context, DataViewType itemType)
    {
        var problem = itemType is KeyDataViewType ? "since its NA value is equivalent to its default value"
            : MissingValues.Exist(itemType) ? null : "since it doesn't have an NA value";
        if (problem is not null)
            throw context.ExceptParam("inputSchema", $"Type '{itemType}' is not supported by {LoaderSignature} {problem}", []);
    }

    private protected override MappedColumn MakeColumn(DataViewSchema inputSchema, int pair, DataViewSchema.Column input)
    {
        var replacements = _replacements[pair];
        if (!input.Type.GetItemType().Equals(_itemTypes[pair]))
            throw Host.ExceptParam("InputSchema", "Column '{0}' item type '{1}' does not match expected ColumnType of '{2}'",
                input.Name, _itemTypes[pair], input.Type);
        if (replacements.Length > 1 && input.Type.GetVectorSize() != replacements.Length)
            throw Host.ExceptParam(nameof(inputSchema),
                "Column '{0}' item type '{1}' must be a scalar or a vector of the same size as Columntype '{2}'",
                input.Name, new VectorDataViewType(_itemTypes[pair], replacements.Length), input.Type);

        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add(input.Annotations, kind => kind is AnnotationUtils.Kinds.SlotNames or AnnotationUtils.Kinds.IsNormalized);
        return new(ColumnPairs[pair].outputColumnName, input.Type, annotations.ToAnnotations(), [input.Index],
            row => replacements is double[] doubles
            ? MakeGetter(row, row.Schema[input.Index], doubles) : MakeGetter(row, row.Schema[input.Index], (float[])replacements));
    }

    static Delegate MakeGetter<T>(DataViewRow row, DataViewSchema.Column input, T[] replacements) where T : struct, IFloatingPointIeee754<T>
    {
        if (input.Type is not VectorDataViewType)
        {
            var getValue = row.GetGetter<T>(input);
            return (ValueGetter<T>)((ref T value) =>
            {
                getValue(ref value);
                if (T.IsNaN(value))
                    value = replacements[0];
            });
        }

        var getVector = row.GetGetter<VBuffer<T>>(input);
        VBuffer<T> source = default;
        return (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) =>
        {
            getVector(ref source);
            Contracts.Check(replacements.Length == 1 || source.Length == replacements.Length);
            source.CopyTo(ref value);
            var editor = VBufferEditor.CreateFromBuffer(ref value);
            for (var i = 0; i < editor.Values.Length; i++)
                if (T.IsNaN(editor.Values[i]))
                    editor.Values[i] = replacements[replacements.Length == 1 ? 0 : source.IsDense ? i : editor.Indices[i]];
            value = editor.Commit();
        });
    }
}
