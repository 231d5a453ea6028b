using System.Numerics;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Sequences of tokens to train a network on: some of them kept for validation. Without special tokens.</summary>
public sealed class TokenSequences
{
    readonly int _seed;

    /// <param name="training">The sequences to learn, at least one.</param>
    /// <param name="validation">The sequences to judge by; empty for none.</param>
    /// <param name="seed">Seed of the order of the sequences.</param>
    public TokenSequences(IReadOnlyList<int[]> training, IReadOnlyList<int[]> validation, int seed = 1)
    {
        if (training.Count == 0) throw new ArgumentException("There are no sequences to learn.", nameof(training));
        (Training, Validation, _seed) = (training, validation, seed);
    }

    /// <summary>The sequences to learn.</summary>
    public IReadOnlyList<int[]> Training { get; }

    /// <summary>The sequences to judge by.</summary>
    public IReadOnlyList<int[]> Validation { get; }

    /// <summary>For long texts, the tokens that are told in a row, at least 1: all sequences, Begin and End around each, are one stream; training
    /// sees rows from random places of it, validation all of it row by row. Only for language models. Default <see langword="null"/>: each
    /// sequence is a row, longer ones than the architecture allows are left out.</summary>
    public int? Window { get; init => field = value is { } tokens ? AtLeast(tokens, 1) : null; }

    /// <summary>Rows of an epoch where there is a <see cref="Window"/>, at least 1. Default <see langword="null"/>: as many as the stream has room
    /// for side by side.</summary>
    public int? WindowsPerEpoch { get; init => field = value is { } rows ? AtLeast(rows, 1) : null; }

    /// <summary>Batches to learn, shuffled.</summary>
    /// <exception cref="ArgumentException">A token is not one of the vocabulary, a window is longer than the architecture allows, or every sequence
    /// is.</exception>
    internal IBatchSource TrainingBatches(SequenceArchitecture architecture, Device device, Action<string>? log) =>
        Batches(Training, architecture, device, _seed, log)
            ?? throw new ArgumentException($"Every sequence has more than {architecture.MaximumLength} tokens: set MaximumLength higher.");

    /// <summary>Batches to judge by; <see langword="null"/> where there are none.</summary>
    internal IBatchSource? ValidationBatches(SequenceArchitecture architecture, Device device, Action<string>? log) =>
        Batches(Validation, architecture, device, null, log);

    IBatchSource? Batches(IReadOnlyList<int[]> sequences, SequenceArchitecture architecture, Device device, int? seed, Action<string>? log)
    {
        foreach (int token in sequences.SelectMany(sequence => sequence)) SequenceArchitecture.Check(token, architecture.VocabularySize);
        if (Window is { } window)
        {
            if (window > architecture.MaximumLength + 1)
                throw new ArgumentException($"A window of {window} tokens is longer than the network's {architecture.MaximumLength} and Begin.");
            return sequences.Count == 0 ? null : new WindowBatches(sequences, architecture.Special, window, WindowsPerEpoch, device, seed);
        }
        int limit = architecture.MaximumLength;
        List<int[]> fitting = [.. sequences.Where(sequence => sequence.Length <= limit)];
        if (fitting.Count < sequences.Count)
            log?.Invoke($"{sequences.Count - fitting.Count} of {sequences.Count} sequences left out: more than {limit} tokens");
        return fitting.Count == 0 ? null : new RowBatches(fitting, architecture.Special, device, seed);
    }

    /// <summary>A number that tells sequences from others.</summary>
    internal static uint Checksum(uint sum, ReadOnlySpan<int> sequence)
    {
        foreach (int token in sequence) sum = BitOperations.Crc32C(sum, (uint)token);
        return BitOperations.Crc32C(sum, uint.MaxValue);
    }
}

/// <summary>Batches of sequences between Begin and End, [rows, tokens]. A batch counts for the tokens to tell: all but Begin.</summary>
sealed class RowBatches(IReadOnlyList<int[]> sequences, SpecialTokens special, Device device, int? seed) : IBatchSource
{
    readonly LengthBatches _batches = new([.. sequences.Select(sequence => sequence.Length + 1)], new int[sequences.Count]);

    public long RowCount => sequences.Count;

    public long BatchCount(int batchSize) => _batches.Plan(batchSize).Count;

    public string Fingerprint { get; } = $"{sequences.Count} sequences with checksum "
        + $"{sequences.Aggregate(0u, (sum, sequence) => TokenSequences.Checksum(sum, sequence)):x8}, by length"
        + (seed is { } value ? $", shuffled by seed {value}" : "");

    public IEnumerable<Batch> Epoch(int epoch, int batchSize, long skip = 0, CancellationToken cancellation = default)
    {
        foreach (int[] numbers in _batches.Epoch(batchSize, seed, epoch).Skip((int)skip))
        {
            var chosen = Array.ConvertAll(numbers, number => sequences[number]);
            using var rows = TokenTensor.Of(chosen, special.Begin, special.End, special.Padding, device).DetachFromDisposeScope();
            yield return new Batch(rows) { Weight = chosen.Sum(sequence => sequence.Length + 1L) };
        }
    }

    public void Dispose()
    {
    }
}

/// <summary>Batches of windows of a stream, [rows, window + 1], the last token of which is only told. A batch counts for the tokens to tell.</summary>
sealed class WindowBatches : IBatchSource
{
    readonly int[] _stream;
    readonly int _window, _rows;
    readonly int? _seed;
    readonly int _padding;
    readonly Device _device;

    public WindowBatches(IReadOnlyList<int[]> sequences, SpecialTokens special, int window, int? rows, Device device, int? seed)
    {
        _stream = [.. sequences.SelectMany(sequence => (int[])[special.Begin, .. sequence, special.End])];
        (_window, _padding, _device, _seed) = (Math.Min(window, _stream.Length - 1), special.Padding, device, seed);
        int sideBySide = (_stream.Length - 2) / _window + 1;
        _rows = seed is null ? sideBySide : rows ?? sideBySide;
        Fingerprint = $"windows of {_window} tokens of {_stream.Length} with checksum {TokenSequences.Checksum(0, _stream):x8}"
            + (seed is null ? ", in order" : $", {_rows} an epoch, drawn by seed {seed}");
    }

    public long RowCount => _rows;

    public long BatchCount(int batchSize) => (_rows + Height(batchSize) - 1) / Height(batchSize);

    public string Fingerprint { get; }

    int Height(int batchSize) => Math.Max(1, batchSize / _window);

    public IEnumerable<Batch> Epoch(int epoch, int batchSize, long skip = 0, CancellationToken cancellation = default)
    {
        int[] starts = new int[_rows];
        var random = _seed is { } seed ? new SeededRandom(SeededRandom.Hash(seed, epoch)) : null;
        for (int i = 0; i < _rows; i++) starts[i] = random?.Next(_stream.Length - _window) ?? i * _window;
        foreach (int[] chosen in starts.Chunk(Height(batchSize)).Skip((int)skip))
        {
            int[][] windows = Array.ConvertAll(chosen, start => _stream[start..Math.Min(start + _window + 1, _stream.Length)]);
            using var rows = TokenTensor.Of(windows, null, null, _padding, _device).DetachFromDisposeScope();
            yield return new Batch(rows) { Weight = windows.Sum(window => window.Length - 1L) };
        }
    }

    public void Dispose()
    {
    }
}
