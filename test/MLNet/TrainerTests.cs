using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace MLNet.Reference.Tests;

/// <summary>The trainers: output schema, metrics, scores and weights, and what is repeatable.</summary>
[TestClass]
public sealed class TrainerTests
{
    static readonly ReferenceTable Linear = LinearTable(), KMeans = KMeansTable(), Pca = PcaTable();

    public static IEnumerable<object[]> LinearIds => Linear.Ids;
    public static IEnumerable<object[]> KMeansIds => KMeans.Ids;
    public static IEnumerable<object[]> PcaIds => Pca.Ids;

    [TestMethod, DynamicData(nameof(LinearIds))] public void LinearModels(string id) => Linear.Run(id);
    [TestMethod, DynamicData(nameof(KMeansIds))] public void Clustering(string id) => KMeans.Run(id);
    [TestMethod, DynamicData(nameof(PcaIds))] public void PrincipalComponents(string id) => Pca.Run(id);

    static ReferenceTable LinearTable()
    {
        // What L-BFGS reaches depends on rounding, which differs between processors.
        var table = new ReferenceTable("trainers_linear.json", relative: 1e-3, absolute: 1e-3)
        {
            ["lbfgs-maxent-text-labels"] = c => Report(c, IrisText, ml => KeyLabel(ml).Append(MaximumEntropy(ml)), Multiclass),
            ["lbfgs-maxent-text-labels-mapkeytovalue"] = c => Report(c, IrisText, NamedClasses),
            ["lbfgs-maxent-1-thread"] = c => Report(c, IrisText, ml => KeyLabel(ml).Append(
                ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options { NumberOfThreads = 1 })), Multiclass),
            ["lbfgs-maxent-single-labels-mapped"] = c => Report(c, Iris, ml => KeyLabel(ml).Append(MaximumEntropy(ml)), Multiclass),
            ["lbfgs-maxent-minmax-noreg"] = c => Report(c, IrisText, ml => KeyLabel(ml).Append(ml.Transforms.NormalizeMinMax("Features"))
                .Append(MaximumEntropy(ml, options => options.L1Regularization = options.L2Regularization = 0)), Multiclass),
            ["lbfgs-maxent-label-single-rejected-or-accepted"] = c => c.Ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(Iris(c.Ml)),
            ["lbfgs-maxent-label-text-rejected"] = c => c.Ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(IrisText(c.Ml)),
            ["lbfgs-logreg"] = c => Report(c, IrisBinary, ml => Logistic(ml), Binary),
            ["lbfgs-logreg-1-thread"] = c => Report(c, IrisBinary, ml => Logistic(ml, options => options.NumberOfThreads = 1), Binary),
            ["lbfgs-logreg-minmax-l2-0.1"] = c => Report(c, IrisBinary, ml => ml.Transforms.NormalizeMinMax("Features").Append(Logistic(ml, options =>
                (options.L1Regularization, options.L2Regularization) = (0, 0.1f))), Binary),
            ["lbfgs-maxent-nan-features"] = c => Report(c, IrisWithMissing, ml => KeyLabel(ml).Append(MaximumEntropy(ml)), Multiclass),
            ["predictionengine-input-class-without-Label"] = c
                => c.Ml.Model.CreatePredictionEngine<IrisIn, IrisOut>(NamedClasses(c.Ml).Fit(IrisText(c.Ml))),
            ["predictionengine-equals-transform"] = PredictThreeRows,
            ["crossvalidate"] = c => c.Ml.MulticlassClassification.CrossValidate(IrisText(c.Ml), KeyLabel(c.Ml).Append(MaximumEntropy(c.Ml)), 3)
                .Select(fold => new
                {
                    fold = fold.Fold,
                    holdOutRows = Rendering.Rows(fold.ScoredHoldOutSet, "Score").Count,
                    schema = Rendering.ShortForm(fold.ScoredHoldOutSet.Schema),
                    metrics = EvaluationTests.MetricsOf(fold.Metrics),
                }),
            ["binary-changethreshold"] = c =>
            {
                var data = IrisBinary(c.Ml);
                var changed = c.Ml.BinaryClassification.ChangeModelThreshold(Logistic(c.Ml).Fit(data), -1f);
                var rows = Rendering.Rows(changed.Transform(data), "Score", "PredictedLabel");
                return new { threshold = -1, rows = rows.Skip(50).Take(10).Select(row => row!.DeepClone()) };
            },
        };
        foreach (var id in (string[])["sdca-maxent-1-thread", "sdca-maxent-1-thread-cached", "sdca-maxent-nan-features",
            "sdca-maxent-default-threads (values not reproducible; metrics are a plausible range)"])
        {
            table.Skip(id, "SDCA is not part of the stand-in.");
        }
        return table;
    }

    static ReferenceTable KMeansTable() => new("trainers_kmeans.json", absolute: 1e-4, relative: 1e-4)
    {
        ["kmeans-3-KMeansPlusPlus-1-thread"] = c => Report(c, Iris, ml => Clusters(ml, 3, KMeansTrainer.InitializationAlgorithm.KMeansPlusPlus), Clustered),
        ["kmeans-3-Random-1-thread"] = c => Report(c, Iris, ml => Clusters(ml, 3, KMeansTrainer.InitializationAlgorithm.Random), Clustered),
        ["kmeans-3-KMeansYinyang-1-thread"] = c => Report(c, Iris, ml => Clusters(ml, 3, KMeansTrainer.InitializationAlgorithm.KMeansYinyang), Clustered),
        ["kmeans-3-default"] = c => Report(c, Iris, ml => Environment.ProcessorCount < 4
            ? ml.Clustering.Trainers.KMeans(numberOfClusters: 3) : Clusters(ml, 3), Clustered),
        ["kmeans-default-5"] = c => Report(c, Iris, ml => Environment.ProcessorCount < 4 ? ml.Clustering.Trainers.KMeans() : Clusters(ml, 5), Clustered),
        ["kmeans-more-clusters-than-rows"] = c
            => c.Ml.Clustering.Trainers.KMeans(numberOfClusters: 10).Fit(c.Ml.Data.LoadFromEnumerable(IrisRows().Take(4).ToList())),
        ["kmeans-zero-clusters"] = c => c.Ml.Clustering.Trainers.KMeans(numberOfClusters: 0),
        ["kmeans-nan-row"] = c => Report(c, ml => With(ml, rows => rows[3].Features[1] = float.NaN), ml => Clusters(ml, 3)),
    };

    static ReferenceTable PcaTable()
    {
        var table = new ReferenceTable("trainers_randomizedpca.json", absolute: 1e-4, relative: 1e-4)
        {
            ["rank-0"] = c => c.Ml.AnomalyDetection.Trainers.RandomizedPca(rank: 0).Fit(Detection(c.Ml, "breastw")),
            ["nan-and-inf-rows"] = c =>
            {
                var data = With(c.Ml, rows => (rows[3].Features[1], rows[5].Features[0]) = (float.NaN, float.PositiveInfinity));
                var scored = c.Ml.AnomalyDetection.Trainers.RandomizedPca("Features", rank: 2, seed: 1).Fit(data).Transform(data);
                return Rendering.Rows(scored, "Score", "PredictedLabel").Take(8).Select(row => row!.DeepClone());
            },
            ["iris-rank2-seed1"] = c => Report(c, Iris, ml => ml.AnomalyDetection.Trainers.RandomizedPca("Features", rank: 2, seed: 1)),
            ["variable-size-features-rejected"] = c => c.Ml.AnomalyDetection.Trainers.RandomizedPca().Fit(
                c.Ml.Data.LoadFromEnumerable(new[] { new FeatVar { Features = [1, 2] } })),
        };
        foreach (var name in (string[])["cardio", "breastw"])
        {
            table.Add($"{name}/rank5-seed1", c => Detect(c, ml => ml.AnomalyDetection.Trainers.RandomizedPca("Features", rank: 5, seed: 1)));
            table.Add($"{name}/rank5-seed-null", c => Detect(c, ml => ml.AnomalyDetection.Trainers.RandomizedPca("Features", rank: 5)));
            table.Add($"{name}/default", c => Detect(c, ml => ml.AnomalyDetection.Trainers.RandomizedPca()));
            table.Add($"{name}/default-seed1", c => Detect(c, ml => ml.AnomalyDetection.Trainers.RandomizedPca(seed: 1)));
            table.Add($"{name}/rank5-seed1-ensureZeroMean-false",
                c => Detect(c, ml => ml.AnomalyDetection.Trainers.RandomizedPca("Features", rank: 5, ensureZeroMean: false, seed: 1)));
            table.Add($"{name}/rank1-oversampling0-seed1",
                c => Detect(c, ml => ml.AnomalyDetection.Trainers.RandomizedPca("Features", rank: 1, oversampling: 0, seed: 1)));
            table.Add($"{name}/meanvariance-rank5-seed1", c => Detect(c, ml => ml.Transforms.NormalizeMeanVariance("Features")
                .Append(ml.AnomalyDetection.Trainers.RandomizedPca("Features", rank: 5, seed: 1))));
            table.Add($"{name}/changethreshold", ChangeThreshold);
        }
        return table;

        static object Detect(ReferenceCase c, Func<MLContext, IEstimator<ITransformer>> make)
            => Report(c, ml => Detection(ml, c.Id.Split('/')[0]), make, Anomalies);
    }

    // ---- data

    static List<IrisRow> IrisRows() => File.ReadLines(ReferenceFolder.Input("iris.tsv")).Skip(1).Select(line =>
    {
        var values = line.Split('\t').Select(value => float.Parse(value, CultureInfo.InvariantCulture)).ToArray();
        return new IrisRow { Label = values[0], Features = values[1..] };
    }).ToList();

    static IDataView Iris(MLContext ml) => With(ml, _ => { });

    static IDataView With(MLContext ml, Action<List<IrisRow>> change)
    {
        var rows = IrisRows();
        change(rows);
        return ml.Data.LoadFromEnumerable(rows);
    }

    static List<IrisText> IrisTexts()
    {
        string[] names = ["setosa", "versicolor", "virginica"];
        return IrisRows().Select(row => new IrisText { Label = names[(int)row.Label], Features = row.Features }).ToList();
    }

    static IDataView IrisText(MLContext ml) => ml.Data.LoadFromEnumerable(IrisTexts());

    static IDataView IrisWithMissing(MLContext ml)
    {
        var rows = IrisTexts();
        (rows[3].Features[1], rows[77].Features[0]) = (float.NaN, float.NaN);
        return ml.Data.LoadFromEnumerable(rows);
    }

    static IDataView IrisBinary(MLContext ml)
        => ml.Data.LoadFromEnumerable(IrisRows().Select(row => new IrisBin { Label = row.Label == 1, Features = row.Features }).ToList());

    sealed class DetectionRow
    {
        public float[] Features = [];
        public float Label;
    }

    /// <summary>A set of the anomaly detection benchmark: features, and a label that is 1 for an anomaly.</summary>
    static IDataView Detection(MLContext ml, string name)
    {
        var path = Path.Combine(ReferenceFolder.Path!, "..", "adbench", name + ".csv.gz");
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var rows = lines.Skip(1).Select(line => line.Split(',').Select(value => float.Parse(value, CultureInfo.InvariantCulture)).ToArray())
            .Select(values => new DetectionRow { Features = values[..^1], Label = values[^1] }).ToList();
        var definition = SchemaDefinition.Create(typeof(DetectionRow));
        definition["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Features.Length);
        return ml.Data.LoadFromEnumerable(rows, definition);
    }

    // ---- estimators, with as many threads as the reference was made with where the result depends on them

    static IEstimator<ITransformer> KeyLabel(MLContext ml) => ml.Transforms.Conversion.MapValueToKey("Label");

    static LbfgsMaximumEntropyMulticlassTrainer MaximumEntropy(MLContext ml, Action<LbfgsMaximumEntropyMulticlassTrainer.Options>? change = null)
    {
        if (change is null && Environment.ProcessorCount == 2)
            return ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy();
        var options = new LbfgsMaximumEntropyMulticlassTrainer.Options { NumberOfThreads = 2 };
        change?.Invoke(options);
        return ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(options);
    }

    static LbfgsLogisticRegressionBinaryTrainer Logistic(MLContext ml, Action<LbfgsLogisticRegressionBinaryTrainer.Options>? change = null)
    {
        if (change is null && Environment.ProcessorCount == 2)
            return ml.BinaryClassification.Trainers.LbfgsLogisticRegression();
        var options = new LbfgsLogisticRegressionBinaryTrainer.Options { NumberOfThreads = 2 };
        change?.Invoke(options);
        return ml.BinaryClassification.Trainers.LbfgsLogisticRegression(options);
    }

    static KMeansTrainer Clusters(
        MLContext ml, int count, KMeansTrainer.InitializationAlgorithm initialization = KMeansTrainer.InitializationAlgorithm.KMeansYinyang)
        => ml.Clustering.Trainers.KMeans(new KMeansTrainer.Options
        {
            NumberOfClusters = count, NumberOfThreads = 1, InitializationAlgorithm = initialization,
        });

    static IEstimator<ITransformer> NamedClasses(MLContext ml)
        => KeyLabel(ml).Append(MaximumEntropy(ml)).Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

    // ---- what the reference tells of a trained model

    static object Report(
        ReferenceCase c, Func<MLContext, IDataView> load, Func<MLContext, IEstimator<ITransformer>> make,
        Func<MLContext, IDataView, object>? evaluate = null)
    {
        var data = load(c.Ml);
        var model = make(c.Ml).Fit(data);
        var scored = model.Transform(data);
        var wanted = c.Data.GetProperty("expected");
        var columns = wanted.GetProperty("columns").Deserialize<string[]>()!;
        var rows = Rendering.Rows(scored, columns);

        var other = new MLContext(1);
        var sameData = load(other);
        var sameAgain = Rendering.Rows(make(other).Fit(sameData).Transform(sameData), columns);
        var refitted = Rendering.Rows(make(c.Ml).Fit(data).Transform(data), columns);
        return new
        {
            inputSchema = Rendering.ShortForm(data.Schema),
            outputSchema = scored.Schema,
            metrics = evaluate?.Invoke(c.Ml, scored),
            columns,
            rows = rows.Take(wanted.GetProperty("rows").GetArrayLength()).Select(row => row!.DeepClone()),
            model = Model(model),
            secondRunOnNewContextMaxAbsDiff = Differences(columns, rows, sameAgain),
            secondFitOnSameContextMaxAbsDiff = OnlyWhether(Differences(columns, rows, refitted), wanted.GetProperty("secondFitOnSameContextMaxAbsDiff")),
        };
    }

    /// <summary>The largest difference in each column.</summary>
    static Dictionary<string, double> Differences(string[] columns, JsonArray rows, JsonArray others)
        => Enumerable.Range(0, columns.Length).ToDictionary(i => columns[i], i => rows.Zip(others, (x, y) => Difference(x![i], y![i])).Max());

    static double Difference(JsonNode? x, JsonNode? y) => (x, y) switch
    {
        (JsonArray xs, JsonArray ys) => xs.Zip(ys, Difference).Max(),
        _ when x!.ToJsonString() == y!.ToJsonString() => 0,
        _ when x.GetValueKind() == JsonValueKind.Number && y.GetValueKind() == JsonValueKind.Number => Math.Abs((double)x - (double)y),
        _ => double.NaN,
    };

    /// <summary>Differences that depend on how far the context's random stream has moved on: only whether there is one is compared.</summary>
    static object OnlyWhether(Dictionary<string, double> differences, JsonElement wanted)
        => differences.Any(difference => difference.Value != 0) && wanted.EnumerateObject().Any(value => value.Value.ToString() != "0")
            ? JsonNode.Parse(wanted.GetRawText())! : differences;

    static object Model(ITransformer model)
    {
        var predictor = (model as IEnumerable<ITransformer> ?? [model]).SelectMany(part => part as IEnumerable<ITransformer> ?? [part])
            .OfType<ISingleFeaturePredictionTransformer<object>>().Single().Model;
        VBuffer<float>[]? vectors = null;
        VBuffer<float> mean = default;
        switch (predictor)
        {
            case MaximumEntropyModelParameters linear:
                linear.GetWeights(ref vectors, out var classes);
                return new { @class = nameof(MaximumEntropyModelParameters), weights = vectors.Take(classes), biases = linear.GetBiases() };
            case CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator> logistic:
                return new
                {
                    @class = "CalibratedModelParameters",
                    calibrator = new { @class = nameof(PlattCalibrator), logistic.Calibrator.Slope, logistic.Calibrator.Offset },
                    subModel = new { @class = nameof(LinearBinaryModelParameters), weights = logistic.SubModel.Weights, bias = logistic.SubModel.Bias },
                };
            case KMeansModelParameters clusters:
                clusters.GetClusterCentroids(ref vectors, out var count);
                return new { @class = nameof(KMeansModelParameters), centroids = vectors.Take(count) };
            case PcaModelParameters components:
                components.GetEigenVectors(ref vectors, out var rank);
                components.GetMean(ref mean);
                return new { @class = nameof(PcaModelParameters), rank, mean, eigenvectors = vectors.Take(rank) };
            default:
                throw new AssertFailedException($"Unexpected model {predictor.GetType()}");
        }
    }

    static object Multiclass(MLContext ml, IDataView scored) => EvaluationTests.MetricsOf(ml.MulticlassClassification.Evaluate(scored));

    static object Binary(MLContext ml, IDataView scored) => EvaluationTests.MetricsOf(ml.BinaryClassification.Evaluate(scored));

    static object Clustered(MLContext ml, IDataView scored)
    {
        var keyed = ml.Transforms.Conversion.MapValueToKey("LabelKey", "Label").Fit(scored).Transform(scored);
        return ml.Clustering.Evaluate(keyed, "LabelKey", "Score", "Features");
    }

    static object Anomalies(MLContext ml, IDataView scored)
    {
        var scores = scored.GetColumn<float>("Score").ToArray();
        var labels = scored.GetColumn<bool>("PredictedLabel").ToArray();
        var finite = scores.Where(score => !float.IsNaN(score)).ToArray();
        var metrics = new Dictionary<string, object>
        {
            ["AreaUnderRocCurve"] = ml.AnomalyDetection.Evaluate(scored).AreaUnderRocCurve,
            ["rows"] = scores.Length,
            ["predictedTrue"] = labels.Count(label => label),
            ["nanScores"] = scores.Length - finite.Length,
            ["minScore"] = finite.Min(),
            ["maxScore"] = finite.Max(),
            ["sumScore"] = finite.Sum(score => (double)score),
            ["predictedLabelIsScoreGreaterThanHalf"] = scores.Zip(labels).All(row => row.First > 0.5f == row.Second),
        };
        foreach (var count in (int[])[1, 5, 10, 50])
            metrics[$"DetectionRateAtFalsePositiveCount_{count}"]
                = ml.AnomalyDetection.Evaluate(scored, falsePositiveCount: count).DetectionRateAtFalsePositiveCount;
        return metrics;
    }

    static object ChangeThreshold(ReferenceCase c)
    {
        var data = Detection(c.Ml, c.Id.Split('/')[0]);
        var model = c.Ml.AnomalyDetection.Trainers.RandomizedPca("Features", rank: 5, seed: 1).Fit(data);
        var scored = c.Ml.AnomalyDetection.ChangeModelThreshold(model, 0.3f).Transform(data);
        return new Dictionary<string, object>
        {
            ["predictedTrue"] = scored.GetColumn<bool>("PredictedLabel").Count(label => label),
            ["countScoreGreaterThan0.3"] = scored.GetColumn<float>("Score").Count(score => score > 0.3f),
            ["rows"] = Rendering.Rows(scored, "Score", "PredictedLabel").Take(10).Select(row => row!.DeepClone()),
        };
    }

    static object PredictThreeRows(ReferenceCase c)
    {
        var engine = c.Ml.Model.CreatePredictionEngine<IrisText, IrisOut>(NamedClasses(c.Ml).Fit(IrisText(c.Ml)));
        var rows = IrisRows();
        return ((int[])[0, 60, 120]).Select(row =>
        {
            var prediction = engine.Predict(new IrisText { Features = rows[row].Features });
            return new { row, prediction.Score, prediction.PredictedLabel };
        });
    }
}
