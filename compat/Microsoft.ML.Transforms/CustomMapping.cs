using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>Columns that an action writes, row by row: it fills an object of the output class from one of the input class.</summary>
public sealed class CustomMappingEstimator<TSrc, TDst> : TrivialEstimator<CustomMappingTransformer<TSrc, TDst>>
    where TSrc : class, new()
    where TDst : class, new()
{
    internal CustomMappingEstimator(IHostEnvironment env, Action<TSrc, TDst> mapAction, string contractName,
        SchemaDefinition inputSchemaDefinition = null, SchemaDefinition outputSchemaDefinition = null)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(CustomMappingEstimator<TSrc, TDst>)),
            new(env, mapAction, contractName, inputSchemaDefinition, outputSchemaDefinition)) { }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        foreach (var member in PocoSchema.ColumnsOf(typeof(TSrc), Transformer.InputDefinition, SchemaDefinition.Direction.Write))
        {
            var input = inputSchema.FirstOrDefault(column => column.Name == member.Name);
            if (input.Name is null)
                throw Contracts.ExceptSchemaMismatch(nameof(inputSchema), "input", member.Name);
            SchemaShape.GetColumnTypeShape(member.Type, out var kind, out var itemType, out var isKey);
            // A member of any size takes vectors of a fixed size too.
            var fits = kind == input.Kind
                || kind == SchemaShape.Column.VectorKind.VariableVector && input.Kind == SchemaShape.Column.VectorKind.Vector;
            if (itemType != input.ItemType || isKey != input.IsKey || !fits)
                throw Contracts.ExceptSchemaMismatch(nameof(inputSchema), "input", member.Name, member.Type.ToString(),
                    input.GetTypeString());
        }
        return inputSchema.With(SchemaShape.Create(PocoSchema.ToSchema(Transformer.Outputs)));
    }
}

public sealed class CustomMappingTransformer<TSrc, TDst> : ITransformer
    where TSrc : class, new()
    where TDst : class, new()
{
    readonly IHost _host;
    readonly Action<TSrc, TDst> _mapAction;
    readonly string _contractName;

    internal readonly SchemaDefinition InputDefinition;
    internal readonly PocoColumn[] Outputs;

    internal CustomMappingTransformer(IHostEnvironment env, Action<TSrc, TDst> mapAction, string contractName,
        SchemaDefinition inputSchemaDefinition = null, SchemaDefinition outputSchemaDefinition = null)
    {
        Contracts.CheckValue(env, nameof(env));
        _host = env.Register(nameof(CustomMappingTransformer<TSrc, TDst>));
        _host.CheckValue(mapAction, nameof(mapAction));
        _mapAction = mapAction;
        _contractName = contractName;
        InputDefinition = inputSchemaDefinition;
        Outputs = PocoSchema.ColumnsOf(typeof(TDst), outputSchemaDefinition, SchemaDefinition.Direction.Write);
    }

    bool ITransformer.IsRowToRowMapper => true;

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        if (_contractName is null)
            throw _host.Except("Empty contract name for a transform: the transform cannot be saved");
        CustomMappingContract.Save(ctx, _contractName, _mapAction.Method.DeclaringType.Assembly);
    }

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        return new ColumnBindings(inputSchema, MakeColumns(inputSchema)).Schema;
    }

    public IDataView Transform(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        return new RowToRowMapperTransform(_host, input, MakeColumns(input.Schema));
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        return new RowToRowMapperTransform(_host, new EmptyDataView(_host, inputSchema), MakeColumns(inputSchema));
    }

    MappedColumn[] MakeColumns(DataViewSchema inputSchema)
    {
        var binding = new PocoBinding<TSrc>(_host, inputSchema, false, InputDefinition);
        var inputs = binding.Columns.Select(column => column.Index).ToArray();
        // The columns of a row come from one call of the action, hence share their objects.
        var mappings = new ConditionalWeakTable<DataViewRow, Mapping>();
        return Array.ConvertAll(Outputs, output => new MappedColumn(output.Name, output.Type, output.Annotations, inputs, row =>
        {
            var mapping = mappings.GetValue(row, row => new(row, binding.Bind(row), _mapAction));
            return PocoValues.MakeGetter(_host, output, mapping.Current);
        }));
    }

    /// <summary>The objects of one row, filled anew when it has moved; they are never cleared in between.</summary>
    sealed class Mapping(DataViewRow row, Action<TSrc> read, Action<TSrc, TDst> map)
    {
        readonly TSrc _source = new();
        readonly TDst _target = new();
        long _position = -1;

        public TDst Current()
        {
            if (_position != row.Position)
            {
                read(_source);
                map(_source, _target);
                _position = row.Position;
            }
            return _target;
        }
    }
}
