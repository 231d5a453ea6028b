using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Several autoencoders and what their codes and errors usually are: rows to anomaly scores.</summary>
sealed class DetectorNetwork : nn.Module<Tensor, Tensor>
{
    const int Samples = 10, SampleSize = 16;

    /// <summary>Weight of the values' rarity in <see cref="AnomalyScoring.Combined"/>.</summary>
    const double RarityShare = 1.0 / 3;

    /// <summary>Added to multiples of the median before their logarithm is taken: differences among very ordinary rows mean nothing.</summary>
    const double Ordinary = 0.05;

    const double Smallest = 1e-12;

    readonly AnomalyScoring _scoring;
    readonly RowLoss _loss;
    readonly int _pointSize;
    readonly ModuleList<AutoencoderNetwork> networks;
    readonly ModuleList<CodeErrorSpace> spaces;
    readonly SlotRarity? rarity;

    /// <summary>The members as one, once they are trained, where they can be.</summary>
    StackedMembers? _stack;

    /// <summary>The bulk's mean row, [network size].</summary>
    Tensor centre;

    /// <summary>What the median row has of each part of the score, [parts]: one for each network, and the values' rarity.</summary>
    Tensor units;

    /// <summary>The parts' weights, [parts]; they sum to 1.</summary>
    Tensor weights;

    /// <summary>Typical rows in each space, times -2 as their distances need them, [networks, size of a point, samples · rows of a sample].</summary>
    Tensor? references;

    /// <summary>Their squared lengths, [networks, 1, samples · rows of a sample].</summary>
    Tensor? lengths;

    /// <exception cref="ArgumentException">The members do not see the same rows, or there are none.</exception>
    public DetectorNetwork(DetectorArchitecture architecture, int seed) : base(nameof(DetectorNetwork))
    {
        Check(architecture);
        var members = architecture.Members;
        var (width, scoring) = (members[0].NetworkSize, architecture.Scoring);
        _scoring = scoring;
        _loss = members[0].RowLoss;
        networks = new([.. members.Select((member, i) => member.Create(unchecked(seed + i)))]);
        spaces = new();
        centre = Buffer(width);
        units = Buffer(Parts(architecture));
        weights = Buffer(Parts(architecture));
        if (scoring == AnomalyScoring.Combined) rarity = new SlotRarity(width);
        if (scoring != AnomalyScoring.ReconstructionError)
        {
            var size = _pointSize = PointSize(architecture);
            spaces = new([.. members.Select(member => new CodeErrorSpace(width, member.CodeSize, UsesCode(scoring), size))]);
            if (UsesReferences(scoring))
                (references, lengths) = (Buffer(members.Count, size, Samples * SampleSize), Buffer(members.Count, 1, Samples * SampleSize));
        }
        RegisterComponents();

        static Tensor Buffer(params long[] shape) => ones(shape, dtype: ScalarType.Float32).DetachFromDisposeScope();
    }

    /// <summary>The autoencoders, to be trained together.</summary>
    public ModuleList<AutoencoderNetwork> Networks => networks;

    /// <summary>What the networks' codes and errors usually are; none where the score needs none.</summary>
    public ModuleList<CodeErrorSpace> Spaces => spaces;

    /// <summary>Values in all parameters and buffers, told without building the networks.</summary>
    /// <exception cref="OverflowException">The claim is absurd.</exception>
    /// <exception cref="ArgumentException">The members do not see the same rows, or there are none.</exception>
    public static long CountValues(DetectorArchitecture architecture)
    {
        Check(architecture);
        var (members, scoring) = (architecture.Members, architecture.Scoring);
        int width = members[0].NetworkSize;
        long count = members.Aggregate(width + 2L * Parts(architecture), (sum, member) => checked(sum + member.Network.CountValues(member)));
        if (scoring == AnomalyScoring.Combined) count = checked(count + SlotRarity.CountValues(width));
        if (scoring == AnomalyScoring.ReconstructionError) return count;
        var size = PointSize(architecture);
        foreach (var member in members)
            count = checked(count + CodeErrorSpace.CountValues(member.NetworkSize, member.CodeSize, UsesCode(scoring), size));
        return UsesReferences(scoring) ? checked(count + (long)members.Count * Samples * SampleSize * (size + 1L)) : count;
    }

    static void Check(DetectorArchitecture architecture)
    {
        var members = architecture.Members;
        if (members.Count == 0) throw new ArgumentException("A detector needs at least one network.", nameof(architecture));
        if (!Enum.IsDefined(architecture.Scoring)) throw new ArgumentException($"{architecture.Scoring} is no AnomalyScoring.", nameof(architecture));
        if (members.Any(member => member.InputSize != members[0].InputSize || member.NetworkSize != members[0].NetworkSize))
            throw new ArgumentException($"The networks of a detector see the same rows; these see {string.Join(", ", members.Select(m => m.InputSize))} slots.",
                nameof(architecture));
    }

    static int Parts(DetectorArchitecture architecture) => architecture.Members.Count + (architecture.Scoring == AnomalyScoring.Combined ? 1 : 0);

    static bool UsesReferences(AnomalyScoring scoring) => scoring is AnomalyScoring.Combined or AnomalyScoring.NeighborDistance;

    static bool UsesCode(AnomalyScoring scoring) => scoring != AnomalyScoring.ScaledError;

    static int PointSize(DetectorArchitecture architecture) => architecture.Members.Max(
        member => CodeErrorSpace.SizeFor(member.NetworkSize, member.CodeSize, UsesCode(architecture.Scoring)));

    /// <summary>Learns what is usual, after the networks are trained.</summary>
    /// <param name="rows">Rows as the networks see them, [rows, network size]; at least one.</param>
    /// <param name="seed">Seed of the samples.</param>
    public void Fit(Tensor rows, int seed)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var counted = networks[0].Counted(rows);
        var bulk = arange(rows.shape[0], dtype: ScalarType.Int64, device: rows.device);
        for (int m = 0; m < spaces.Count; m++)
        {
            var (code, error) = CodeAndError(networks[m], rows, counted);
            bulk = spaces[m].Fit(code, error);
            if (references is null) continue;
            var random = new SeededRandom(unchecked(seed + m));
            var drawn = Enumerable.Range(0, Samples * SampleSize).Select(_ => (long)random.Next((int)bulk.shape[0])).ToArray();
            references.select(0, m).copy_(spaces[m].forward(code, error).index_select(0, bulk.index_select(0, tensor(drawn, device: rows.device))).t() * -2);
        }
        if (references is not null) lengths!.copy_(references.square().sum(1, keepdim: true) / 4);
        centre.copy_(rows.index_select(0, bulk).mean([0L]));
        rarity?.Fit(rows);
        var parts = ScoreParts(rows, counted);
        units.copy_(quantile(parts, tensor(0.5f, device: rows.device), dim: 1).view(-1).clamp_min(Smallest));
        var shares = full([units.shape[0]], (rarity is null ? 1 : 1 - RarityShare) / networks.Count, dtype: ScalarType.Float32, device: rows.device);
        if (rarity is not null) shares.narrow(0, networks.Count, 1).fill_(RarityShare);
        // Beside a part whose logarithm varies much, one that varies little would have no say.
        shares /= Logarithms(parts).std(1, unbiased: false).clamp_min(Ordinary);
        weights.copy_(shares / shares.sum());
    }

    /// <summary>Makes scoring faster where the members allow it. What is trained or loaded later is not seen.</summary>
    public void Prepare()
    {
        _stack = StackedMembers.Of([.. networks], [.. spaces]);
        rarity?.Prepare();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _stack?.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>The scores.</summary>
    /// <param name="rows">[rows, network size]</param>
    /// <returns>[rows], above 0; about 1 is what the median row has.</returns>
    public override Tensor forward(Tensor rows) => Combine(ScoreParts(rows, networks[0].Counted(rows)), weights);

    // As many of the weights as there are parts: the values' rarity comes last, and may be left out.
    Tensor Combine(Tensor parts, Tensor by) => by.unsqueeze(0).matmul(Logarithms(parts)).squeeze(0).exp();

    Tensor Logarithms(Tensor parts) => (parts / (parts.shape[0] == units.shape[0] ? units : units.narrow(0, 0, parts.shape[0])).unsqueeze(1) + Ordinary).log();

    // [parts, rows]
    Tensor ScoreParts(Tensor rows, Tensor? counted)
    {
        var scores = NetworkScores(rows, counted);
        return rarity is null ? scores : cat([scores, rarity.forward(rows).mean([1L], keepdim: true).t()], 0);
    }

    // [networks, rows]
    Tensor NetworkScores(Tensor rows, Tensor? counted)
    {
        if (_scoring == AnomalyScoring.ReconstructionError)
            return stack(networks.Select(network => _loss.PerRow(network.forward(rows), rows, counted)), 0);
        var points = _stack?.Points(rows, _loss) ?? stack(networks.Zip(spaces, (network, space) =>
        {
            var (code, error) = CodeAndError(network, rows, counted);
            return space.forward(code, error);
        }), 0);
        var squares = points.square().sum(2, keepdim: true);
        if (references is null) return (squares.squeeze(2) / points.shape[2]).clamp_min(Smallest).sqrt();
        // |p - r|² = |p|² - 2 p·r + |r|²
        var distances = points.bmm(references).add_(lengths!).add_(squares);
        return distances.view(points.shape[0], points.shape[1], Samples, SampleSize).amin(3).clamp_min(Smallest).sqrt().mean([2L]);
    }

    (Tensor Code, Tensor Error) CodeAndError(AutoencoderNetwork network, Tensor rows, Tensor? counted)
    {
        var code = network.encode(rows);
        var error = _loss.Residual(network.decode(code), rows);
        return (code, counted is null ? error : error * counted);
    }

    /// <summary><see cref="forward(Tensor)"/> in ONNX.</summary>
    /// <param name="rows">[rows, network size]</param>
    /// <returns>[rows]</returns>
    public OnnxTensor forward(OnnxTensor rows)
    {
        var counted = networks[0].Counted(rows);
        OnnxTensor[] parts = [.. networks.Select((network, m) => NetworkScore(m, rows, counted))];
        if (rarity is not null) parts = [.. parts, rarity.forward(rows).mean(1)];
        var all = rows.Graph.Cat(1, [.. parts.Select(part => part.unsqueeze(1))]); // [rows, parts]
        return ((all / units + Ordinary).log() * weights).sum(1).exp();
    }

    OnnxTensor NetworkScore(int member, OnnxTensor rows, OnnxTensor? counted)
    {
        var code = networks[member].encode(rows);
        var output = networks[member].decode(code);
        if (_scoring == AnomalyScoring.ReconstructionError) return _loss.PerSlot(output, rows, counted, networks[member].InputSize).sum(1);
        var error = _loss.Residual(output, rows);
        var points = spaces[member].forward(code, counted is null ? error : error * counted);
        var squares = points.square().sum(1, keepdim: true);
        if (references is null) return (squares.squeeze(1) / _pointSize).clamp_min(Smallest).sqrt();
        var graph = rows.Graph;
        var distances = points.matmul(graph.Weight(references, $"{member}", r => r.select(0, member)))
            + graph.Weight(lengths!, $"{member}", r => r.select(0, member)) + squares;
        return distances.reshape(-1, Samples, SampleSize).amin(2).clamp_min(Smallest).sqrt().mean(1);
    }

    /// <summary>
    /// What each slot has in a row's score. Reconstruction errors and rarities are sums over slots, and these are the parts. Distances are
    /// followed from the bulk's mean row to the row, and each value is given a part in proportion to what it adds on that way
    /// (integrated gradients: Sundararajan, Taly and Yan, ICML 2017, equation 1); values that lower the distance have none.
    /// </summary>
    /// <param name="rows">[rows, network size]</param>
    /// <returns>[rows, slots], not negative; they sum to the score.</returns>
    public Tensor Contributions(Tensor rows)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var counted = networks[0].Counted(rows);
        var shares = _scoring == AnomalyScoring.ReconstructionError ? Normalize(stack(networks.Select(
                (network, m) => _loss.PerSlot(network.forward(rows), rows, counted) / units.select(0, m)), 0).sum([0L]))
            : Normalize(_loss.Collect(Additions(rows, counted).clamp_min(0)));
        if (rarity is not null) shares = (1 - RarityShare) * shares + RarityShare * Normalize(_loss.Collect(rarity.forward(rows)));
        return (shares * forward(rows).unsqueeze(1)).MoveToOuterDisposeScope();
    }

    // What each value adds to the networks' part of the score on the straight way from the bulk's mean row, [rows, network size].
    internal Tensor Additions(Tensor rows, Tensor? counted)
    {
        const int steps = 16;
        var way = rows - centre;
        if (counted is not null) way = way * counted; // what only fills a row stays as it is
        // All points of the way at once: middles of equal steps, [steps * rows, network size].
        var places = (arange(steps, dtype: ScalarType.Float32, device: rows.device) + 0.5) / steps;
        var points = (rows - way * places.view(-1, 1, 1)).view(-1, rows.shape[1]).requires_grad_();
        using var gradientsOn = enable_grad();
        var scores = Combine(NetworkScores(points, counted?.repeat(steps, 1)), weights.narrow(0, 0, networks.Count));
        var gradient = autograd.grad([scores.sum()], [points])[0];
        return way * gradient.detach().view(steps, rows.shape[0], -1).mean([0L]);
    }

    // Rows of shares that sum to 1; where there is nothing to share, all slots have the same.
    static Tensor Normalize(Tensor values)
    {
        var total = values.sum(1, keepdim: true);
        return where(total > Smallest, values / total.clamp_min(Smallest), ones_like(values) / values.shape[1]);
    }
}
