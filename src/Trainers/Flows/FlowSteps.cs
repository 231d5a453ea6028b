using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// Half of the slots, chosen at random, are transformed with parameters that depend on the other half (Dinh et al. 2017, section 3.3): both
/// directions take one pass. The slots leave in another order than they came.
/// </summary>
sealed class CouplingStep : FlowStep
{
    readonly long[] order, undo;
    readonly long given, transformed;
    readonly ElementTransform transform;
    readonly ConditionerNetwork conditioner;

    /// <param name="size">Slots, at least 1. A single slot depends on the condition alone.</param>
    /// <param name="number">Number of the step: what tells the halves of one from those of another.</param>
    /// <param name="transform">What is done to the values.</param>
    /// <param name="shape">Sizes of the network.</param>
    /// <param name="random">Where its first weights come from.</param>
    internal CouplingStep(int size, int number, ElementTransform transform, ConditionerShape shape, SeededRandom random) : base(nameof(CouplingStep))
    {
        this.transform = transform;
        var places = Enumerable.Range(0, size).ToArray();
        new SeededRandom(number).Shuffle(places);
        order = Array.ConvertAll(places, place => (long)place);
        undo = new long[size];
        for (int i = 0; i < size; i++) undo[places[i]] = i;
        (given, transformed) = (size / 2, size - size / 2);
        int outputs = checked((int)transformed * transform.Parameters);
        conditioner = new ConditionerNetwork(Degrees.None((int)Math.Max(given, 1)), Degrees.None(outputs), shape, random, new float[outputs]);
        RegisterComponents();
    }

    internal static long CountValues(long size, ElementTransform transform, ConditionerShape shape) =>
        ConditionerNetwork.CountValues(Math.Max(size / 2, 1), checked((size - size / 2) * transform.Parameters), shape);

    internal override (Tensor Latents, Tensor LogDeterminant) Normalize(Tensor x, Tensor? condition)
    {
        x = x.index_select(1, tensor(order, device: x.device));
        var seen = x.narrow(1, 0, given);
        var (values, slopes) = transform.Apply(x.narrow(1, given, transformed), Parameters(seen, condition));
        return (cat([seen, values], 1), slopes.sum(1));
    }

    internal override Tensor Generate(Tensor z, Tensor? condition)
    {
        var seen = z.narrow(1, 0, given);
        var values = transform.Invert(z.narrow(1, given, transformed), Parameters(seen, condition));
        return cat([seen, values], 1).index_select(1, tensor(undo, device: z.device));
    }

    Tensor Parameters(Tensor seen, Tensor? condition) =>
        conditioner.Compute(given > 0 ? seen : zeros([seen.shape[0], 1], dtype: seen.dtype, device: seen.device), condition)
            .reshape(seen.shape[0], transformed, transform.Parameters);

    internal override OnnxTensor Normalize(OnnxTensor x, OnnxTensor? condition)
    {
        x = x.index_select(1, x.Graph.Integers(order));
        var seen = x.narrow(1, 0, given);
        return x.Graph.Cat(1, seen, transform.Apply(x.narrow(1, given, transformed), Parameters(x, condition)));
    }

    internal override OnnxTensor Generate(OnnxTensor z, OnnxTensor? condition)
    {
        var values = transform.Invert(z.narrow(1, given, transformed), Parameters(z, condition));
        return z.Graph.Cat(1, z.narrow(1, 0, given), values).index_select(1, z.Graph.Integers(undo));
    }

    /// <param name="x">All slots, those that are given first.</param>
    /// <param name="condition">As for <see cref="Generate(OnnxTensor, OnnxTensor?)"/>.</param>
    OnnxTensor Parameters(OnnxTensor x, OnnxTensor? condition) =>
        conditioner.Compute(given > 0 ? x.narrow(1, 0, given) : x.narrow(1, 0, 1) * 0, condition).reshape(-1, transformed, transform.Parameters);
}

/// <summary>
/// Every slot is transformed with parameters that depend on those before it (Papamakarios et al., "Masked Autoregressive Flow for Density
/// Estimation", NeurIPS 2017, equation 3): the density takes one pass, drawing takes one for each slot. The slots leave in reverse order.
/// </summary>
sealed class AutoregressiveStep : FlowStep
{
    readonly int size;
    readonly ElementTransform transform;
    readonly ConditionerNetwork conditioner;

    /// <param name="size">Slots, at least 1.</param>
    /// <param name="transform">What is done to the values.</param>
    /// <param name="shape">Sizes of the network.</param>
    /// <param name="random">Where its first weights come from.</param>
    internal AutoregressiveStep(int size, ElementTransform transform, ConditionerShape shape, SeededRandom random) : base(nameof(AutoregressiveStep))
    {
        (this.size, this.transform) = (size, transform);
        int[] degrees = [.. Enumerable.Range(1, size)];
        conditioner = new ConditionerNetwork(new Degrees(degrees),
            new Degrees([.. degrees.SelectMany(degree => Enumerable.Repeat(degree, transform.Parameters))]), shape, random,
            new float[checked(size * transform.Parameters)]);
        RegisterComponents();
    }

    internal static long CountValues(long size, ElementTransform transform, ConditionerShape shape) =>
        ConditionerNetwork.CountValues(size, checked(size * transform.Parameters), shape);

    internal override (Tensor Latents, Tensor LogDeterminant) Normalize(Tensor x, Tensor? condition)
    {
        var (values, slopes) = transform.Apply(x, conditioner.Compute(x, condition).reshape(-1, size, transform.Parameters));
        return (values.flip(1), slopes.sum(1));
    }

    internal override Tensor Generate(Tensor z, Tensor? condition)
    {
        z = z.flip(1);
        var x = zeros_like(z);
        for (int slot = 0; slot < size; slot++)
        {
            using var scope = NewDisposeScope();
            var parameters = conditioner.Compute(x, condition, slot * transform.Parameters, transform.Parameters).unsqueeze(1);
            x.narrow(1, slot, 1).copy_(transform.Invert(z.narrow(1, slot, 1), parameters));
        }
        return x;
    }

    internal override OnnxTensor Normalize(OnnxTensor x, OnnxTensor? condition) =>
        transform.Apply(x, conditioner.Compute(x, condition).reshape(-1, size, transform.Parameters)).flip(1);

    internal override OnnxTensor Generate(OnnxTensor z, OnnxTensor? condition) => throw new NotSupportedException(
        "An autoregressive flow makes rows slot by slot, which a graph of operators does not hold. A flow of couplings (Autoregressive = false) can be exported.");
}

/// <summary>
/// Draws in far values, slot by slot: <c>z = asinh(a x) / a · exp(s) + t</c> with <c>a</c> above 0, so that a normal z means a heavy-tailed x
/// (Johnson, "Systems of Frequency Curves Generated by Methods of Translation", Biometrika 1949: S_U). Few outliers then cost little, where a
/// normal density would have them decide the whole fit.
/// </summary>
sealed class TailStep : FlowStep
{
    const double FirstReach = 0.3;

    // TorchSharp finds parameters by field and replaces them when the module moves to a device.
    Parameter tail;
    Parameter scale;
    Parameter shift;

    /// <param name="size">Slots, at least 1.</param>
    internal TailStep(int size) : base(nameof(TailStep))
    {
        tail = new Parameter(full(size, (float)Math.Log(FirstReach), dtype: ScalarType.Float32));
        scale = new Parameter(zeros(size, dtype: ScalarType.Float32));
        shift = new Parameter(zeros(size, dtype: ScalarType.Float32));
        foreach (var parameter in new[] { tail, scale, shift }) parameter.DetachFromDisposeScope();
        RegisterComponents();
    }

    internal static long CountValues(long size) => checked(3 * size);

    internal override (Tensor Latents, Tensor LogDeterminant) Normalize(Tensor x, Tensor? condition)
    {
        var reach = tail.exp();
        var far = reach * x;
        return (far.asinh() / reach * scale.exp() + shift, (scale - 0.5 * (1 + far * far).log()).sum(1));
    }

    internal override Tensor Generate(Tensor z, Tensor? condition)
    {
        var reach = tail.exp();
        return ((z - shift) * (-scale).exp() * reach).sinh() / reach;
    }

    internal override OnnxTensor Normalize(OnnxTensor x, OnnxTensor? condition)
    {
        var reach = x.Graph.Weight(tail, "exp", t => t.exp());
        return (reach * x).asinh() / reach * x.Graph.Weight(scale, "exp", s => s.exp()) + shift;
    }

    internal override OnnxTensor Generate(OnnxTensor z, OnnxTensor? condition)
    {
        var reach = z.Graph.Weight(tail, "exp", t => t.exp());
        return ((z - shift) * z.Graph.Weight(scale, "inverse", s => (-s).exp()) * reach).sinh() / reach;
    }
}
