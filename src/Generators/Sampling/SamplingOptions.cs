namespace Extensions.ML.Generators;

/// <summary>How rows are drawn from a model: one derived class for each kind of model.</summary>
public abstract record SamplingOptions
{
    private protected SamplingOptions()
    {
    }
}
