using System;
using System.Collections.Generic;
using System.Linq;
using static TorchSharp.torch;

namespace TorchSharp
{
    using Modules;

    namespace Modules
    {
        /// <summary>Adagrad (Duchi, Hazan and Singer 2011).</summary>
        public class Adagrad : OptimizerHelper
        {
            public Adagrad(IEnumerable<Parameter> parameters, double lr = 1e-2, double lr_decay = 0, double weight_decay = 0,
                double initial_accumulator_value = 0, double eps = 1e-10)
                : this([new ParamGroup { Parameters = parameters }], lr, lr_decay, weight_decay, initial_accumulator_value, eps) { }

            public Adagrad(IEnumerable<ParamGroup> parameters, double lr = 1e-2, double lr_decay = 0, double weight_decay = 0,
                double initial_accumulator_value = 0, double eps = 1e-10)
            {
                Require(lr >= 0, "learning rate", lr);
                Require(lr_decay >= 0, "lr_decay", lr_decay);
                Require(weight_decay >= 0, "weight_decay", weight_decay);
                Require(initial_accumulator_value >= 0, "initial_accumulator_value", initial_accumulator_value);
                Require(eps >= 0, "ε", eps);
                Start(new Options { LearningRate = lr, lr_decay = lr_decay, weight_decay = weight_decay,
                    initial_accumulator_value = initial_accumulator_value, eps = eps }, parameters);
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
                    state.step++;
                    if (options.weight_decay != 0) grad = grad.add(parameter, options.weight_decay.Value);
                    var rate = options.LearningRate.Value / (1 + (state.step - 1) * options.lr_decay.Value);
                    state.sum.addcmul_(grad, grad, 1);
                    parameter.addcdiv_(grad, state.sum.sqrt().add_(options.eps.Value), -rate);
                }
            }, closure);

            public sealed class State : OptimizerState, IDisposable
            {
                public long step;
                public Tensor sum;

                public State(Parameter parameter) : base(parameter) { }

                public override void Initialize(OptimizerOptions options)
                {
                    Release();
                    step = 0;
                    sum = full_like(_parameter, ((Options)options).initial_accumulator_value.Value).DetachFromDisposeScope();
                }

                public void Dispose() => Release();
            }

            public class Options : OptimizerOptions
            {
                public double? lr_decay;
                public double? initial_accumulator_value;
                public double? eps;
                public double? weight_decay;
            }

            public class ParamGroup : ParamGroup<Options>
            {
                public ParamGroup() { }

                public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }

                public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-2, double lr_decay = 0, double weight_decay = 0,
                    double initial_accumulator_value = 0, double eps = 1e-10)
                    : base(parameters, new Options { LearningRate = lr, lr_decay = lr_decay, weight_decay = weight_decay,
                        initial_accumulator_value = initial_accumulator_value, eps = eps }) { }
            }
        }
    }

    public static partial class torch
    {
        public static partial class optim
        {
            public static Adagrad Adagrad(IEnumerable<Parameter> parameters, double lr = 1e-2, double lr_decay = 0, double weight_decay = 0,
                double initial_accumulator_value = 0, double eps = 1e-10) =>
                new(parameters, lr, lr_decay, weight_decay, initial_accumulator_value, eps);

            public static Adagrad Adagrad(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1e-2, double lr_decay = 0,
                double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1e-10) =>
                new(parameters.Select(entry => entry.parameter), lr, lr_decay, weight_decay, initial_accumulator_value, eps);

            public static Adagrad Adagrad(IEnumerable<Adagrad.ParamGroup> parameters, double lr = 1e-2, double lr_decay = 0,
                double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1e-10) =>
                new(parameters, lr, lr_decay, weight_decay, initial_accumulator_value, eps);
        }
    }
}
