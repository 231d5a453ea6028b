using System;
using TorchSharp.Utils;
using static TorchSharp.Aten;
using static TorchSharp.torch;

namespace TorchSharp
{
    using Modules;

    namespace Modules
    {
        public sealed class BatchNorm1d : nn.Module<Tensor, Tensor>
        {
            [ComponentName(Name = "weight")] Parameter w;
            [ComponentName(Name = "bias")] Parameter b;
            [ComponentName(Name = "running_mean")] Tensor mean;
            [ComponentName(Name = "running_var")] Tensor variance;
            [ComponentName(Name = "num_batches_tracked")] Tensor batches;
            readonly double eps, momentum;

            internal BatchNorm1d(long features, double eps, double momentum, bool affine, bool track) : base(nameof(BatchNorm1d))
            {
                (this.eps, this.momentum) = (eps, momentum);
                if (affine) (w, b) = (new Parameter(ones(features)), new Parameter(zeros(features)));
                if (track) (mean, variance, batches) = (zeros(features), ones(features), zeros(Array.Empty<long>(), ScalarType.Int64));
                RegisterComponents();
            }

            public Parameter weight { get => Parameter.Share(w); set => w = Replace("weight", value); }

            public Parameter bias { get => Parameter.Share(b); set => b = Replace("bias", value); }

            public Tensor running_mean { get => mean?.alias(); set => mean = ReplaceBuffer("running_mean", value); }

            public Tensor running_var { get => variance?.alias(); set => variance = ReplaceBuffer("running_var", value); }

            public Tensor num_batches_tracked => batches?.alias();

            public void reset_running_stats()
            {
                mean?.zero_();
                variance?.fill_(1);
                batches?.zero_();
            }

            public override Tensor forward(Tensor tensor)
            {
                if (tensor.Dimensions is < 2 or > 3) throw new ArgumentException($"Invalid number of dimensions for BatchNorm argument: {tensor.Dimensions}");
                if (training) batches?.add_(1);
                return nn.functional.batch_norm(tensor, mean, variance, w, b, training || mean is null, momentum, eps);
            }
        }

        public sealed class BatchNorm2d : nn.Module<Tensor, Tensor>
        {
            [ComponentName(Name = "weight")] Parameter w;
            [ComponentName(Name = "bias")] Parameter b;
            [ComponentName(Name = "running_mean")] Tensor mean;
            [ComponentName(Name = "running_var")] Tensor variance;
            [ComponentName(Name = "num_batches_tracked")] Tensor batches;
            readonly double eps, momentum;

            internal BatchNorm2d(long features, double eps, double momentum, bool affine, bool track) : base(nameof(BatchNorm2d))
            {
                (this.eps, this.momentum) = (eps, momentum);
                if (affine) (w, b) = (new Parameter(ones(features)), new Parameter(zeros(features)));
                if (track) (mean, variance, batches) = (zeros(features), ones(features), zeros(Array.Empty<long>(), ScalarType.Int64));
                RegisterComponents();
            }

            public Parameter weight { get => Parameter.Share(w); set => w = Replace("weight", value); }

            public Parameter bias { get => Parameter.Share(b); set => b = Replace("bias", value); }

            public Tensor running_mean { get => mean?.alias(); set => mean = ReplaceBuffer("running_mean", value); }

            public Tensor running_var { get => variance?.alias(); set => variance = ReplaceBuffer("running_var", value); }

            public Tensor num_batches_tracked => batches?.alias();

            public void reset_running_stats()
            {
                mean?.zero_();
                variance?.fill_(1);
                batches?.zero_();
            }

            public override Tensor forward(Tensor tensor)
            {
                if (tensor.Dimensions != 4) throw new ArgumentException($"Invalid number of dimensions for BatchNorm argument: {tensor.Dimensions}");
                if (training) batches?.add_(1);
                return nn.functional.batch_norm(tensor, mean, variance, w, b, training || mean is null, momentum, eps);
            }
        }

        public sealed class LayerNorm : nn.Module<Tensor, Tensor>
        {
            [ComponentName(Name = "weight")] Parameter w;
            [ComponentName(Name = "bias")] Parameter b;
            readonly long[] shape;
            readonly double eps;

            internal LayerNorm(long[] shape, double eps, bool affine, bool hasBias) : base(nameof(LayerNorm))
            {
                (this.shape, this.eps) = (shape, eps);
                if (affine)
                {
                    weight = new Parameter(ones(shape));
                    if (hasBias) bias = new Parameter(zeros(shape));
                }
            }

            // These two are the module's own objects, not shared ones: so it is in the real library.
            public Parameter weight
            {
                get => w;
                set => ConditionallyRegisterParameter("weight",
                    w = (Parameter)(value ?? throw new ArgumentNullException(nameof(value))).DetachFromDisposeScope());
            }

            public Parameter bias
            {
                get => b;
                set => ConditionallyRegisterParameter("bias", b = (Parameter)value?.DetachFromDisposeScope());
            }

            public override Tensor forward(Tensor tensor) => nn.functional.layer_norm(tensor, shape, w, b, eps);
        }

        public sealed class GroupNorm : nn.Module<Tensor, Tensor>
        {
            [ComponentName(Name = "weight")] Parameter w;
            [ComponentName(Name = "bias")] Parameter b;
            readonly long groups;
            readonly double eps;

            internal GroupNorm(long groups, long channels, double eps, bool affine) : base(nameof(GroupNorm))
            {
                (this.groups, this.eps) = (groups, eps);
                if (affine) (w, b) = (new Parameter(ones(channels)), new Parameter(zeros(channels)));
                RegisterComponents();
            }

            public Parameter weight { get => Parameter.Share(w); set => w = Replace("weight", value); }

            public Parameter bias { get => Parameter.Share(b); set => b = Replace("bias", value); }

            public override Tensor forward(Tensor tensor) => nn.functional.group_norm(tensor, groups, w, b, eps);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static BatchNorm1d BatchNorm1d(long features, double eps = 1e-05, double momentum = 0.1, bool affine = true,
                bool track_running_stats = true, Device device = null, ScalarType? dtype = null) =>
                new BatchNorm1d(features, eps, momentum, affine, track_running_stats).MoveModule<BatchNorm1d>(device, dtype);

            public static BatchNorm2d BatchNorm2d(long features, double eps = 1e-05, double momentum = 0.1, bool affine = true,
                bool track_running_stats = true, Device device = null, ScalarType? dtype = null) =>
                new BatchNorm2d(features, eps, momentum, affine, track_running_stats).MoveModule<BatchNorm2d>(device, dtype);

            public static LayerNorm LayerNorm(long normalized_shape, double eps = 1e-05, bool elementwise_affine = true, bool bias = true,
                Device device = null, ScalarType? dtype = null) =>
                LayerNorm([normalized_shape], eps, elementwise_affine, bias, device, dtype);

            public static LayerNorm LayerNorm(long[] normalized_shape, double eps = 1e-05, bool elementwise_affine = true, bool bias = true,
                Device device = null, ScalarType? dtype = null) =>
                new LayerNorm(normalized_shape, eps, elementwise_affine, bias).MoveModule<LayerNorm>(device, dtype);

            public static GroupNorm GroupNorm(long num_groups, long num_channels, double eps = 1e-05, bool affine = true,
                Device device = null, ScalarType? dtype = null) =>
                new GroupNorm(num_groups, num_channels, eps, affine).MoveModule<GroupNorm>(device, dtype);

            public static partial class functional
            {
                public static Tensor batch_norm(Tensor input, Tensor running_mean, Tensor running_var, Tensor weight = null,
                    Tensor bias = null, bool training = false, double momentum = 0.1, double eps = 1e-05) =>
                    Call("batch_norm", input, weight, bias, running_mean, running_var, training, momentum, eps, true);

                public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor weight = null, Tensor bias = null,
                    double eps = 1e-05) =>
                    Call("layer_norm", input, normalized_shape, weight, bias, eps);

                public static Tensor group_norm(Tensor input, long num_groups, Tensor weight = null, Tensor bias = null,
                    double eps = 1e-05) =>
                    Call("group_norm", input, num_groups, weight, bias, eps);
            }
        }
    }
}
