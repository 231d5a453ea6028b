using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(TextLoader), null, typeof(SignatureLoadModel), "Text Loader", TextLoader.LoaderSignature)]

namespace Microsoft.ML.Data;

/// <summary>Reads tables from files of separated text, line by line each time that they are read.</summary>
public sealed partial class TextLoader : IDataLoader<IMultiStreamSource>
{
    internal const string LoaderSignature = "TextLoader";

    readonly IHost _host;
    readonly LineSyntax _syntax;
    readonly LoaderColumn[] _columns;
    readonly string _header;
    readonly DataViewSchema _schema;
    readonly long _maxRows;
    readonly bool _useThreads = true;

    internal TextLoader(IHostEnvironment env, Options options = null, IMultiStreamSource dataSample = null)
    {
        Contracts.CheckValue(env, nameof(env));
        _host = env.Register(nameof(TextLoader));
        options ??= new();
        dataSample ??= new MultiFileSource(null);
        var headerFile = string.IsNullOrWhiteSpace(options.HeaderFile) ? null : new MultiFileSource(options.HeaderFile);
        if (options.Columns is null or [])
            options = EmbeddedOptions.Find(headerFile ?? dataSample, options, _host)
                ?? options.With([
                    new() { Name = DefaultColumnNames.Label, Source = [new(0)] },
                    new() { Name = DefaultColumnNames.Features, Source = [new(1, null)] }]);

        _useThreads = options.UseThreads;
        _maxRows = options.MaxRows ?? long.MaxValue;
        _syntax = LineSyntax.Create(options, headerFile is not null, _host);
        using var channel = _host.Start("Binding");
        var needsInputSize = ColumnBinder.NeedsInputSize(options.Columns, channel) && _syntax.InputSize == 0;
        var hasHeader = _syntax.HasHeader || headerFile is not null;
        var lines = headerFile is null ? [] : FirstLines(headerFile, 2);
        if (needsInputSize)
            lines.AddRange(FirstLines(dataSample, 100));
        else if (headerFile is null && hasHeader)
            lines.AddRange(FirstLines(dataSample, 2));
        var inputSize = needsInputSize ? CountFields(lines, channel) : _syntax.InputSize;
        _columns = new ColumnBinder(channel, inputSize).Bind(options.Columns);
        _header = hasHeader ? lines.FirstOrDefault() : null;
        _schema = MakeSchema();
    }

    List<string> FirstLines(IMultiStreamSource source, int count)
    {
        using var reader = new LineReader(source, _syntax, skipHeader: false, count);
        var lines = new List<string>();
        for (var batch = new LineBatch(); reader.TryRead(batch);)
            for (var i = 0; i < batch.Count; i++)
                lines.Add(batch[i].ToString());
        return lines;
    }

    int CountFields(List<string> lines, IChannel channel)
    {
        var scanner = new FieldScanner(_syntax, int.MaxValue - 1, null);
        var counts = lines.Where(line => !_syntax.TrimWhitespace || !string.IsNullOrWhiteSpace(line))
            .Select(line => scanner.Scan(line)).Where(count => count > 0).Distinct().ToArray();
        if (counts.Length == 0)
            throw channel.ExceptUserArg(nameof(Column.Source), "Can't determine the number of source columns without valid data");
        if (counts.Length > 1)
            throw channel.ExceptUserArg(nameof(Column.Source), "The size of input lines is not consistent");
        return Math.Min(counts[0], Segment.OpenEnd - 1);
    }

    DataViewSchema MakeSchema()
    {
        var schema = new DataViewSchema.Builder();
        foreach (var column in _columns)
        {
            var annotations = new DataViewSchema.Annotations.Builder();
            if (column.Type is VectorDataViewType { IsKnownSize: true } vector && SlotNames(column) is { } names)
                annotations.AddSlotNames(vector.Size, (ref VBuffer<ReadOnlyMemory<char>> value) => names.CopyTo(ref value));
            schema.AddColumn(column.Name, column.Type, annotations.ToAnnotations());
        }
        return schema.ToSchema();
    }

    /// <summary>The names that the header gives to the fields of a column; null if it has none for them.</summary>
    VBuffer<ReadOnlyMemory<char>>? SlotNames(LoaderColumn column)
    {
        if (string.IsNullOrEmpty(_header))
            return null;
        var fields = new FieldScanner(_syntax, int.MaxValue - 1, null);
        fields.Scan(_header);
        var names = column.Segments.SelectMany(segment => Enumerable.Range(segment.Min, segment.Lim - segment.Min)).Select(number =>
        {
            var i = fields.IndexOf(number);
            return i < fields.Count && fields.NumberAt(i) == number ? fields.TextAt(i, _header).Trim().ToString().AsMemory() : default;
        }).ToArray();
        if (names.All(name => name.IsEmpty))
            return null;
        var result = new VBuffer<ReadOnlyMemory<char>>(names.Length, names);
        VBufferUtils.Pack(ref result);
        return result;
    }

    /// <summary>A loader of the members of a class, which must all have a <see cref="LoadColumnAttribute"/>.</summary>
    internal static TextLoader Create<TInput>(IHostEnvironment env, Options options = null, IMultiStreamSource dataSample = null)
    {
        var properties = typeof(TInput).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanRead && property.GetGetMethod() is not null && property.GetIndexParameters().Length == 0);
        MemberInfo[] members = [.. typeof(TInput).GetFields(BindingFlags.Public | BindingFlags.Instance), .. properties];
        if (members.Length == 0)
            throw env.ExceptParam(nameof(TInput), $"Should define at least one public, readable field or property in {nameof(TInput)}.");
        options = (options ?? new()).With(members.Select(member => ColumnOf(member, env)).ToArray());
        return new(env, options, dataSample);
    }

    static Column ColumnOf(MemberInfo member, IHostEnvironment env)
    {
        var kindOfMember = member is FieldInfo ? "Field" : "Property";
        var source = member.GetCustomAttribute<LoadColumnAttribute>()?.Sources
            ?? throw env.Except($"{kindOfMember} '{member.Name}' is missing the {nameof(LoadColumnAttribute)} attribute", []);
        var type = member is FieldInfo field ? field.FieldType : ((PropertyInfo)member).PropertyType;
        if (!(type.IsArray ? type.GetElementType() : type).TryGetDataKind(out var kind))
            throw Contracts.Except($"{kindOfMember} {member.Name} is of unsupported type.", []);
        return new()
        {
            Name = member.GetCustomAttribute<ColumnNameAttribute>()?.Name ?? member.Name,
            Source = [.. source],
            KeyCount = member.GetCustomAttribute<KeyTypeAttribute>()?.KeyCount,
            DataKind = (DataKind)kind,
        };
    }

    public DataViewSchema GetOutputSchema() => _schema;

    public IDataView Load(IMultiStreamSource source) => new View(this, source);

    TextLoader(IHost host, ModelLoadContext ctx)
    {
        _host = host;
        _maxRows = ctx.Reader.ReadInt64();
        host.CheckDecode(_maxRows > 0);
        _syntax = LineSyntax.Load(ctx);
        var count = ctx.Reader.ReadInt32();
        host.CheckDecode(count > 0);
        _columns = Enumerable.Range(0, count).Select(_ => LoaderColumn.Load(ctx)).ToArray();
        string header = null;
        ctx.TryLoadTextStream("Header.txt", reader => header = reader.ReadLine());
        _header = header;
        _schema = MakeSchema();
    }

    static TextLoader Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        Contracts.CheckValue(env, nameof(env));
        var host = env.Register(nameof(TextLoader));
        host.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel(GetVersionInfo());
        return new(host, ctx);
    }

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        _host.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel();
        ctx.SetVersionInfo(GetVersionInfo());
        ctx.Writer.Write(_maxRows);
        _syntax.Save(ctx);
        ctx.Writer.Write(_columns.Length);
        foreach (var column in _columns)
            column.Save(ctx);
        if (!string.IsNullOrEmpty(_header))
            ctx.SaveTextStream("Header.txt", writer => writer.WriteLine(_header));
    }

    static VersionInfo GetVersionInfo() => new(
        modelSignature: "TXTLOADR", verWrittenCur: 0x0001000E, verReadableCur: 0x0001000A, verWeCanReadBack: 0x00010009,
        loaderAssemblyName: typeof(TextLoader).Assembly.FullName, loaderSignature: LoaderSignature);

    sealed class View(TextLoader loader, IMultiStreamSource files) : IDataView
    {
        public bool CanShuffle => false;
        public DataViewSchema Schema => loader._schema;
        public long? GetRowCount() => null;

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
            => loader.MakeCursors(files, columnsNeeded, 0)[0];

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
            => loader.MakeCursors(files, columnsNeeded, n);
    }

    /// <summary>One cursor that parses on threads of its own, or a set of <paramref name="n"/> that share out the lines.</summary>
    DataViewRowCursor[] MakeCursors(IMultiStreamSource files, IEnumerable<DataViewSchema.Column> columnsNeeded, int n)
    {
        var active = RowCursors.ActiveColumns(_schema, columnsNeeded);
        var available = Math.Max(2, Environment.ProcessorCount - 1);
        var threads = n > 0 ? Math.Min(n, 2 * available) : _useThreads ? available : 1;
        threads = (int)Math.Max(1, Math.Min(threads, _maxRows / LineBatch.Capacity));
        var isSet = n > 0;

        var log = new ParseLog(_host, isSet ? threads : 1);
        var lines = new LineReader(files, _syntax, _syntax.HasHeader, _maxRows);
        RowBlock MakeBlock() => new(_syntax, _columns, active, log);
        TextCursor Cursor(IRowBlockReader blocks) => new(_host, _schema, active, blocks, MakeBlock(), isSet && threads > 1);
        if (!isSet && threads > 1)
            return [Cursor(new ParallelReader(lines, MakeBlock, threads, log, _host))];
        var shared = new SharedLineReader(lines, isSet ? threads : 1);
        return Enumerable.Range(0, isSet ? threads : 1).Select(_ => Cursor(new RowByRowReader(shared, MakeBlock, log))).ToArray();
    }
}
