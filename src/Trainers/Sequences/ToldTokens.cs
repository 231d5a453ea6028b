using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>The tokens of a batch that are to be told, without the padding, and the states that tell them: the scores of the whole vocabulary are
/// most of the work.</summary>
/// <param name="States">[tokens, size]</param>
/// <param name="Tokens">[tokens] Int64</param>
/// <param name="Places">[tokens] Int64: where each is in [rows x <paramref name="Length"/>].</param>
/// <param name="Length">Tokens of a row.</param>
readonly record struct ToldTokens(Tensor States, Tensor Tokens, Tensor Places, long Length)
{
    /// <summary>Tokens in a batch that is scored.</summary>
    public const int BatchSize = 4096;

    /// <summary>Has every token but the first told by those before it.</summary>
    /// <param name="rows">[rows, tokens] Int64, padding behind</param>
    /// <param name="padding">The token that is padding.</param>
    /// <param name="states">The states that tell what follows each token: [rows, tokens] to [rows x tokens, size].</param>
    public static ToldTokens Of(Tensor rows, int padding, Func<Tensor, Tensor> states)
    {
        long tokens = rows.shape[1] - 1;
        var following = rows.narrow(1, 1, tokens).reshape(-1);
        var places = following.ne(padding).nonzero().squeeze(1);
        return new(states(rows.narrow(1, 0, tokens)).index_select(0, places), following.index_select(0, places), places, tokens);
    }

    /// <summary>Adds the logarithm of the probability of each token to the sum of its row.</summary>
    /// <param name="output">Turns states into scores.</param>
    /// <param name="numbers">The number of each row among the sums.</param>
    /// <param name="sums">In nats.</param>
    /// <param name="known">Of each row, how many of the first tokens that are told are not counted; <see langword="null"/> for none.</param>
    public void AddLogLikelihoods(OutputLayer output, int[] numbers, double[] sums, int[]? known = null)
    {
        var scores = output.Scores(States).log_softmax(1).gather(1, Tokens.unsqueeze(1)).squeeze(1);
        var (found, at) = (new float[scores.numel()], Places.cpu().data<long>().ToArray());
        scores.CopyTo(found);
        for (int i = 0; i < found.Length; i++)
        {
            var (row, place) = Math.DivRem(at[i], Length);
            if (known is null || place >= known[row]) sums[numbers[row]] += found[i];
        }
    }
}
