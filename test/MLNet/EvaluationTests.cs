using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Reference.Tests;

/// <summary>The evaluators: metrics, confusion tables, refused columns.</summary>
[TestClass]
public sealed class EvaluationTests
{
    // Only the order of summation may differ.
    const double Rounding = 1e-12;

    static readonly ReferenceTable Binary = BinaryTable(), Multiclass = MulticlassTable(), Regression = RegressionTable(),
        Clustering = ClusteringTable(), Anomaly = AnomalyTable();

    public static IEnumerable<object[]> BinaryIds => Binary.Ids;
    public static IEnumerable<object[]> MulticlassIds => Multiclass.Ids;
    public static IEnumerable<object[]> RegressionIds => Regression.Ids;
    public static IEnumerable<object[]> ClusteringIds => Clustering.Ids;
    public static IEnumerable<object[]> AnomalyIds => Anomaly.Ids;

    [TestMethod, DynamicData(nameof(BinaryIds))] public void BinaryClassification(string id) => Binary.Run(id);
    [TestMethod, DynamicData(nameof(MulticlassIds))] public void MulticlassClassification(string id) => Multiclass.Run(id);
    [TestMethod, DynamicData(nameof(RegressionIds))] public void RegressionErrors(string id) => Regression.Run(id);
    [TestMethod, DynamicData(nameof(ClusteringIds))] public void ClusteringQuality(string id) => Clustering.Run(id);
    [TestMethod, DynamicData(nameof(AnomalyIds))] public void AnomalyDetection(string id) => Anomaly.Run(id);

    static ReferenceTable BinaryTable()
    {
        var table = new ReferenceTable("evaluate_binary.json", Rounding)
        {
            ["missing-label-column"] = c => MetricsOf(c.Ml.BinaryClassification.EvaluateNonCalibrated(Data<BinBool>(c), "Nope")),
            ["missing-score-column"] = c => MetricsOf(c.Ml.BinaryClassification.EvaluateNonCalibrated(Data<BinBool>(c), "Label", "Nope")),
            ["missing-probability-column"] = c => MetricsOf(c.Ml.BinaryClassification.Evaluate(Data<BinBool>(c), "Label", "Score", "Nope")),
            ["null-data"] = c => c.Ml.BinaryClassification.EvaluateNonCalibrated(null),
            ["null-label-name"] = c => c.Ml.BinaryClassification.EvaluateNonCalibrated(c.Ml.Data.LoadFromEnumerable(new BinBool[0]), null),
        };
        table.AddAll("/calibrated$", c => MetricsOf(c.Ml.BinaryClassification.Evaluate(Data<BinBool>(c))));
        table.AddAll("/noncalibrated$|^missing-predictedlabel-column$", c => MetricsOf(c.Ml.BinaryClassification.EvaluateNonCalibrated(Data<BinBool>(c))));
        return table;
    }

    static ReferenceTable MulticlassTable()
    {
        var table = new ReferenceTable("evaluate_multiclass.json", Rounding)
        {
            ["score-slot-names"] = c => MetricsOf(c.Ml.MulticlassClassification.Evaluate(Named(c, "Score", "SlotNames"))),
            ["label-keyvalues"] = c => MetricsOf(c.Ml.MulticlassClassification.Evaluate(Named(c, "Label", "KeyValues"))),
            ["missing-score-column"] = c => MetricsOf(c.Ml.MulticlassClassification.Evaluate(Data<McKey>(c), "Label", "Nope")),
            ["missing-label-column"] = c => MetricsOf(c.Ml.MulticlassClassification.Evaluate(Data<McKey>(c), "Nope")),
            ["missing-predictedlabel-column"] = c => MetricsOf(c.Ml.MulticlassClassification.Evaluate(Data<McKey>(c), "Label", "Score", "Nope")),
        };
        table.AddAll("", c => MetricsOf(c.Ml.MulticlassClassification.Evaluate(Data<McKey>(c), topKPredictionCount: Argument(c, "topKPredictionCount"))));
        return table;

        static IDataView Named(ReferenceCase c, string column, string annotation)
        {
            var definition = SchemaDefinition.Create(typeof(McKey));
            var names = new VBuffer<ReadOnlyMemory<char>>(3, ["red".AsMemory(), "green".AsMemory(), "blue".AsMemory()]);
            definition[column].AddAnnotation(annotation, names, new VectorDataViewType(TextDataViewType.Instance, 3));
            return c.Ml.Data.LoadFromEnumerable(c.RowsOfCase<McKey>("basic-topk-0"), definition);
        }
    }

    static ReferenceTable RegressionTable()
    {
        var table = new ReferenceTable("evaluate_regression.json", Rounding);
        table.AddAll("", c => c.Ml.Regression.Evaluate(Data<Reg>(c)));
        return table;
    }

    static ReferenceTable ClusteringTable()
    {
        var table = new ReferenceTable("evaluate_clustering.json", Rounding)
        {
            ["missing-score"] = c => c.Ml.Clustering.Evaluate(AnyRows(c), null, "Nope"),
            ["missing-feature"] = c => c.Ml.Clustering.Evaluate(AnyRows(c), null, "Score", "Nope"),
            ["missing-label"] = c => c.Ml.Clustering.Evaluate(AnyRows(c), "Nope"),
        };
        table.AddAll("/none$", c => c.Ml.Clustering.Evaluate(Data<Clu>(c)));
        table.AddAll("/label$", c => c.Ml.Clustering.Evaluate(Data<Clu>(c), "Label"));
        table.AddAll("/features$", c => c.Ml.Clustering.Evaluate(Data<Clu>(c), featureColumnName: "Features"));
        table.AddAll("/label.features$", c => c.Ml.Clustering.Evaluate(Data<Clu>(c), "Label", "Score", "Features"));
        return table;

        static IDataView AnyRows(ReferenceCase c) => c.Ml.Data.LoadFromEnumerable(c.RowsOfCase<Clu>("basic/none"));
    }

    static ReferenceTable AnomalyTable()
    {
        var table = new ReferenceTable("evaluate_anomaly.json", Rounding)
        {
            ["predictedlabel-any-column"] = c => c.Ml.AnomalyDetection.Evaluate(
                AnyRows(c), "Label", "Score", predictedLabelColumnName: "Label", falsePositiveCount: 1),
            ["missing-label"] = c => c.Ml.AnomalyDetection.Evaluate(AnyRows(c), "Nope"),
            ["missing-score"] = c => c.Ml.AnomalyDetection.Evaluate(AnyRows(c), "Label", "Nope"),
        };
        table.AddAll("", c => c.Ml.AnomalyDetection.Evaluate(Data<AnoSingle>(c), falsePositiveCount: Argument(c, "falsePositiveCount")));
        return table;

        static IDataView AnyRows(ReferenceCase c) => c.Ml.Data.LoadFromEnumerable(c.RowsOfCase<AnoSingle>("basic-fp1"));
    }

    /// <summary>An integer argument of the call that the case describes.</summary>
    static int Argument(ReferenceCase c, string name)
        => int.Parse(Regex.Match(c.Data.GetProperty("calls").GetString()!, name + @": (-?\d+)").Groups[1].Value, CultureInfo.InvariantCulture);

    /// <summary>Metrics as the reference prints them: with the text of the confusion table, and the counts as numbers.</summary>
    internal static object MetricsOf(object metrics) => metrics.GetType().GetProperties().ToDictionary(
        property => property.Name, property => property.GetValue(metrics) is ConfusionMatrix confusion ? Confusion(confusion) : property.GetValue(metrics));

    static object Confusion(ConfusionMatrix confusion) => new
    {
        confusion.NumberOfClasses,
        Counts = Enumerable.Range(0, confusion.NumberOfClasses).Select(actual =>
            Enumerable.Range(0, confusion.NumberOfClasses).Select(predicted => confusion.GetCountForClassPair(predicted, actual))),
        confusion.PerClassPrecision,
        confusion.PerClassRecall,
        FormattedTable = confusion.GetFormattedConfusionTable().ReplaceLineEndings("\n"),
    };

    /// <summary>The rows of the case, of the case that it refers to, or of a file. <typeparamref name="T"/> is the class where it names none.</summary>
    static IDataView Data<T>(ReferenceCase c) where T : class
    {
        var input = c.Data.GetProperty("input");
        if (input.ValueKind == JsonValueKind.Object)
        {
            var named = input.TryGetProperty("class", out var name) ? Class(name.GetString()!) : typeof(T);
            return View(c, named, c.Id);
        }
        var text = input.GetString()!;
        if (Regex.Match(text, @"^inputs/(\S+) as (\w+) rows") is { Success: true } file)
            return Load(c, file.Groups[1].Value, Class(file.Groups[2].Value));

        // "as above": the nearest case before this one that has rows of its own.
        var cases = c.File.GetProperty("cases").EnumerateArray().ToList();
        var other = text == "as above"
            ? cases.TakeWhile(x => Id(x) != c.Id).Last(x => x.TryGetProperty("input", out var rows) && rows.ValueKind == JsonValueKind.Object)
            : cases.Single(x => Id(x) == Regex.Match(text, "^(?:same rows as|rows of|as) (.+)$").Groups[1].Value);
        var source = other.GetProperty("input");
        if (source.ValueKind == JsonValueKind.String)
            return Load(c, Regex.Match(source.GetString()!, @"^inputs/(\S+)").Groups[1].Value, typeof(T));
        return View(c, source.TryGetProperty("class", out var otherName) ? Class(otherName.GetString()!) : typeof(T), Id(other));

        static string Id(JsonElement x) => x.GetProperty("id").GetString()!;
    }

    static Type Class(string name) => typeof(EvaluationTests).Assembly.GetType($"{typeof(EvaluationTests).Namespace}.{name}", throwOnError: true)!;

    static IDataView View(ReferenceCase c, Type type, string id) => Call(nameof(TypedView), type, c, id);

    static IDataView TypedView<T>(ReferenceCase c, string id) where T : class => c.Ml.Data.LoadFromEnumerable(c.RowsOfCase<T>(id));

    static IDataView Load(ReferenceCase c, string file, Type type) => Call(nameof(TypedLoad), type, c, file);

    static IDataView TypedLoad<T>(ReferenceCase c, string file) where T : class, new()
    {
        var lines = File.ReadAllLines(ReferenceFolder.Input(file));
        var header = lines[0].Split(',');
        return c.Ml.Data.LoadFromEnumerable(lines.Skip(1).Select(line => Fill<T>(header, line.Split(','))).ToList());
    }

    /// <summary>An object of a line; Score0, Score1... are the items of Score, X and Y those of Features.</summary>
    static T Fill<T>(string[] header, string[] values) where T : new()
    {
        var row = new T();
        foreach (var field in typeof(T).GetFields())
        {
            if (field.FieldType == typeof(float[]))
            {
                var items = header.Zip(values).Where(x => field.Name == "Features" ? x.First is "X" or "Y" : Regex.IsMatch(x.First, $@"^{field.Name}\d$"));
                field.SetValue(row, items.Select(x => float.Parse(x.Second, CultureInfo.InvariantCulture)).ToArray());
            }
            else if (Array.IndexOf(header, field.Name) is var at && at >= 0)
            {
                object value = field.FieldType == typeof(bool) ? values[at] == "1"
                    : Convert.ChangeType(values[at], field.FieldType, CultureInfo.InvariantCulture);
                field.SetValue(row, value);
            }
        }
        return row;
    }

    static IDataView Call(string method, Type type, params object[] arguments)
        => (IDataView)typeof(EvaluationTests).GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type)
            .Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
}
