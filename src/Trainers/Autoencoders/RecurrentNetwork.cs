namespace Extensions.ML.Trainers;

/// <summary>The cell of a recurrent network.</summary>
public enum RecurrentCell
{
    /// <summary>Long short-term memory with a forget gate (Hochreiter and Schmidhuber 1997; Gers et al. 2000), which starts open.</summary>
    Lstm,

    /// <summary>Gated recurrent unit (Cho et al. 2014): three quarters of the weights.</summary>
    Gru,
}

/// <summary>
/// An autoencoder of sequences: the encoder's last state gives the code, from which a second recurrent network gives the steps
/// (Srivastava et al., "Unsupervised Learning of Video Representations using LSTMs", ICML 2015, section 2.2, the unconditioned decoder; it
/// reads the code at every step). A row is a window step by step: all values of the first step, then of the next.
/// </summary>
public sealed record RecurrentNetwork : NetworkDesign
{
    /// <summary>Values of a step, at least 1; a row holds a whole number of steps. Default 1.</summary>
    public int StepSize { get; init => field = AtLeast(value, 1); } = 1;

    /// <summary>The cell. Default <see cref="RecurrentCell.Lstm"/>.</summary>
    public RecurrentCell Cell { get; init; }

    /// <summary>Values in the state of a layer, at least 1. Default 64.</summary>
    public int StateSize { get; init => field = AtLeast(value, 1); } = 64;

    /// <summary>Layers of the encoder, and as many of the decoder, at least 1. Default 1.</summary>
    public int Layers { get; init => field = AtLeast(value, 1); } = 1;

    /// <summary>Whether the decoder gives the last step first, which is nearest to what the encoder has just read (Srivastava et al. 2015,
    /// section 2.1). Default yes.</summary>
    public bool Reversed { get; init; } = true;

    /// <summary>
    /// Slot within a step, from 0, that tells whether there is a step: 1 for a step, 0 for padding, anywhere in the row. Steps of padding
    /// move no state and count in no loss and no error; what stands in their other slots does not matter, but must be a number. The slot
    /// itself is rebuilt at every step, so that a reconstruction tells its length. Rows with such a slot are not scaled by the component:
    /// scale the values before. Default <see langword="null"/>: every step is one.
    /// </summary>
    public int? MaskSlot { get; init => field = value is { } slot ? AtLeast(slot, 0) : null; }

    /// <summary>After the layer that gives the code. Default none.</summary>
    public Activation CodeActivation { get; init; } = Activation.Identity;

    internal override FeatureScaling ResolveScaling(FeatureScaling asked) => MaskSlot is null ? asked
        : asked is FeatureScaling.Auto or FeatureScaling.None ? FeatureScaling.None
        : throw new ArgumentException($"Scaling {asked} would change the flags in MaskSlot; scale the values before, and set Scaling to None.");

    internal override NetworkDesign Resolve(int inputSize, int[] hiddenSizes)
    {
        Check(inputSize);
        return this;
    }

    internal override AutoencoderNetwork Create(AutoencoderArchitecture architecture, int seed)
    {
        Check(architecture.NetworkSize);
        return new RecurrentAutoencoder(this, architecture, seed);
    }

    internal override long CountValues(AutoencoderArchitecture architecture)
    {
        Check(architecture.NetworkSize);
        checked
        {
            long code = architecture.CodeSize;
            long Recurrence(long inputs) => RecurrentLayers.CountValues(Cell, inputs, StateSize, Layers);
            return Recurrence(StepSize) + Recurrence(code) + code * (StateSize + 1L) + StepSize * (StateSize + 1L);
        }
    }

    void Check(int inputSize)
    {
        if (inputSize % StepSize != 0)
            throw new ArgumentException($"Rows of {inputSize} values do not hold whole steps of {StepSize}; set StepSize.");
        if (MaskSlot >= StepSize)
            throw new ArgumentException($"MaskSlot {MaskSlot} is no slot of a step of {StepSize} values.");
    }
}
