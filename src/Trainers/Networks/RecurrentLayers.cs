using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// Recurrent layers on top of each other, of either cell. Their
/// weights come from a seed, never from the global generator.
/// </summary>
sealed class RecurrentLayers : nn.Module<Tensor, Tensor>
{
    readonly LSTM? lstm;
    readonly GRU? gru;

    /// <param name="cell">The cell.</param>
    /// <param name="inputSize">Values in a step.</param>
    /// <param name="stateSize">Values in the state of each layer.</param>
    /// <param name="layers">At least 1.</param>
    /// <param name="random">Where the weights come from: uniform within plus or minus <c>1 / sqrt(stateSize)</c>, the forget gates' bias 1
    /// higher, so that they start open (Jozefowicz et al., "An Empirical Exploration of Recurrent Network Architectures", ICML 2015).</param>
    /// <param name="dropout">Share of the values between two layers that training sets to 0.</param>
    internal RecurrentLayers(RecurrentCell cell, int inputSize, int stateSize, int layers, SeededRandom random, double dropout = 0) : base(nameof(RecurrentLayers))
    {
        // The modules draw weights when they are made.
        using (new GlobalRandom())
        {
            if (cell == RecurrentCell.Lstm) lstm = nn.LSTM(inputSize, stateSize, layers, batchFirst: true, dropout: dropout);
            else gru = nn.GRU(inputSize, stateSize, layers, batchFirst: true, dropout: dropout);
        }
        RegisterComponents();
        // The layers own them: a dispose scope that happens to be open while they are built must not.
        foreach (var parameter in parameters()) parameter.DetachFromDisposeScope();

        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        double bound = 1 / Math.Sqrt(stateSize);
        foreach (var (name, parameter) in named_parameters())
        {
            parameter.copy_(random.Uniform(parameter.shape, bound));
            // The gates of an LSTM: input, forget, cell, output.
            if (lstm is not null && name.Contains("bias_ih")) parameter.narrow(0, stateSize, stateSize).add_(1);
        }
    }

    /// <param name="x">[rows, steps, inputSize]</param>
    /// <returns>The state of the last layer after each step: [rows, steps, stateSize].</returns>
    public override Tensor forward(Tensor x) => lstm is not null ? lstm.forward(x).Item1 : gru!.forward(x).Item1;

    /// <summary>Values in the parameters.</summary>
    internal static long CountValues(RecurrentCell cell, long inputSize, long stateSize, int layers)
    {
        checked
        {
            long gates = cell == RecurrentCell.Lstm ? 4 : 3;
            return gates * stateSize * (inputSize + stateSize + 2 + (layers - 1) * (2 * stateSize + 2));
        }
    }

    /// <summary>Goes on from states.</summary>
    /// <param name="x">[rows, steps, inputSize]</param>
    /// <param name="state">Of each layer; <see langword="null"/> for zeros.</param>
    /// <returns>The state of the last layer after each step, and the states after the last step.</returns>
    internal (Tensor States, RecurrentState Last) Continue(Tensor x, RecurrentState? state)
    {
        if (lstm is null)
        {
            var (states, last) = gru!.forward(x, state?.Hidden);
            return (states, new RecurrentState(last, null));
        }
        var (outputs, hidden, cell) = lstm.forward(x, state is { } s ? (s.Hidden, s.Cell!) : null);
        return (outputs, new RecurrentState(hidden, cell));
    }

    /// <summary>The state of the last layer after the last step, through which gradients flow back without those of all other steps, which
    /// are zeros.</summary>
    /// <param name="x">[rows, steps, inputSize]</param>
    /// <returns>[rows, stateSize]</returns>
    internal Tensor Last(Tensor x)
    {
        var states = lstm is not null ? lstm.forward(x).Item2 : gru!.forward(x).Item2; // [layers, rows, stateSize]
        return states.select(0, states.shape[0] - 1);
    }

    /// <summary>The states in ONNX.</summary>
    /// <param name="x">[steps, rows, inputSize]: steps come first there.</param>
    /// <param name="state">Of each layer before the first step, [layers, rows, stateSize]; <see langword="null"/> for zeros.</param>
    /// <returns>The state of the last layer after each step, [steps, rows, stateSize], and that of all layers after the last step.</returns>
    internal (OnnxTensor States, OnnxTensor Last) forward(OnnxTensor x, OnnxTensor? state = null)
    {
        var weights = state_dict(); // of the one module within: NAME.weight_ih_l0 and so on
        string prefix = lstm is not null ? nameof(lstm) : nameof(gru);
        // The format's gates: input, output, forget, cell; update, reset, new. Those of a GRU's new state have two biases.
        long[] order = lstm is not null ? [0, 3, 1, 2] : [1, 0, 2];
        var last = new List<OnnxTensor>();
        for (int layer = 0; weights.ContainsKey($"{prefix}.weight_ih_l{layer}"); layer++)
        {
            Tensor Part(string name) => weights[$"{prefix}.{name}_l{layer}"];
            long size = Part("weight_hh").shape[1];
            Tensor Gates(Tensor gates) => cat([.. order.Select(gate => gates.narrow(0, gate * size, size))], 0);
            var graph = x.Graph;
            var results = graph.Nodes(lstm is not null ? "LSTM" : "GRU", [x.Type, x.Type],
            [
                x, graph.Weight(Part("weight_ih"), "gates", w => Gates(w).unsqueeze(0)), graph.Weight(Part("weight_hh"), "gates", w => Gates(w).unsqueeze(0)),
                graph.Weight(Part("bias_ih"), "gates", b => cat([Gates(b), Gates(Part("bias_hh"))], 0).unsqueeze(0)),
                null, state?.narrow(0, layer, 1),
            ], lstm is not null ? [new("hidden_size", size)] : [new("hidden_size", size), new("linear_before_reset", 1)]);
            x = results[0].squeeze(1);
            last.Add(results[1]);
        }
        return (x, x.Graph.Cat(0, [.. last]));
    }
}

/// <summary>States of recurrent layers between two steps.</summary>
/// <param name="Hidden">[layers, rows, stateSize]</param>
/// <param name="Cell">As <paramref name="Hidden"/>, of an LSTM; else <see langword="null"/>.</param>
readonly record struct RecurrentState(Tensor Hidden, Tensor? Cell)
{
    /// <summary>Some of the rows.</summary>
    /// <param name="rows">[kept] Int64</param>
    public RecurrentState Keep(Tensor rows) => new(Hidden.index_select(1, rows), Cell?.index_select(1, rows));

    /// <summary>The same, to be kept beyond the caller's dispose scope.</summary>
    public RecurrentState Detach() => new(Hidden.DetachFromDisposeScope(), Cell?.DetachFromDisposeScope());

    public void Dispose()
    {
        Hidden.Dispose();
        Cell?.Dispose();
    }
}
