using System;
using System.Linq;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(ValueToKeyMappingTransformer), null, typeof(SignatureLoadModel),
    "Term Transform", ValueToKeyMappingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

public sealed class ValueToKeyMappingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "TermTransform";
    static readonly VersionInfo s_version = new(
        modelSignature: "TERMTRNF", verWrittenCur: 0x00010003, verReadableCur: 0x00010003, verWeCanReadBack: 0x00010003,
        loaderAssemblyName: typeof(ValueToKeyMappingTransformer).Assembly.FullName, loaderSignature: LoaderSignature);

    readonly TermMap[] _maps;
    readonly bool[] _annotationsAsText;

    internal ValueToKeyMappingTransformer(
        IHostEnvironment env, IDataView input, ValueToKeyMappingEstimator.ColumnOptions[] columns, IDataView keyData)
        : base(env, "Term", s_version, columns.Select(column => (column.Name, column.InputColumnName)).ToArray())
    {
        Host.CheckValue(input, nameof(input));
        _annotationsAsText = columns.Select(column => column.AnnotationsAsText).ToArray();
        using var channel = Host.Start("Training");
        var inputs = columns.Select(column => FindInput(input.Schema, column.InputColumnName)).ToArray();
        _maps = keyData is null ? TermTrainer.Train(Host, channel, input, inputs, columns) : FromKeyData(keyData, inputs, columns, channel);
    }

    TermMap[] FromKeyData(
        IDataView keyData, DataViewSchema.Column[] inputs, ValueToKeyMappingEstimator.ColumnOptions[] columns, IChannel channel)
    {
        var itemType = inputs[0].Type.GetItemType();
        if (!keyData.Schema[0].Type.Equals(itemType))
            throw channel.ExceptUserArg(nameof(keyData), "Input data's column must be of type '{0}' but was '{1}'",
                itemType, keyData.Schema[0].Type);
        var map = TermTrainer.TrainOne(Host, keyData, columns[0].Ordinality);
        if (map.Count == 0)
            channel.Warning("Map from the term data resulted in an empty map.");
        for (var i = 0; i < inputs.Length; i++)
            if (!inputs[i].Type.GetItemType().Equals(itemType))
                throw channel.ExceptParam(nameof(keyData), "Terms from input data type '{0}' but mismatches column '{1}' item type '{2}'",
                    itemType, columns[i].Name, inputs[i].Type.GetItemType());
        return inputs.Select(_ => map).ToArray();
    }

    DataViewSchema.Column FindInput(DataViewSchema inputSchema, string name)
    {
        var input = inputSchema.GetColumnOrNull(name) ?? throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", name);
        if (input.Type.GetItemType() is not KeyDataViewType && !input.Type.GetItemType().IsStandardScalar())
            throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", name, "standard type or a vector of standard type",
                input.Type.ToString());
        return input;
    }

    ValueToKeyMappingTransformer(IHostEnvironment env, ModelLoadContext ctx) : base(env, "Term", s_version, ctx)
    {
        _annotationsAsText = ColumnPairs.Select(_ => ctx.Reader.ReadBoolByte()).ToArray();
        _maps = ColumnPairs.Select(_ => TermMap.Load(ctx)).ToArray();
    }

    private protected override void SaveContent(ModelSaveContext ctx)
    {
        foreach (var asText in _annotationsAsText)
            ctx.Writer.WriteBoolByte(asText);
        foreach (var map in _maps)
            map.Save(ctx);
    }

    private protected override void CheckInputColumn(DataViewSchema inputSchema, int pair, DataViewSchema.Column input)
    {
        FindInput(inputSchema, input.Name);
        if (!input.Type.GetItemType().Equals(_maps[pair].ItemType))
            throw Host.Except("Could not apply a map over type '{0}' to column '{1}' since it has type '{2}'",
                _maps[pair].ItemType, ColumnPairs[pair].outputColumnName, input.Type.GetItemType());
    }

    private protected override MappedColumn MakeColumn(DataViewSchema inputSchema, int pair, DataViewSchema.Column input)
    {
        var map = _maps[pair];
        var annotations = new DataViewSchema.Annotations.Builder();
        map.AddKeyValues(annotations, input, _annotationsAsText[pair]);
        annotations.Add(input.Annotations, kind => kind == AnnotationUtils.Kinds.SlotNames);
        var name = ColumnPairs[pair].outputColumnName;
        DataViewType type = input.Type is VectorDataViewType vector ? new VectorDataViewType(map.KeyType, vector.Dimensions) : map.KeyType;
        return new(name, type, annotations.ToAnnotations(), [input.Index], row => map.MakeGetter(row, row.Schema[input.Index], name));
    }
}
