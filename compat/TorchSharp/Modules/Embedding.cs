using System;
using TorchSharp.Utils;
using static TorchSharp.Aten;
using static TorchSharp.torch;

namespace TorchSharp
{
    using Modules;

    namespace Modules
    {
        /// <summary>A table of vectors, looked up by index.</summary>
        public sealed class Embedding : nn.Module<Tensor, Tensor>
        {
            [ComponentName(Name = "weight")] Parameter w;
            readonly long padding;
            readonly double? maxNorm;
            readonly double normType;
            readonly bool byFrequency, sparse;

            internal Embedding(Parameter table, long? padding, double? maxNorm, double normType, bool byFrequency,
                bool sparse) : base(nameof(Embedding))
            {
                w = table;
                var rows = table.size(0);
                this.padding = padding is not { } index ? -1 : index >= 0 ? index : rows + index;
                (this.maxNorm, this.normType, this.byFrequency, this.sparse) = (maxNorm, normType, byFrequency, sparse);
                RegisterComponents();
            }

            public Parameter weight { get => Parameter.Share(w); set => w = Replace("weight", value); }

            public override Tensor forward(Tensor input)
            {
                if (maxNorm is { } most)
                {
                    using var unrecorded = no_grad();
                    Update("embedding_renorm_", w, input.contiguous(), most, normType);
                }
                return Call("embedding", w, input, padding, byFrequency, sparse);
            }
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Embedding Embedding(long num_embeddings, long embedding_dims, long? padding_idx = null, double? max_norm = null,
                double norm_type = 2, bool scale_grad_by_freq = false, bool sparse = false, Device device = null, ScalarType? dtype = null)
            {
                var table = init.Fresh(num_embeddings, embedding_dims);
                init.normal_(table);
                if (padding_idx is { } row)
                {
                    using var unrecorded = no_grad();
                    using var padding = table[row];
                    padding.zero_();
                }
                return new Embedding(table, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse).MoveModule<Embedding>(device,
                    dtype);
            }

            public static Embedding Embedding_from_pretrained(Tensor embeddings, bool freeze = true, long? padding_idx = null,
                double? max_norm = null, double norm_type = 2, bool scale_grad_by_freq = false, bool sparse = false, Device device = null,
                ScalarType? dtype = null) =>
                new Embedding(new Parameter(embeddings.detach(), !freeze), padding_idx, max_norm, norm_type, scale_grad_by_freq,
                    sparse).MoveModule<Embedding>(device, dtype);
        }
    }
}
