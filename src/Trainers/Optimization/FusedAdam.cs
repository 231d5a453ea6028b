using System.Numerics;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace Extensions.ML.Trainers;

/// <summary>
/// The engine's Adam with its update in one pass over memory where all parameters are single-precision tensors on the CPU: operator by
/// operator it takes nine passes, a tenth of the step of a dense network. The state stays the engine's.
/// </summary>
sealed class FusedAdam : TorchSharp.Modules.Adam
{
    readonly AdamPass[] passes;

    public FusedAdam(IReadOnlyList<Parameter> parameters, Adam options)
        : base(parameters, options.LearningRate, options.Beta1, options.Beta2, options.Epsilon, options.WeightDecay)
        => passes = [.. state_dict().State.Cast<State>().Zip(parameters, (state, parameter) => new AdamPass(parameter, state.exp_avg,
            state.exp_avg_sq, () => ++state.step, options.Beta1, options.Beta2, options.Epsilon, options.WeightDecay, decoupled: false))];

    public override Tensor? step(Func<Tensor>? closure = null)
        => closure is null && AdamPass.Run(passes, ParamGroups) ? null : base.step(closure);
}

/// <summary><see cref="FusedAdam"/> with decoupled weight decay.</summary>
sealed class FusedAdamW : TorchSharp.Modules.AdamW
{
    readonly AdamPass[] passes;

    public FusedAdamW(IReadOnlyList<Parameter> parameters, AdamW options)
        : base(parameters, options.LearningRate, options.Beta1, options.Beta2, options.Epsilon, options.WeightDecay)
        => passes = [.. state_dict().State.Cast<State>().Zip(parameters, (state, parameter) => new AdamPass(parameter, state.exp_avg,
            state.exp_avg_sq, () => ++state.step, options.Beta1, options.Beta2, options.Epsilon, options.WeightDecay, decoupled: true))];

    public override Tensor? step(Func<Tensor>? closure = null)
        => closure is null && AdamPass.Run(passes, ParamGroups) ? null : base.step(closure);
}

/// <summary>The update of one parameter: Kingma and Ba 2015, algorithm 1; decoupled: Loshchilov and Hutter 2019, algorithm 2.</summary>
sealed unsafe class AdamPass(Parameter parameter, Tensor mean, Tensor square, Func<long> nextStep, double beta1, double beta2, double epsilon,
    double weightDecay, bool decoupled)
{
    // Below this, handing a part to another thread costs more than it saves.
    const int Part = 1 << 17;

    /// <summary>Updates every parameter that has a gradient.</summary>
    /// <returns>False, with nothing done, where one of them is not contiguous single precision on the CPU.</returns>
    public static bool Run(AdamPass[] passes, IEnumerable<ILearningRateController> groups)
    {
        foreach (var pass in passes)
        {
            if (!pass.Fits()) return false;
        }
        double rate = groups.Single().LearningRate;
        foreach (var pass in passes) pass.Update(rate);
        return true;
    }

    bool Fits()
    {
        using var gradient = parameter.grad;
        return gradient is null || Plain(parameter) && Plain(gradient);
    }

    static bool Plain(Tensor tensor)
        => tensor.device_type == TorchSharp.DeviceType.CPU && tensor.dtype == ScalarType.Float32 && tensor.is_contiguous();

    void Update(double rate)
    {
        using var gradient = parameter.grad;
        if (gradient is null) return;
        long step = nextStep(), count = parameter.numel();
        var factors = new Factors
        {
            Beta1 = (float)beta1,
            Rest1 = (float)(1 - beta1),
            Beta2 = (float)beta2,
            Rest2 = (float)(1 - beta2),
            Penalty = decoupled ? 0 : (float)weightDecay,
            Shrinkage = decoupled ? (float)(1 - rate * weightDecay) : 1,
            Root = (float)(1 / Math.Sqrt(1 - Math.Pow(beta2, step))),
            Epsilon = (float)epsilon,
            Rate = (float)(rate / (1 - Math.Pow(beta1, step))),
        };
        float* p = (float*)NativeBytes.Address(parameter), g = (float*)NativeBytes.Address(gradient);
        float* m = (float*)NativeBytes.Address(mean), v = (float*)NativeBytes.Address(square);
        if (count < 2 * Part || TorchEngine.Threads == 1)
        {
            Update(p, g, m, v, count, factors);
            return;
        }
        int parts = (int)((count + Part - 1) / Part);
        Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = TorchEngine.Threads }, part =>
        {
            long first = (long)part * Part;
            Update(p + first, g + first, m + first, v + first, Math.Min(Part, count - first), factors);
        });
    }

    readonly struct Factors
    {
        public float Beta1 { get; init; }
        public float Rest1 { get; init; }
        public float Beta2 { get; init; }
        public float Rest2 { get; init; }
        public float Penalty { get; init; }
        public float Shrinkage { get; init; }
        public float Root { get; init; }
        public float Epsilon { get; init; }
        public float Rate { get; init; }
    }

    static void Update(float* p, float* g, float* m, float* v, long count, Factors f)
    {
        long k = 0;
        var epsilon = new Vector<float>(f.Epsilon);
        for (; k <= count - Vector<float>.Count; k += Vector<float>.Count)
        {
            var x = Vector.Load(p + k) * f.Shrinkage;
            var gradient = Vector.Load(g + k) + x * f.Penalty;
            var mean = Vector.Load(m + k) * f.Beta1 + gradient * f.Rest1;
            var square = Vector.Load(v + k) * f.Beta2 + gradient * gradient * f.Rest2;
            Vector.Store(mean, m + k);
            Vector.Store(square, v + k);
            Vector.Store(x - mean / (Vector.SquareRoot(square) * f.Root + epsilon) * f.Rate, p + k);
        }
        for (; k < count; k++)
        {
            float x = p[k] * f.Shrinkage, gradient = g[k] + x * f.Penalty;
            m[k] = m[k] * f.Beta1 + gradient * f.Rest1;
            v[k] = v[k] * f.Beta2 + gradient * gradient * f.Rest2;
            p[k] = x - m[k] / (MathF.Sqrt(v[k]) * f.Root + f.Epsilon) * f.Rate;
        }
    }
}
