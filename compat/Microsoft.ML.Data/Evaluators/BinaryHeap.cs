using System;
using System.Collections.Generic;

namespace Microsoft.ML.Data;

/// <summary>
/// A binary heap. Unlike PriorityQueue it fixes where equal items go (new ones below, the left one up), which the evaluators and
/// the sampling of cluster centres depend on.
/// </summary>
sealed class BinaryHeap<T>
{
    readonly List<T> _items = [];
    readonly Func<T, T, bool> _before;

    /// <param name="before">Whether the first item leaves the heap before the second.</param>
    public BinaryHeap(Func<T, T, bool> before) => _before = before;

    public int Count => _items.Count;

    public T Top => _items[0];

    public void Add(T item)
    {
        _items.Add(item);
        var at = _items.Count - 1;
        for (int parent; at > 0 && _before(item, _items[parent = (at - 1) / 2]); at = parent)
            _items[at] = _items[parent];
        _items[at] = item;
    }

    public T Pop()
    {
        var top = _items[0];
        var item = _items[^1];
        _items.RemoveAt(_items.Count - 1);
        if (_items.Count == 0)
            return top;

        var at = 0;
        for (int child; (child = 2 * at + 1) < _items.Count; at = child)
        {
            if (child + 1 < _items.Count && _before(_items[child + 1], _items[child]))
                child++;
            if (!_before(_items[child], item))
                break;
            _items[at] = _items[child];
        }
        _items[at] = item;
        return top;
    }
}
