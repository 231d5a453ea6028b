using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            public interface ILearningRateController
            {
                double LearningRate { get; set; }

                double InitialLearningRate { get; set; }
            }

            public interface IMomentum
            {
                double Momentum { get; set; }
            }

            public interface IBetas
            {
                (double, double) Betas { get; set; }
            }

            /// <summary>What changes parameters by their gradients.</summary>
            public abstract class Optimizer : IDisposable
            {
                protected IList<ParamGroup> _parameter_groups = new List<ParamGroup>();

                protected Optimizer(nint handle) { }

                public virtual IEnumerable<ILearningRateController> ParamGroups => _parameter_groups;

                public virtual IEnumerable<Parameter> parameters() => _parameter_groups.SelectMany(group => group.Parameters);

                public virtual void add_param_group(ParamGroup param_group) => throw new NotImplementedException(nameof(add_param_group));

                public virtual void zero_grad()
                {
                    foreach (var parameter in parameters())
                    {
                        using var grad = parameter.grad;
                        grad?.zero_();
                    }
                }

                public virtual Tensor step(Func<Tensor> closure = null) => throw new NotImplementedException(nameof(step));

                ~Optimizer() => Dispose(false);

                public void Dispose()
                {
                    Dispose(true);
                    GC.SuppressFinalize(this);
                }

                protected virtual void Dispose(bool disposing)
                {
                    if (disposing) Release();
                }

                private protected virtual void Release() { }

                /// <summary>An optimizer's options and states, which are its own and no copies.</summary>
                public class StateDictionary
                {
                    internal StateDictionary() { }

                    public List<OptimizerOptions> Options { get; } = new();

                    public List<OptimizerState> State { get; } = new();

                    /// <summary>For each parameter group the places of its states.</summary>
                    public List<List<int>> StateIndexRef { get; } = new();
                }
            }
        }
    }

    namespace Modules
    {
        /// <summary>An optimizer with its options per group and its state per parameter.</summary>
        public abstract class OptimizerHelper : optim.Optimizer
        {
            protected OptimizerOptions _defaults;
            protected OrderedDict<nint, OptimizerState> _state = new();

            public OptimizerHelper() : base(0) { }

            private protected void Start(OptimizerOptions defaults, IEnumerable<ParamGroup> groups)
            {
                defaults.InitialLearningRate = defaults.LearningRate.Value;
                _defaults = defaults;
                foreach (var group in groups) add_param_group(group);
            }

            private protected virtual OptimizerState NewState(Parameter parameter) => throw new NotImplementedException(nameof(NewState));

            internal static void Require(bool valid, string what, double value)
            {
                if (!valid) throw new ArgumentException($"Invalid {what}: {value}");
            }

            public override void add_param_group(ParamGroup param_group)
            {
                param_group.Options ??= (OptimizerOptions)Activator.CreateInstance(_defaults.GetType());
                param_group.Options.FillFrom(_defaults);
                param_group.Options.InitialLearningRate = param_group.Options.LearningRate.Value;
                param_group.Parameters = param_group.Parameters.ToList();
                _parameter_groups.Add(param_group);
                foreach (var parameter in param_group.Parameters)
                {
                    var state = NewState(parameter);
                    _state[parameter.Handle] = state;
                    state.Initialize(param_group.Options);
                }
            }

            /// <summary>Runs the update of each group without recording gradients; what it creates is disposed.</summary>
            protected Tensor _step<T>(Action<T> body, Func<Tensor> loss_closure = null) where T : ParamGroup
            {
                Tensor loss = null;
                if (loss_closure is not null)
                {
                    using var recorded = enable_grad();
                    loss = loss_closure();
                }
                using var unrecorded = no_grad();
                using var scope = NewDisposeScope();
                foreach (var group in _parameter_groups) body((T)group);
                return loss;
            }

            public virtual StateDictionary state_dict()
            {
                var dictionary = new StateDictionary();
                foreach (var group in _parameter_groups)
                {
                    dictionary.Options.Add(group.Options);
                    var places = new List<int>();
                    foreach (var parameter in group.Parameters)
                    {
                        places.Add(dictionary.State.Count);
                        dictionary.State.Add(_state[parameter.Handle]);
                    }
                    dictionary.StateIndexRef.Add(places);
                }
                return dictionary;
            }

            static void RequireSame(int options, int states, StateDictionary own)
            {
                if (options != own.Options.Count) throw new ArgumentException("Invalid optimizer state -- different number of parameter groups.");
                if (states != own.State.Count) throw new ArgumentException("Invalid optimizer state -- different number of states.");
            }

            public virtual void load_state_dict(StateDictionary state_dict)
            {
                var own = this.state_dict();
                RequireSame(state_dict.Options.Count, state_dict.State.Count, own);
                foreach (var (target, source) in own.Options.Zip(state_dict.Options))
                    if (target != source) target.LoadStateDict(source);
                foreach (var (target, source) in own.State.Zip(state_dict.State))
                    if (target != source) target.LoadStateDict(source);
            }

            public void save_state_dict(string location)
            {
                using var writer = new BinaryWriter(File.Create(location));
                save_state_dict(writer);
            }

            public void load_state_dict(string location)
            {
                using var reader = new BinaryReader(File.OpenRead(location));
                load_state_dict(reader);
            }

            public void save_state_dict(BinaryWriter writer)
            {
                var own = state_dict();
                writer.Write(GetType().Name);
                writer.Write7BitEncodedInt64(own.Options.Count);
                writer.Write7BitEncodedInt64(own.State.Count);
                foreach (var options in own.Options) options.SaveStateDict(writer);
                foreach (var state in own.State) state.SaveStateDict(writer);
            }

            public void load_state_dict(BinaryReader reader)
            {
                var kind = reader.ReadString();
                if (kind != GetType().Name)
                    throw new InvalidDataException($"Mismatched optimizer type: expected '{GetType().Name}', but found '{kind}' in the loaded stream.");
                var own = state_dict();
                RequireSame((int)reader.Read7BitEncodedInt64(), (int)reader.Read7BitEncodedInt64(), own);
                foreach (var options in own.Options) options.LoadStateDict(reader);
                foreach (var state in own.State) state.LoadStateDict(reader);
            }

            public void to(Device device)
            {
                foreach (var parameter in parameters()) _state[parameter.Handle].to(device);
            }

            private protected override void Release()
            {
                foreach (var (_, state) in _state) state.Release();
                _state.Clear();
            }
        }

        /// <summary>Parameters that share options.</summary>
        public class ParamGroup : optim.ILearningRateController
        {
            public IEnumerable<Parameter> Parameters { get; set; }

            public OptimizerOptions Options { get; set; }

            public double LearningRate { get => Options.LearningRate.Value; set => Options.LearningRate = value; }

            public double InitialLearningRate { get => Options.InitialLearningRate; set => Options.InitialLearningRate = value; }
        }

        public class ParamGroup<TOptions> : ParamGroup where TOptions : OptimizerOptions
        {
            public ParamGroup() { }

            public ParamGroup(IEnumerable<Parameter> parameters, TOptions options = null) => (Parameters, Options) = (parameters, options);

            public new TOptions Options { get => (TOptions)base.Options; set => base.Options = value; }
        }
    }
}
