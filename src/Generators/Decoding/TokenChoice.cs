using Extensions.ML.Trainers;
using static TorchSharp.torch;

namespace Extensions.ML.Generators;

/// <summary>Tokens that may follow each hypothesis, on the host: [hypotheses, candidates].</summary>
/// <param name="PerHypothesis">Candidates of each.</param>
/// <param name="Values">Three times as many: the tokens, their log-probabilities under the rules, and those by the model.</param>
readonly record struct Candidates(int PerHypothesis, double[] Values)
{
    int Count => Values.Length / 3;

    /// <summary>A hypothesis made longer by one of its candidates.</summary>
    /// <returns>Nothing where the rules allow no such token.</returns>
    /// <exception cref="InvalidOperationException">The network's scores are no numbers.</exception>
    public Hypothesis? Extend(Hypothesis parent, int candidate, int end, int sample, float[]? attention)
    {
        if (!IsAllowed(parent.Place, candidate)) return null;
        int at = parent.Place * PerHypothesis + candidate, token = (int)Values[at];
        return new Hypothesis(parent.Row, parent, token)
        {
            Ended = token == end, LogProbability = (float)Values[2 * Count + at], Sum = parent.Sum + Score(parent.Place, candidate),
            Sample = sample, Attention = token == end ? null : attention,
        };
    }

    public double Score(int hypothesis, int candidate) => Values[Count + hypothesis * PerHypothesis + candidate];

    public bool IsAllowed(int hypothesis, int candidate) => Score(hypothesis, candidate) switch
    {
        double.NegativeInfinity => false,
        double.NaN => throw new InvalidOperationException("The network's scores of tokens are not finite."),
        _ => true,
    };
}

/// <summary>How the next tokens of hypotheses are chosen.</summary>
abstract class TokenChoice
{
    /// <param name="ruled">[hypotheses, vocabulary]: log-probabilities under the rules.</param>
    /// <param name="live">The hypotheses.</param>
    /// <param name="position">Where in the sequences the tokens will stand, from 0.</param>
    /// <returns>[hypotheses, candidates] Int64: tokens.</returns>
    public abstract Tensor Propose(Tensor ruled, IReadOnlyList<Hypothesis> live, int position);

    /// <summary>Continues the hypotheses of one row.</summary>
    /// <param name="own">The hypotheses, in the order of the state.</param>
    /// <param name="candidates">Of all rows.</param>
    /// <param name="attention">Where each hypothesis looks in the source, if that is asked for.</param>
    /// <returns>Those that go on and those that end now; what can neither goes to the finished ones of the row.</returns>
    public abstract IEnumerable<Hypothesis> Continue(IReadOnlyList<Hypothesis> own, Candidates candidates, Func<Hypothesis, float[]?> attention);

    /// <summary>Whether hypotheses that go on cannot change the row's results any more.</summary>
    public abstract bool IsSettled(SearchRow row, IEnumerable<Hypothesis> live);

    /// <summary>The results of a row, in their order.</summary>
    public abstract IEnumerable<Hypothesis> Rank(IEnumerable<Hypothesis> finished);
}
