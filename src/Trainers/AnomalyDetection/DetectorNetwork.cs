using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Several autoencoders and what their codes and errors usually are: rows to anomaly scores.</summary>
sealed class DetectorNetwork : nn.Module<Tensor, Tensor>
{
    const int Samples = 10, SampleSize = 16;
    const double Smallest = 1e-12;

    readonly AnomalyScoring _scoring;
    readonly RowLoss _loss;
    readonly ModuleList<AutoencoderNetwork> networks;
    readonly ModuleList<CodeErrorSpace> spaces;

    /// <summary>The bulk's mean row, [network size].</summary>
    Tensor centre;

    /// <summary>What the median row has of each network's score, [networks].</summary>
    Tensor units;

    /// <summary>Typical rows in each space, [networks, samples · rows of a sample, size of a point].</summary>
    Tensor? references;

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
        units = Buffer(members.Count);
        if (scoring != AnomalyScoring.ReconstructionError)
        {
            var size = PointSize(architecture);
            spaces = new([.. members.Select(member => new CodeErrorSpace(width, member.CodeSize, UsesCode(scoring), size))]);
            if (scoring == AnomalyScoring.NeighborDistance) references = Buffer(members.Count, Samples * SampleSize, size);
        }
        RegisterComponents();

        static Tensor Buffer(params long[] shape) => ones(shape, dtype: ScalarType.Float32).DetachFromDisposeScope();
    }

    /// <summary>The autoencoders, to be trained together.</summary>
    public ModuleList<AutoencoderNetwork> Networks => networks;

    /// <summary>Values in all parameters and buffers, told without building the networks.</summary>
    /// <exception cref="OverflowException">The claim is absurd.</exception>
    /// <exception cref="ArgumentException">The members do not see the same rows, or there are none.</exception>
    public static long CountValues(DetectorArchitecture architecture)
    {
        Check(architecture);
        var (members, scoring) = (architecture.Members, architecture.Scoring);
        long width = members[0].NetworkSize, count = members.Aggregate(width + members.Count,
            (sum, member) => checked(sum + member.Network.CountValues(member)));
        if (scoring == AnomalyScoring.ReconstructionError) return count;
        var size = PointSize(architecture);
        foreach (var member in members)
            count = checked(count + CodeErrorSpace.CountValues(member.NetworkSize, member.CodeSize, UsesCode(scoring), size));
        return scoring == AnomalyScoring.NeighborDistance ? checked(count + (long)members.Count * Samples * SampleSize * size) : count;
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
            references.select(0, m).copy_(spaces[m].forward(code, error).index_select(0, bulk.index_select(0, tensor(drawn, device: rows.device))));
        }
        centre.copy_(rows.index_select(0, bulk).mean([0L]));
        units.copy_(quantile(MemberScores(rows, counted), tensor(0.5f, device: rows.device), dim: 1).view(-1).clamp_min(Smallest));
    }

    /// <summary>The scores.</summary>
    /// <param name="rows">[rows, network size]</param>
    /// <returns>[rows], not negative; 1 is what the median row has.</returns>
    public override Tensor forward(Tensor rows) => Scores(rows, networks[0].Counted(rows));

    Tensor Scores(Tensor rows, Tensor? counted) => (MemberScores(rows, counted) / units.unsqueeze(1)).mean([0L]);

    // [networks, rows]
    Tensor MemberScores(Tensor rows, Tensor? counted)
    {
        if (_scoring == AnomalyScoring.ReconstructionError)
            return stack(networks.Select(network => _loss.PerRow(network.forward(rows), rows, counted)), 0);
        var points = stack(networks.Zip(spaces, (network, space) =>
        {
            var (code, error) = CodeAndError(network, rows, counted);
            return space.forward(code, error);
        }), 0);
        var squares = points.square().sum(2, keepdim: true);
        if (references is null) return (squares.squeeze(2) / points.shape[2]).clamp_min(Smallest).sqrt();
        // |p - r|² = |p|² - 2 p·r + |r|²
        var distances = baddbmm(squares + references.square().sum(2).unsqueeze(1), points, references.transpose(1, 2), 1, -2);
        return distances.view(points.shape[0], points.shape[1], Samples, SampleSize).amin(3).clamp_min(Smallest).sqrt().mean([2L]);
    }

    (Tensor Code, Tensor Error) CodeAndError(AutoencoderNetwork network, Tensor rows, Tensor? counted)
    {
        var code = network.encode(rows);
        var error = _loss.Residual(network.decode(code), rows);
        return (code, counted is null ? error : error * counted);
    }

    /// <summary>
    /// What each value of a row has in its score. Reconstruction errors are sums over slots, and these are the parts. The other forms are not
    /// sums: the score is followed from the bulk's mean row to the row, and each value is given a part in proportion to what it raises the score by
    /// on that way (integrated gradients: Sundararajan, Taly and Yan, ICML 2017, equation 1); values that lower it have none.
    /// </summary>
    /// <param name="rows">[rows, network size]</param>
    /// <returns>[rows, slots], not negative; they sum to the score.</returns>
    public Tensor Contributions(Tensor rows)
    {
        var counted = networks[0].Counted(rows);
        if (_scoring == AnomalyScoring.ReconstructionError)
        {
            using var noGradients = no_grad();
            return stack(networks.Select((network, m) => _loss.PerSlot(network.forward(rows), rows, counted) / units[m]), 0).mean([0L]);
        }
        using var gradientsOn = enable_grad();
        const int steps = 16;
        var way = rows - centre;
        if (counted is not null) way = way * counted; // what only fills a row stays as it is
        var gradients = zeros_like(rows);
        for (int step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            var point = (rows - way * ((step + 0.5) / steps)).detach().requires_grad_();
            gradients += autograd.grad([Scores(point, counted).sum()], [point])[0];
        }
        using var withoutGradients = no_grad();
        var raised = _loss.Collect((way * gradients).clamp_min(0));
        var total = raised.sum(1, keepdim: true);
        var shares = where(total > 0, raised / total.clamp_min(float.Epsilon), ones_like(raised) / raised.shape[1]);
        return shares * Scores(rows, counted).unsqueeze(1);
    }
}
