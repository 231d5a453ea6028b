using System.Globalization;
using Samples.Output;

namespace Benchmarks;

/// <summary>What a benchmark found.</summary>
/// <param name="Tables">For the screen.</param>
/// <param name="Json">For the JSON file.</param>
sealed record Findings(IReadOnlyList<Table> Tables, object Json)
{
    /// <summary>Findings that are pairs of figures, ours and a peer's.</summary>
    public static Findings Of(string benchmark, IEnumerable<Row> measured)
    {
        var rows = measured.ToArray();
        var culture = CultureInfo.InvariantCulture;
        string Figure(double value) => value.ToString(Math.Abs(value) >= 1000 ? "N0" : "G4", culture);
        var table = new Table($"Benchmark {benchmark}", ["Work", "Ours", "Peer", "Ratio", "Unit"],
            [.. rows.Select(row => new[] { row.Work, Figure(row.Ours), Figure(row.Peer), row.Ratio.ToString("F2", culture), row.Unit })],
            "Medians. Ratio: above 1 means that ours is the better. cpu: processor time, which other programs disturb least.");
        return new([table], new { rows });
    }
}
