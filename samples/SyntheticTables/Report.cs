using System.Globalization;
using Extensions.ML;
using Microsoft.ML;
using Samples.Charts;
using Samples.Output;

namespace SyntheticTables;

/// <summary>Tables and charts of what the generators draw, on the screen and as a page.</summary>
sealed class Report(SampleOptions options, RealTable table, int records)
{
    sealed record Result(string Name, TimeSpan Time, IDataView Synthetic, TableMetrics Table, TrainOnSyntheticMetrics Trained);

    readonly List<Result> _results = [];

    public void Add(string name, TimeSpan time, IDataView synthetic, TableMetrics judged, TrainOnSyntheticMetrics trained) =>
        _results.Add(new(name, time, synthetic, judged, trained));

    /// <summary>Writes a synthetic table as text, as any other table.</summary>
    public void WriteCsv(string name, IDataView synthetic)
    {
        string[] columns = [.. table.Columns, RealTable.Label];
        var values = Array.ConvertAll(columns, column => table.Read(synthetic, column));
        File.WriteAllLines(Path.Combine(options.Out, $"{name.ToLowerInvariant()}.csv"),
            Enumerable.Range(0, values[0].Length).Select(row => string.Join(',', values.Select(column => column[row]))).Prepend(string.Join(',', columns)));
    }

    public void Save()
    {
        var html = new HtmlReport(options.Out, "Synthetic records",
            $"Generators learned {records:N0} records of the table '{table.Name}' as it is, numbers, texts and label, and drew as many new ones. "
            + (options.Data == null ? "The table is made by this program." : "The table is UCI's Adult, a census."));
        var measures = Measures();
        Screen.Show(measures);
        html.Section("How good they are", "As a table: does each column, and each pair of columns, look like the real one's? As records: is any of them a copy of a "
            + "real one? As something to learn from: does a classifier that saw only synthetic records know as much of real ones?");
        html.Add(measures);

        var best = _results.MaxBy(result => result.Trained.TrainedOnSynthetic.Accuracy)!;
        html.Section("Columns", "How much each column's distribution differs: the Kolmogorov-Smirnov statistic of numbers, the total variation of categories; 0 is the same.");
        html.Add(("columns.png", BarChart.Of("Difference from the real column", "0 to 1",
            [.. _results.Take(3).Select(result => new BarChart.Panel(result.Name, $"mean {result.Table.MeanDifference:F3}",
                [.. result.Table.Columns.Select(column => (column.Name, column.Difference))]))], Theme.Ours), "The difference of each column"));
        var text = table.Texts.First();
        html.Add(("shares.png", BarChart.Of($"Shares of '{text}'", "The most frequent categories", [Shares("real", table.Training), .. _results.Take(2)
            .Select(result => Shares(result.Name, result.Synthetic))], Theme.Ours), $"How often each '{text}' occurs"));

        html.Section("Pairs of columns", "Correlation of two numbers, Cramér's V of two categories, the correlation ratio of one of each.");
        html.Add(Associations("real.png", "Real records", best.Table.RealAssociations), Associations("synthetic.png", $"Drawn by {best.Name}", best.Table.GeneratedAssociations));

        html.Section("Some records", $"Drawn by {best.Name}. They are nobody's.");
        html.Add(Some(best.Synthetic));
        html.Save();
        Screen.Line("");
        Screen.Line($"The report: {html.Path}");
    }

    Table Measures() => new($"{records:N0} synthetic records",
        ["Generator", "Columns differ", "Pairs differ", "To the nearest real", "Copies", "Accuracy", "Training"],
        [
            ["(real records)", "0", "0", Text(_results[0].Table.RealToReal, "F4"), Text(_results[0].Table.RealCopies, "P1"), Text(_results[0].Trained.TrainedOnReal.Accuracy, "P1"), ""],
            .. _results.Select(result => new[]
            {
                result.Name, Text(result.Table.MeanDifference, "F3"), Text(result.Table.AssociationDifference, "F3"), Text(result.Table.GeneratedToReal, "F4"),
                Text(result.Table.Copies, "P1"), Text(result.Trained.TrainedOnSynthetic.Accuracy, "P1"), $"{result.Time.TotalSeconds:F0} s",
            }),
        ],
        "Nearest: median distance to the nearest (other) real record. Copies: share that equals one in every column. Accuracy: of logistic regression on real records "
            + "that no generator saw.");

    BarChart.Panel Shares(string name, IDataView data)
    {
        var column = table.Texts.First();
        var all = table.Read(table.Training, column);
        var shown = all.CountBy(value => value).OrderByDescending(entry => entry.Value).Take(8).Select(entry => entry.Key);
        var values = table.Read(data, column);
        return new(name, $"{values.Length:N0} records", [.. shown.Select(value => (value, values.Count(other => other == value) / (double)values.Length))]);
    }

    (string, Samples.Drawing.Canvas, string) Associations(string file, string title, IReadOnlyList<IReadOnlyList<double>> values)
    {
        string[] names = [.. table.Columns, RealTable.Label], numbers = [.. names.Select((_, i) => $"{i + 1}")];
        return (file, HeatMap.Of(title, "Strength of the association, 0 to 1", ("", names), ("", numbers), [.. values.Select(row => row.Select(value => (float)Math.Abs(value)).ToArray())]),
            $"{title}: how strongly each pair of columns is associated");
    }

    Table Some(IDataView data)
    {
        string[] columns = [.. table.Columns, RealTable.Label];
        var values = Array.ConvertAll(columns, column => table.Read(data, column));
        return new("The first records", columns, [.. Enumerable.Range(0, 8).Select(row => Array.ConvertAll(values, column => column[row]))], TextColumns: columns.Length);
    }

    static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
