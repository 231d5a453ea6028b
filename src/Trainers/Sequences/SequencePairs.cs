using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Sequences of tokens and what each becomes, to train a translation on: some of them kept for validation. Without special tokens.</summary>
public sealed class SequencePairs
{
    readonly int _seed;

    /// <param name="training">The pairs to learn, at least one.</param>
    /// <param name="validation">The pairs to judge by; empty for none.</param>
    /// <param name="seed">Seed of the order of the pairs.</param>
    public SequencePairs(IReadOnlyList<(int[] Source, int[] Target)> training, IReadOnlyList<(int[] Source, int[] Target)> validation, int seed = 1)
    {
        if (training.Count == 0) throw new ArgumentException("There are no pairs to learn.", nameof(training));
        (Training, Validation, _seed) = (training, validation, seed);
    }

    /// <summary>The pairs to learn.</summary>
    public IReadOnlyList<(int[] Source, int[] Target)> Training { get; }

    /// <summary>The pairs to judge by.</summary>
    public IReadOnlyList<(int[] Source, int[] Target)> Validation { get; }

    /// <summary>Batches of the pairs to learn, shuffled.</summary>
    /// <exception cref="ArgumentException">A token is not one of its vocabulary, or every pair is too long.</exception>
    internal IBatchSource TrainingBatches(TranslationArchitecture architecture, Device device, Action<string>? log)
    {
        var fitting = Fitting(Training, architecture, log);
        if (fitting.Count == 0)
            throw new ArgumentException($"Every pair has a side of more than {architecture.MaximumLength} tokens: set MaximumLength higher.");
        return new PairBatches(fitting, architecture, device, _seed);
    }

    /// <summary>Batches of the pairs to judge by, by their lengths; <see langword="null"/> where there are none.</summary>
    internal IBatchSource? ValidationBatches(TranslationArchitecture architecture, Device device, Action<string>? log) =>
        Fitting(Validation, architecture, log) is { Count: > 0 } fitting ? new PairBatches(fitting, architecture, device, null) : null;

    static List<(int[] Source, int[] Target)> Fitting(IReadOnlyList<(int[] Source, int[] Target)> pairs, TranslationArchitecture architecture,
        Action<string>? log)
    {
        int limit = architecture.MaximumLength;
        List<(int[] Source, int[] Target)> fitting = [.. pairs.Where(pair => pair.Source.Length <= limit && pair.Target.Length <= limit)];
        if (fitting.Count < pairs.Count) log?.Invoke($"{pairs.Count - fitting.Count} of {pairs.Count} pairs left out: more than {limit} tokens");
        foreach (var (source, target) in fitting)
        {
            foreach (int token in source) SequenceArchitecture.Check(token, architecture.SourceVocabularySize);
            foreach (int token in target) SequenceArchitecture.Check(token, architecture.VocabularySize);
        }
        return fitting;
    }
}

/// <summary>Batches of pairs: sources [rows, tokens] with End behind them, targets [rows, tokens] between Begin and End. A batch counts for the
/// tokens to tell: those of its targets and End.</summary>
sealed class PairBatches(IReadOnlyList<(int[] Source, int[] Target)> pairs, TranslationArchitecture architecture, Device device, int? seed)
    : IBatchSource
{
    readonly LengthBatches _batches = new([.. pairs.Select(pair => pair.Target.Length + 1)], [.. pairs.Select(pair => pair.Source.Length + 1)]);

    public long RowCount => pairs.Count;

    public long BatchCount(int batchSize) => _batches.Plan(batchSize).Count;

    public string Fingerprint { get; } = $"{pairs.Count} pairs with checksum {Checksum(pairs):x8}, by length"
        + (seed is { } value ? $", shuffled by seed {value}" : "");

    public IEnumerable<Batch> Epoch(int epoch, int batchSize, long skip = 0, CancellationToken cancellation = default)
    {
        var special = architecture.Special;
        foreach (int[] numbers in _batches.Epoch(batchSize, seed, epoch).Skip((int)skip))
        {
            var chosen = Array.ConvertAll(numbers, number => pairs[number]);
            using var source = TokenTensor.Of(Array.ConvertAll(chosen, pair => pair.Source), null, special.End, special.Padding, device)
                .DetachFromDisposeScope();
            using var target = TokenTensor.Of(Array.ConvertAll(chosen, pair => pair.Target), special.Begin, special.End, special.Padding, device)
                .DetachFromDisposeScope();
            yield return new Batch(source, target) { Weight = chosen.Sum(pair => pair.Target.Length + 1L) };
        }
    }

    static uint Checksum(IReadOnlyList<(int[] Source, int[] Target)> pairs) =>
        pairs.Aggregate(0u, (sum, pair) => TokenSequences.Checksum(TokenSequences.Checksum(sum, pair.Source), pair.Target));

    public void Dispose()
    {
    }
}
