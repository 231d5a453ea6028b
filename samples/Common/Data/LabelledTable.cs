namespace Samples.Data;

/// <summary>A CSV file of numbers with a header, whose last column says which rows are anomalous (1) and which are not (0).</summary>
/// <param name="Path">The plain, unzipped file.</param>
/// <param name="Columns">Names of the columns before the label.</param>
public sealed record LabelledTable(string Name, string Path, IReadOnlyList<string> Columns)
{
    /// <summary>Unzips a table of the ADBench collection into the folder.</summary>
    public static LabelledTable Unzip(string gzip, string folder) => Open(Gzip.Extract(gzip, folder));

    public static LabelledTable Open(string path) =>
        new(System.IO.Path.GetFileNameWithoutExtension(path), path, File.ReadLines(path).First().Split(',')[..^1]);

    /// <summary>Writes simulated pump telemetry into the folder.</summary>
    public static LabelledTable MakeTelemetry(string folder, int days, int seed)
    {
        var path = System.IO.Path.Combine(folder, "pump.csv");
        var lines = PumpTelemetry.Simulate(days, seed).Select(row =>
            $"{string.Join(',', row.Values.Select(value => value.ToString("G7")))},{(row.Fault > 0 ? 1 : 0)}");
        File.WriteAllLines(path, lines.Prepend($"{string.Join(',', PumpTelemetry.Sensors)},label"));
        return Open(path);
    }
}
