using System;
using System.Collections.Generic;
using System.Linq;
using static TorchSharp.Aten;
using static TorchSharp.torch;

namespace TorchSharp
{
    using Modules;

    namespace Modules
    {
        /// <summary>The layers and the parameters of a recurrent network.</summary>
        readonly record struct Recurrence(long Inputs, long Hidden, long Layers, bool Bias, bool BatchFirst, double Dropout,
            bool Bidirectional)
        {
            internal long Directions => Bidirectional ? 2 : 1;

            /// <summary>Parameters in the order in which libtorch takes them, gates stacked.</summary>
            internal IEnumerable<(string name, Parameter parameter)> Fresh(long gates)
            {
                var bound = 1 / Math.Sqrt(Hidden);
                for (var layer = 0L; layer < Layers; layer++)
                    for (var direction = 0; direction < Directions; direction++)
                    {
                        var suffix = $"_l{layer}{(direction == 1 ? "_reverse" : "")}";
                        var inputs = layer == 0 ? Inputs : Hidden * Directions;
                        yield return ("weight_ih" + suffix, Uniform(gates * Hidden, inputs));
                        yield return ("weight_hh" + suffix, Uniform(gates * Hidden, Hidden));
                        if (!Bias) continue;
                        yield return ("bias_ih" + suffix, Uniform(gates * Hidden));
                        yield return ("bias_hh" + suffix, Uniform(gates * Hidden));
                    }

                Parameter Uniform(params long[] size)
                {
                    var parameter = nn.init.Fresh(size);
                    nn.init.uniform_(parameter, -bound, bound);
                    return parameter;
                }
            }

            internal Tensor Start(Tensor input) =>
                zeros(Directions * Layers, input.size(BatchFirst ? 0 : 1), Hidden, input.dtype, input.device);
        }

        public sealed class LSTM : nn.Module<Tensor, (Tensor, Tensor)?, (Tensor, Tensor, Tensor)>
        {
            readonly Recurrence form;

            internal LSTM(in Recurrence form) : base(nameof(LSTM))
            {
                this.form = form;
                foreach (var (name, parameter) in form.Fresh(4)) register_parameter(name, parameter);
            }

            public override (Tensor, Tensor, Tensor) forward(Tensor input, (Tensor, Tensor)? h0_c0 = null)
            {
                var (hidden, cell) = h0_c0 ?? (form.Start(input), form.Start(input));
                if (FusedRecurrence.Applies(form, input, _internal_params.Values.First(), training, hidden, cell))
                {
                    var results = FusedRecurrence.Call(form, _internal_params.Values, input, hidden, cell);
                    return (results[0], results[1], results[2]);
                }
                return Call3("lstm.input", input, new[] { hidden, cell }, _internal_params.Values.ToArray<Tensor>(),
                    form.Bias, form.Layers, form.Dropout, training, form.Bidirectional, form.BatchFirst);
            }

            public new (Tensor, Tensor, Tensor) call(Tensor input, (Tensor, Tensor)? h0_c0 = null) => base.call(input, h0_c0);

            /// <summary>Matters to cuDNN alone, which copies them itself where they are apart.</summary>
            public void flatten_parameters() { }
        }

        public sealed class GRU : nn.Module<Tensor, Tensor, (Tensor, Tensor)>
        {
            readonly Recurrence form;

            internal GRU(in Recurrence form) : base(nameof(GRU))
            {
                this.form = form;
                foreach (var (name, parameter) in form.Fresh(3)) register_parameter(name, parameter);
            }

            public override (Tensor, Tensor) forward(Tensor input, Tensor h0 = null)
            {
                h0 ??= form.Start(input);
                if (FusedRecurrence.Applies(form, input, _internal_params.Values.First(), training, h0))
                {
                    var results = FusedRecurrence.Call(form, _internal_params.Values, input, h0);
                    return (results[0], results[1]);
                }
                return Call2("gru.input", input, h0, _internal_params.Values.ToArray<Tensor>(),
                    form.Bias, form.Layers, form.Dropout, training, form.Bidirectional, form.BatchFirst);
            }

            public new (Tensor, Tensor) call(Tensor input, Tensor h0 = null) => base.call(input, h0);

            /// <summary>Matters to cuDNN alone, which copies them itself where they are apart.</summary>
            public void flatten_parameters() { }
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static LSTM LSTM(long inputSize, long hiddenSize, long numLayers = 1, bool bias = true, bool batchFirst = false,
                double dropout = 0, bool bidirectional = false, Device device = null, ScalarType? dtype = null) =>
                new LSTM(new(inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional)).MoveModule<LSTM>(device, dtype);

            public static GRU GRU(long inputSize, long hiddenSize, long numLayers = 1, bool bias = true, bool batchFirst = false,
                double dropout = 0, bool bidirectional = false, Device device = null, ScalarType? dtype = null) =>
                new GRU(new(inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional)).MoveModule<GRU>(device, dtype);
        }
    }
}
