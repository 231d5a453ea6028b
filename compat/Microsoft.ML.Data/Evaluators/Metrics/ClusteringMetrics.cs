namespace Microsoft.ML.Data;

public sealed class ClusteringMetrics
{
    public double NormalizedMutualInformation { get; internal init; }
    public double AverageDistance { get; internal init; }
    public double DaviesBouldinIndex { get; internal init; }

    internal ClusteringMetrics()
    {
    }
}
