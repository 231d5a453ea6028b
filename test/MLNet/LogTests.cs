using System.Text.RegularExpressions;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;

namespace MLNet.Reference.Tests;

/// <summary>
/// What reaches ml.Log. Traces tell of threads and of how a library is built, so they are compared only where a case is about them;
/// elapsed times never.
/// </summary>
[TestClass]
public sealed class LogTests
{
    static readonly ReferenceTable Table = MakeTable();

    public static IEnumerable<object[]> Ids => Table.Ids;

    [TestMethod, DynamicData(nameof(Ids))]
    public void Case(string id) => Table.Run(id);

    static ReferenceTable MakeTable()
    {
        var table = new ReferenceTable("log_messages.json");
        Said("kmeans-fit", c => c.Ml.Clustering.Trainers.KMeans(new KMeansTrainer.Options { NumberOfClusters = 3, NumberOfThreads = 1 }).Fit(Iris(c)));
        Said("lbfgs-maxent-fit", c => MaximumEntropy(c).Fit(IrisText(c)));
        Said("lbfgs-logreg-fit", c => c.Ml.BinaryClassification.Trainers.LbfgsLogisticRegression().Fit(IrisBinary(c)));
        table.Skip("sdca-maxent-fit", "The stand-in has no SDCA.");
        Said("randomizedpca-fit", c => c.Ml.AnomalyDetection.Trainers.RandomizedPca(rank: 2, seed: 1).Fit(Iris(c)));
        Traced("normalize-fit", c => c.Ml.Transforms.NormalizeMinMax("Features").Fit(Iris(c)));
        Traced("mapvaluetokey-fit", c => c.Ml.Transforms.Conversion.MapValueToKey("Label").Fit(IrisText(c)));
        Said("evaluate-multiclass", c => c.Ml.MulticlassClassification.Evaluate(MaximumEntropy(c).Fit(IrisText(c)).Transform(IrisText(c))));
        Said("read-text-file", c => Rendering.Rows(c.Ml.Data.LoadFromTextFile(ReferenceFolder.Input("iris.tsv"),
            [new("Label", DataKind.Single, 0), new("Features", DataKind.Single, 1, 4)], hasHeader: true)));
        Traced("read-enumerable", c => Rendering.Rows(Iris(c)));
        Said("save-load", c =>
        {
            var model = c.Ml.Transforms.NormalizeMinMax("Features").Fit(Iris(c));
            using var stream = new MemoryStream();
            c.Ml.Model.Save(model, Iris(c).Schema, stream);
            stream.Position = 0;
            c.Ml.Model.Load(stream, out _);
        });
        Traced("custom-channel", c =>
        {
            using var channel = ((IHostEnvironment)c.Ml).Register("Mine").Start("Training");
            channel.Info(MessageSensitivity.None, "loss {0}", 0.5);
            channel.Warning(MessageSensitivity.UserData, "w");
            channel.Error(MessageSensitivity.Schema, "e");
            channel.Trace(MessageSensitivity.All, "t");
        });
        table["message-format"] = c =>
        {
            var host = ((IHostEnvironment)c.Ml).Register("Mine");
            using (var channel = host.Start("Training"))
                channel.Info(MessageSensitivity.None, "loss {0}", 0.5);
            using (var channel = host.Register("Inner").Start("Sub"))
                channel.Warning(MessageSensitivity.None, "warn");
            return c.Log.Zip(c.Data.GetProperty("expected").EnumerateArray(), (log, wanted) => new
            {
                Message = Timed(log.Message, wanted.GetProperty("Message").GetString()!),
                RawMessage = Timed(log.RawMessage, wanted.GetProperty("RawMessage").GetString()!),
                log.Source,
                log.Kind,
            }).ToArray();
        };
        return table;

        void Said(string id, Action<ReferenceCase> run) => Add(id, run, kind => kind != nameof(ChannelMessageKind.Trace));

        void Traced(string id, Action<ReferenceCase> run) => Add(id, run, _ => true);

        void Add(string id, Action<ReferenceCase> run, Func<string, bool> isCompared) => table[id] = c =>
        {
            run(c);
            var logs = c.Data.GetProperty("logs").EnumerateArray()
                .Select(log => (Kind: log.GetProperty("kind").GetString()!, Source: log.GetProperty("source").GetString()!, Message: log.GetProperty("message").GetString()!)).ToArray();
            // The reference was recorded where there are several processors, of which L-BFGS tells.
            var wanted = logs.Where(log => isCompared(log.Kind) && (Environment.ProcessorCount > 1 || !log.Message.StartsWith("LBFGS multi-threading", StringComparison.Ordinal)))
                .Select(log => Text(log.Kind, log.Source, log.Message)).ToArray();
            var actual = c.Log.Where(log => isCompared(log.Kind.ToString())).Select(log => Text(log.Kind.ToString(), log.Source, log.RawMessage));
            // The reference holds the first 30 messages.
            Assert.AreEqual(string.Join('\n', wanted), string.Join('\n', logs.Length < 30 ? actual : actual.Take(wanted.Length)));
            return "see logs";
        };
    }

    static string Text(string kind, string source, string message) => $"{kind} [{source}] {Regex.Replace(message, @"Elapsed \S+", "Elapsed")}";

    // The text that is wanted, where only the time differs.
    static string Timed(string text, string wanted)
        => Regex.Replace(text, @"Elapsed \S+", "") == Regex.Replace(wanted, @"Elapsed \S+", "") ? wanted : text;

    static IEstimator<ITransformer> MaximumEntropy(ReferenceCase c)
        => c.Ml.Transforms.Conversion.MapValueToKey("Label").Append(c.Ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy());

    static IEnumerable<(float Label, float[] Features)> IrisRows => File.ReadLines(ReferenceFolder.Input("iris.tsv")).Skip(1)
        .Select(line => line.Split('\t').Select(text => float.Parse(text, System.Globalization.CultureInfo.InvariantCulture)).ToArray())
        .Select(values => (values[0], values[1..]));

    static IDataView Iris(ReferenceCase c)
        => c.Ml.Data.LoadFromEnumerable(IrisRows.Select(row => new IrisRow { Label = row.Label, Features = row.Features }).ToList());

    static IDataView IrisText(ReferenceCase c) => c.Ml.Data.LoadFromEnumerable(
        IrisRows.Select(row => new IrisText { Label = row.Label.ToString(System.Globalization.CultureInfo.InvariantCulture), Features = row.Features }).ToList());

    static IDataView IrisBinary(ReferenceCase c)
        => c.Ml.Data.LoadFromEnumerable(IrisRows.Select(row => new IrisBin { Label = row.Label == 0, Features = row.Features }).ToList());
}
