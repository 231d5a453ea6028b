using System.IO.Compression;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Transforms;
using static MLNet.Reference.Tests.Rendering;

namespace MLNet.Reference.Tests;

/// <summary>Whole chains: schemas, save and load, prediction engines, and what goes wrong with them.</summary>
[TestClass]
public sealed class ChainTests
{
    static readonly ReferenceTable Table = MakeTable();

    public static IEnumerable<object[]> Ids => Table.Ids;

    [TestMethod, DynamicData(nameof(Ids))]
    public void Case(string id) => Table.Run(id);

    static ReferenceTable MakeTable()
    {
        var table = new ReferenceTable("chains_errors.json", relative: 2e-7, absolute: 1e-7);
        AddSchemas(table);
        AddFitErrors(table);
        AddFitOnNoRows(table);
        AddTransformErrors(table);
        AddPredictionEngines(table);
        AddFiles(table);
        AddSchemaAndCursorMisuse(table);
        return table;
    }

    static IDataView Data(ReferenceCase c) => c.View<ChainRow>("data");

    static IEstimator<ITransformer> P(MLContext ml) => ml.Transforms.Conversion.MapValueToKey("Label")
        .Append(ml.Transforms.Categorical.OneHotEncoding("CatHot", "Cat"))
        .Append(ml.Transforms.Concatenate("Features", "A", "B", "V", "CatHot"))
        .Append(ml.Transforms.NormalizeMinMax("Features"));

    static IEstimator<TransformerChain<KeyToValueMappingTransformer>> T(MLContext ml)
        => P(ml).Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy()).Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

    static TransformerChain<KeyToValueMappingTransformer> Model(ReferenceCase c) => T(c.Ml).Fit(Data(c));

    static SchemaShape ShapeOf(DataViewSchema schema)
        => (SchemaShape)typeof(SchemaShape).GetMethod("Create", BindingFlags.NonPublic | BindingFlags.Static)!.Invoke(null, [schema])!;

    static void AddSchemas(ReferenceTable table)
    {
        table["schema/P"] = c => P(c.Ml).Fit(Data(c)).Transform(Data(c)).Schema;
        table["schema/T"] = c => Model(c).Transform(Data(c)).Schema;
        table["schema/T-GetOutputSchema-of-transformer"] = c => ShortForm(Model(c).GetOutputSchema(Data(c).Schema));
        table["schemashape/T"] = c => Shape(T(c.Ml).GetOutputSchema(ShapeOf(Data(c).Schema)));
        // The stand-in has no SDCA.
        table.Add("schemashape/trainers", c =>
        {
            var shape = ShapeOf(P(c.Ml).Fit(Data(c)).Transform(Data(c)).Schema);
            return new Dictionary<string, object>
            {
                ["LbfgsMaximumEntropy()"] = New(c.Ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy()),
                ["KMeans()"] = New(c.Ml.Clustering.Trainers.KMeans()),
                ["RandomizedPca()"] = New(c.Ml.AnomalyDetection.Trainers.RandomizedPca()),
                ["LbfgsLogisticRegression(\"Flag\")"] = New(c.Ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag")),
            };

            object New(IEstimator<ITransformer> trainer)
                => Shape(new(trainer.GetOutputSchema(shape).Where(column => shape.All(old => old.Name != column.Name))));
        }, ignored: ["SdcaMaximumEntropy()"]);
        table["schema/TransformerChain-members"] = c =>
        {
            var model = Model(c);
            return new
            {
                types = model.Select(TypeName).ToArray(),
                isRowToRow = ((ITransformer)model).IsRowToRowMapper,
                last = TypeName(model.LastTransformer),
            };
        };
        table["values/T"] = c => Rows(Model(c).Transform(Data(c)), "PredictedLabel", "Score", "Features");
    }

    static string TypeName(object value) => value.GetType().Name.Split('`')[0];

    static void AddFitErrors(ReferenceTable table)
    {
        table["error/fit-missing-column"] = c => c.Ml.Transforms.NormalizeMinMax("Nope").Fit(Data(c));
        table["error/fit-chain-missing-column"] = c => Broken(c).Fit(Data(c));
        table["error/getoutputschema-chain-missing-column"] = c => Broken(c).GetOutputSchema(ShapeOf(Data(c).Schema));
        table["error/trainer-missing-features"] = c => c.Ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Label", "Nope").Fit(Prepared(c));
        table["error/trainer-missing-label"] = c => c.Ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Nope", "Features").Fit(Prepared(c));
        table["error/trainer-missing-label-in-chain"] = c => P(c.Ml).Append(c.Ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Nope")).Fit(Data(c));
        table["error/trainer-scalar-features"] = c => Logistic(c, "Flag", "A").Fit(Data(c));
        table["error/trainer-text-features"] = c => Logistic(c, "Flag", "Cat").Fit(Data(c));
        table["error/trainer-vector-label"] = c => Logistic(c, "V", "V").Fit(Data(c));
        table["error/trainer-text-label"] = c => Logistic(c, "Label", "V").Fit(Data(c));
        table["error/kmeans-scalar-features"] = c => c.Ml.Clustering.Trainers.KMeans("A").Fit(Data(c));
        table["error/kmeans-missing-features"] = c => c.Ml.Clustering.Trainers.KMeans("Nope").Fit(Data(c));
        table["error/pca-missing-features"] = c => c.Ml.AnomalyDetection.Trainers.RandomizedPca("Nope").Fit(Data(c));
        table["error/null-input"] = c => c.Ml.Transforms.NormalizeMinMax("A").Fit(null);
        table["error/append-null"] = c => c.Ml.Transforms.NormalizeMinMax("A").Append<ITransformer>(null);

        static IEstimator<ITransformer> Broken(ReferenceCase c)
            => c.Ml.Transforms.Concatenate("F", "A", "Nope").Append(c.Ml.Transforms.NormalizeMinMax("F"));

        static IDataView Prepared(ReferenceCase c) => P(c.Ml).Fit(Data(c)).Transform(Data(c));
    }

    static LbfgsLogisticRegressionBinaryTrainer Logistic(ReferenceCase c, string label, string features)
        => c.Ml.BinaryClassification.Trainers.LbfgsLogisticRegression(label, features);

    static void AddFitOnNoRows(ReferenceTable table)
    {
        Add("NormalizeMinMax(\"A\")", ml => ml.Transforms.NormalizeMinMax("A"));
        Add("NormalizeMeanVariance(\"A\")", ml => ml.Transforms.NormalizeMeanVariance("A"));
        Add("ReplaceMissingValues(\"R\", \"A\", Mean)", ml => ml.Transforms.ReplaceMissingValues(
            "R", "A", MissingValueReplacingEstimator.ReplacementMode.Mean));
        Add("MapValueToKey(\"Label\")", ml => ml.Transforms.Conversion.MapValueToKey("Label"));
        Add("OneHotEncoding(\"H\", \"Cat\")", ml => ml.Transforms.Categorical.OneHotEncoding("H", "Cat"));
        Add("Concatenate(\"F\", \"A\", \"B\")", ml => ml.Transforms.Concatenate("F", "A", "B"));
        Add("KMeans(\"V\")", ml => ml.Clustering.Trainers.KMeans("V"));
        Add("RandomizedPca(\"V\", rank: 1)", ml => ml.AnomalyDetection.Trainers.RandomizedPca("V", rank: 1));
        Add("LbfgsLogisticRegression(\"Flag\", \"V\")", ml => ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag", "V"));
        Add("MapValueToKey(\"Label\") + LbfgsMaximumEntropy(\"Label\", \"V\")", ml => ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Label", "V")));
        table.Skip("error/fit-empty/MapValueToKey(\"Label\") + SdcaMaximumEntropy(\"Label\", \"V\")", "The stand-in has no SDCA.");
        Add("ProjectToPrincipalComponents(\"P\", \"V\", rank: 1)", ml => ml.Transforms.ProjectToPrincipalComponents("P", "V", rank: 1));
        Add("T", ml => T(ml));

        void Add(string name, Func<MLContext, IEstimator<ITransformer>> make) => table["error/fit-empty/" + name] = c =>
        {
            var data = Data(c);
            var result = make(c.Ml).Fit(c.Ml.Data.LoadFromEnumerable(new ChainRow[0])).Transform(data);
            var columns = result.Schema.Where(column => !column.IsHidden && data.Schema.GetColumnOrNull(column.Name) is null)
                .Select(column => column.Name).Prepend("Label").Prepend("A").ToArray();
            return new { schema = ShortForm(result.Schema), columns, firstTwoRows = Rows(c.Ml.Data.TakeRows(result, 2), columns) };
        };
    }

    static void AddTransformErrors(ReferenceTable table)
    {
        table["error/transform-missing-column"] = c => Rows(Model(c).Transform(As<ChainNoB>(c)));
        table["error/transform-wrong-type"] = c => Rows(Model(c).Transform(As<ChainWrongType>(c)));
        table["error/transform-wrong-vector-size"] = c =>
        {
            Model(c).Transform(As<ChainWrongSize>(c));
            return "no exception";
        };
        table["error/transform-trainer-missing-features"] = c => Rows(Logistic(c, "Flag", "V").Fit(Data(c)).Transform(Without(c, "V")));
        table["error/transform-trainer-without-label"] = c => ShortForm(Logistic(c, "Flag", "V").Fit(Data(c)).Transform(Without(c, "Flag")).Schema);
        table["error/transform-trainer-wrong-size"] = c => Rows(Logistic(c, "Flag", "V").Fit(Data(c)).Transform(As<ChainWrongSize>(c)));
        table["error/transform-normalizer-wrong-size"] = c => Rows(Normalizer(c).Transform(As<ChainWrongSize>(c)));
        table["error/transform-row-with-wrong-actual-vector-length"] = c =>
            Rows(Normalizer(c).Transform(c.Ml.Data.LoadFromEnumerable([new ChainRow { V = [1, 2, 3] }])), "V");

        static ITransformer Normalizer(ReferenceCase c) => c.Ml.Transforms.NormalizeMinMax("V").Fit(Data(c));

        static IDataView Without(ReferenceCase c, string column) => c.Ml.Transforms.DropColumns(column).Fit(Data(c)).Transform(Data(c));
    }

    /// <summary>The data in another class with the same members, or some of them; vectors as long as it says.</summary>
    static IDataView As<T>(ReferenceCase c) where T : class, new() => c.Ml.Data.LoadFromEnumerable(c.Rows<ChainRow>("data").Select(row =>
    {
        var result = new T();
        foreach (var field in typeof(T).GetFields())
        {
            var value = typeof(ChainRow).GetField(field.Name)!.GetValue(row);
            field.SetValue(result, value is float number && field.FieldType == typeof(double) ? (double)number
                : value is float[] && typeof(T) == typeof(ChainWrongSize) ? new float[3] : value);
        }
        return result;
    }).ToList());

    static void AddPredictionEngines(ReferenceTable table)
    {
        table["error/predictionengine-missing-input-field"] = c => c.Ml.Model.CreatePredictionEngine<ChainNoB, ChainOut>(Model(c));
        table["error/predictionengine-wrong-input-type"] = c => c.Ml.Model.CreatePredictionEngine<ChainWrongType, ChainOut>(Model(c));
        table["error/predictionengine-missing-output-field"] = c => c.Ml.Model.CreatePredictionEngine<ChainRow, ChainOutMissing>(Model(c)).Predict(First(c)).Nope;
        table["error/predictionengine-missing-output-field-not-ignored"] = c =>
            c.Ml.Model.CreatePredictionEngine<ChainRow, ChainOutMissing>(Model(c), ignoreMissingColumns: false);
        table["error/predictionengine-wrong-output-type"] = c => c.Ml.Model.CreatePredictionEngine<ChainRow, ChainOutWrong>(Model(c));
        table["error/predictionengine-ok"] = c =>
        {
            var engine = Engine(c);
            var rows = c.Rows<ChainRow>("data");
            return new[]
            {
                engine.Predict(rows[0]), engine.Predict(rows[1]),
                engine.Predict(new() { Cat = "new", A = 1, B = 1, V = [1, 1] }), engine.Predict(new() { Cat = null, A = 1, B = 1, V = [1, 1] }),
            };
        };
        table["error/predictionengine-null-vector"] = c => Engine(c).Predict(new() { Cat = "x", V = null });
        table["error/predictionengine-null-example"] = c => Engine(c).Predict(null!);
        table["error/predictionengine-after-dispose"] = c =>
        {
            var engine = Engine(c);
            engine.Dispose();
            engine.Predict(First(c));
            return "no exception";
        };

        static PredictionEngine<ChainRow, ChainOut> Engine(ReferenceCase c) => c.Ml.Model.CreatePredictionEngine<ChainRow, ChainOut>(Model(c));

        static ChainRow First(ReferenceCase c) => c.Rows<ChainRow>("data")[0];
    }

    static void AddFiles(ReferenceTable table)
    {
        table.Add("saveload/equal", c =>
        {
            var model = Model(c);
            var stream = Saved(c, model, Data(c).Schema);
            var other = new MLContext();
            var loaded = other.Model.Load(stream, out var schema);
            float[] before = Scores(model), after = Scores(loaded);
            CompareEntries(c.Data.GetProperty("expected").GetProperty("zipEntries"), stream);
            return new { maxAbsDiff = before.Zip(after, (x, y) => Math.Abs(x - y)).Max(), inputSchema = schema, loadedType = TypeName(loaded) };

            float[] Scores(ITransformer transformer) => transformer.Transform(Data(c)).GetColumn<float[]>("Score").SelectMany(scores => scores).ToArray();
        }, ignored: ["zipEntries"]);
        table["error/load-truncated"] = c =>
        {
            var bytes = Saved(c, c.Ml.Transforms.NormalizeMinMax("A").Fit(Data(c)), Data(c).Schema).ToArray();
            return c.Ml.Model.Load(new MemoryStream(bytes[..(bytes.Length / 2)]), out _);
        };
        table["error/load-not-a-zip"] = c => c.Ml.Model.Load(new MemoryStream(Enumerable.Repeat((byte)'x', 100).ToArray()), out _);
        table["error/load-empty-stream"] = c => c.Ml.Model.Load(new MemoryStream(), out _);
        table["error/load-zip-without-model"] = c =>
        {
            var stream = new MemoryStream();
            using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
                zip.CreateEntry("a.txt");
            stream.Position = 0;
            return c.Ml.Model.Load(stream, out _);
        };
        table["error/load-missing-file"] = c => c.Ml.Model.Load("nope.zip", out _);
        table["error/load-null-stream"] = c => c.Ml.Model.Load((Stream)null!, out _);
        table["error/save-null-model"] = c =>
        {
            c.Ml.Model.Save(null, Data(c).Schema, new MemoryStream());
            return "no exception";
        };
        table["error/save-null-schema"] = c =>
        {
            c.Ml.Model.Load(Saved(c, Model(c), null), out var schema);
            return schema is null ? "null" : "a schema";
        };
        table["error/createenumerable-missing-column"] = c => c.Ml.Data.CreateEnumerable<ChainOutMissing>(Data(c), false).ToList();
    }

    static MemoryStream Saved(ReferenceCase c, ITransformer model, DataViewSchema? schema)
    {
        var stream = new MemoryStream();
        c.Ml.Model.Save(model, schema, stream);
        stream.Position = 0;
        return stream;
    }

    // The frame of a model file; what a component keeps in folders of its own is its own business.
    static void CompareEntries(JsonElement wanted, Stream stream)
    {
        using var zip = new ZipArchive(stream);
        CollectionAssert.AreEqual(
            wanted.EnumerateArray().Select(entry => entry.GetString()!).Where(IsFrame).ToArray(), zip.Entries.Select(entry => entry.FullName).Where(IsFrame).ToArray());

        static bool IsFrame(string entry)
            => Regex.IsMatch(entry, @"^(TrainingInfo/Version\.txt|Schema|TransformerChain/(Transform_\d{3}/)*(Model/)?(Model\.key|TrainSchema))$");
    }

    static void AddSchemaAndCursorMisuse(ReferenceTable table)
    {
        table["error/schema-indexer-missing"] = c => Data(c).Schema["Nope"];
        table["error/schema-getcolumnornull-missing"] = c => Data(c).Schema.GetColumnOrNull("Nope") == null;
        table["error/schema-indexer-out-of-range"] = c => Data(c).Schema[99];
        table["error/getter-wrong-type"] = c => CursorOverA(c).GetGetter<double>(Data(c).Schema["A"]);
        table["error/getter-inactive-column"] = c => CursorOverA(c).GetGetter<float>(Data(c).Schema["B"]);
        table["error/cursor-semantics"] = c =>
        {
            var data = Data(c);
            using var cursor = c.Ml.Data.TakeRows(data, 2).GetRowCursor([data.Schema["A"]]);
            var sequence = new JsonArray { cursor.Position };
            bool moved;
            do
            {
                moved = cursor.MoveNext();
                sequence.Add(moved);
                sequence.Add(cursor.Position);
            }
            while (moved);
            return new { sequence, activeA = cursor.IsColumnActive(data.Schema["A"]), activeB = cursor.IsColumnActive(data.Schema["B"]), batch = cursor.Batch };
        };
        table["error/getter-before-movenext"] = c =>
        {
            var value = 0f;
            CursorOverA(c).GetGetter<float>(Data(c).Schema["A"])(ref value);
            return value;
        };
        table["error/getslotnames-missing"] = c =>
        {
            VBuffer<ReadOnlyMemory<char>> names = default;
            Data(c).Schema["A"].GetSlotNames(ref names);
            return names;
        };
        table["error/getkeyvalues-missing"] = c =>
        {
            VBuffer<float> values = default;
            Data(c).Schema["A"].GetKeyValues(ref values);
            return values;
        };
        table["error/annotation-getvalue-missing"] = c =>
        {
            var value = false;
            Data(c).Schema["A"].Annotations.GetValue("Nope", ref value);
            return value;
        };

        static DataViewRowCursor CursorOverA(ReferenceCase c)
        {
            var data = Data(c);
            return data.GetRowCursor([data.Schema["A"]]);
        }
    }
}
