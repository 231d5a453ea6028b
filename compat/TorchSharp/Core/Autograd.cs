using System;
using System.Collections.Generic;
using System.Linq;
using static TorchSharp.Aten;
using static TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    sealed class GradientMode : IDisposable
    {
        readonly int previous = ts_grad_mode();

        internal GradientMode(bool enabled) => ts_set_grad_mode(enabled ? 1 : 0);

        public void Dispose() => ts_set_grad_mode(previous);
    }

    sealed class InferenceMode(bool enabled) : IDisposable
    {
        nint guard = ts_enter_inference_mode(enabled ? 1 : 0);

        public void Dispose()
        {
            if (guard != 0) ts_leave_inference_mode(guard);
            guard = 0;
        }
    }

    public static IDisposable no_grad() => new GradientMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradientMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new GradientMode(mode);

    public static bool is_grad_enabled() => ts_grad_mode() != 0;

    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    public static bool is_inference_mode_enabled() => ts_inference_mode() != 0;

    public static unsafe class autograd
    {
        public static IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor> grad_outputs = null,
            bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            var gradients = new nint[inputs.Count];
            fixed (nint* o = Handles(outputs), i = Handles(inputs), g = Handles(grad_outputs), r = gradients)
                Check(ts_autograd_grad(o, outputs.Count, i, inputs.Count, g, grad_outputs?.Count ?? 0,
                    retain_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, r));
            GC.KeepAlive(outputs);
            GC.KeepAlive(inputs);
            GC.KeepAlive(grad_outputs);
            return gradients.Select(handle => new Tensor(handle)).ToList();
        }

        public static void backward(IList<Tensor> tensors, IList<Tensor> grad_tensors = null, bool? retain_graph = null,
            bool create_graph = false, IList<Tensor> inputs = null)
        {
            fixed (nint* t = Handles(tensors), g = Handles(grad_tensors), i = Handles(inputs))
                Check(ts_backward(t, tensors.Count, g, grad_tensors?.Count ?? 0, retain_graph ?? create_graph ? 1 : 0,
                    create_graph ? 1 : 0, i, inputs?.Count ?? 0));
            GC.KeepAlive(tensors);
            GC.KeepAlive(grad_tensors);
            GC.KeepAlive(inputs);
        }

        public static void backward(Tensor tensor, IList<Tensor> grad_tensors = null, bool? retain_graph = null, bool create_graph = false,
            IList<Tensor> inputs = null) =>
            backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        public static void backward(Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false,
            IList<Tensor> inputs = null) =>
            backward([tensor], [grad_tensor], retain_graph, create_graph, inputs);
    }

    public partial class Tensor
    {
        public bool requires_grad
        {
            get => Alive(ts_requires_grad(Handle)) != 0;
            set { unsafe { CheckAlive(ts_set_requires_grad(Handle, value ? 1 : 0)); } }
        }

        public Tensor requires_grad_(bool requires_grad = true) => with_requires_grad(requires_grad);

        public Tensor with_requires_grad(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public unsafe void retain_grad() => CheckAlive(ts_retain_grad(Handle));

        public bool is_leaf => Alive(ts_is_leaf(Handle)) != 0;

        public Tensor grad
        {
            get => Alive(ts_grad(Handle)) is var gradient and not 0 ? new Tensor(gradient) : null;
            set
            {
                unsafe { CheckAlive(ts_set_grad(Handle, value is null ? 0 : value.Handle)); }
                GC.KeepAlive(value);
            }
        }

        public void backward() => autograd.backward([this]);

        // The real library hands these two flags over in each other's place; callers of both must see the same.
        public void backward(IList<Tensor> grad_tensors = null, bool create_graph = false, bool retain_graph = false,
            IList<Tensor> inputs = null) =>
            autograd.backward([this], grad_tensors, create_graph, retain_graph, inputs);

        public Tensor detach() => Call("detach", this);

        public Tensor detach_() => Update("detach_", this);
    }
}
