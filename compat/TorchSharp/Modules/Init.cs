using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public enum NonLinearities { ReLU = 0, Tanh = 1 }

        /// <summary>Initial values of parameters.</summary>
        public static class init
        {
            public enum NonlinearityType { Linear, Conv1D, Conv2D, Conv3D, ConvTranspose1D, ConvTranspose2D, ConvTranspose3D, Sigmoid, Tanh,
                ReLU, LeakyReLU }

            public enum FanInOut { FanIn, FanOut }

            internal static Parameter Fresh(params long[] size) => new(empty(size));

            /// <summary>What layers start from: both uniform within 1 / √(inputs of one output).</summary>
            internal static void ByFanIn(Tensor weight, Tensor bias)
            {
                kaiming_uniform_(weight, Math.Sqrt(5));
                if (bias is null) return;
                var bound = 1 / Math.Sqrt(Fans(weight).inputs);
                uniform_(bias, -bound, bound);
            }

            static (long inputs, long outputs) Fans(Tensor tensor)
            {
                if (tensor.ndim < 2) throw new ArgumentException("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions");
                var shape = tensor.shape;
                var field = shape.Skip(2).TotalSize();
                return (shape[1] * field, shape[0] * field);
            }

            static Tensor Quietly(Tensor tensor, Action<Tensor> fill)
            {
                using var detached = no_grad();
                fill(tensor);
                return tensor;
            }

            public static double calculate_gain(NonlinearityType nonlinearity, double param = 0) => nonlinearity switch
            {
                NonlinearityType.Tanh => 5.0 / 3,
                NonlinearityType.ReLU => Math.Sqrt(2),
                NonlinearityType.LeakyReLU => Math.Sqrt(2 / (1 + param * param)),
                _ => 1,
            };

            public static Tensor zeros_(Tensor tensor) => Quietly(tensor, t => t.zero_());

            public static Tensor ones_(Tensor tensor) => Quietly(tensor, t => t.fill_(1));

            public static Tensor constant_(Tensor tensor, Scalar val) => Quietly(tensor, t => t.fill_(val));

            public static Tensor eye_(Tensor tensor)
            {
                if (tensor.ndim != 2) throw new ArgumentException("Only tensors with 2 dimensions are supported");
                return Quietly(tensor, t => t.copy_(eye(t.size(0), t.size(1))));
            }

            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator generator = null) =>
                Quietly(tensor, t => t.uniform_(low, high, generator));

            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator generator = null) =>
                Quietly(tensor, t => t.normal_(mean, std, generator));

            public static Tensor trunc_normal_(Tensor tensor, double mean = 0, double std = 1, double a = -2, double b = 2,
                Generator generator = null) =>
                Quietly(tensor, t =>
            {
                // The inverse of the normal distribution function, applied to uniform numbers between its values at a and b.
                var low = Normal((a - mean) / std);
                var high = Normal((b - mean) / std);
                t.uniform_(2 * low - 1, 2 * high - 1, generator).erfinv_().mul_(std * Math.Sqrt(2)).add_(mean).clamp_((Scalar)a, b);
            });

            static double Normal(double x) => special.erf(tensor(x / Math.Sqrt(2))).ToDouble() / 2 + 0.5;

            public static Tensor xavier_uniform_(Tensor tensor, double gain = 1)
            {
                var (inputs, outputs) = Fans(tensor);
                var bound = Math.Sqrt(3) * gain * Math.Sqrt(2.0 / (inputs + outputs));
                return uniform_(tensor, -bound, bound);
            }

            public static Tensor xavier_normal_(Tensor tensor, double gain = 1)
            {
                var (inputs, outputs) = Fans(tensor);
                return normal_(tensor, 0, gain * Math.Sqrt(2.0 / (inputs + outputs)));
            }

            public static Tensor kaiming_uniform_(Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn,
                NonlinearityType nonlinearity = NonlinearityType.LeakyReLU)
            {
                var bound = Math.Sqrt(3) * KaimingDeviation(tensor, a, mode, nonlinearity);
                return uniform_(tensor, -bound, bound);
            }

            public static Tensor kaiming_normal_(Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn,
                NonlinearityType nonlinearity = NonlinearityType.LeakyReLU) =>
                normal_(tensor, 0, KaimingDeviation(tensor, a, mode, nonlinearity));

            static double KaimingDeviation(Tensor tensor, double a, FanInOut mode, NonlinearityType nonlinearity)
            {
                var (inputs, outputs) = Fans(tensor);
                return calculate_gain(nonlinearity, a) / Math.Sqrt(mode == FanInOut.FanIn ? inputs : outputs);
            }

            public static Tensor orthogonal_(Tensor tensor, double gain = 1)
            {
                if (tensor.ndim < 2) throw new ArgumentException("Only tensors with 2 or more dimensions are supported");
                return Quietly(tensor, t =>
                {
                    using var scope = NewDisposeScope();
                    var (rows, columns) = (t.size(0), t.numel() / t.size(0));
                    var flat = randn(rows, columns, t.dtype, t.device);
                    if (rows < columns) flat = flat.t();
                    var (q, r) = linalg.qr(flat);
                    q = q * r.diagonal(0, 0, 1).sign();
                    if (rows < columns) q = q.t();
                    t.copy_(q.reshape(t.shape) * gain);
                });
            }
        }

        /// <summary>Operations over all parameters of a network.</summary>
        public static partial class utils
        {
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2)
            {
                using var detached = no_grad();
                using var scope = NewDisposeScope();
                var grads = tensors.Select(p => p.grad).Where(g => g is not null).ToList();
                if (grads.Count == 0) return 0;
                var norm = double.IsPositiveInfinity(norm_type)
                    ? stack(grads.Select(g => g.abs().max())).max()
                    : stack(grads.Select(g => g.norm((float)norm_type))).norm((float)norm_type);
                var total = norm.ToDouble();
                var scale = max_norm / (total + 1e-6);
                if (scale < 1)
                    foreach (var grad in grads) grad.mul_(scale);
                return total;
            }

            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                using var detached = no_grad();
                foreach (var parameter in tensors)
                {
                    using var grad = parameter.grad;
                    grad?.clamp_((Scalar)(-clip_value), clip_value);
                }
            }

            public static Tensor parameters_to_vector(IEnumerable<Parameter> tensors)
            {
                var flat = tensors.Select(p => p.view(-1)).ToList();
                var vector = cat(flat);
                foreach (var part in flat) part.Dispose();
                return vector;
            }

            public static void vector_to_parameters(Tensor vec, IEnumerable<Parameter> tensors)
            {
                using var detached = no_grad();
                using var scope = NewDisposeScope();
                var start = 0L;
                foreach (var parameter in tensors)
                {
                    parameter.copy_(vec.narrow(0, start, parameter.numel()).view_as(parameter));
                    start += parameter.numel();
                }
            }
        }
    }
}
