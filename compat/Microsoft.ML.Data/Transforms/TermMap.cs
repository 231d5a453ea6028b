using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Microsoft.ML.Data.Conversion;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Different values and the keys that stand for them: 1 for the first, 0 for a value that is missing or was never seen.</summary>
abstract class TermMap(PrimitiveDataViewType itemType)
{
    public PrimitiveDataViewType ItemType => itemType;

    public abstract int Count { get; }

    public KeyDataViewType KeyType => new(typeof(uint), Math.Max(1, Count));

    public static TermMap Create(PrimitiveDataViewType itemType)
        => itemType is TextDataViewType ? new TextTermMap()
            : (TermMap)Activator.CreateInstance(typeof(ValueTermMap<>).MakeGenericType(itemType.RawType), itemType);

    public abstract void Sort();

    /// <summary>Makes the value with each key known as an annotation.</summary>
    public abstract void AddKeyValues(DataViewSchema.Annotations.Builder annotations, DataViewSchema.Column input, bool asText);

    public abstract Delegate MakeGetter(DataViewRow row, DataViewSchema.Column input, string outputName);

    protected abstract void SaveTerms(ModelSaveContext ctx);
    protected abstract void LoadTerms(ModelLoadContext ctx, int count);

    public void Save(ModelSaveContext ctx)
    {
        ctx.Writer.Write((byte)itemType.GetRawKind());
        ctx.Writer.Write(itemType.GetKeyCount());
        ctx.Writer.Write(Count);
        SaveTerms(ctx);
    }

    public static TermMap Load(ModelLoadContext ctx)
    {
        var type = ((InternalDataKind)ctx.Reader.ReadByte()).ToType();
        Contracts.CheckDecode(type is not null);
        var keyCount = ctx.Reader.ReadUInt64();
        var map = Create(keyCount > 0 ? new KeyDataViewType(type.RawType, keyCount) : type);
        var count = ctx.Reader.ReadInt32();
        Contracts.CheckDecode(count >= 0);
        map.LoadTerms(ctx, count);
        Contracts.CheckDecode(map.Count == count);
        return map;
    }
}

abstract class TermMap<T>(PrimitiveDataViewType itemType) : TermMap(itemType)
{
    /// <summary>Gives the value the next key, unless it is missing or has one.</summary>
    public abstract bool TryAdd(in T value);

    public abstract uint KeyOf(in T value);

    protected abstract T[] Terms();

    public override void AddKeyValues(DataViewSchema.Annotations.Builder annotations, DataViewSchema.Column input, bool asText)
    {
        if (Count == 0)
            return;
        var ofInput = input.Annotations.Schema.GetColumnOrNull(AnnotationUtils.Kinds.KeyValues)?.Type as VectorDataViewType;
        // Keys of keys have the values of the first ones.
        if (ItemType is KeyDataViewType key && ofInput is not null && (ulong)ofInput.Size == key.Count)
            Utils.MarshalActionInvoke(AddValuesOfKeys<int>, ofInput.ItemType.RawType, annotations, input, asText);
        else
            Add(annotations, ItemType, Terms, asText);
    }

    void AddValuesOfKeys<TValue>(DataViewSchema.Annotations.Builder annotations, DataViewSchema.Column input, bool asText)
        => Add(annotations, ((VectorDataViewType)input.Annotations.Schema[AnnotationUtils.Kinds.KeyValues].Type).ItemType, () =>
        {
            VBuffer<TValue> values = default;
            input.Annotations.GetValue(AnnotationUtils.Kinds.KeyValues, ref values);
            var toUInt32 = Conversions.Get<T, uint>(ItemType, NumberDataViewType.UInt32);
            return Array.ConvertAll(Terms(), term =>
            {
                uint key = 0;
                toUInt32(in term, ref key);
                return values.GetItemOrDefault((int)key - 1);
            });
        }, asText);

    void Add<TValue>(DataViewSchema.Annotations.Builder annotations, PrimitiveDataViewType type, Func<TValue[]> values, bool asText)
    {
        if (!asText || type is TextDataViewType)
        {
            annotations.AddKeyValues(Count, type, (ref VBuffer<TValue> value) => value = new(Count, values()));
            return;
        }
        var form = TextForms.Of<TValue>(type);
        annotations.AddKeyValues(Count, TextDataViewType.Instance,
            (ref VBuffer<ReadOnlyMemory<char>> value) => value = new(Count, Array.ConvertAll(values(), item =>
        {
            var text = new StringBuilder();
            form(in item, text);
            return text.ToString().AsMemory();
        })));
    }

    public override Delegate MakeGetter(DataViewRow row, DataViewSchema.Column input, string outputName)
        => input.Type is VectorDataViewType vector ? MakeVectorGetter(row.GetGetter<VBuffer<T>>(input), vector.Size, outputName)
            : MakeScalarGetter(row.GetGetter<T>(input));

    ValueGetter<uint> MakeScalarGetter(ValueGetter<T> getter)
    {
        T item = default;
        return (ref uint value) =>
        {
            getter(ref item);
            value = KeyOf(in item);
        };
    }

    ValueGetter<VBuffer<uint>> MakeVectorGetter(ValueGetter<VBuffer<T>> getter, int size, string outputName)
    {
        // Slots that are not stored hold the default value, which may have a key.
        var staysSparse = KeyOf(default) == 0;
        VBuffer<T> items = default;
        return (ref VBuffer<uint> value) =>
        {
            getter(ref items);
            if (size != 0 && items.Length != size)
                throw Contracts.Except("Column '{0}': TermTransform expects {1} slots, but got {2}", outputName, size, items.Length);
            if (!staysSparse)
                VBufferUtils.Densify(ref items);
            var terms = items.GetValues();
            var editor = VBufferEditor.Create(ref value, items.Length, terms.Length);
            for (var i = 0; i < terms.Length; i++)
                editor.Values[i] = KeyOf(in terms[i]);
            items.GetIndices().CopyTo(editor.Indices);
            value = editor.Commit();
            VBufferUtils.Pack(ref value);
        };
    }
}

sealed class ValueTermMap<T>(PrimitiveDataViewType itemType) : TermMap<T>(itemType)
{
    readonly Func<T, bool> _isMissing = MissingValues.TestOrNull<T>(itemType);
    readonly List<T> _terms = [];
    readonly Dictionary<T, uint> _keys = [];

    public override int Count => _terms.Count;

    public override bool TryAdd(in T value)
    {
        if (_isMissing?.Invoke(value) == true || !_keys.TryAdd(value, (uint)_terms.Count + 1))
            return false;
        _terms.Add(value);
        return true;
    }

    public override uint KeyOf(in T value) => _keys.GetValueOrDefault(value);

    public override void Sort()
    {
        _terms.Sort();
        for (var i = 0; i < _terms.Count; i++)
            _keys[_terms[i]] = (uint)i + 1;
    }

    protected override T[] Terms() => [.. _terms];

    protected override void SaveTerms(ModelSaveContext ctx)
    {
        foreach (var term in _terms)
            ValueStreams.Write(ctx.Writer, term);
    }

    protected override void LoadTerms(ModelLoadContext ctx, int count)
    {
        while (count-- > 0)
            TryAdd(ValueStreams.Read<T>(ctx.Reader));
    }
}

sealed class TextTermMap() : TermMap<ReadOnlyMemory<char>>(TextDataViewType.Instance)
{
    readonly List<string> _terms = [];
    Dictionary<string, uint>.AlternateLookup<ReadOnlySpan<char>> _keys =
        new Dictionary<string, uint>().GetAlternateLookup<ReadOnlySpan<char>>();

    public override int Count => _terms.Count;

    public override bool TryAdd(in ReadOnlyMemory<char> value)
    {
        if (value.IsEmpty || !_keys.TryAdd(value.Span, (uint)_terms.Count + 1))
            return false;
        _terms.Add(value.ToString());
        return true;
    }

    public override uint KeyOf(in ReadOnlyMemory<char> value) => _keys.TryGetValue(value.Span, out var key) ? key : 0;

    public override void Sort()
    {
        _terms.Sort(StringComparer.Ordinal);
        for (var i = 0; i < _terms.Count; i++)
            _keys[_terms[i]] = (uint)i + 1;
    }

    protected override ReadOnlyMemory<char>[] Terms() => _terms.Select(term => term.AsMemory()).ToArray();

    protected override void SaveTerms(ModelSaveContext ctx)
    {
        foreach (var term in _terms)
            ctx.SaveNonEmptyString(term);
    }

    protected override void LoadTerms(ModelLoadContext ctx, int count)
    {
        while (count-- > 0)
            TryAdd(ctx.LoadNonEmptyString().AsMemory());
    }
}
