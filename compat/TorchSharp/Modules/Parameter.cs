using static TorchSharp.torch;

namespace TorchSharp
{
    namespace Modules
    {
        /// <summary>A tensor that a module learns.</summary>
        public class Parameter : Tensor
        {
            /// <summary>Takes over the tensor's native reference; <paramref name="data"/> is empty afterwards.</summary>
            public Parameter(Tensor data, bool requires_grad = true) : base(data.with_requires_grad(requires_grad).MoveHandle()) { }

            Parameter(nint handle) : base(handle) { }

            /// <summary>Another object for the same parameter, which the caller may dispose.</summary>
            internal static Parameter Share(Parameter parameter)
            {
                if (parameter is null) return null;
                Native.ts_retain(parameter.Handle);
                return new Parameter(parameter.handle);
            }
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);
        }
    }
}
