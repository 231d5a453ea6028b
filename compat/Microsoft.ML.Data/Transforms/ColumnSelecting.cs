using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(ColumnSelectingTransformer), null, typeof(SignatureLoadModel),
    "Select Columns Transform", ColumnSelectingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

/// <summary>Keeps columns, in the order in which they are named, or drops columns.</summary>
public sealed class ColumnSelectingEstimator : TrivialEstimator<ColumnSelectingTransformer>
{
    internal ColumnSelectingEstimator(IHostEnvironment env, string[] keepColumns, string[] dropColumns, bool keepHidden = false)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(ColumnSelectingEstimator)),
            new(env, keepColumns, dropColumns, keepHidden)) { }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        Transformer.CheckNames(inputSchema.Select(column => column.Name), nameof(inputSchema));
        return new(inputSchema.Where(column => Transformer.Keeps(column.Name)));
    }
}

public sealed class ColumnSelectingTransformer : ITransformer
{
    internal const string LoaderSignature = "SelectColumnsTransform";

    readonly IHost _host;
    readonly string[] _names;
    readonly bool _isKeeping, _keepHidden;

    internal ColumnSelectingTransformer(IHostEnvironment env, string[] keepColumns, string[] dropColumns, bool keepHidden)
    {
        _host = Contracts.CheckRef(env, nameof(env)).Register(nameof(ColumnSelectingTransformer));
        var (keeps, drops) = (Utils.Size(keepColumns) > 0, Utils.Size(dropColumns) > 0);
        _host.Check(!keeps || !drops, "Both keepColumns and dropColumns are set. Exactly one can be specified.");
        _host.Check(keeps || drops, "Neither keepColumns and dropColumns is set. Exactly one must be specified.");
        (_names, _isKeeping, _keepHidden) = (keeps ? keepColumns : dropColumns, keeps, keepHidden);
    }

    static ColumnSelectingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(GetVersionInfo());
        var isKeeping = ctx.Reader.ReadBoolByte();
        var keepHidden = ctx.Reader.ReadBoolByte();
        var names = new List<string>();
        for (var left = ctx.Reader.ReadInt32(); left > 0; left--)
            names.Add(ctx.LoadNonEmptyString());
        return new(env, isKeeping ? [.. names] : null, isKeeping ? null : [.. names], keepHidden);
    }

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(GetVersionInfo());
        ctx.Writer.WriteBoolByte(_isKeeping);
        ctx.Writer.WriteBoolByte(_keepHidden);
        ctx.Writer.Write(_names.Length);
        foreach (var name in _names)
            ctx.SaveNonEmptyString(name);
    }

    static VersionInfo GetVersionInfo() => new(
        modelSignature: "SELCOLST", verWrittenCur: 0x00010001, verReadableCur: 0x00010001, verWeCanReadBack: 0x00010001,
        loaderAssemblyName: typeof(ColumnSelectingTransformer).Assembly.FullName, loaderSignature: LoaderSignature);

    bool ITransformer.IsRowToRowMapper => true;

    internal bool Keeps(string name) => _names.Contains(name) == _isKeeping;

    internal void CheckNames(IEnumerable<string> columns, string paramName)
    {
        var missing = _names.Where(name => !columns.Contains(name)).ToArray();
        if (missing.Length > 0)
            throw _host.ExceptSchemaMismatch(paramName, "input", string.Join(",", missing));
    }

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        CheckNames(inputSchema.Select(column => column.Name), nameof(inputSchema));
        return new Selection(inputSchema, Select(inputSchema)).Schema;
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        CheckNames(inputSchema.Select(column => column.Name), nameof(inputSchema));
        return new View(_host, new EmptyDataView(_host, inputSchema), Select(inputSchema));
    }

    public IDataView Transform(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        CheckNames(input.Schema.Select(column => column.Name), nameof(input));
        return new View(_host, input, Select(input.Schema));
    }

    /// <summary>The indices of the selected columns. Dropping keeps hidden columns whatever is asked for.</summary>
    int[] Select(DataViewSchema schema) => _isKeeping
        ? _names.SelectMany(name => schema.Where(column => column.Name == name && (_keepHidden || !column.IsHidden)))
            .Select(column => column.Index).ToArray()
        : schema.Where(column => Keeps(column.Name)).Select(column => column.Index).ToArray();

    /// <summary>Which column of the input each output column is.</summary>
    sealed class Selection
    {
        readonly DataViewSchema _input;
        readonly int[] _sources;

        public Selection(DataViewSchema input, int[] sources)
        {
            (_input, _sources) = (input, sources);
            var schema = new DataViewSchema.Builder();
            schema.AddColumns(sources.Select(source => input[source]));
            Schema = schema.ToSchema();
        }

        public DataViewSchema Schema { get; }

        public DataViewSchema.Column Source(DataViewSchema.Column column) => _input[_sources[column.Index]];

        public IEnumerable<DataViewSchema.Column> Sources(IEnumerable<DataViewSchema.Column> columns) => columns.Select(Source).ToArray();
    }

    sealed class View(IHostEnvironment env, IDataView input, int[] sources)
        : TransformBase(env, "SelectColumnsDataTransform", input), IRowToRowMapper
    {
        readonly Selection _selection = new(input.Schema, sources);

        public override DataViewSchema Schema => _selection.Schema;
        public DataViewSchema InputSchema => Source.Schema;
        public DataViewSchema OutputSchema => _selection.Schema;

        protected override DataViewRowCursor GetRowCursorCore(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand)
            => new Cursor(Host, Source.GetRowCursor(_selection.Sources(columnsNeeded), rand), _selection,
                RowCursors.ActiveColumns(Schema, columnsNeeded));

        public override DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
        {
            var active = RowCursors.ActiveColumns(Schema, columnsNeeded);
            return Source.GetRowCursorSet(_selection.Sources(columnsNeeded), n, rand)
                .Select(cursor => (DataViewRowCursor)new Cursor(Host, cursor, _selection, active)).ToArray();
        }

        public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
            => _selection.Sources(dependingColumns);

        public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns) => new Row(input, _selection);
    }

    sealed class Row(DataViewRow input, Selection selection) : WrappingRow(input)
    {
        public override DataViewSchema Schema => selection.Schema;
        public override bool IsColumnActive(DataViewSchema.Column column) => Input.IsColumnActive(selection.Source(column));
        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
            => Input.GetGetter<TValue>(selection.Source(column));
    }

    sealed class Cursor(IChannelProvider provider, DataViewRowCursor input, Selection selection, bool[] active)
        : SynchronizedCursorBase(provider, input)
    {
        public override DataViewSchema Schema => selection.Schema;
        public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];
        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
            => Input.GetGetter<TValue>(selection.Source(column));
    }
}
