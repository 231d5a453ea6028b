using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>A network that tells the probability of a row variable by variable.</summary>
abstract class AutoregressiveModule(string name) : nn.Module(name)
{
    /// <summary>The logarithm of the density of scaled rows, as a sum over their variables.</summary>
    /// <param name="x">[rows, network size]</param>
    /// <param name="classes">[rows] Int64, or <see langword="null"/>.</param>
    /// <returns>[rows, variables], in nats: of each variable given those before it.</returns>
    internal abstract Tensor LogConditionals(Tensor x, Tensor? classes);

    /// <summary>The logarithm of the density of scaled rows.</summary>
    /// <returns>[rows], in nats</returns>
    internal Tensor LogLikelihood(Tensor x, Tensor? classes) => LogConditionals(x, classes).sum(1);

    /// <summary>Learns what one pass over the rows tells, before training.</summary>
    /// <param name="batches">[rows, network size] each.</param>
    /// <param name="noise">Deviation of the noise that training adds to numbers.</param>
    internal virtual void Learn(IEnumerable<Tensor> batches, double noise)
    {
    }

    /// <summary>The rows as a step of training sees them.</summary>
    /// <param name="x">[rows, network size]</param>
    /// <param name="noise">Deviation of the noise that is added to numbers.</param>
    internal virtual Tensor Blur(Tensor x, double noise) => x;

    /// <summary>Rows of which nothing is drawn yet.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="classes">[rows] Int64, or <see langword="null"/>.</param>
    internal abstract PartialRows Start(int rows, Tensor? classes);
}

/// <summary>Rows that are drawn variable by variable, from the first to the last. All in the caller's dispose scope.</summary>
abstract class PartialRows
{
    /// <summary>Variables of a row.</summary>
    internal abstract int Variables { get; }

    /// <summary>The slots of a variable.</summary>
    internal abstract (int Start, int Count) Slots(int variable);

    /// <summary>Values for the next variable, given those that are set.</summary>
    /// <param name="uniform">[rows, 2]: independent, uniform between 0 and 1.</param>
    /// <param name="temperature">Above 0; below 1, likely values become likelier.</param>
    /// <returns>[rows, slots of the variable], scaled.</returns>
    internal abstract Tensor Draw(Tensor uniform, double temperature);

    /// <summary>Sets the next variable.</summary>
    /// <param name="values">[rows, slots of the variable], scaled.</param>
    internal abstract void Set(Tensor values);
}
