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
    internal RecurrentLayers(RecurrentCell cell, int inputSize, int stateSize, int layers, SeededRandom random) : base(nameof(RecurrentLayers))
    {
        // The modules draw weights when they are made.
        using (new GlobalRandom())
        {
            if (cell == RecurrentCell.Lstm) lstm = nn.LSTM(inputSize, stateSize, layers, batchFirst: true);
            else gru = nn.GRU(inputSize, stateSize, layers, batchFirst: true);
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

    /// <summary>The state of the last layer after the last step, through which gradients flow back without those of all other steps, which
    /// are zeros.</summary>
    /// <param name="x">[rows, steps, inputSize]</param>
    /// <returns>[rows, stateSize]</returns>
    internal Tensor Last(Tensor x)
    {
        var states = lstm is not null ? lstm.forward(x).Item2 : gru!.forward(x).Item2; // [layers, rows, stateSize]
        return states.select(0, states.shape[0] - 1);
    }
}
