using System;
using TorchSharp.Utils;
using static TorchSharp.Aten;
using static TorchSharp.torch;

namespace TorchSharp
{
    using Modules;

    namespace Modules
    {
        /// <summary>Attention of several heads (Vaswani et al. 2017) over tensors of shape (length, batch, width).</summary>
        public sealed class MultiheadAttention : nn.Module<Tensor, Tensor, Tensor, Tensor, bool, Tensor, Tuple<Tensor, Tensor>>
        {
            [ComponentName(Name = "in_proj_weight")] Parameter weight;
            [ComponentName(Name = "q_proj_weight")] Parameter queryWeight;
            [ComponentName(Name = "k_proj_weight")] Parameter keyWeight;
            [ComponentName(Name = "v_proj_weight")] Parameter valueWeight;
            [ComponentName(Name = "in_proj_bias")] Parameter bias;
            [ComponentName(Name = "out_proj")] readonly Linear output;
            readonly long width, heads;
            readonly double dropout;

            internal MultiheadAttention(long width, long heads, double dropout, bool hasBias, long keyWidth,
                long valueWidth) : base(nameof(MultiheadAttention))
            {
                if (width % heads != 0) throw new ArgumentException("embed_dim must be divisible by num_heads");
                (this.width, this.heads, this.dropout) = (width, heads, dropout);
                output = nn.Linear(width, width, hasBias);
                if (keyWidth == width && valueWidth == width) weight = Xavier(3 * width, width);
                else (queryWeight, keyWeight, valueWeight) = (Xavier(width, width), Xavier(width, keyWidth), Xavier(width, valueWidth));
                if (hasBias)
                {
                    bias = new Parameter(zeros(3 * width));
                    using var outputBias = output.bias;
                    nn.init.zeros_(outputBias);
                }
                RegisterComponents();

                static Parameter Xavier(long rows, long columns)
                {
                    var fresh = nn.init.Fresh(rows, columns);
                    nn.init.xavier_uniform_(fresh);
                    return fresh;
                }
            }

            public override Tuple<Tensor, Tensor> forward(Tensor query, Tensor key, Tensor value, Tensor key_padding_mask,
                bool need_weights, Tensor attn_mask)
            {
                var (length, batch) = (query.size(0), query.size(1));
                var source = key.size(0);
                var (q, k, v) = Project(query, key, value);
                q = Split(q * Math.Pow(width / heads, -0.5), length); // (batch * heads, length, head width)
                k = Split(k, source);
                v = Split(v, source);

                var scores = q.bmm(k.transpose(1, 2)); // (batch * heads, length, source)
                if (attn_mask is not null) scores = scores + attn_mask;
                if (key_padding_mask is not null)
                    scores = scores.view(batch, heads, length, source)
                        .masked_fill(key_padding_mask.@bool().unsqueeze(1).unsqueeze(2), double.NegativeInfinity)
                        .view(batch * heads, length, source);

                var weights = nn.functional.dropout(scores.softmax(-1), dropout, training);
                var mixed = weights.bmm(v).transpose(0, 1).contiguous().view(length, batch, width);
                var averaged = need_weights ? weights.view(batch, heads, length, source).mean([1]) : null;
                return Tuple.Create(output.call(mixed), averaged);

                Tensor Split(Tensor tensor, long count) => tensor.contiguous().view(count, batch * heads, width / heads).transpose(0, 1);
            }

            (Tensor q, Tensor k, Tensor v) Project(Tensor query, Tensor key, Tensor value)
            {
                if (weight is not null && query.Handle == key.Handle && key.Handle == value.Handle)
                {
                    var parts = nn.functional.linear(query, weight, bias).chunk(3, -1);
                    return (parts[0], parts[1], parts[2]);
                }
                var weights = weight?.chunk(3) ?? [queryWeight, keyWeight, valueWeight];
                var biases = bias?.chunk(3) ?? new Tensor[3];
                return (nn.functional.linear(query, weights[0], biases[0]),
                    nn.functional.linear(key, weights[1], biases[1]),
                    nn.functional.linear(value, weights[2], biases[2]));
            }

            public new Tuple<Tensor, Tensor> call(Tensor query, Tensor key, Tensor value, Tensor key_padding_mask = null,
                bool need_weights = true, Tensor attn_mask = null) =>
                base.call(query, key, value, key_padding_mask, need_weights, attn_mask);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static MultiheadAttention MultiheadAttention(long embedded_dim, long num_heads, double dropout = 0, bool bias = true,
                bool add_bias_kv = false, bool add_zero_attn = false, long? kdim = null, long? vdim = null)
            {
                if (add_bias_kv || add_zero_attn) throw new NotSupportedException("This stand-in has neither add_bias_kv nor add_zero_attn.");
                return new(embedded_dim, num_heads, dropout, bias, kdim ?? embedded_dim, vdim ?? embedded_dim);
            }

            public static partial class functional
            {
                public static Tensor scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor attn_mask = null,
                    double p = 0, bool is_casual = false)
                {
                    if (p < 0) throw new ArgumentException("Dropout probability must be greater than or equal to zero.");
                    if (is_casual && attn_mask is not null) throw new ArgumentException("Casual attention masking cannot pass a mask.");
                    // Since libtorch 2.0 an operator of its own, before that an inner one with a second result.
                    return Exists("scaled_dot_product_attention")
                        ? Call("scaled_dot_product_attention", query, key, value, attn_mask, p, is_casual)
                        : Call2("_scaled_dot_product_attention", query, key, value, attn_mask, p, false, is_casual).Item1;
                }
            }
        }
    }
}
