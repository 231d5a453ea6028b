namespace Benchmarks;

/// <summary>One line of a benchmark: the same work done by us and by a peer.</summary>
/// <param name="Work">What was done, and who the peer is.</param>
/// <param name="Ours">Our figure.</param>
/// <param name="Peer">The peer's figure.</param>
/// <param name="Ratio">Above 1 where ours is the better.</param>
/// <param name="Unit">Unit of both figures.</param>
sealed record Row(string Work, double Ours, double Peer, double Ratio, string Unit)
{
    /// <summary>A row whose figures are better when they are lower: times, memory, errors.</summary>
    public static Row Lower(string work, double ours, double peer, string unit) => new(work, ours, peer, peer / ours, unit);

    /// <summary>A row whose figures are better when they are higher: rates, accuracies.</summary>
    public static Row Higher(string work, double ours, double peer, string unit) => new(work, ours, peer, ours / peer, unit);
}
