using System.Reflection;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML.Transforms.Tests;

[TestClass]
public class GenerationEvaluationTests
{
    readonly MLContext _ml = new(seed: 1);

    public sealed class Person
    {
        public float Age;
        public double Income;
        public int Children;
        public bool Married;
        public string City = "";
        public string Level = "";
        public float[] Ignored = [1];
    }

    /// <summary>Always the same for the same arguments; richer, older and more often married with more children.</summary>
    static Person[] People(int count, int seed)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, count).Select(_ =>
        {
            var children = random.Next(4);
            return new Person
            {
                Age = 20 + 5 * children + (float)random.NextDouble() * 10,
                Income = 1000 * children + 500 * random.NextDouble(),
                Children = children,
                Married = random.Next(4) < children,
                City = new[] { "Rome", "Oslo", "Kyiv" }[random.Next(3)],
                Level = $"level {children / 2 + random.Next(2)}",
            };
        }).ToArray();
    }

    IDataView View(IEnumerable<Person> people, string? key = null)
    {
        var view = _ml.Data.LoadFromEnumerable(people);
        return key == null ? view : _ml.Transforms.Conversion.MapValueToKey(key).Fit(view).Transform(view);
    }

    IDataView Features(int rows, int width, int seed, float shift = 0) => _ml.ToView(Samples.NearPlane(rows, width, rank: width, every: 0, seed: seed)
        .Select(row => new Samples.Row { Features = Array.ConvertAll(row.Features, value => value + shift) }), width);

    [TestMethod]
    public void TheSameRowsAndMovedOnes()
    {
        var (data, moved) = (Features(300, 4, 1), Features(300, 4, 1, shift: 40));
        var same = _ml.Generation.Evaluate(data, data);
        Assert.AreEqual(0, same.FrechetDistance, 1e-6);
        Assert.IsLessThan(0, same.MaximumMeanDiscrepancy); // a row with itself counts between the samples, and not within one
        Assert.AreEqual((1.0, 1.0, 1.2, 1.0), (same.Precision, same.Recall, same.Density, same.Coverage));
        Assert.AreEqual((300, 300), (same.RealRows, same.GeneratedRows));
        Assert.IsLessThan(0.65, same.TwoSampleAccuracy);

        var far = _ml.Generation.Evaluate(data, moved);
        Assert.AreEqual(4 * 40 * 40, far.FrechetDistance, 0.01);
        Assert.IsGreaterThan(0.5, far.MaximumMeanDiscrepancy);
        Assert.IsGreaterThan(1, far.KernelDistance);
        Assert.IsGreaterThan(0, far.KernelBandwidth);
        Assert.AreEqual((0.0, 0.0, 0.0, 0.0), (far.Precision, far.Recall, far.Density, far.Coverage));
        Assert.AreEqual((1.0, 1.0), (far.TwoSampleAccuracy, far.TwoSampleAreaUnderRocCurve));
        Assert.AreEqual(Math.Pow(2, -300), far.TwoSamplePValue, 1e-100);
    }

    [TestMethod]
    public void LargerSamplesAreDrawnFromBySeed()
    {
        var (real, generated) = (Features(2000, 3, 1), Features(1500, 3, 2, shift: 0.3f));
        GenerationMetrics Evaluate(int? seed) => _ml.Generation.Evaluate(real, generated, maximumRows: 200, seed: seed, neighbors: 3);
        var (first, again, other) = (Evaluate(1), Evaluate(null), Evaluate(2));
        Assert.AreEqual((200, 200), (first.RealRows, first.GeneratedRows));
        Assert.AreEqual((first.FrechetDistance, first.Coverage, first.TwoSampleAccuracy), (again.FrechetDistance, again.Coverage, again.TwoSampleAccuracy));
        Assert.AreNotEqual(first.FrechetDistance, other.FrechetDistance);
        var all = _ml.Generation.Evaluate(real, generated, neighbors: 3);
        Assert.AreEqual((2000, 1500), (all.RealRows, all.GeneratedRows));
        // A sample's rows come from all over the data: its mean is within four standard errors.
        var sample = FeatureSample.Read(real, real.Schema["Features"], 3, 400, 5);
        var mean = Enumerable.Range(0, 400).Average(i => (double)sample[i][0]);
        var column = real.Vectors("Features").Select(row => (double)row[0]).ToArray();
        var deviation = Math.Sqrt(column.Average(value => value * value) - column.Average() * column.Average());
        Assert.AreEqual(column.Average(), mean, 4 * deviation / Math.Sqrt(400));
        Assert.AreEqual(400, Enumerable.Range(0, 400).Select(i => sample[i][0]).Distinct().Count());
    }

    [TestMethod]
    public void DrawnRowsAreJudged()
    {
        var data = Features(400, 4, 1);
        using var model = _ml.Generation.Trainers.VariationalAutoencoder(epochs: 2, latentSize: 2).Fit(data);
        var metrics = _ml.Generation.Evaluate(data, _ml.Generation.Sample(model, 300));
        Assert.AreEqual(300, metrics.GeneratedRows);
        Assert.IsTrue(double.IsFinite(metrics.FrechetDistance + metrics.KernelDistance));
    }

    [TestMethod]
    public void BadFeaturesAreRefused()
    {
        var data = Features(100, 3, 1);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Generation.Evaluate(data, Features(100, 4, 1))).Message,
            "expected Vector<Single, 3>, got Vector<Single, 4>");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Generation.Evaluate(data, data, "Nothing")).Message, "'Nothing'");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => _ml.Generation.Evaluate(data, Features(5, 3, 1))).Message, "5 generated rows");
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Generation.Evaluate(data, data, neighbors: 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Generation.Evaluate(data, data, maximumRows: 10));
        var holed = Samples.NearPlane(50, 3);
        holed[7].Features[2] = float.NaN;
        var error = Assert.ThrowsExactly<InvalidRowException>(() => _ml.Generation.Evaluate(data, _ml.ToView(holed, 3)));
        Assert.AreEqual((7L, 2), (error.Row, error.Slot));
        StringAssert.Contains(error.Message, "'Features'");
        typeof(MLContext).GetMethod("CancelExecution", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(_ml, null);
        Assert.ThrowsExactly<OperationCanceledException>(() => _ml.Generation.Evaluate(data, data));
        Assert.ThrowsExactly<OperationCanceledException>(() => _ml.Generation.EvaluateTable(data, data));
    }

    [TestMethod]
    public void ColumnsOfEveryKind()
    {
        var people = People(400, 1);
        var metrics = _ml.Generation.EvaluateTable(View(people), View(people.Reverse()));
        CollectionAssert.AreEqual(new[] { "Age", "Income", "Children", "Married", "City", "Level" }, metrics.Columns.Select(c => c.Name).ToArray());
        CollectionAssert.AreEqual(new[] { false, false, false, true, true, true }, metrics.Columns.Select(c => c.IsCategory).ToArray());
        Assert.AreEqual(0, metrics.MeanDifference, 1e-12);
        Assert.AreEqual(0, metrics.AssociationDifference, 1e-9);
        Assert.AreEqual((1.0, 0.0), (metrics.Copies, metrics.GeneratedToReal));
        Assert.IsGreaterThan(0, metrics.RealToReal);
        Assert.AreEqual((400, 400), (metrics.RealRows, metrics.GeneratedRows));
        Assert.IsGreaterThan(0.8, metrics.RealAssociations[0][1]); // age and income go together
        Assert.IsGreaterThan(0.5, metrics.RealAssociations[1][5]); // income and level
        Assert.IsLessThan(0.2, metrics.RealAssociations[4][0]); // city and age do not

        // Each column shuffled for itself: the same distributions, no associations.
        var random = new Random(3);
        T[] Shuffled<T>(Func<Person, T> value) { var all = people.Select(value).ToArray(); random.Shuffle(all); return all; }
        var (ages, incomes, levels) = (Shuffled(p => p.Age), Shuffled(p => p.Income), Shuffled(p => p.Level));
        var shuffled = people.Select((p, i) => new Person
        {
            Age = ages[i], Income = incomes[i], Children = p.Children, Married = p.Married, City = p.City, Level = levels[i],
        });
        var apart = _ml.Generation.EvaluateTable(View(people), View(shuffled));
        Assert.AreEqual(0, apart.MeanDifference, 1e-12);
        Assert.IsGreaterThan(0.3, apart.AssociationDifference);
        Assert.AreEqual(0.0, apart.Copies);
        Assert.IsGreaterThan(2 * apart.RealToReal, apart.GeneratedToReal);
    }

    /// <summary>Keys are what they stand for, whatever their numbers, and a number is one of any kind.</summary>
    [TestMethod]
    public void KeysAndTextsAreCompared()
    {
        var people = People(200, 1);
        // The keys of a table in another order have other numbers.
        var (keys, otherKeys) = (View(people, "City"), View(people.OrderBy(p => p.City), "City"));
        Assert.AreNotEqual(string.Join(",", people.OrderBy(p => p.City).Select(p => p.City).Distinct()), string.Join(",", people.Select(p => p.City).Distinct()));
        Assert.AreEqual(0, _ml.Generation.EvaluateTable(keys, otherKeys, ["City"]).Columns[0].Difference, 1e-12);
        Assert.AreEqual(0, _ml.Generation.EvaluateTable(keys, View(people), ["City"]).Columns[0].Difference, 1e-12);
        Assert.AreEqual(1.0, _ml.Generation.EvaluateTable(keys, View(people, "City"), ["City", "Age"]).Copies);
        var asSingle = _ml.Transforms.Conversion.ConvertType("Children", outputKind: DataKind.Single).Fit(View(people)).Transform(View(people));
        Assert.AreEqual(0.0, _ml.Generation.EvaluateTable(View(people), asSingle, ["Children"]).Columns[0].Difference);
        // The two shares of Booleans, by hand.
        var (few, many) = (People(50, 1), People(80, 2));
        foreach (var (p, i) in few.Select((p, i) => (p, i)))
            p.Married = i < 10;
        foreach (var (p, i) in many.Select((p, i) => (p, i)))
            p.Married = i < 40;
        Assert.AreEqual(0.5 - 0.2, _ml.Generation.EvaluateTable(View(few), View(many), ["Married"]).Columns[0].Difference, 1e-12);
    }

    [TestMethod]
    public void BadTablesAreRefused()
    {
        var table = View(People(50, 1));
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Generation.EvaluateTable(table, table, ["Size"])).Message, "'Size'");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Generation.EvaluateTable(table, table, ["Ignored"])).Message,
            "column 'Ignored': expected a number, Boolean, text or key");
        var texts = _ml.Transforms.Conversion.ConvertType("Age", outputKind: DataKind.String).Fit(table).Transform(table);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Generation.EvaluateTable(table, texts)).Message, "column 'Age': the real table");
        Assert.ThrowsExactly<ArgumentException>(() => _ml.Generation.EvaluateTable(table, Features(20, 3, 1), columnNames: []));
        Assert.ThrowsExactly<ArgumentException>(() => _ml.Generation.EvaluateTable(table, View([])));
        var people = People(50, 1);
        people[30].Income = double.NaN;
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => _ml.Generation.EvaluateTable(table, View(people))).Message, "Column 'Income', row 30");
    }

    IEstimator<ITransformer> Logistic() => _ml.Transforms.Concatenate("Features", "Age")
        .Append(_ml.Transforms.NormalizeMinMax("Features")).Append(_ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Married"));

    [TestMethod]
    public void TrainsOnSyntheticAndTestsOnReal()
    {
        var (train, test) = (View(People(600, 1)), View(People(400, 2)));
        // A synthetic table whose label says the opposite.
        var opposite = View(People(600, 3).Select(p => new Person { Age = p.Age, Married = !p.Married }));
        var metrics = _ml.Generation.TrainOnSynthetic(train, opposite, test, Logistic(), "Married");
        var expected = _ml.BinaryClassification.Evaluate(Logistic().Fit(train).Transform(test), "Married");
        Assert.AreEqual(expected.Accuracy, metrics.TrainedOnReal.Accuracy, 1e-12);
        Assert.AreEqual(expected.AreaUnderRocCurve, metrics.TrainedOnReal.AreaUnderRocCurve!.Value, 1e-12);
        Assert.IsGreaterThan(0.8, metrics.TrainedOnReal.AreaUnderRocCurve!.Value);
        Assert.IsLessThan(0.2, metrics.TrainedOnSynthetic.AreaUnderRocCurve!.Value);
        Assert.AreEqual(metrics.TrainedOnReal.Accuracy - metrics.TrainedOnSynthetic.Accuracy, metrics.AccuracyLoss);
        Assert.AreEqual(0, _ml.Generation.TrainOnSynthetic(train, train, test, Logistic(), "Married").AccuracyLoss);
    }

    /// <summary>Its keys are the pipeline's own: a class that synthetic rows lack cannot be told, which counts.</summary>
    [TestMethod]
    public void ClassesThatAreNotGeneratedCountAsWrong()
    {
        var (train, test) = (View(People(600, 1)), People(400, 2));
        var pipeline = _ml.Transforms.Concatenate("Features", "Age").Append(_ml.Transforms.NormalizeMinMax("Features"))
            .Append(_ml.Transforms.Conversion.MapValueToKey("Label", "Level")).Append(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy());
        var metrics = _ml.Generation.TrainOnSynthetic(train, View(People(600, 3).Where(p => p.Level != "level 1")), View(test), pipeline);
        Assert.IsNull(metrics.TrainedOnReal.AreaUnderRocCurve);
        Assert.AreEqual(_ml.MulticlassClassification.Evaluate(pipeline.Fit(train).Transform(View(test))).MicroAccuracy, metrics.TrainedOnReal.Accuracy, 1e-12);
        var known = test.Average(p => p.Level != "level 1" ? 1.0 : 0);
        Assert.IsLessThanOrEqualTo(known, metrics.TrainedOnSynthetic.Accuracy);
        Assert.IsGreaterThan(known - 0.3, metrics.TrainedOnSynthetic.Accuracy);
    }

    [TestMethod]
    public void PipelinesWithoutScoresAreRefused()
    {
        var table = View(People(50, 1));
        string Refused(IEstimator<ITransformer> pipeline, string label) => Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => _ml.Generation.TrainOnSynthetic(table, table, table, pipeline, label)).Message;
        StringAssert.Contains(Refused(_ml.Transforms.Concatenate("Features", "Age"), "Married"), "'Score'");
        StringAssert.Contains(Refused(Logistic(), "Happy"), "'Happy'");
    }
}
