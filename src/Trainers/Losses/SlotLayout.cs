using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// The slots of a mixed table, group by group from the first to the last, and how they look to a network: key slots become indicators,
/// everything else stays.
/// </summary>
public sealed class SlotLayout
{
    readonly SlotGroup[] _groups;

    /// <param name="inputSize">Values in a row, at least 1.</param>
    /// <param name="groups">Groups that do not overlap, in any order; slots in none of them are numeric. <see langword="null"/>: all are.</param>
    /// <exception cref="ArgumentException">Groups overlap, reach beyond the row, or have impossible sizes.</exception>
    public SlotLayout(int inputSize, IReadOnlyList<SlotGroup>? groups)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputSize, 1);
        InputSize = inputSize;
        _groups = [.. Complete(inputSize, groups ?? [])];
        NetworkSize = checked((int)_groups.Sum(group => (long)Width(group)));
        Columns = _groups.Sum(group => group.Kind == SlotKind.OneHot ? 1 : group.Count);
    }

    /// <summary>Values in a row.</summary>
    public int InputSize { get; }

    /// <summary>Values that the network sees of a row.</summary>
    public int NetworkSize { get; }

    /// <summary>Number of judgements on a row: one for each numeric, Boolean or key slot and one for each group of indicators.</summary>
    public int Columns { get; }

    /// <summary>All groups, from the first slot to the last.</summary>
    public IReadOnlyList<SlotGroup> Groups => _groups;

    /// <summary>Rows as the network sees them.</summary>
    /// <param name="rows">[rows, <see cref="InputSize"/>]</param>
    /// <returns>[rows, <see cref="NetworkSize"/>]; <paramref name="rows"/> itself without key slots.</returns>
    public Tensor Expand(Tensor rows)
    {
        if (_groups.All(group => group.Kind != SlotKind.Key)) return rows;
        var parts = new List<Tensor>();
        foreach (var group in _groups)
        {
            var slots = rows.narrow(1, group.Start, group.Count);
            if (group.Kind != SlotKind.Key) parts.Add(slots);
            else
            {
                using var numbers = arange(1, group.Categories + 1, dtype: rows.dtype, device: rows.device);
                // [rows, slots, 1] against [categories]
                parts.Add(slots.unsqueeze(2).eq(numbers).to(rows.dtype).reshape(rows.shape[0], Width(group)));
            }
        }
        return cat(parts, 1);
    }

    /// <summary><see cref="Expand(Tensor)"/> in ONNX.</summary>
    internal OnnxTensor Expand(OnnxTensor rows) => _groups.All(group => group.Kind != SlotKind.Key) ? rows
        : rows.Graph.Cat(1, [.. _groups.Select(group =>
        {
            var slots = rows.narrow(1, group.Start, group.Count);
            if (group.Kind != SlotKind.Key) return slots;
            var numbers = rows.Graph.Numbers([.. Enumerable.Range(1, group.Categories).Select(number => (float)number)]);
            return slots.unsqueeze(2).eq(numbers).to(OnnxType.Single).reshape(-1, Width(group));
        })]);

    /// <summary>A value for each slot to the same value for each value that the network sees of it.</summary>
    /// <param name="slots">[rows, <see cref="InputSize"/>]</param>
    /// <returns>[rows, <see cref="NetworkSize"/>]</returns>
    internal Tensor Spread(Tensor slots) => cat([.. _groups.Select(group => group.Kind == SlotKind.Key
        ? slots.narrow(1, group.Start, group.Count).repeat_interleave(group.Categories, 1) : slots.narrow(1, group.Start, group.Count))], 1);

    /// <summary>Throws where a Boolean or indicator slot of a row holds anything but 0 and 1.</summary>
    /// <param name="row">The values.</param>
    /// <param name="index">The row's index for the message, from 0.</param>
    /// <exception cref="InvalidRowException">It does.</exception>
    internal void Check(ReadOnlySpan<float> row, long index)
    {
        foreach (var group in _groups)
        {
            if (group.Kind is not (SlotKind.Boolean or SlotKind.OneHot)) continue;
            var slots = row.Slice(group.Start, group.Count);
            int wrong = slots.IndexOfAnyExcept(0f, 1f);
            if (wrong < 0) continue;
            int slot = group.Start + wrong;
            throw new InvalidRowException($"The value at row {index}, slot {slot} is {row[slot]}; 0 or 1 is expected of a {group.Kind} slot.",
                index, slot, row[slot]);
        }
    }

    /// <summary>Throws where a scaling changes what is not a number.</summary>
    /// <exception cref="InvalidDataException">It does.</exception>
    internal void Check(FeatureScaler scaler)
    {
        foreach (var group in _groups)
        {
            if (group.Kind == SlotKind.Numeric) continue;
            if (scaler.Offset.Slice(group.Start, group.Count).ContainsAnyExcept(0f) || scaler.Scale.Slice(group.Start, group.Count).ContainsAnyExcept(1f))
                throw new InvalidDataException($"The model scales slots of {group}, which are not numbers.");
        }
    }

    /// <summary>Applies a function of two arguments to the part of each group and puts the results side by side.</summary>
    /// <param name="output">[rows, <see cref="NetworkSize"/>]</param>
    /// <param name="target">The same shape, or <see langword="null"/>.</param>
    /// <param name="map">Group, its part of the output and of the target, [rows, width of the group in the network]; gives [rows, slots of
    /// the group].</param>
    /// <returns>[rows, <see cref="InputSize"/>]</returns>
    internal Tensor Map(Tensor output, Tensor? target, Func<SlotGroup, Tensor, Tensor?, Tensor> map)
    {
        var parts = new List<Tensor>();
        long at = 0;
        foreach (var group in _groups)
        {
            int width = Width(group);
            parts.Add(map(group, output.narrow(1, at, width), target?.narrow(1, at, width)));
            at += width;
        }
        return parts.Count == 1 ? parts[0] : cat(parts, 1);
    }

    /// <summary>The same in ONNX.</summary>
    internal OnnxTensor Map(OnnxTensor output, OnnxTensor? target, Func<SlotGroup, OnnxTensor, OnnxTensor?, OnnxTensor> map)
    {
        long at = 0;
        return output.Graph.Cat(1, [.. _groups.Select(group =>
        {
            int width = Width(group);
            at += width;
            return map(group, output.narrow(1, at - width, width), target?.narrow(1, at - width, width));
        })]);
    }

    /// <summary>Rows of whole categories.</summary>
    /// <param name="output">A network's output, [rows, <see cref="NetworkSize"/>]: logits for Boolean and categorical columns.</param>
    /// <param name="uniform">A number between 0 and 1 for each column, [rows, <see cref="Columns"/>], by which categories are drawn;
    /// <see langword="null"/> for the likeliest.</param>
    /// <returns>[rows, <see cref="InputSize"/>]; numbers as they are, Boolean and indicator slots 0 or 1, keys from 1.</returns>
    internal Tensor Decide(Tensor output, Tensor? uniform)
    {
        long column = 0;
        return Map(output, null, (group, part, _) =>
        {
            long columns = group.Kind == SlotKind.OneHot ? 1 : group.Count;
            var drawn = uniform?.narrow(1, column, columns);
            column += columns;
            return group.Kind switch
            {
                SlotKind.Numeric => part,
                SlotKind.Boolean => (drawn is null ? part > 0 : part.sigmoid() > drawn).to(part.dtype),
                SlotKind.OneHot => nn.functional.one_hot(Pick(part.unsqueeze(1), drawn).squeeze(1), group.Count).to(part.dtype),
                _ => (Pick(part.reshape(part.shape[0], group.Count, group.Categories), drawn) + 1).to(part.dtype),
            };
        });
    }

    /// <summary>Rows of the likeliest categories in ONNX.</summary>
    /// <param name="output">[rows, <see cref="NetworkSize"/>]</param>
    /// <param name="numbers">What is done to numbers.</param>
    internal OnnxTensor Decide(OnnxTensor output, Func<OnnxTensor, OnnxTensor> numbers) => Map(output, null, (group, part, _) => group.Kind switch
    {
        SlotKind.Numeric => numbers(part),
        SlotKind.Boolean => part.gt(0).to(OnnxType.Single),
        SlotKind.OneHot => part.argmax(1).one_hot(group.Count),
        _ => (part.reshape(-1, group.Count, group.Categories).argmax(2) + 1).to(OnnxType.Single),
    });

    /// <param name="logits">[rows, columns, categories]</param>
    /// <param name="uniform">[rows, columns], or <see langword="null"/>.</param>
    /// <returns>[rows, columns] Int64: the likeliest category, or that in whose part of the unit interval the number lies.</returns>
    internal static Tensor Pick(Tensor logits, Tensor? uniform) => uniform is null ? logits.argmax(2)
        : (logits.softmax(2).cumsum(2).narrow(2, 0, logits.shape[2] - 1) < uniform.unsqueeze(2)).sum(2, type: ScalarType.Int64);

    /// <summary>Values that a network sees of a group.</summary>
    internal static int Width(SlotGroup group) => checked(group.Kind == SlotKind.Key ? group.Count * group.Categories : group.Count);

    static IEnumerable<SlotGroup> Complete(int inputSize, IReadOnlyList<SlotGroup> groups)
    {
        int next = 0;
        foreach (var group in groups.OrderBy(group => group.Start))
        {
            if (group.Start < next)
                throw new ArgumentException($"The slot groups overlap: {group} starts before slot {next}.", nameof(groups));
            if (group.Count < 1 || group.Count > inputSize - group.Start)
                throw new ArgumentException($"The slot group {group} does not lie within the {inputSize} slots of a row.", nameof(groups));
            if (!Enum.IsDefined(group.Kind) || group.Kind == SlotKind.Key != group.Categories >= 1)
                throw new ArgumentException($"The slot group {group} must have Categories of at least 1 if its slots are keys, else 0.", nameof(groups));
            if (group.Start > next) yield return new SlotGroup(next, group.Start - next, SlotKind.Numeric);
            yield return group;
            next = group.Start + group.Count;
        }
        if (next < inputSize) yield return new SlotGroup(next, inputSize - next, SlotKind.Numeric);
    }
}
