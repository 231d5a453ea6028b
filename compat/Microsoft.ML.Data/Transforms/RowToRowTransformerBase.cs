using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>
/// Base of transformers that add columns row by row. Override
/// <list type="bullet">
/// <item>MakeColumns: check the input schema (throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", name, ...)) and give the added
/// columns, each with the inputs that it needs and the maker of its getter. A getter may be made many times, for many threads.</item>
/// <item>SaveModel: ctx.CheckAtModel(); ctx.SetVersionInfo(...); write. Reading is a constructor or a static Create(IHostEnvironment,
/// ModelLoadContext), named by [assembly: LoadableClass(typeof(T), null, typeof(SignatureLoadModel), "name", LoaderSignature)].</item>
/// </list>
/// </summary>
public abstract class RowToRowTransformerBase : ITransformer
{
    private protected readonly IHost Host;

    private protected RowToRowTransformerBase(IHost host) => Host = host;

    private protected abstract IReadOnlyList<MappedColumn> MakeColumns(DataViewSchema inputSchema);
    private protected abstract void SaveModel(ModelSaveContext ctx);

    void ICanSaveModel.Save(ModelSaveContext ctx) => SaveModel(ctx);

    bool ITransformer.IsRowToRowMapper => true;

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        return new RowToRowMapperTransform(Host, new EmptyDataView(Host, inputSchema), MakeColumns(inputSchema));
    }

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        return new ColumnBindings(inputSchema, MakeColumns(inputSchema)).Schema;
    }

    public IDataView Transform(IDataView input)
    {
        Host.CheckValue(input, nameof(input));
        return new RowToRowMapperTransform(Host, input, MakeColumns(input.Schema));
    }
}

/// <summary>
/// Base of transformers whose every output column comes from one input column: override MakeColumn for one pair (the input is there and
/// is given), and CheckInputColumn for checks of its type. The pairs are saved and loaded here; a transformer that holds more overrides
/// SaveContent, and reads it in its constructor for loading, (IHostEnvironment, ModelLoadContext).
/// </summary>
public abstract class OneToOneTransformerBase : RowToRowTransformerBase
{
    readonly VersionInfo _version;

    internal readonly (string outputColumnName, string inputColumnName)[] ColumnPairs;

    private protected OneToOneTransformerBase(
        IHostEnvironment env, string name, in VersionInfo version, params (string outputColumnName, string inputColumnName)[] columns)
        : base(Contracts.CheckRef(env, nameof(env)).Register(name))
    {
        Host.CheckValue(columns, nameof(columns));
        var names = new HashSet<string>();
        foreach (var (output, input) in columns)
        {
            Host.CheckNonEmpty(input, nameof(columns));
            Host.CheckNonEmpty(output, nameof(columns));
            if (!names.Add(output))
                throw Contracts.ExceptParam(nameof(columns), $"Name of the result column '{output}' specified multiple times");
        }
        _version = version;
        ColumnPairs = columns;
    }

    private protected OneToOneTransformerBase(IHostEnvironment env, string name, in VersionInfo version, ModelLoadContext ctx)
        : base(Contracts.CheckRef(env, nameof(env)).Register(name))
    {
        Host.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel(version);
        var count = ctx.Reader.ReadInt32();
        Host.CheckDecode(count >= 0);
        var pairs = new List<(string, string)>();
        for (var i = 0; i < count; i++)
            pairs.Add((ctx.LoadNonEmptyString(), ctx.LoadNonEmptyString()));
        _version = version;
        ColumnPairs = pairs.ToArray();
    }

    private protected sealed override void SaveModel(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(_version);
        ctx.Writer.Write(ColumnPairs.Length);
        foreach (var (output, input) in ColumnPairs)
        {
            ctx.SaveNonEmptyString(output);
            ctx.SaveNonEmptyString(input);
        }
        SaveContent(ctx);
    }

    /// <summary>Writes what there is besides the pairs.</summary>
    private protected virtual void SaveContent(ModelSaveContext ctx) { }

    private protected virtual void CheckInputColumn(DataViewSchema inputSchema, int pair, DataViewSchema.Column input) { }

    private protected abstract MappedColumn MakeColumn(DataViewSchema inputSchema, int pair, DataViewSchema.Column input);

    private protected sealed override IReadOnlyList<MappedColumn> MakeColumns(DataViewSchema inputSchema)
    {
        var inputs = ColumnPairs.Select((pair, i) =>
        {
            var input = inputSchema.GetColumnOrNull(pair.inputColumnName)
                ?? throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", pair.inputColumnName);
            CheckInputColumn(inputSchema, i, input);
            return input;
        }).ToArray();
        return inputs.Select((input, i) => MakeColumn(inputSchema, i, input)).ToArray();
    }
}
