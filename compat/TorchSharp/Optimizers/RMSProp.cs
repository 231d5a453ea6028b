using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using static TorchSharp.torch;

namespace TorchSharp
{
    using Modules;

    namespace Modules
    {
        /// <summary>RMSProp (Tieleman and Hinton 2012); centred: Graves 2013.</summary>
        public class RMSProp : OptimizerHelper, optim.IMomentum
        {
            public RMSProp(IEnumerable<Parameter> parameters, double lr = 1e-3, double alpha = 0.99, double eps = 1e-8,
                double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false)
                : this([new ParamGroup { Parameters = parameters }], lr, alpha, eps, weight_decay, momentum, centered, maximize) { }

            public RMSProp(IEnumerable<ParamGroup> parameters, double lr = 1e-3, double alpha = 0.99, double eps = 1e-8,
                double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false)
            {
                Require(lr >= 0, "learning rate", lr);
                Require(eps >= 0, "ε", eps);
                Require(alpha >= 0, "alpha", alpha);
                Require(momentum >= 0, "momentum value", momentum);
                Require(weight_decay >= 0, "weight_decay value", weight_decay);
                Start(new Options { LearningRate = lr, alpha = alpha, eps = eps, weight_decay = weight_decay, momentum = momentum,
                    centered = centered, maximize = maximize }, parameters);
            }

            private protected override OptimizerState NewState(Parameter parameter) => new State(parameter);

            public double Momentum { get => ((Options)_defaults).momentum.Value; set => ((Options)_defaults).momentum = value; }

            public override Tensor step(Func<Tensor> closure = null) => _step<ParamGroup>(group =>
            {
                var options = group.Options;
                foreach (var parameter in group.Parameters)
                {
                    var grad = parameter.grad;
                    if (grad is null) continue;
                    var state = (State)_state[parameter.Handle];
                    state.step++;
                    if (options.maximize.Value) grad = -grad;
                    if (options.weight_decay != 0) grad = grad.add(parameter, options.weight_decay.Value);
                    var alpha = options.alpha.Value;
                    state.square_avg.mul_(alpha).addcmul_(grad, grad, 1 - alpha);
                    var spread = state.square_avg;
                    if (options.centered.Value)
                    {
                        state.grad_avg.mul_(alpha).add_(grad, 1 - alpha);
                        spread = spread.addcmul(state.grad_avg, state.grad_avg, -1);
                    }
                    var average = spread.sqrt().add_(options.eps.Value);
                    if (options.momentum > 0)
                    {
                        state.momentum_buffer.mul_(options.momentum.Value).addcdiv_(grad, average);
                        parameter.add_(state.momentum_buffer, -options.LearningRate.Value);
                    }
                    else parameter.addcdiv_(grad, average, -options.LearningRate.Value);
                }
            }, closure);

            public sealed class State : OptimizerState, IDisposable
            {
                public long step;
                public Tensor square_avg;
                [MaybeNull] public Tensor momentum_buffer;
                [MaybeNull] public Tensor grad_avg;

                public State(Parameter parameter) : base(parameter) { }

                public override void Initialize(OptimizerOptions options)
                {
                    Release();
                    step = 0;
                    square_avg = Zeros();
                    momentum_buffer = Zeros();
                    grad_avg = Zeros();
                }

                public void Dispose() => Release();
            }

            public class Options : OptimizerOptions
            {
                public bool? maximize;
                public double? momentum;
                public double? alpha;
                public double? eps;
                public double? weight_decay;
                public bool? centered;
            }

            public class ParamGroup : ParamGroup<Options>, optim.IMomentum
            {
                public ParamGroup() { }

                public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }

                public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-3, double eps = 1e-8, double alpha = 0.99,
                    double weight_decay = 0, double momentum = 0, bool centered = false)
                    : base(parameters, new Options { LearningRate = lr, eps = eps, alpha = alpha, weight_decay = weight_decay,
                        momentum = momentum, centered = centered }) { }

                public double Momentum { get => Options.momentum.Value; set => Options.momentum = value; }
            }
        }
    }

    public static partial class torch
    {
        public static partial class optim
        {
            public static RMSProp RMSProp(IEnumerable<Parameter> parameters, double lr = 0.01, double alpha = 0.99, double eps = 1e-8,
                double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false) =>
                new(parameters, lr, alpha, eps, weight_decay, momentum, centered, maximize);

            public static RMSProp RMSProp(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.01, double alpha = 0.99,
                double eps = 1e-8, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false) =>
                new(parameters.Select(entry => entry.parameter), lr, alpha, eps, weight_decay, momentum, centered, maximize);

            public static RMSProp RMSProp(IEnumerable<RMSProp.ParamGroup> parameters, double lr = 0.01, double alpha = 0.99,
                double eps = 1e-8, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false) =>
                new(parameters, lr, alpha, eps, weight_decay, momentum, centered, maximize);
        }
    }
}
