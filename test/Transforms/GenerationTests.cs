using Extensions.ML.Generators;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML.Transforms.Tests;

/// <summary>What holds for every generator in a pipeline; a table of mixed columns is the data.</summary>
[TestClass]
public class GenerationTests
{
    public sealed class Person
    {
        public string City = "";
        public bool Member;
        public int Age;
        public double Income;
        public float Visits;
        public string Kind = "";
    }

    /// <summary>Two kinds of people: the old live in Basel, are members and earn much; the young live in Aarau or Chur. Most visits are 0.</summary>
    static Person[] People(int count)
    {
        var random = new Random(3);
        return Enumerable.Range(0, count).Select(i =>
        {
            var old = random.NextDouble() < 0.4;
            return new Person
            {
                Kind = old ? "old" : "young",
                City = old ? "Basel" : random.NextDouble() < 0.5 ? "Aarau" : "Chur",
                Member = old,
                Age = old ? 60 + random.Next(20) : 18 + random.Next(20),
                Income = old ? 90_000 + 10_000 * random.NextDouble() : 20_000 * random.NextDouble(),
                Visits = random.NextDouble() < 0.7 ? 0 : random.Next(1, 50),
            };
        }).ToArray();
    }

    static VariationalGeneratorTrainer.Options Settings(string? label = null) => new()
    {
        InputColumnNames = ["City", "Member", "Age", "Income", "Visits"],
        LabelColumnName = label,
        LatentSize = 4,
        Epochs = 60,
        Optimizer = new Trainers.Adam { LearningRate = 1e-2 },
        BatchSize = 64,
    };

    static Person[] Read(MLContext ml, IDataView view) => ml.Data.CreateEnumerable<Person>(view, reuseRowObject: false, ignoreMissingColumns: true).ToArray();

    [TestMethod]
    public void Table_ComesOutInItsTypesRangesAndDependencies()
    {
        var ml = new MLContext(seed: 1);
        var people = People(1500);
        using var model = ml.Generation.Trainers.VariationalAutoencoder(Settings()).Fit(ml.Data.LoadFromEnumerable(people));
        var view = ml.Generation.Sample(model, 1000, seed: 5);

        CollectionAssert.AreEqual(new[] { "City", "Member", "Age", "Income", "Visits" }, view.Schema.Select(column => column.Name).ToArray());
        Assert.AreEqual(TextDataViewType.Instance, view.Schema["City"].Type);
        Assert.AreEqual(BooleanDataViewType.Instance, view.Schema["Member"].Type);
        Assert.AreEqual(NumberDataViewType.Int32, view.Schema["Age"].Type);
        Assert.AreEqual(NumberDataViewType.Double, view.Schema["Income"].Type);
        Assert.AreEqual(1000, view.GetRowCount());

        var made = Read(ml, view);
        Assert.HasCount(1000, made);
        foreach (var person in made)
        {
            Assert.IsTrue(person.City is "Basel" or "Aarau" or "Chur", person.City);
            Assert.IsInRange(people.Min(p => p.Age), people.Max(p => p.Age), person.Age);
            Assert.IsInRange(people.Min(p => p.Income), people.Max(p => p.Income), person.Income);
            Assert.AreEqual(MathF.Round(person.Visits), person.Visits, "a column of whole numbers stays one");
        }
        Assert.AreEqual(0.4, Share(p => p.City == "Basel"), 0.08);
        Assert.AreEqual(0.7, Share(p => p.Visits == 0), 0.1);
        Console.WriteLine(Share(p => p.Member == (p.City == "Basel")));
        Assert.IsGreaterThan(0.8, Share(p => p.Member == (p.City == "Basel")), "members live in Basel: 0.52 if they were drawn apart");
        Console.WriteLine(Share(p => p.Member == (p.Age >= 50)));
        Assert.IsGreaterThan(0.8, Share(p => p.Member == (p.Age >= 50)), "members are old");

        double Share(Func<Person, bool> holds) => made.Count(holds) / (double)made.Length;
    }

    [TestMethod]
    public void Sample_IsRepeatableAndRowsDoNotDependOnTheCount()
    {
        var ml = new MLContext(seed: 1);
        using var model = ml.Generation.Trainers.VariationalAutoencoder(Settings()).Fit(ml.Data.LoadFromEnumerable(People(300)));
        var many = Read(ml, ml.Generation.Sample(model, 2500, seed: 9)).Select(p => p.Income).ToArray();
        var few = Read(ml, ml.Generation.Sample(model, 70, seed: 9)).Select(p => p.Income).ToArray();
        CollectionAssert.AreEqual(many[..70], few);
        CollectionAssert.AreEqual(many, Read(ml, ml.Generation.Sample(model, 2500, seed: 9)).Select(p => p.Income).ToArray());
        CollectionAssert.AreNotEqual(few, Read(ml, ml.Generation.Sample(model, 70, seed: 10)).Select(p => p.Income).ToArray());
        var skipped = ml.Data.SkipRows(ml.Generation.Sample(model, 2500, seed: 9), 2400);
        CollectionAssert.AreEqual(many[2400..], Read(ml, skipped).Select(p => p.Income).ToArray());
        Assert.IsEmpty(Read(ml, ml.Generation.Sample(model, 0)));
    }

    [TestMethod]
    public void Condition_GivesRowsOfTheClassAndDrawsClassesByTheirShares()
    {
        var ml = new MLContext(seed: 1);
        using var model = ml.Generation.Trainers.VariationalAutoencoder(Settings("Kind")).Fit(ml.Data.LoadFromEnumerable(People(1500)));
        CollectionAssert.AreEqual(new[] { "old", "young" }, model.Classes.ToArray());
        var old = Read(ml, ml.Generation.Sample(model, 300, seed: 1, condition: "old"));
        Assert.IsTrue(old.All(p => p.Kind == "old"));
        Assert.IsGreaterThan(0.95, old.Count(p => p.City == "Basel") / 300.0);
        var young = Read(ml, ml.Generation.Sample(model, 300, seed: 1, condition: "young"));
        Assert.IsLessThan(0.05, young.Count(p => p.City == "Basel") / 300.0);
        var all = Read(ml, ml.Generation.Sample(model, 2000, seed: 1));
        Assert.AreEqual(0.4, all.Count(p => p.Kind == "old") / 2000.0, 0.05);

        var error = Assert.ThrowsExactly<ArgumentException>(() => ml.Generation.Sample(model, 1, condition: "middle"));
        StringAssert.Contains(error.Message, "old, young");
    }

    [TestMethod]
    public void SavedInAChain_SamplesTheSame()
    {
        var ml = new MLContext(seed: 1);
        var data = ml.Data.LoadFromEnumerable(People(300));
        using var file = new Samples.TemporaryFile();
        var fitted = ml.Transforms.CopyColumns("Copy", "Age").Append(ml.Generation.Trainers.VariationalAutoencoder(Settings("Kind")))
            .Append(ml.Transforms.CopyColumns("Density", "LogLikelihood")).Fit(data);
        ml.Model.Save(fitted, data.Schema, file.Path);
        var loaded = new MLContext().Model.Load(file.Path, out _);
        foreach (var condition in new[] { null, "young" })
        {
            var before = Read(ml, ml.Generation.Sample(fitted, 200, 4, condition));
            var after = Read(ml, ml.Generation.Sample(loaded, 200, 4, condition));
            CollectionAssert.AreEqual(before.Select(Text).ToArray(), after.Select(Text).ToArray());
        }
        CollectionAssert.AreEqual(fitted.Transform(data).Scores("Density"), loaded.Transform(data).Scores("Density"));

        static string Text(Person p) => $"{p.City} {p.Member} {p.Age} {p.Income} {p.Visits} {p.Kind}";
    }

    [TestMethod]
    public void BadInput_IsNamed()
    {
        var ml = new MLContext(seed: 1);
        var data = ml.Data.LoadFromEnumerable(People(20));
        var trainers = ml.Generation.Trainers;
        var missing = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => trainers.VariationalAutoencoder("Nothing").Fit(data));
        StringAssert.Contains(missing.Message, "Nothing");
        var label = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => trainers.VariationalAutoencoder(Settings("Income2")).Fit(data));
        StringAssert.Contains(label.Message, "Income2");
        var number = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() =>
            trainers.VariationalAutoencoder(new VariationalGeneratorTrainer.Options { InputColumnNames = ["Age"], LabelColumnName = "Income" }).Fit(data));
        StringAssert.Contains(number.Message, "Income");
        Assert.ThrowsExactly<ArgumentException>(() => trainers.VariationalAutoencoder(new VariationalGeneratorTrainer.Options { InputColumnNames = [] }));
        Assert.ThrowsExactly<ArgumentException>(() => trainers.VariationalAutoencoder(new VariationalGeneratorTrainer.Options { InputColumnNames = ["Age", "Age"] }));

        var people = People(20);
        people[7].Income = double.NaN;
        var nan = Assert.ThrowsExactly<Extensions.ML.Trainers.InvalidRowException>(() => trainers.VariationalAutoencoder(Settings()).Fit(ml.Data.LoadFromEnumerable(people)));
        StringAssert.Contains(nan.Message, "'Income', row 7");

        var empty = Assert.ThrowsExactly<InvalidOperationException>(() => trainers.VariationalAutoencoder(Settings()).Fit(ml.Data.LoadFromEnumerable(Array.Empty<Person>())));
        StringAssert.Contains(empty.Message, "no rows");
        Assert.ThrowsExactly<ArgumentException>(() => ml.Generation.Sample(ml.Transforms.CopyColumns("A", "Age").Fit(data), 1));
    }

    [TestMethod]
    public void Millions_OfRowsTakeLittleMemory()
    {
        var ml = new MLContext(seed: 1);
        using var model = ml.Generation.Trainers.VariationalAutoencoder(new VariationalGeneratorTrainer.Options
        {
            InputColumnNames = ["Age", "Visits"], LatentSize = 2, Epochs = 1, Network = new Trainers.DenseNetwork { HiddenSizes = [8] },
        }).Fit(ml.Data.LoadFromEnumerable(People(200)));
        var view = ml.Generation.Sample(model, 1_000_000);
        long sum = 0, rows = 0, before = 0;
        using var cursor = view.GetRowCursor(view.Schema);
        var getter = cursor.GetGetter<int>(view.Schema["Age"]);
        var age = 0;
        for (; cursor.MoveNext(); rows++)
        {
            if (rows == 100_000)
                before = Environment.WorkingSet;
            getter(ref age);
            sum += age;
        }
        Assert.AreEqual(1_000_000, rows);
        Assert.IsLessThan(100L << 20, Environment.WorkingSet - before);
        Assert.IsInRange(18, 80, (int)(sum / rows));
    }
}
