using static TorchSharp.Aten;
using static TorchSharp.torch;

namespace TorchSharp
{
    using Modules;

    namespace Modules
    {
        public sealed class Dropout : nn.Module<Tensor, Tensor>
        {
            readonly double p;
            readonly bool inplace;

            internal Dropout(double p, bool inplace) : base(nameof(Dropout)) => (this.p, this.inplace) = (p, inplace);

            public override Tensor forward(Tensor tensor) => nn.functional.dropout(tensor, p, training, inplace);
        }

        /// <summary>Drops whole channels.</summary>
        public sealed class Dropout2d : nn.Module<Tensor, Tensor>
        {
            readonly double p;
            readonly bool inplace;

            internal Dropout2d(double p, bool inplace) : base(nameof(Dropout2d)) => (this.p, this.inplace) = (p, inplace);

            public override Tensor forward(Tensor input) => nn.functional.dropout2d(input, p, training, inplace);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Dropout Dropout(double p = 0.5, bool inplace = false) => new(p, inplace);

            public static Dropout2d Dropout2d(double p = 0.5, bool inplace = false) => new(p, inplace);

            public static partial class functional
            {
                public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false)
                {
                    if (inplace || !training || p is not (> 0 and < 1) || input.device_type != DeviceType.CPU)
                        return Call(inplace ? "dropout_" : "dropout", input, p, training);
                    // The same in one pass; libtorch itself takes it on GPUs only.
                    var (result, mask) = Call2("native_dropout", input, p, training);
                    mask.Dispose();
                    return result;
                }

                public static Tensor dropout2d(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                    Call(inplace ? "feature_dropout_" : "feature_dropout", input, p, training);
            }
        }
    }
}
