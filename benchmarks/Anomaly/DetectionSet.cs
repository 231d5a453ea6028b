using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using Samples.Data;

namespace Benchmarks.Anomaly;

/// <summary>A table of numbers whose anomalous rows are known.</summary>
/// <param name="Name">Its file's name without endings.</param>
/// <param name="Rows">The features of each row.</param>
/// <param name="Anomalous">Which rows are anomalies; for the evaluation only.</param>
sealed record DetectionSet(string Name, float[][] Rows, bool[] Anomalous)
{
    const string Ending = ".csv.gz";

    public int Width => Rows[0].Length;

    /// <summary>
    /// The sets of a folder that holds <c>*.csv.gz</c> files, or holds <c>adbench/</c> with such files, by name; without a folder one of
    /// made pump telemetry.
    /// </summary>
    /// <exception cref="InvalidDataException">There are no such files.</exception>
    public static IEnumerable<DetectionSet> All(string? data)
    {
        if (data == null)
        {
            var telemetry = PumpTelemetry.Simulate(days: 60, seed: 1).ToArray();
            return [new("pump", Array.ConvertAll(telemetry, row => row.Values), Array.ConvertAll(telemetry, row => row.Fault > 0))];
        }
        var folder = Path.Combine(data, "adbench") is var below && Directory.Exists(below) ? below : data;
        var files = Directory.GetFiles(folder, "*" + Ending);
        Array.Sort(files, StringComparer.Ordinal);
        return files.Length > 0 ? files.Select(Read) : throw new InvalidDataException($"There is no file named *{Ending} in '{folder}'.");
    }

    /// <exception cref="InvalidDataException">The file is not a header that ends with <c>label</c> over lines of as many numbers.</exception>
    static DetectionSet Read(string path)
    {
        using var text = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        var header = (text.ReadLine() ?? "").Split(',');
        if (header.Length < 2 || header[^1].Trim() != "label")
            throw new InvalidDataException($"{path}: expected a header of column names, the last of them 'label'.");
        var (rows, anomalous) = (new List<float[]>(), new List<bool>());
        while (text.ReadLine() is { } line)
        {
            if (line.Length == 0)
                continue;
            var (row, at) = (new float[header.Length], 0);
            foreach (var field in line.AsSpan().Split(','))
                if (at == row.Length || !float.TryParse(line.AsSpan(field), CultureInfo.InvariantCulture, out row[at++]))
                    throw new InvalidDataException($"{path}: row {rows.Count + 1} does not hold {header.Length} numbers.");
            if (at < row.Length)
                throw new InvalidDataException($"{path}: row {rows.Count + 1} holds {at} numbers, not {header.Length}.");
            rows.Add(row[..^1]);
            anomalous.Add(row[^1] != 0);
        }
        if (!anomalous.Contains(true) || !anomalous.Contains(false))
            throw new InvalidDataException($"{path}: expected both normal rows (label 0) and anomalies (label 1).");
        return new(Path.GetFileName(path)[..^Ending.Length], [.. rows], [.. anomalous]);
    }

    /// <summary>Writes the rows as Single, each with its label (0 or 1) behind it.</summary>
    public void WriteTo(string path)
    {
        using var file = new BufferedStream(File.Create(path), 1 << 16);
        foreach (var (row, anomalous) in Rows.Zip(Anomalous))
        {
            file.Write(MemoryMarshal.AsBytes(row.AsSpan()));
            file.Write(BitConverter.GetBytes(anomalous ? 1f : 0f));
        }
    }
}
