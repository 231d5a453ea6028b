using System;
using System.Collections.Generic;
using System.Linq;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Recurrent layers in single precision on the CPU, faster than libtorch's own.</summary>
static class FusedRecurrence
{
    /// <summary>Whether it applies. What libtorch would refuse is left to it.</summary>
    internal static bool Applies(in Recurrence form, Tensor input, Tensor weight, bool training, params ReadOnlySpan<Tensor> starts)
    {
        if (!form.Bias || form.Bidirectional || training && form.Dropout > 0 && form.Layers > 1) return false;
        if (input.ndim != 3 || input.numel() == 0 || input.size(2) != form.Inputs || !IsSingleOnCpu(input) || !IsSingleOnCpu(weight))
            return false;
        foreach (var start in starts)
            if (!IsSingleOnCpu(start) || !start.shape.AsSpan().SequenceEqual([form.Layers, input.size(form.BatchFirst ? 0 : 1), form.Hidden])) return false;
        return true;
    }

    static bool IsSingleOnCpu(Tensor tensor) => tensor.dtype == ScalarType.Float32 && tensor.device_type == DeviceType.CPU;

    /// <param name="form">A form that <see cref="Applies"/>.</param>
    /// <param name="parameters">As <see cref="Recurrence.Fresh"/> gives them; single precision on the CPU.</param>
    /// <param name="input">[steps, rows, values], or rows first where the form says so.</param>
    /// <param name="starts">State, and cell where there are cells, before the first step: [layers, rows, hidden].</param>
    /// <returns>The last layer's states like <paramref name="input"/>; then the last of what was given in <paramref name="starts"/>.</returns>
    internal static unsafe Tensor[] Call(in Recurrence form, IEnumerable<Tensor> parameters, Tensor input, params Tensor[] starts)
    {
        var ends = Array.ConvertAll(starts, _ => new List<Tensor>());
        var x = (form.BatchFirst ? input.transpose(0, 1) : input).contiguous(); // [steps, rows, values]
        var results = stackalloc nint[3];
        var layer = 0L;
        foreach (var weights in parameters.Chunk(4))
        {
            Tensor[] arguments = [x, .. starts.Select(start => start.select(0, layer).contiguous()), .. weights.Select(weight => weight.contiguous())];
            var handles = Aten.Handles(arguments);
            fixed (nint* h = handles) Native.Check(starts.Length == 2 ? Native.ts_lstm(h, results) : Native.ts_gru(h, results));
            GC.KeepAlive(arguments);
            x = new Tensor(results[0]);
            for (var k = 0; k < ends.Length; k++) ends[k].Add(new Tensor(results[k + 1]));
            layer++;
        }
        return [form.BatchFirst ? x.transpose(0, 1) : x, .. ends.Select(end => stack(end))];
    }
}
