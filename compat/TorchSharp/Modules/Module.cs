using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>What every network and layer is: named parameters, buffers and modules within.</summary>
        public partial class Module : IDisposable
        {
            protected OrderedDict<string, Module> _internal_submodules = new();
            protected OrderedDict<string, (Tensor, bool)> _internal_buffers = new();
            protected OrderedDict<string, Parameter> _internal_params = new();
            protected string name;
            bool registered, isTraining = true, disposed;

            protected Module(string name) => this.name = name;

            public virtual string GetName() => name;

            public virtual bool training => isTraining;

            public virtual void train(bool train = true)
            {
                isTraining = train;
                foreach (var (_, module) in named_children()) module.train(train);
            }

            public virtual void eval() => train(false);

            public virtual Module apply(Action<Module> fn)
            {
                foreach (var (_, module) in named_children()) module.apply(fn);
                fn(this);
                return this;
            }

            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach (var parameter in parameters())
                    if (set_to_none) parameter.grad = null;
                    else
                    {
                        using var grad = parameter.grad;
                        grad?.zero_();
                    }
            }

            // ---- what it holds

            public virtual IEnumerable<(string name, Module module)> named_children() => _internal_submodules;

            public virtual IEnumerable<Module> children() => named_children().Select(child => child.module);

            public virtual IEnumerable<(string name, Module module)> named_modules()
            {
                foreach (var child in named_children()) yield return child;
                foreach (var (prefix, child) in named_children())
                    foreach (var (inner, module) in child.named_modules()) yield return ($"{prefix}.{inner}", module);
            }

            public virtual IEnumerable<Module> modules() => named_modules().Select(entry => entry.module);

            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var seen = new HashSet<nint> { 0 };
                foreach (var entry in _internal_params)
                    if (seen.Add(entry.Item2.handle)) yield return entry;
                if (!recurse) yield break;
                foreach (var (prefix, child) in named_children())
                    foreach (var (inner, parameter) in child.named_parameters())
                        if (seen.Add(parameter.handle)) yield return ($"{prefix}.{inner}", parameter);
            }

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) =>
                named_parameters(recurse).Select(entry => entry.parameter);

            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                var seen = new HashSet<nint> { 0 };
                // Buffers that are not persistent stay out whatever the second argument says, as in the real library.
                foreach (var (key, (buffer, persistent)) in _internal_buffers)
                    if (persistent && seen.Add(buffer.handle)) yield return (key, buffer);
                if (!recurse) yield break;
                foreach (var (prefix, child) in named_children())
                    foreach (var (inner, buffer) in child.named_buffers(true, include_nonpersistent))
                        if (seen.Add(buffer.handle)) yield return ($"{prefix}.{inner}", buffer);
            }

            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(entry => entry.buffer);

            public virtual bool has_parameter(string target) => get_parameter(target) is not null;

            public virtual bool has_buffer(string target) => get_buffer(target) is not null;

            public virtual Parameter get_parameter(string target)
            {
                ArgumentNullException.ThrowIfNull(target);
                return named_parameters().FirstOrDefault(entry => entry.name == target).parameter;
            }

            public virtual Tensor get_buffer(string target)
            {
                ArgumentNullException.ThrowIfNull(target);
                return named_buffers().FirstOrDefault(entry => entry.name == target).buffer;
            }

            // ---- registration

            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                if (tensor is null || tensor.IsInvalid) throw new ArgumentNullException(nameof(tensor),
                    "A null tensor cannot be registered as a buffer.");
                if (_internal_buffers.ContainsKey(name)) throw new InvalidOperationException($"Tensor {name} is already registered.");
                _internal_buffers.Add(name, (tensor, persistent));
            }

            public virtual void register_parameter(string name, Parameter param)
            {
                if (param is null || param.IsInvalid) throw new ArgumentNullException(nameof(param),
                    "A null tensor cannot be registered as a parameter.");
                if (_internal_params.ContainsKey(name)) throw new InvalidOperationException($"Parameter {name} is already registered.");
                _internal_params.Add(name, param);
            }

            public virtual void register_module(string name, Module submodule)
            {
                if (submodule is null || submodule.disposed)
                {
                    _internal_submodules.Remove(name);
                    return;
                }
                if (name.Contains('.')) throw new ArgumentException($"module name can't contain \".\", got: {name}");
                if (name.Length == 0) throw new ArgumentException("module name can't be empty string \"\"");
                if (_internal_submodules.ContainsKey(name)) throw new InvalidOperationException($"Sub-module {name} is already registered.");
                submodule.RegisterComponents();
                _internal_submodules.Add(name, submodule);
            }

            public void add_module(string name, Module module) => register_module(name, module);

            protected void ConditionallyRegisterParameter(string name, Tensor value)
            {
                if (value is null) _internal_params.Remove(name);
                else _internal_params[name] = value as Parameter ?? new Parameter(value);
            }

            protected void ConditionallyRegisterBuffer(string name, Tensor value, bool persistent = true)
            {
                if (value is null) _internal_buffers.Remove(name);
                else _internal_buffers[name] = (value, persistent);
            }

            /// <summary>Puts a parameter in the place of another, and gives it back for the field that holds it.</summary>
            private protected Parameter Replace(string name, Parameter value)
            {
                ConditionallyRegisterParameter(name, value ?? throw new ArgumentNullException(nameof(value)));
                return value;
            }

            /// <summary>Puts a buffer in the place of another, and gives it back for the field that holds it.</summary>
            private protected Tensor ReplaceBuffer(string name, Tensor value)
            {
                ConditionallyRegisterBuffer(name, value ?? throw new ArgumentNullException(nameof(value)));
                return value;
            }

            /// <summary>Registers every field that holds a module, a parameter or a tensor under the field's name.</summary>
            protected virtual void RegisterComponents()
            {
                if (registered) return;
                foreach (var field in Fields())
                {
                    var key = field.ComponentName();
                    if (_internal_submodules.ContainsKey(key) || _internal_params.ContainsKey(key) || _internal_buffers.ContainsKey(key)) continue;
                    switch (field.GetValue(this))
                    {
                        case Module module: register_module(key, module); break;
                        case Parameter parameter: register_parameter(key, parameter); break;
                        case Tensor tensor: register_buffer(key, tensor); break;
                    }
                }
                registered = true;
            }

            protected void ClearModules() => _internal_submodules.clear();

            FieldInfo[] Fields() => GetType().GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance);

            // ---- places and types

            protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) =>
                Move(null, new Device(deviceType, deviceIndex), non_blocking);

            protected internal virtual Module _to(ScalarType dtype, bool non_blocking) => Move(dtype, null, non_blocking);

            protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking) => Move(dtype, device, non_blocking);

            Module Move(ScalarType? dtype, Device device, bool non_blocking)
            {
                if (dtype is { } type && !is_floating_point(type) && !is_complex(type))
                    throw new ArgumentException($"nn.Module.to only accepts floating point or complex types, but got desired dtype={type}");
                if (device is { type: DeviceType.CUDA } && !cuda.is_available()) throw new InvalidOperationException("CUDA is not available.");
                foreach (var (_, child) in named_children())
                    if (device is null) child._to(dtype.Value, non_blocking);
                    else if (dtype is null) child._to(device.type, device.index, non_blocking);
                    else child._to(device, dtype.Value, non_blocking);

                using var detached = no_grad();
                var fields = Fields().GroupBy(field => field.ComponentName()).ToDictionary(group => group.Key, group => group.First());
                foreach (var key in _internal_params.Keys)
                {
                    var parameter = _internal_params[key];
                    var moved = Moved(parameter);
                    if (moved is null) continue;
                    var replacement = new Parameter(moved, parameter.requires_grad);
                    replacement.DetachFromDisposeScope();
                    using (var grad = parameter.grad)
                        if (grad is not null)
                        {
                            using var movedGrad = Moved(grad) ?? grad.alias();
                            replacement.grad = movedGrad;
                        }
                    parameter.Dispose();
                    _internal_params[key] = replacement;
                    if (fields.TryGetValue(key, out var field)) field.SetValue(this, replacement);
                }
                foreach (var key in _internal_buffers.Keys)
                {
                    var (buffer, persistent) = _internal_buffers[key];
                    var moved = Moved(buffer);
                    if (moved is null) continue;
                    moved.DetachFromDisposeScope();
                    buffer.Dispose();
                    _internal_buffers[key] = (moved, persistent);
                    if (fields.TryGetValue(key, out var field)) field.SetValue(this, moved);
                }
                return this;

                // Null where the tensor is already as asked.
                Tensor Moved(Tensor tensor)
                {
                    var wanted = dtype is { } d && (tensor.is_floating_point() || tensor.is_complex()) ? d : tensor.dtype;
                    var place = device ?? tensor.device;
                    var there = place.type == tensor.device_type && (place.type == DeviceType.CPU || place.index < 0 || place.index == tensor.device_index);
                    return there && wanted == tensor.dtype ? null : tensor.to(wanted, place, non_blocking: non_blocking);
                }
            }

            internal T MoveModule<T>(Device device, ScalarType? dtype) where T : Module
            {
                if (device is not null || dtype is not null) Move(dtype, device, false);
                return (T)this;
            }

            // ---- state

            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor> destination = null, string prefix = null)
            {
                destination ??= new();
                var start = string.IsNullOrEmpty(prefix) ? "" : prefix + ".";
                foreach (var (key, parameter) in named_parameters()) destination.TryAdd(start + key, parameter);
                foreach (var (key, buffer) in named_buffers(include_nonpersistent: false)) destination.TryAdd(start + key, buffer);
                return destination;
            }

            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(Dictionary<string, Tensor> source,
                bool strict = true, IList<string> skip = null)
            {
                skip ??= [];
                var destination = state_dict();
                var missing = destination.Keys.Except(source.Keys).Except(skip).ToList();
                var unexpected = source.Keys.Except(destination.Keys).Except(skip).ToList();
                if (strict && (missing.Count > 0 || unexpected.Count > 0))
                    throw new InvalidOperationException("The loaded state_dict is not identical to the target dictionary.");
                using var detached = no_grad();
                foreach (var (key, value) in source)
                    if (!skip.Contains(key) && destination.TryGetValue(key, out var target)) target.copy_(value);
                return (missing, unexpected);
            }

            ~Module() => Dispose(false);

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
                if (!disposing || disposed) return;
                disposed = true;
                foreach (var (_, (buffer, _)) in _internal_buffers) buffer.Dispose();
                foreach (var (_, parameter) in _internal_params) parameter.Dispose();
                foreach (var (_, child) in named_children()) child.Dispose();
            }
        }
    }
}

public static partial class ModuleExtensionMethods
{
    public static T to<T>(this T module, torch.ScalarType type, bool non_blocking = false) where T : torch.nn.Module =>
        (T)module._to(type, non_blocking);
    public static T to<T>(this T module, torch.Device device, torch.ScalarType type, bool non_blocking = false) where T : torch.nn.Module =>
        (T)module._to(device, type, non_blocking);
    public static T to<T>(this T module, DeviceType deviceType, int deviceIndex = -1,
        bool non_blocking = false) where T : torch.nn.Module =>
        (T)module._to(deviceType, deviceIndex, non_blocking);
    public static T to<T>(this T module, torch.Device device, bool non_blocking = false) where T : torch.nn.Module =>
        (T)module._to(device.type, device.index, non_blocking);
    public static T to<T>(this T module, string device, bool non_blocking = false) where T : torch.nn.Module =>
        module.to(new torch.Device(device), non_blocking);
    public static T to<T>(this T module, torch.Tensor other, bool non_blocking = false) where T : torch.nn.Module =>
        (T)module._to(other.device, other.dtype, non_blocking);
    public static T cpu<T>(this T module, bool non_blocking = false) where T : torch.nn.Module =>
        module.to(DeviceType.CPU, -1, non_blocking);
    public static T cuda<T>(this T module, int deviceIndex = -1, bool non_blocking = false) where T : torch.nn.Module =>
        module.to(DeviceType.CUDA, deviceIndex, non_blocking);
    public static T half<T>(this T module, bool non_blocking = false) where T : torch.nn.Module =>
        module.to(torch.ScalarType.Float16, non_blocking);
    public static T bfloat16<T>(this T module, bool non_blocking = false) where T : torch.nn.Module =>
        module.to(torch.ScalarType.BFloat16, non_blocking);
    public static T @float<T>(this T module, bool non_blocking = false) where T : torch.nn.Module =>
        module.to(torch.ScalarType.Float32, non_blocking);
    public static T @double<T>(this T module, bool non_blocking = false) where T : torch.nn.Module =>
        module.to(torch.ScalarType.Float64, non_blocking);
}

public static class FieldInfoExtensionMethods
{
    public static string ComponentName(this FieldInfo field) => field.GetCustomAttribute<ComponentNameAttribute>()?.Name ?? field.Name;
}
