using Microsoft.ML;
using Microsoft.ML.Data;
using Samples.Charts;
using Samples.Output;
using SyntheticTables;

// Records that are nobody's: generators learn a table as it is, and what they draw is judged as a table, as records, and as something to learn from.
if (!SampleOptions.TryParse("SyntheticTables", "tabular/adult.csv.gz", args, out var options, out var message))
{
    Console.WriteLine(message);
    return args is ["--help"] ? 0 : 2;
}

var ml = new MLContext(seed: 1);
var table = RealTable.Load(ml, options);
var records = table.Training.GetColumn<bool>(RealTable.Label).Count();
var classifier = ml.Transforms.Categorical.OneHotEncoding([.. table.Texts.Select(name => new InputOutputColumnPair(name))])
    .Append(ml.Transforms.Concatenate("Features", [.. table.Columns]))
    .Append(ml.Transforms.NormalizeMinMax("Features"))
    .Append(ml.BinaryClassification.Trainers.LbfgsLogisticRegression(RealTable.Label));

Screen.Heading($"{table.Name}: {records:N0} records to learn from");
var report = new Report(options, table, records);
foreach (var contestant in new Contestants(ml, table, options.Quick).All)
{
    var (model, time) = Screen.Train(contestant.Name, contestant.Fit);
    using (model)
    {
        var synthetic = ml.Data.Cache(ml.Generation.Sample(model, records));
        var (judged, _) = Screen.Work($"{contestant.Name}: measuring", () => (Table: ml.Generation.EvaluateTable(table.Training, synthetic),
            Trained: ml.Generation.TrainOnSynthetic(table.Training, synthetic, table.Test, classifier, RealTable.Label)));
        report.Add(contestant.Name, time, synthetic, judged.Table, judged.Trained);
        report.WriteCsv(contestant.Name, synthetic);

        // Saved as any model; whoever loads it draws the same records.
        var path = Path.Combine(options.Out, $"{contestant.Name.ToLowerInvariant()}.zip");
        ml.Model.Save(model, table.Training.Schema, path);
        var loaded = new MLContext().Model.Load(path, out _);
        var wanted = ml.Generation.Sample(loaded, 200, seed: 7, condition: "True");
        var same = table.Columns.All(column => table.Read(wanted, column).SequenceEqual(table.Read(ml.Generation.Sample(model, 200, seed: 7, condition: "True"), column)));
        Screen.Line($"  Loaded from {Path.GetFileName(path)}, it draws {(same ? "the same" : "OTHER")} records, "
            + $"{wanted.GetColumn<bool>(RealTable.Label).Count(label => label)} of 200 with the label asked for.");
    }
}
report.Save();
return 0;
