using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp
{
    using Modules;

    namespace Modules
    {
        /// <summary>Modules in a list; their names are their places.</summary>
        public class ModuleList<T> : nn.Module, IList<T> where T : nn.Module
        {
            readonly List<T> list;
            bool registered;

            public ModuleList(params T[] modules) : base(nameof(ModuleList<T>)) => list = [.. modules];

            // Only now, not while the list grows: this is what the real library does.
            protected override void RegisterComponents()
            {
                if (registered) return;
                for (var k = 0; k < list.Count; k++) register_module(k.ToString(), list[k]);
                registered = true;
            }

            public T this[int index] { get => list[index]; set => list[index] = value; }
            public int Count => list.Count;
            public bool IsReadOnly => false;
            public void Add(T item) => list.Add(item);
            public void append(params T[] parameters) => list.AddRange(parameters);
            public void extend(IEnumerable<T> modules) => list.AddRange(modules);
            public void Clear() => list.Clear();
            public bool Contains(T item) => list.Contains(item);
            public void CopyTo(T[] array, int arrayIndex) => list.CopyTo(array, arrayIndex);
            public int IndexOf(T item) => list.IndexOf(item);
            public void Insert(int index, T item) => list.Insert(index, item);
            public bool Remove(T item) => list.Remove(item);
            public void RemoveAt(int index) => list.RemoveAt(index);
            public IEnumerator<T> GetEnumerator() => list.GetEnumerator();
            IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
        }

        /// <summary>Modules by name, in the order in which they came.</summary>
        public class ModuleDict<T> : nn.Module, IDictionary<string, T>, IList<(string, T)> where T : nn.Module
        {
            readonly OrderedDict<string, T> dict = new();
            bool registered;

            public ModuleDict() : base(nameof(ModuleDict<T>)) { }

            protected override void RegisterComponents()
            {
                if (registered) return;
                foreach (var (name, module) in dict) register_module(name, module);
                registered = true;
            }

            public (string, T) this[int index] { get => dict[index]; set => dict[index] = value; }
            public T this[string key] { get => dict[key]; set => dict[key] = value; }
            public int Count => dict.Count;
            public bool IsReadOnly => false;
            public ICollection<string> Keys => dict.Keys;
            public ICollection<T> Values => dict.Values;
            public IEnumerable<string> keys() => dict.Keys;
            public IEnumerable<T> values() => dict.Values;
            public IEnumerator<(string, T)> items() => dict.GetEnumerator();
            public void Add(string key, T value) => dict.Add(key, value);
            public void Add((string, T) item) => dict.Add(item);
            public void Add(KeyValuePair<string, T> item) => dict.Add(item);
            public void Clear() => dict.Clear();
            public void clear() => dict.Clear();
            public bool ContainsKey(string key) => dict.ContainsKey(key);
            public bool Contains((string, T) item) => dict.Contains(item);
            public bool Contains(KeyValuePair<string, T> item) => dict.Contains(item);
            public bool TryGetValue(string key, out T value) => dict.TryGetValue(key, out value);
            public int IndexOf((string, T) item) => dict.IndexOf(item);
            public void Insert(int index, (string, T) item) => dict.Insert(index, item);
            public bool Remove(string key) => dict.Remove(key);
            public bool Remove((string, T) item) => dict.Remove(item);
            public bool Remove(KeyValuePair<string, T> item) => dict.Remove(item);
            public void RemoveAt(int index) => dict.RemoveAt(index);
            public void CopyTo((string, T)[] array, int arrayIndex) => dict.CopyTo(array, arrayIndex);
            public void CopyTo(KeyValuePair<string, T>[] array, int arrayIndex) => dict.CopyTo(array, arrayIndex);
            public IEnumerator<(string, T)> GetEnumerator() => dict.GetEnumerator();
            IEnumerator<KeyValuePair<string, T>> IEnumerable<KeyValuePair<string,
                T>>.GetEnumerator() => ((IEnumerable<KeyValuePair<string, T>>)dict).GetEnumerator();
            IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static ModuleList<Module> ModuleList(params Module[] modules) => new(modules);

            public static ModuleList<T> ModuleList<T>(params T[] modules) where T : Module => new(modules);

            public static ModuleDict<Module> ModuleDict(params (string, Module)[] modules) => ModuleDict<Module>(modules);

            public static ModuleDict<T> ModuleDict<T>(params (string, T)[] modules) where T : Module
            {
                var dict = new ModuleDict<T>();
                foreach (var entry in modules) dict.Add(entry);
                return dict;
            }
        }
    }
}
