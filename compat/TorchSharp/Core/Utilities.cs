using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;

namespace TorchSharp.Utils;

/// <summary>The name under which a module registers a field, where that is not the field's own.</summary>
[AttributeUsage(AttributeTargets.Field)]
public class ComponentNameAttribute : Attribute
{
    public string Name { get; set; }
}

/// <summary>A dictionary that keeps the order in which entries came.</summary>
public class OrderedDict<TKey, TValue> : IDictionary<TKey, TValue>, IList<(TKey, TValue)>
{
    readonly List<(TKey, TValue)> entries = new();
    readonly Dictionary<TKey, TValue> lookup = new();

    public int Count => entries.Count;
    public bool IsReadOnly => false;
    public ICollection<TKey> Keys => entries.Select(e => e.Item1).ToList();
    public ICollection<TValue> Values => entries.Select(e => e.Item2).ToList();
    public IEnumerable<TKey> keys() => Keys;
    public IEnumerable<TValue> values() => Values;
    public IEnumerator<(TKey, TValue)> items() => entries.GetEnumerator();

    public TValue this[TKey key]
    {
        get => lookup[key];
        set
        {
            lookup[key] = value;
            var index = Find(key);
            if (index < 0) entries.Add((key, value));
            else entries[index] = (key, value);
        }
    }

    public (TKey, TValue) this[int index]
    {
        get => entries[index];
        set
        {
            lookup.Remove(entries[index].Item1);
            lookup[value.Item1] = value.Item2;
            entries[index] = value;
        }
    }

    int Find(TKey key) => entries.FindIndex(e => EqualityComparer<TKey>.Default.Equals(e.Item1, key));

    public void Add(TKey key, TValue value)
    {
        lookup.Add(key, value);
        entries.Add((key, value));
    }

    public void Add((TKey, TValue) item) => Add(item.Item1, item.Item2);
    public void Add(KeyValuePair<TKey, TValue> item) => Add(item.Key, item.Value);

    public void Insert(int index, (TKey, TValue) item)
    {
        lookup.Add(item.Item1, item.Item2);
        entries.Insert(index, item);
    }

    public bool Remove(TKey key)
    {
        if (!lookup.Remove(key)) return false;
        entries.RemoveAt(Find(key));
        return true;
    }

    public bool Remove((TKey, TValue) item) => Remove(item.Item1);
    public bool Remove(KeyValuePair<TKey, TValue> item) => Remove(item.Key);
    public void RemoveAt(int index) => Remove(entries[index].Item1);

    public void Clear()
    {
        lookup.Clear();
        entries.Clear();
    }

    public void clear() => Clear();
    public bool ContainsKey(TKey key) => lookup.ContainsKey(key);
    public bool Contains((TKey, TValue) item) => entries.Contains(item);
    public bool Contains(KeyValuePair<TKey, TValue> item) => entries.Contains((item.Key, item.Value));
    public bool TryGetValue(TKey key, out TValue value) => lookup.TryGetValue(key, out value);
    public int IndexOf((TKey, TValue) item) => entries.IndexOf(item);
    public void CopyTo((TKey, TValue)[] array, int arrayIndex) => entries.CopyTo(array, arrayIndex);
    public void CopyTo(KeyValuePair<TKey, TValue>[] array, int arrayIndex) => lookup.ToArray().CopyTo(array, arrayIndex);
    public IEnumerator<(TKey, TValue)> GetEnumerator() => entries.GetEnumerator();
    IEnumerator<KeyValuePair<TKey, TValue>> IEnumerable<KeyValuePair<TKey, TValue>>.GetEnumerator() =>
        entries.Select(e => new KeyValuePair<TKey, TValue>(e.Item1, e.Item2)).GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
