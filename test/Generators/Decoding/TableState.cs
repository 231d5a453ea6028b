using Extensions.ML.Trainers;
using static TorchSharp.torch;

namespace Extensions.ML.Generators.Tests;

/// <summary>A model whose whole distribution is a table of what follows the last two tokens in each of some sources.</summary>
sealed class TableModel
{
    public static readonly SpecialTokens Special = new();

    /// <summary>[sources, token before the last, last token, next token]</summary>
    public float[,,,] Logits { get; }

    public int Vocabulary => Logits.GetLength(3);

    /// <param name="sources">Number of sources.</param>
    /// <param name="vocabulary">Tokens, the three special ones included.</param>
    /// <param name="spread">Standard deviation of the logits.</param>
    /// <param name="seed">Of the table.</param>
    public TableModel(int sources, int vocabulary, double spread = 1.5, int seed = 1)
    {
        var random = new Random(seed);
        Logits = new float[sources, vocabulary, vocabulary, vocabulary];
        for (int s = 0; s < sources; s++)
            for (int a = 0; a < vocabulary; a++)
                for (int b = 0; b < vocabulary; b++)
                    for (int c = 0; c < vocabulary; c++) Logits[s, a, b, c] = (float)(spread * Normal(random));
    }

    static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>Log-probabilities of what follows tokens, in double precision.</summary>
    public double[] Next(int source, IReadOnlyList<int> tokens)
    {
        int last = tokens.Count > 0 ? tokens[^1] : Special.Begin, before = tokens.Count > 1 ? tokens[^2] : tokens.Count > 0 ? Special.Begin : 0;
        double[] logits = [.. Enumerable.Range(0, Vocabulary).Select(c => (double)Logits[source, before, last, c])];
        double normalizer = Math.Log(logits.Sum(Math.Exp));
        return [.. logits.Select(l => l - normalizer)];
    }

    public double LogProbability(int source, IReadOnlyList<int> tokens, bool ended, int given = 0) =>
        Enumerable.Range(given, tokens.Count - given).Sum(i => Next(source, [.. tokens.Take(i)])[tokens[i]])
        + (ended ? Next(source, tokens)[Special.End] : 0);

    public TableState Start(params int[] sources) => new(this, sources);

    /// <param name="options">How.</param>
    /// <param name="sources">Source of each row, whose number in the sample is its place times 7.</param>
    /// <param name="prefixes">Of the rows.</param>
    /// <param name="lengths">Of the sources.</param>
    public DecodedSequence[][] Decode(DecodingOptions options, int[] sources, int[][]? prefixes = null, int[]? lengths = null, long[]? numbers = null)
    {
        using var state = Start(sources);
        return SequenceSearch.Decode(state, CPU, Special, options,
            new DecodingBatch { Rows = numbers ?? [.. sources.Select(s => 7L * s)], Prefixes = prefixes, SourceLengths = lengths });
    }
}

/// <summary>Sequences that a table continues.</summary>
sealed class TableState : DecoderState
{
    readonly TableModel _model;
    readonly Tensor _table;
    // [rows], [rows, 2]
    Tensor _sources, _last;
    int _length;

    /// <summary>Rows that each call fed.</summary>
    public List<int> Fed { get; } = [];

    public TableState(TableModel model, int[] sources)
    {
        _model = model;
        int v = model.Vocabulary;
        _table = tensor(model.Logits.Cast<float>().ToArray(), [model.Logits.GetLength(0), v, v, v]).DetachFromDisposeScope();
        _sources = tensor(sources, dtype: ScalarType.Int64).DetachFromDisposeScope();
        _last = zeros([sources.Length, 2], ScalarType.Int64).DetachFromDisposeScope();
    }

    public override int Rows => (int)_sources.shape[0];

    public override int Length => _length;

    internal override Tensor Feed(Tensor tokens)
    {
        Assert.AreEqual(Rows, tokens.shape[0]);
        Fed.Add(Rows);
        _length += (int)tokens.shape[1];
        using (var all = cat([_last, tokens], 1)) Set(ref _last, all.narrow(1, all.shape[1] - 2, 2).clone());
        return _table.index([TensorIndex.Tensor(_sources), TensorIndex.Tensor(_last.select(1, 0)), TensorIndex.Tensor(_last.select(1, 1))]);
    }

    internal override void Keep(Tensor rows)
    {
        Set(ref _sources, _sources.index_select(0, rows));
        Set(ref _last, _last.index_select(0, rows));
    }

    /// <summary>Four source tokens, and padding that no row looks at: at the one whose number is the last token's, modulo 4.</summary>
    internal override Tensor? SourceAttention() => nn.functional.one_hot(_last.select(1, 1).remainder(4), 6).to(ScalarType.Float32);

    static void Set(ref Tensor field, Tensor value)
    {
        field.Dispose();
        field = value.DetachFromDisposeScope();
    }

    public override void Dispose()
    {
        _table.Dispose();
        _sources.Dispose();
        _last.Dispose();
    }
}
