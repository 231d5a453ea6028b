using static TorchSharp.Aten;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp
{
    using Modules;

    /// <summary>A loss of two tensors.</summary>
    public abstract class Loss<T1, T2, TResult> : nn.Module<T1, T2, TResult>
    {
        protected Loss(Reduction reduction = Reduction.Mean) : base(nameof(Loss<T1, T2, TResult>)) => this.reduction = reduction;

        public Reduction reduction { get; }
    }

    /// <summary>A loss whose classes or elements have weights.</summary>
    public abstract class WeightedLoss<T1, T2, TResult> : Loss<T1, T2, TResult>
    {
        protected WeightedLoss(Tensor weight = null, Reduction reduction = Reduction.Mean) : base(reduction) => this.weight = weight;

        public Tensor weight { get; }
    }

    namespace Modules
    {
        public sealed class MSELoss : Loss<Tensor, Tensor, Tensor>
        {
            public MSELoss(Reduction reduction = Reduction.Mean) : base(reduction) { }

            public override Tensor forward(Tensor input, Tensor target) => functional.mse_loss(input, target, reduction);
        }

        public sealed class L1Loss : Loss<Tensor, Tensor, Tensor>
        {
            public L1Loss(Reduction reduction = Reduction.Mean) : base(reduction) { }

            public override Tensor forward(Tensor input, Tensor target) => functional.l1_loss(input, target, reduction);
        }

        public sealed class SmoothL1Loss : Loss<Tensor, Tensor, Tensor>
        {
            public SmoothL1Loss(Reduction reduction = Reduction.Mean, double beta = 1) : base(reduction) => this.beta = beta;

            public double beta { get; }

            public override Tensor forward(Tensor input, Tensor target) => functional.smooth_l1_loss(input, target, reduction, beta);
        }

        public sealed class HuberLoss : Loss<Tensor, Tensor, Tensor>
        {
            public HuberLoss(double delta = 1, Reduction reduction = Reduction.Mean) : base(reduction) => this.delta = delta;

            public double delta { get; }

            public override Tensor forward(Tensor input, Tensor target) => functional.huber_loss(input, target, delta, reduction);
        }

        public sealed class KLDivLoss : Loss<Tensor, Tensor, Tensor>
        {
            public KLDivLoss(bool log_target = true, Reduction reduction = Reduction.Mean) : base(reduction) =>
                this.log_target = log_target;

            public bool log_target { get; }

            public override Tensor forward(Tensor input, Tensor target) => functional.kl_div(input, target, log_target, reduction);
        }

        public sealed class BCELoss : WeightedLoss<Tensor, Tensor, Tensor>
        {
            public BCELoss(Tensor weight = null, Reduction reduction = Reduction.Mean) : base(weight, reduction) { }

            public override Tensor forward(Tensor input, Tensor target) =>
                functional.binary_cross_entropy(input, target, weight, reduction);
        }

        public sealed class BCEWithLogitsLoss : WeightedLoss<Tensor, Tensor, Tensor>
        {
            public BCEWithLogitsLoss(Tensor weight = null, Reduction reduction = Reduction.Mean, Tensor pos_weights = null) : base(weight,
                reduction) =>
                this.pos_weights = pos_weights;

            public Tensor pos_weights { get; }

            public override Tensor forward(Tensor input, Tensor target) =>
                functional.binary_cross_entropy_with_logits(input, target, weight, reduction, pos_weights);
        }

        public sealed class NLLLoss : WeightedLoss<Tensor, Tensor, Tensor>
        {
            public NLLLoss(Tensor weight = null, Reduction reduction = Reduction.Mean) : base(weight, reduction) { }

            public override Tensor forward(Tensor input, Tensor target) => functional.nll_loss(input, target, weight, reduction);
        }

        public sealed class CrossEntropyLoss : WeightedLoss<Tensor, Tensor, Tensor>
        {
            public CrossEntropyLoss(Tensor weight = null, long? ignore_index = null, Reduction reduction = Reduction.Mean,
                double label_smoothing = 0) : base(weight, reduction) =>
                (this.ignore_index, this.label_smoothing) = (ignore_index, label_smoothing);

            public long? ignore_index { get; }

            public double label_smoothing { get; }

            public override Tensor forward(Tensor input, Tensor target) =>
                functional.cross_entropy(input, target, weight, ignore_index ?? -100, reduction, label_smoothing);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public enum Reduction : long { None = 0, Mean = 1, Sum = 2 }

            public static MSELoss MSELoss(Reduction reduction = Reduction.Mean) => new(reduction);
            public static L1Loss L1Loss(Reduction reduction = Reduction.Mean) => new(reduction);
            public static SmoothL1Loss SmoothL1Loss(Reduction reduction = Reduction.Mean, double beta = 1) => new(reduction, beta);
            public static HuberLoss HuberLoss(double delta = 1, Reduction reduction = Reduction.Mean) => new(delta, reduction);
            public static KLDivLoss KLDivLoss(bool log_target = true, Reduction reduction = Reduction.Mean) => new(log_target, reduction);
            public static BCELoss BCELoss(Tensor weight = null, Reduction reduction = Reduction.Mean) => new(weight, reduction);
            public static BCEWithLogitsLoss BCEWithLogitsLoss(Tensor weight = null, Reduction reduction = Reduction.Mean,
                Tensor pos_weights = null) =>
                new(weight, reduction, pos_weights);
            public static NLLLoss NLLLoss(Tensor weight = null, Reduction reduction = Reduction.Mean) => new(weight, reduction);
            public static CrossEntropyLoss CrossEntropyLoss(Tensor weight = null, long? ignore_index = null,
                Reduction reduction = Reduction.Mean) =>
                new(weight, ignore_index, reduction);

            public static partial class functional
            {
                public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                    Call("mse_loss", input, target, (long)reduction);
                // The real library computes the squared error under this name; callers of both must see the same.
                public static Tensor l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                    mse_loss(input, target, reduction);
                public static Tensor smooth_l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean, double beta = 1) =>
                    Call("smooth_l1_loss", input, target, (long)reduction, beta);
                public static Tensor huber_loss(Tensor input, Tensor target, double delta = 1, Reduction reduction = Reduction.Mean) =>
                    Call("huber_loss", input, target, (long)reduction, delta);
                public static Tensor kl_div(Tensor input, Tensor target, bool log_target = true, Reduction reduction = Reduction.Mean) =>
                    Call("kl_div", input, target, (long)reduction, log_target);
                public static Tensor binary_cross_entropy(Tensor input, Tensor target, Tensor weight = null,
                    Reduction reduction = Reduction.Mean) =>
                    Call("binary_cross_entropy", input, target, weight, (long)reduction);
                public static Tensor binary_cross_entropy_with_logits(Tensor input, Tensor target, Tensor weight = null,
                    Reduction reduction = Reduction.Mean, Tensor pos_weights = null) =>
                    Call("binary_cross_entropy_with_logits", input, target, weight, pos_weights, (long)reduction);
                public static Tensor nll_loss(Tensor input, Tensor target, Tensor weight = null, Reduction reduction = Reduction.Mean) =>
                    Call("nll_loss_nd", input, target, weight, (long)reduction);
                public static Tensor cross_entropy(Tensor input, Tensor target, Tensor weight = null, long ignore_index = -100,
                    Reduction reduction = Reduction.Mean, double label_smoothing = 0) =>
                    Call("cross_entropy_loss", input, target, weight, (long)reduction, ignore_index, label_smoothing);
                public static Tensor soft_margin_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                    Call("soft_margin_loss", input, target, (long)reduction);
                public static Tensor cosine_embedding_loss(Tensor input1, Tensor input2, Tensor target, double margin = 0,
                    Reduction reduction = Reduction.Mean) =>
                    Call("cosine_embedding_loss", input1, input2, target, margin, (long)reduction);
                public static Tensor cosine_similarity(Tensor x1, Tensor x2, long dim = 1, double eps = 1e-08) =>
                    Call("cosine_similarity", x1, x2, dim, eps);
                public static Tensor pairwise_distance(Tensor input1, Tensor input2, double p = 2, double eps = 1e-06,
                    bool keep_dim = false) =>
                    Call("pairwise_distance", input1, input2, p, eps, keep_dim);
            }
        }
    }
}
