using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(ColumnConcatenatingTransformer), null, typeof(SignatureLoadModel),
    "Concat Transform", ColumnConcatenatingTransformer.LoaderSignature)]

namespace Microsoft.ML.Data;

/// <summary>Puts columns of the same item type side by side in one vector, whose slots are named after them.</summary>
public sealed class ColumnConcatenatingTransformer : RowToRowTransformerBase
{
    internal const string LoaderSignature = "ConcatTransform";

    readonly string _name;
    readonly string[] _sources;

    internal ColumnConcatenatingTransformer(IHostEnvironment env, string outputColumnName, params string[] inputColumnNames)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(ColumnConcatenatingTransformer)))
        => (_name, _sources) = (outputColumnName, inputColumnNames);

    ColumnConcatenatingTransformer(IHostEnvironment env, ModelLoadContext ctx)
        : base(Contracts.CheckRef(env, nameof(env)).Register(nameof(ColumnConcatenatingTransformer)))
    {
        Host.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel(GetVersionInfo());
        _name = ctx.LoadNonEmptyString();
        var count = ctx.Reader.ReadInt32();
        Host.CheckDecode(count > 0);
        var sources = new List<string>();
        for (var i = 0; i < count; i++)
            sources.Add(ctx.LoadNonEmptyString());
        _sources = [.. sources];
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        Host.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel();
        ctx.SetVersionInfo(GetVersionInfo());
        ctx.SaveNonEmptyString(_name);
        ctx.Writer.Write(_sources.Length);
        foreach (var source in _sources)
            ctx.SaveNonEmptyString(source);
    }

    static VersionInfo GetVersionInfo() => new(
        modelSignature: "CONCAT F", verWrittenCur: 0x00010003, verReadableCur: 0x00010003, verWeCanReadBack: 0x00010003,
        loaderAssemblyName: typeof(ColumnConcatenatingTransformer).Assembly.FullName, loaderSignature: LoaderSignature);

    private protected override IReadOnlyList<MappedColumn> MakeColumns(DataViewSchema inputSchema)
    {
        var columns = new List<DataViewSchema.Column>();
        foreach (var source in _sources)
        {
            var column = inputSchema.GetColumnOrNull(source) ?? throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", source);
            if (columns.Count > 0 && !column.Type.GetItemType().Equals(columns[0].Type.GetItemType()))
                throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", source, columns[0].Type.GetItemType().ToString(),
                    column.Type.ToString());
            columns.Add(column);
        }
        return [columns is [{ Type: VectorDataViewType }] ? Pass(columns[0]) : Concatenate([.. columns])];
    }

    /// <summary>A vector alone stays as it is.</summary>
    MappedColumn Pass(DataViewSchema.Column source)
        => new(_name, source.Type, source.Annotations, [source.Index], row => row.GetGetter(row.Schema[source.Index]));

    MappedColumn Concatenate(DataViewSchema.Column[] sources)
    {
        var itemType = (PrimitiveDataViewType)sources[0].Type.GetItemType();
        var size = sources.Any(source => source.Type.GetValueCount() == 0) ? 0 : sources.Sum(source => source.Type.GetValueCount());
        return new(_name, new VectorDataViewType(itemType, size), ConcatenatedAnnotations.Of(sources, itemType, size),
            sources.Select(source => source.Index).ToArray(),
            row => Utils.MarshalInvoke(MakeGetter<int>, itemType.RawType, row, sources));
    }

    static Delegate MakeGetter<T>(DataViewRow row, DataViewSchema.Column[] sources)
    {
        var parts = sources.Select(source => new Part<T>(row, source)).ToArray();
        return (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) =>
        {
            int length = 0, count = 0;
            foreach (var part in parts)
            {
                part.Fetch();
                length = checked(length + part.Length);
                count += part.Values.Length;
            }

            var isSparse = count <= length / 2;
            var editor = isSparse ? VBufferEditor.Create(ref value, length, count) : VBufferEditor.Create(ref value, length);
            int slot = 0, at = 0;
            foreach (var part in parts)
            {
                if (isSparse)
                    part.AppendTo(editor, slot, ref at);
                else
                    part.CopyTo(editor.Values[slot..]);
                slot += part.Length;
            }
            value = editor.Commit();
        });
    }

    /// <summary>The current value of one source, as a vector.</summary>
    sealed class Part<T>
    {
        readonly ValueGetter<T> _getValue;
        readonly ValueGetter<VBuffer<T>> _getVector;
        readonly string _name;
        readonly int _size;
        VBuffer<T> _vector = new(1, new T[1]);

        public Part(DataViewRow row, DataViewSchema.Column source)
        {
            (_name, _size) = (source.Name, source.Type.GetValueCount());
            var column = row.Schema[source.Index];
            if (source.Type is VectorDataViewType)
                _getVector = row.GetGetter<VBuffer<T>>(column);
            else
                _getValue = row.GetGetter<T>(column);
        }

        public int Length => _vector.Length;
        public ReadOnlySpan<T> Values => _vector.GetValues();

        public void Fetch()
        {
            if (_getValue is not null)
                _getValue(ref VBufferEditor.CreateFromBuffer(ref _vector).Values[0]);
            else
            {
                _getVector(ref _vector);
                if (_size != 0 && _size != Length)
                    throw Contracts.Except("Column '{0}': expected {1} slots, but got {2}", _name, _size, Length);
            }
        }

        public void CopyTo(Span<T> values) => _vector.CopyTo(values);

        public void AppendTo(VBufferEditor<T> editor, int firstSlot, ref int at)
        {
            var indices = _vector.GetIndices();
            Values.CopyTo(editor.Values[at..]);
            for (var i = 0; i < Values.Length; i++)
                editor.Indices[at + i] = firstSlot + (_vector.IsDense ? i : indices[i]);
            at += Values.Length;
        }
    }
}
