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
        /// <summary>Stochastic gradient descent, with momentum (Nesterov's too).</summary>
        public class SGD : OptimizerHelper, optim.IMomentum
        {
            public SGD(IEnumerable<Parameter> parameters, double lr, double momentum = 0, double dampening = 0, double weight_decay = 0,
                bool nesterov = false, bool maximize = false)
                : this([new ParamGroup { Parameters = parameters }], lr, momentum, dampening, weight_decay, nesterov, maximize) { }

            public SGD(IEnumerable<ParamGroup> parameters, double lr, double momentum = 0, double dampening = 0, double weight_decay = 0,
                bool nesterov = false, bool maximize = false)
            {
                Require(lr >= 0, "learning rate", lr);
                Require(momentum >= 0, "momentum", momentum);
                Require(dampening >= 0, "dampening", dampening);
                Require(weight_decay >= 0, "weight_decay", weight_decay);
                if (nesterov && (momentum == 0 || dampening != 0)) throw new ArgumentException("Nesterov momentum requires a momentum and zero dampening");
                Start(new Options { LearningRate = lr, momentum = momentum, dampening = dampening, weight_decay = weight_decay,
                    nesterov = nesterov, maximize = maximize }, parameters);
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
                    if (options.weight_decay != 0) grad = grad.add(parameter, options.weight_decay.Value);
                    if (options.momentum != 0)
                    {
                        if (state.momentum_buffer is null) state.momentum_buffer = grad.clone().DetachFromDisposeScope();
                        else state.momentum_buffer.mul_(options.momentum.Value).add_(grad, 1 - options.dampening.Value);
                        grad = options.nesterov.Value ? grad.add(state.momentum_buffer, options.momentum.Value) : state.momentum_buffer;
                    }
                    parameter.add_(grad, options.maximize.Value ? options.LearningRate.Value : -options.LearningRate.Value);
                }
            }, closure);

            public sealed class State : OptimizerState, IDisposable
            {
                [MaybeNull] public Tensor momentum_buffer;

                public State(Parameter parameter) : base(parameter) { }

                public override void Initialize(OptimizerOptions options)
                {
                    Release();
                    momentum_buffer = null;
                }

                public void Dispose() => Release();
            }

            public class Options : OptimizerOptions
            {
                public double? momentum;
                public double? dampening;
                public double? weight_decay;
                public bool? nesterov;
                public bool? maximize;
            }

            public class ParamGroup : ParamGroup<Options>, optim.IMomentum
            {
                public ParamGroup() { }

                public ParamGroup(IEnumerable<Parameter> parameters, Options options) : base(parameters, options) { }

                public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-3, double momentum = 0, double dampening = 0,
                    double weight_decay = 0, bool nesterov = false, bool maximize = false)
                    : base(parameters, new Options { LearningRate = lr, momentum = momentum, dampening = dampening,
                        weight_decay = weight_decay, nesterov = nesterov, maximize = maximize }) { }

                public double Momentum { get => Options.momentum.Value; set => Options.momentum = value; }
            }
        }
    }

    public static partial class torch
    {
        public static partial class optim
        {
            public static SGD SGD(IEnumerable<Parameter> parameters, double learningRate, double momentum = 0, double dampening = 0,
                double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                new(parameters, learningRate, momentum, dampening, weight_decay, nesterov, maximize);

            public static SGD SGD(IEnumerable<(string name, Parameter parameter)> parameters, double learningRate, double momentum = 0,
                double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                new(parameters.Select(entry => entry.parameter), learningRate, momentum, dampening, weight_decay, nesterov, maximize);

            public static SGD SGD(IEnumerable<SGD.ParamGroup> parameters, double learningRate, double momentum = 0, double dampening = 0,
                double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                new(parameters, learningRate, momentum, dampening, weight_decay, nesterov, maximize);
        }
    }
}
