using Microsoft.ML;
using Microsoft.ML.Data;
using Samples.Data;
using Samples.Output;

namespace SyntheticTables;

/// <summary>A table of real records, four fifths of them to learn from.</summary>
/// <param name="Name">What the table is.</param>
/// <param name="Columns">Its columns but the label.</param>
/// <param name="Numbers">Those that are numbers; the others are texts.</param>
/// <param name="Training">Records to learn from.</param>
/// <param name="Test">Records that no generator sees.</param>
sealed record RealTable(string Name, IReadOnlyList<string> Columns, IReadOnlyList<string> Numbers, IDataView Training, IDataView Test)
{
    public const string Label = "label";

    public static RealTable Load(MLContext ml, SampleOptions options)
    {
        var folder = Directory.CreateDirectory(options.Out).FullName;
        var (table, numbers) = options.Data == null
            ? (MadeCustomers.Write(folder, options.Quick ? 4_000 : 20_000, seed: 1), MadeCustomers.Numbers)
            : (LabelledTable.Unzip(Path.Combine(options.Data, "tabular", "adult.csv.gz"), folder),
                ["age", "fnlwgt", "education-num", "capital-gain", "capital-loss", "hours-per-week"]);
        var columns = table.Columns.Append(Label).Select((name, i) => new TextLoader.Column(name,
            name == Label ? DataKind.Boolean : numbers.Contains(name) ? DataKind.Single : DataKind.String, i));
        var all = ml.Data.LoadFromTextFile(table.Path, [.. columns], separatorChar: ',', hasHeader: true);
        if (options.Quick)
            all = ml.Data.TakeRows(all, 4_000);
        var split = ml.Data.TrainTestSplit(ml.Data.Cache(all), testFraction: 0.2, seed: 1);
        return new(table.Name, table.Columns, numbers, ml.Data.Cache(split.TrainSet), ml.Data.Cache(split.TestSet));
    }

    /// <summary>The texts, which need an encoding before a classifier.</summary>
    public IEnumerable<string> Texts => Columns.Except(Numbers);

    /// <summary>A column's values as text.</summary>
    public string[] Read(IDataView data, string column) => column == Label
        ? [.. data.GetColumn<bool>(column).Select(value => value.ToString())]
        : Numbers.Contains(column) ? [.. data.GetColumn<float>(column).Select(value => value.ToString(System.Globalization.CultureInfo.InvariantCulture))]
        : [.. data.GetColumn<string>(column)];
}
