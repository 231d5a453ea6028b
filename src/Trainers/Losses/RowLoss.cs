using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Extensions.ML.Trainers;

/// <summary>
/// How far a reconstruction is from a row whose slots may be of several kinds. The error of a row is the mean over its columns: a numeric,
/// Boolean or key slot is a column, and so is a group of indicators. The network's outputs for Boolean and categorical columns are logits.
/// </summary>
/// <param name="loss">Judges the numbers.</param>
/// <param name="layout">What the slots are; <see langword="null"/> where all are numeric.</param>
public sealed class RowLoss(ReconstructionLoss loss, SlotLayout? layout = null)
{
    /// <summary>The loss of rows of numbers.</summary>
    public static implicit operator RowLoss(ReconstructionLoss loss) => new(loss);

    /// <summary>Judges the numbers.</summary>
    public ReconstructionLoss Numbers => loss;

    /// <summary>Rows as the network sees them: the target of its reconstruction.</summary>
    /// <param name="rows">[rows, slots]</param>
    /// <returns>[rows, network size]</returns>
    public Tensor Expand(Tensor rows) => layout is null ? rows : layout.Expand(rows);

    /// <summary>Whether there are slots that are not numbers.</summary>
    internal bool IsMixed => layout is not null;

    /// <summary>The mean over all rows: what training minimises.</summary>
    /// <param name="output">The network's output, [rows, network size].</param>
    /// <param name="target">The rows as the network sees them, the same shape.</param>
    /// <param name="counted">As for <see cref="PerSlot(Tensor, Tensor, Tensor?)"/>.</param>
    /// <returns>A scalar.</returns>
    public Tensor Mean(Tensor output, Tensor target, Tensor? counted = null)
    {
        if (layout is null && counted is null) return loss.Mean(output, target);
        using var rows = PerRow(output, target, counted);
        return rows.mean();
    }

    /// <summary>The error of every row.</summary>
    /// <param name="output">The network's output, [rows, network size].</param>
    /// <param name="target">The rows as the network sees them, the same shape.</param>
    /// <param name="counted">As for <see cref="PerSlot(Tensor, Tensor, Tensor?)"/>.</param>
    /// <returns>[rows], not negative.</returns>
    public Tensor PerRow(Tensor output, Tensor target, Tensor? counted = null)
    {
        using var slots = PerSlot(output, target, counted);
        return slots.sum(1);
    }

    /// <summary>The share of every slot in its row's error; they sum to it.</summary>
    /// <param name="output">The network's output, [rows, network size].</param>
    /// <param name="target">The rows as the network sees them, the same shape.</param>
    /// <param name="counted">1 for every number that counts in the error of its row, else 0, at least one 1 in each row: [rows, slots], all of
    /// them numeric. <see langword="null"/> where all count.</param>
    /// <returns>[rows, slots], not negative.</returns>
    /// <exception cref="ArgumentException"><paramref name="counted"/> for slots that are not all numbers.</exception>
    public Tensor PerSlot(Tensor output, Tensor target, Tensor? counted = null)
    {
        if (counted is not null && layout is not null)
            throw new ArgumentException("Rows with padding hold numbers only; this table has Boolean or categorical slots.");
        using var errors = layout is null ? loss.PerSlot(output, target) : layout.Map(output, target, Judge);
        if (counted is not null) return errors * (counted / counted.sum(1, keepdim: true));
        return errors / (layout?.Columns ?? target.shape[1]);
    }

    Tensor Judge(SlotGroup group, Tensor output, Tensor? target) => group.Kind switch
    {
        SlotKind.Numeric => loss.PerSlot(output, target!),
        _ => CrossEntropy(group, output, target!),
    };

    /// <summary>The cross-entropy of slots that are not numbers: the negative logarithm of what logits give for them, in nats.</summary>
    /// <param name="group">What the slots are.</param>
    /// <param name="output">[rows, width of the group in the network]: logits.</param>
    /// <param name="target">The same shape.</param>
    /// <returns>[rows, slots of the group]</returns>
    internal static Tensor CrossEntropy(SlotGroup group, Tensor output, Tensor target) => group.Kind switch
    {
        SlotKind.Boolean => ReconstructionLoss.BinaryCrossEntropy.PerSlot(output, target),
        SlotKind.OneHot => -target * functional.log_softmax(output, 1),
        _ => -(Split(group, target) * functional.log_softmax(Split(group, output), 2)).sum(2),
    };

    /// <summary>The rows that a network's output stands for: probabilities for Boolean and indicator slots, the likeliest category for
    /// keys.</summary>
    /// <param name="output">[rows, network size]</param>
    /// <returns>[rows, slots], in the scaled units of the network's input.</returns>
    public Tensor Reconstruct(Tensor output) => layout is null ? loss.Reconstruct(output)
        : layout.Map(output, null, (group, part, _) => group.Kind switch
        {
            SlotKind.Numeric => loss.Reconstruct(part),
            SlotKind.Boolean => part.sigmoid(),
            SlotKind.OneHot => functional.softmax(part, 1),
            _ => (Split(group, part).argmax(2) + 1).to(part.dtype),
        });

    /// <summary>Rows of whole categories: see <see cref="SlotLayout.Decide(Tensor, Tensor?)"/>.</summary>
    /// <param name="output">[rows, network size]</param>
    /// <param name="uniform">As there.</param>
    /// <returns>[rows, slots], in the scaled units of the network's input.</returns>
    internal Tensor Decide(Tensor output, Tensor? uniform) => layout is null ? loss.Reconstruct(output)
        : layout.Decide(layout.Map(output, null, (group, part, _) => group.Kind == SlotKind.Numeric ? loss.Reconstruct(part) : part), uniform);

    /// <summary>How far reconstructions are off in every value that the network sees: probabilities minus indicators where it gives logits.</summary>
    /// <param name="output">A network's output, [rows, network size], or those of several, [networks, rows, network size].</param>
    /// <param name="target">The rows as the networks see them, [rows, network size].</param>
    /// <returns>Of the shape of <paramref name="output"/>.</returns>
    internal Tensor Residual(Tensor output, Tensor target) => Expected(output) - target;

    /// <summary>The values that a network's output stands for: probabilities where it gives logits.</summary>
    /// <param name="output">As for <see cref="Residual(Tensor, Tensor)"/>.</param>
    /// <returns>Of the same shape.</returns>
    internal Tensor Expected(Tensor output) => layout is null ? loss.Reconstruct(output)
        : layout.Map(output.reshape(-1, output.shape[^1]), null, (group, part, _) => group.Kind switch
        {
            SlotKind.Numeric => loss.Reconstruct(part),
            SlotKind.Boolean => part.sigmoid(),
            SlotKind.OneHot => functional.softmax(part, 1),
            _ => functional.softmax(Split(group, part), 2).reshape(part.shape),
        }).reshape(output.shape);

    /// <summary>Sums what belongs to the same slot.</summary>
    /// <param name="values">[rows, network size]</param>
    /// <returns>[rows, slots]</returns>
    internal Tensor Collect(Tensor values) => layout is null ? values
        : layout.Map(values, null, (group, part, _) => group.Kind == SlotKind.Key ? Split(group, part).sum(2) : part);

    /// <summary>[rows, slots * categories] to [rows, slots, categories]</summary>
    static Tensor Split(SlotGroup group, Tensor part) => part.reshape(part.shape[0], group.Count, group.Categories);

    /// <summary><see cref="Expand(Tensor)"/> in ONNX.</summary>
    internal OnnxTensor Expand(OnnxTensor rows) => layout is null ? rows : layout.Expand(rows);

    /// <summary><see cref="PerSlot(Tensor, Tensor, Tensor?)"/> in ONNX.</summary>
    /// <param name="output">As there.</param>
    /// <param name="target">As there.</param>
    /// <param name="counted">As there.</param>
    /// <param name="slots">Slots of a row that holds numbers only.</param>
    internal OnnxTensor PerSlot(OnnxTensor output, OnnxTensor target, OnnxTensor? counted, int slots)
    {
        var errors = layout is null ? loss.PerSlot(output, target) : layout.Map(output, target, (group, part, wanted) => group.Kind switch
        {
            SlotKind.Numeric => loss.PerSlot(part, wanted!),
            SlotKind.Boolean => ReconstructionLoss.BinaryCrossEntropy.PerSlot(part, wanted!),
            SlotKind.OneHot => -(wanted! * part.log_softmax(1)),
            _ => -(Split(group, wanted!) * Split(group, part).log_softmax(2)).sum(2),
        });
        if (counted is not null) return errors * (counted / counted.sum(1, keepdim: true));
        return errors / (layout?.Columns ?? slots);
    }

    /// <summary><see cref="Reconstruct(Tensor)"/> in ONNX.</summary>
    internal OnnxTensor Reconstruct(OnnxTensor output) => layout is null ? loss.Reconstruct(output)
        : layout.Map(output, null, (group, part, _) => group.Kind switch
        {
            SlotKind.Numeric => loss.Reconstruct(part),
            SlotKind.Boolean => part.sigmoid(),
            SlotKind.OneHot => part.softmax(1),
            _ => (Split(group, part).argmax(2) + 1).to(OnnxType.Single),
        });

    /// <summary>Rows of the likeliest categories in ONNX.</summary>
    internal OnnxTensor Decide(OnnxTensor output) => layout is null ? loss.Reconstruct(output)
        : layout.Decide(output, numbers => loss.Reconstruct(numbers));

    /// <summary><see cref="Residual(Tensor, Tensor)"/> in ONNX.</summary>
    internal OnnxTensor Residual(OnnxTensor output, OnnxTensor target) => (layout is null ? loss.Reconstruct(output)
        : layout.Map(output, null, (group, part, _) => group.Kind switch
        {
            SlotKind.Numeric => loss.Reconstruct(part),
            SlotKind.Boolean => part.sigmoid(),
            SlotKind.OneHot => part.softmax(1),
            _ => Split(group, part).softmax(2).reshape(-1, SlotLayout.Width(group)),
        })) - target;

    static OnnxTensor Split(SlotGroup group, OnnxTensor part) => part.reshape(-1, group.Count, group.Categories);
}
