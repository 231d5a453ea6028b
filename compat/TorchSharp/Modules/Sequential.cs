using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace TorchSharp
{
    using Modules;

    namespace Modules
    {
        /// <summary>Modules that work one after another. What one hands to the next is disposed on the way.</summary>
        public class Sequential : nn.Module<Tensor, Tensor>
        {
            readonly List<nn.IModule<Tensor, Tensor>> chain = new();

            protected internal Sequential(params nn.Module<Tensor, Tensor>[] modules) : base(nameof(Sequential))
            {
                foreach (var module in modules) append(module);
            }

            protected internal Sequential(params (string name, nn.Module<Tensor, Tensor> submodule)[] modules) : base(nameof(Sequential))
            {
                foreach (var (name, module) in modules) append(name, module);
            }

            public int Count => chain.Count;

            public Sequential append(nn.IModule<Tensor, Tensor> module) => append(chain.Count.ToString(), module);

            public Sequential append(string name, nn.IModule<Tensor, Tensor> module)
            {
                register_module(name, (nn.Module)module);
                chain.Add(module);
                return this;
            }

            public override Tensor forward(Tensor tensor)
            {
                if (chain.Count == 0) return tensor.alias();
                var current = tensor;
                foreach (var module in chain)
                {
                    var next = module.call(current);
                    if (!ReferenceEquals(current, tensor)) current.Dispose();
                    current = next;
                }
                return current;
            }

            [IndexerName("SequentialItems")]
            public nn.IModule<Tensor, Tensor> this[int index] => chain[index];

            [IndexerName("SequentialItems")]
            public Sequential this[(int? start, int? end) index] => Slice(index.start ?? 0, index.end ?? chain.Count);

            [IndexerName("SequentialItems")]
            public Sequential this[Range index] => Slice(index.Start.GetOffset(chain.Count), index.End.GetOffset(chain.Count));

            Sequential Slice(int start, int end)
            {
                if ((uint)start > chain.Count) throw new IndexOutOfRangeException($"{start} is not a valid index.");
                if ((uint)end > chain.Count) throw new IndexOutOfRangeException($"{end} is not a valid index.");
                var names = named_children().Select(child => child.name).ToList();
                var slice = new Sequential(Array.Empty<nn.Module<Tensor, Tensor>>());
                for (var k = start; k < end; k++) slice.append(names[k], chain[k]);
                return slice;
            }
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Sequential Sequential() => new(Array.Empty<Module<Tensor, Tensor>>());
            public static Sequential Sequential(params Module<Tensor, Tensor>[] modules) => new(modules);
            public static Sequential Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules) => new(modules);
            public static Sequential Sequential(IEnumerable<Module<Tensor, Tensor>> modules) => new(modules.ToArray());
            public static Sequential Sequential(IEnumerable<(string name, Module<Tensor, Tensor> submodule)> modules) =>
                new(modules.ToArray());
        }
    }
}
