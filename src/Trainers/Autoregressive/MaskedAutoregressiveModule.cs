using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>The network of a <see cref="MaskedAutoregressiveNetwork"/>.</summary>
sealed class MaskedAutoregressiveModule : AutoregressiveModule
{
    readonly int classes;
    readonly int components;
    readonly Column[] columns;
    readonly long[] numbers; // where the numeric slots lie in what the network sees
    readonly int networkSize;
    readonly Whitening? whitening;
    readonly ConditionerNetwork conditioner;

    /// <summary>One variable.</summary>
    /// <param name="Kind">What it holds.</param>
    /// <param name="Slot">Its first slot.</param>
    /// <param name="Slots">Its slots: more than one for a group of indicators.</param>
    /// <param name="At">Its first value in what the network sees.</param>
    /// <param name="Width">Its values there.</param>
    /// <param name="Output">Its first parameter.</param>
    /// <param name="Outputs">Its parameters.</param>
    readonly record struct Column(SlotKind Kind, int Slot, int Slots, int At, int Width, int Output, int Outputs);

    internal MaskedAutoregressiveModule(MaskedAutoregressiveNetwork design, SlotLayout layout, int classes, int seed)
        : base(nameof(MaskedAutoregressiveModule))
    {
        (this.classes, components, networkSize) = (classes, design.Components, layout.NetworkSize);
        columns = [.. Columns(layout, MixtureHead.Parameters(components))];
        numbers = [.. columns.Where(column => column.Kind == SlotKind.Numeric).Select(column => (long)column.At)];
        var head = MixtureHead.Start(components);
        conditioner = new ConditionerNetwork(
            new Degrees([.. columns.SelectMany((column, i) => Enumerable.Repeat(i + 1, column.Width))]),
            new Degrees([.. columns.SelectMany((column, i) => Enumerable.Repeat(i + 1, column.Outputs))]),
            design.Shape(classes), new SeededRandom(seed),
            [.. columns.SelectMany(column => column.Kind == SlotKind.Numeric ? head : new float[column.Outputs])]);
        if (numbers.Length > 0) whitening = new Whitening(numbers.Length);
        RegisterComponents();
    }

    static IEnumerable<Column> Columns(SlotLayout layout, int mixture)
    {
        int at = 0, output = 0;
        foreach (var group in layout.Groups)
        {
            int slots = group.Kind == SlotKind.OneHot ? group.Count : 1;
            int width = group.Kind == SlotKind.Key ? group.Categories : slots;
            int outputs = group.Kind == SlotKind.Numeric ? mixture : width;
            for (int slot = group.Start; slot < group.Start + group.Count; slot += slots)
            {
                yield return new Column(group.Kind, slot, slots, at, width, output, outputs);
                at += width;
                output = checked(output + outputs);
            }
        }
    }

    internal override void Learn(IEnumerable<Tensor> batches, double noise) => whitening?.Learn(batches.Select(Numbers), noise);

    internal override Tensor Blur(Tensor x, double noise)
    {
        if (noise == 0 || whitening is null) return x;
        var numeric = Numbers(x);
        return With(x, numeric + noise * randn_like(numeric));
    }

    internal override Tensor LogConditionals(Tensor x, Tensor? labels)
    {
        if (whitening is not null) x = With(x, whitening.Normalize(Numbers(x), null).Latents);
        var parameters = conditioner.Compute(x, Condition(labels));
        var parts = new List<Tensor>();
        int number = 0;
        // Neighbours of one kind and width are judged at once.
        for (int i = 0, count; i < columns.Length; i += count)
        {
            var first = columns[i];
            count = columns.Skip(i).TakeWhile(column => column.Kind == first.Kind && column.Outputs == first.Outputs).Count();
            var p = parameters.narrow(1, first.Output, (long)count * first.Outputs).reshape(-1, count, first.Outputs);
            var values = x.narrow(1, first.At, (long)count * first.Width).reshape(-1, count, first.Width);
            parts.Add(first.Kind switch
            {
                SlotKind.Numeric => MixtureHead.LogLikelihood(values.squeeze(2), p) + whitening!.LogSlopes.narrow(0, number, count),
                // log σ(p) where the value is 1, log σ(-p) where it is 0.
                SlotKind.Boolean => -nn.functional.softplus(p * (1 - 2 * values)).squeeze(2),
                _ => (values * p.log_softmax(2)).sum(2),
            });
            if (first.Kind == SlotKind.Numeric) number += count;
        }
        return parts.Count == 1 ? parts[0] : cat(parts, 1);
    }

    internal override PartialRows Start(int rows, Tensor? labels) => new Partial(this, rows, labels);

    Tensor Numbers(Tensor x) => numbers.Length == networkSize ? x : x.index_select(1, tensor(numbers, device: x.device));

    Tensor With(Tensor x, Tensor numeric) => numbers.Length == networkSize ? numeric : x.index_copy(1, tensor(numbers, device: x.device), numeric);

    Tensor? Condition(Tensor? labels) => labels is null ? null : ConditionalRows.Indicators(labels, classes);

    sealed class Partial : PartialRows
    {
        readonly MaskedAutoregressiveModule _network;
        readonly Tensor? _condition;
        readonly Tensor _seen; // [rows, network size], numbers whitened; 0 where nothing is set
        readonly Tensor _raw, _latent; // [rows, numeric slots], scaled and whitened
        int _next, _number;

        public Partial(MaskedAutoregressiveModule network, int rows, Tensor? labels)
        {
            var device = network.parameters().First().device;
            (_network, _condition) = (network, network.Condition(labels));
            _seen = zeros([rows, network.networkSize], device: device);
            _raw = zeros([rows, network.numbers.Length], device: device);
            _latent = zeros_like(_raw);
        }

        internal override int Variables => _network.columns.Length;

        internal override (int Start, int Count) Slots(int variable) => (_network.columns[variable].Slot, _network.columns[variable].Slots);

        internal override Tensor Draw(Tensor uniform, double temperature)
        {
            var column = _network.columns[_next];
            var p = _network.conditioner.Compute(_seen, _condition, column.Output, column.Outputs).unsqueeze(1);
            switch (column.Kind)
            {
                case SlotKind.Numeric:
                    _latent.narrow(1, _number, 1).copy_(MixtureHead.Draw(p, uniform.unsqueeze(1), temperature));
                    return _network.whitening!.Generate(_latent, _number);
                case SlotKind.Boolean:
                    return ((p.squeeze(1) / temperature).sigmoid() > uniform.narrow(1, 0, 1)).to(ScalarType.Float32);
                default:
                    var category = SlotLayout.Pick(p / temperature, uniform.narrow(1, 0, 1));
                    return column.Kind == SlotKind.Key ? (category + 1).to(ScalarType.Float32)
                        : nn.functional.one_hot(category.squeeze(1), column.Width).to(ScalarType.Float32);
            }
        }

        internal override void Set(Tensor values)
        {
            var column = _network.columns[_next++];
            if (column.Kind == SlotKind.Numeric)
            {
                _raw.narrow(1, _number, 1).copy_(values);
                values = _network.whitening!.Normalize(_raw, _number);
                _latent.narrow(1, _number++, 1).copy_(values);
            }
            else if (column.Kind == SlotKind.Key)
            {
                values = values.eq(arange(1, column.Width + 1, dtype: values.dtype, device: values.device)).to(values.dtype);
            }
            _seen.narrow(1, column.At, column.Width).copy_(values);
        }
    }
}
