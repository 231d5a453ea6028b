using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>The network of a <see cref="RecurrentNetwork"/>.</summary>
sealed class RecurrentAutoencoder : AutoencoderNetwork
{
    readonly int steps, stepSize;
    readonly int? maskSlot;
    readonly bool reversed;
    readonly RecurrentLayers encoder, decoder;
    readonly DenseLayer toCode, toStep;

    /// <param name="design">Steps that fit the rows.</param>
    /// <param name="architecture">Sizes and output activation.</param>
    /// <param name="seed">Seed of the first weights.</param>
    internal RecurrentAutoencoder(RecurrentNetwork design, AutoencoderArchitecture architecture, int seed)
        : base(nameof(RecurrentAutoencoder), architecture.NetworkSize, architecture.CodeSize)
    {
        (stepSize, steps) = (design.StepSize, InputSize / design.StepSize);
        (maskSlot, reversed) = (design.MaskSlot, design.Reversed);
        var random = new SeededRandom(seed);
        encoder = new RecurrentLayers(design.Cell, stepSize, design.StateSize, design.Layers, random);
        toCode = new DenseLayer(design.StateSize, CodeSize, design.CodeActivation, random);
        decoder = new RecurrentLayers(design.Cell, CodeSize, design.StateSize, design.Layers, random);
        toStep = new DenseLayer(design.StateSize, stepSize, architecture.OutputActivation, random);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor encode(Tensor x)
    {
        var type = x.dtype;
        // The recurrences compute in the type of their weights: a state summed up over many steps wants its precision.
        var window = x.to(toCode.Weight.dtype).reshape(-1, steps, stepSize);
        Tensor last;
        if (Present(window) is { } present)
        {
            // Steps first, in their order, padding behind: [rows, steps]. Numbers that differ, for sorting need not keep the order of equals.
            var order = (arange(steps, device: x.device) + present.logical_not().to(ScalarType.Int64) * steps).argsort(1);
            window = window.masked_fill(present.logical_not().unsqueeze(2), 0).gather(1, order.unsqueeze(2).expand(-1, -1, stepSize));
            var states = encoder.forward(window);
            var end = (present.to(ScalarType.Int64).sum(1) - 1).clamp(min: 0);
            last = states.gather(1, end.view(-1, 1, 1).expand(-1, 1, states.shape[2])).squeeze(1);
        }
        else
        {
            last = encoder.Last(window);
        }
        return toCode.forward(last.to(type));
    }

    /// <inheritdoc/>
    public override Tensor decode(Tensor code)
    {
        var states = decoder.forward(code.to(toCode.Weight.dtype).unsqueeze(1).expand(-1, steps, -1));
        var window = toStep.forward(states.to(code.dtype)); // [rows, steps, step size]
        return (reversed ? window.flip(1) : window).flatten(1);
    }

    /// <inheritdoc/>
    internal override Tensor? Counted(Tensor rows)
    {
        var window = rows.reshape(-1, steps, stepSize);
        if (Present(window) is not { } present) return null;
        var counted = present.to(rows.dtype).unsqueeze(2).repeat(1, 1, stepSize);
        counted.select(2, maskSlot!.Value).fill_(1);
        return counted.flatten(1);
    }

    internal override OnnxTensor encode(OnnxTensor x)
    {
        var window = x.reshape(-1, steps, stepSize);
        OnnxTensor last;
        if (Present(window) is { } present)
        {
            var absent = present.logical_not().to(OnnxType.Int64);
            var places = x.Graph.Integers([.. Enumerable.Range(0, steps).Select(step => (long)step)]);
            var order = (absent * steps + places).argsort(steps);
            window = (window * present.to(OnnxType.Single).unsqueeze(2)).gather(1, order.unsqueeze(2).expand(1, 1, stepSize));
            var states = encoder.forward(window.permute(1, 0, 2)).States;
            var end = (present.to(OnnxType.Int64).sum(1) - 1).clamp_min(0);
            last = states.gather(0, end.reshape(1, -1, 1).expand(1, 1, toCode.InputSize)).squeeze(0);
        }
        else
        {
            last = encoder.forward(window.permute(1, 0, 2)).States.narrow(0, steps - 1, 1).squeeze(0);
        }
        return toCode.forward(last);
    }

    internal override OnnxTensor decode(OnnxTensor code)
    {
        var states = decoder.forward(code.unsqueeze(0).expand(steps, 1, 1)).States;
        var window = toStep.forward(states.permute(1, 0, 2)); // [rows, steps, step size]
        return (reversed ? window.flip(1) : window).reshape(-1, InputSize);
    }

    internal override OnnxTensor? Counted(OnnxTensor rows)
    {
        if (Present(rows.reshape(-1, steps, stepSize)) is not { } present) return null;
        // The slot itself always counts.
        var always = Enumerable.Range(0, stepSize).Select(slot => slot == maskSlot ? 1f : 0).ToArray();
        return rows.Graph.Node("Max", OnnxType.Single, [present.to(OnnxType.Single).unsqueeze(2), rows.Graph.Numbers(always)]).reshape(-1, InputSize);
    }

    OnnxTensor? Present(OnnxTensor window) => maskSlot is { } slot ? window.narrow(2, slot, 1).squeeze(2).gt(0.5) : null;

    /// <param name="window">[rows, steps, step size]</param>
    /// <returns>True where there is a step, [rows, steps]; <see langword="null"/> where every step is one.</returns>
    Tensor? Present(Tensor window) => maskSlot is { } slot ? window.select(2, slot).gt(0.5) : null;
}
