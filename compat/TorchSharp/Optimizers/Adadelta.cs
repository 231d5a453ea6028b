using System;
using System.Collections.Generic;
using System.Linq;
using static TorchSharp.torch;

namespace TorchSharp
{
    using Modules;

    namespace Modules
    {
        /// <summary>Adadelta (Zeiler 2012).</summary>
        public class Adadelta : OptimizerHelper
        {
            public Adadelta(IEnumerable<Parameter> parameters, double lr, double rho = 0.9, double eps = 1e-6, double weight_decay = 0,
                bool maximize = false)
                : this([new ParamGroup { Parameters = parameters }], lr, rho, eps, weight_decay, maximize) { }

            public Adadelta(IEnumerable<ParamGroup> parameters, double lr = 1, double rho = 0.9, double eps = 1e-6, double weight_decay = 0,
                bool maximize = false)
            {
                Require(lr >= 0, "learning rate", lr);
                Require(rho is >= 0 and <= 1, "rho", rho);
                Require(eps >= 0, "ε", eps);
                Require(weight_decay >= 0, "weight_decay", weight_decay);
                Start(new Options { LearningRate = lr, rho = rho, eps = eps, weight_decay = weight_decay, maximize = maximize },
                    parameters);
            }

            private protected override OptimizerState NewState(Parameter parameter) => new State(parameter);

            public override Tensor step(Func<Tensor> closure = null) => _step<ParamGroup>(group =>
            {
                var options = group.Options;
                foreach (var parameter in group.Parameters)
                {
                    var grad = parameter.grad;
                    if (grad is null) continue;
                    var state = (State)_state[parameter.Handle];
                    if (options.maximize.Value) grad = -grad;
                    if (options.weight_decay != 0) grad = grad.add(parameter, options.weight_decay.Value);
                    var (rho, eps) = (options.rho.Value, options.eps.Value);
                    state.square_avg.mul_(rho).addcmul_(grad, grad, 1 - rho);
                    var delta = state.acc_delta.add(eps).sqrt_().div_(state.square_avg.add(eps).sqrt_()).mul_(grad);
                    parameter.add_(delta, -options.LearningRate.Value);
                    state.acc_delta.mul_(rho).addcmul_(delta, delta, 1 - rho);
                }
            }, closure);

            public sealed class State : OptimizerState, IDisposable
            {
                public long step;
                public Tensor square_avg;
                public Tensor acc_delta;

                public State(Parameter parameter) : base(parameter) { }

                public override void Initialize(OptimizerOptions options)
                {
                    Release();
                    step = 0;
                    square_avg = Zeros();
                    acc_delta = Zeros();
                }

                public void Dispose() => Release();
            }

            public class Options : OptimizerOptions
            {
                public double? rho;
                public double? eps;
                public double? weight_decay;
                public bool? maximize;
            }

            public class ParamGroup : ParamGroup<Options>
            {
                public ParamGroup() { }

                public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }

                public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1, double rho = 0.9, double eps = 1e-6,
                    double weight_decay = 0, bool maximize = false)
                    : base(parameters,
                        new Options { LearningRate = lr, rho = rho, eps = eps, weight_decay = weight_decay, maximize = maximize }) { }
            }
        }
    }

    public static partial class torch
    {
        public static partial class optim
        {
            public static Adadelta Adadelta(IEnumerable<Parameter> parameters, double lr = 1, double rho = 0.9, double eps = 1e-6,
                double weight_decay = 0, bool maximize = false) =>
                new(parameters, lr, rho, eps, weight_decay, maximize);

            public static Adadelta Adadelta(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1, double rho = 0.9,
                double eps = 1e-6, double weight_decay = 0, bool maximize = false) =>
                new(parameters.Select(entry => entry.parameter), lr, rho, eps, weight_decay, maximize);

            public static Adadelta Adadelta(IEnumerable<Adadelta.ParamGroup> parameters, double lr = 1, double rho = 0.9, double eps = 1e-6,
                double weight_decay = 0, bool maximize = false) =>
                new(parameters, lr, rho, eps, weight_decay, maximize);
        }
    }
}
