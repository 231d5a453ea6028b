using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML.Transforms.Tests;

[TestClass]
public class SeriesTests
{
    sealed class Step
    {
        public DateTime Time { get; set; }
        public float Value { get; set; }
        public bool IsSpike { get; set; }
        public float Label { get; set; }
    }

    sealed class Pair
    {
        [VectorType(2)]
        public float[] Values { get; set; } = [];
    }

    readonly MLContext _ml = new(seed: 3);
    static readonly DateTime s_start = new(2024, 1, 1); // a Monday

    /// <summary>A daily wave with a little noise, an hour a step; spikes of 1 where told.</summary>
    static Step[] Wave(int steps, params int[] spikes)
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, steps).Select(i => new Step
        {
            Time = s_start.AddHours(i),
            Value = 20 + 3 * (float)Math.Sin(2 * Math.PI * i / 24) + 0.1f * random.NextSingle() + (spikes.Contains(i) ? 1 : 0),
            IsSpike = spikes.Contains(i),
            Label = spikes.Contains(i) ? 1 : 0,
        })];
    }

    SeriesAnomalyTransformer Fit(IDataView data, Action<SeriesAnomalyTrainer.Options>? change = null)
    {
        var options = new SeriesAnomalyTrainer.Options { TimeColumnName = "Time", ExpectedColumnName = "Expected" };
        change?.Invoke(options);
        return _ml.AnomalyDetection.Trainers.AutoencoderSeries(options).Fit(data);
    }

    [TestMethod]
    public void AWindowHoldsTheStepsBefore()
    {
        var data = _ml.Data.LoadFromEnumerable(new[] { 1f, 2, 3, 4 }.Select(v => new Step { Value = v }));
        var windows = _ml.Transforms.SlidingWindow("Window", "Value", windowSize: 3).Fit(data).Transform(data);
        float[][] expected = [[1, 1, 1], [1, 1, 2], [1, 2, 3], [2, 3, 4]];
        var actual = windows.Vectors("Window");
        for (var i = 0; i < expected.Length; i++)
            CollectionAssert.AreEqual(expected[i], actual[i]);
        CollectionAssert.AreEqual(new[] { "Value[-2]", "Value[-1]", "Value[0]" }, windows.Schema["Window"].ReadSlotNames());
        CollectionAssert.AreEqual(new float[] { 1, 2, 3, 4 }, windows.Scores("Value"), "the other columns stay");
        Assert.IsFalse(windows.CanShuffle);
        CollectionAssert.AreEqual(actual[3], _ml.Data.Cache(windows).Vectors("Window")[3]);
    }

    [TestMethod]
    public void AStepMayHaveSeveralValues()
    {
        var data = _ml.Data.LoadFromEnumerable(Enumerable.Range(1, 3).Select(i => new Pair { Values = [i, -i] }));
        var windows = _ml.Transforms.SlidingWindow("Values", windowSize: 2).Fit(data).Transform(data);
        float[][] expected = [[1, -1, 1, -1], [1, -1, 2, -2], [2, -2, 3, -3]];
        var actual = windows.Vectors("Values");
        for (var i = 0; i < expected.Length; i++)
            CollectionAssert.AreEqual(expected[i], actual[i]);
        CollectionAssert.AreEqual(new[] { "Values.0[-1]", "Values.1[-1]", "Values.0[0]", "Values.1[0]" }, windows.Schema["Values"].ReadSlotNames());
    }

    /// <summary>Six hours into a Wednesday: a quarter of the day, and 3.25 of 7 days from Sunday on.</summary>
    [TestMethod]
    public void TheCalendarIsThatOfTheNewestStep()
    {
        var data = _ml.Data.LoadFromEnumerable(new[] { new Step { Time = s_start }, new Step { Time = s_start.AddDays(2).AddHours(6) } });
        var windows = _ml.Transforms.SlidingWindow("Window", "Value", 2, "Time").Fit(data).Transform(data);
        var window = windows.Vectors("Window")[1];
        var names = windows.Schema["Window"].ReadSlotNames()!;
        Assert.HasCount(18, window);
        foreach (var (period, phase) in new[] { ("day", 0.25), ("week", 3.25 / 7) })
            for (var k = 1; k <= 4; k++)
            {
                Assert.AreEqual(Math.Sin(2 * Math.PI * k * phase), window[Array.IndexOf(names, $"{period}.sin{k}")], 1e-6);
                Assert.AreEqual(Math.Cos(2 * Math.PI * k * phase), window[Array.IndexOf(names, $"{period}.cos{k}")], 1e-6);
            }
    }

    [TestMethod]
    public void SpikesAreFoundAndTimesKept()
    {
        int[] spikes = [100, 333, 500, 777];
        var steps = Wave(1000, spikes);
        var data = _ml.Data.LoadFromEnumerable(steps);
        using var detector = Fit(data, o => o.Contamination = 0.004);
        var scored = detector.Transform(data);
        var scores = scored.Scores("Score");
        var found = Enumerable.Range(0, 1000).OrderByDescending(i => scores[i]).Take(4).Order().ToArray();
        CollectionAssert.AreEqual(spikes, found);
        CollectionAssert.AreEqual(scores.Select(s => s > 0).ToArray(), scored.GetColumn<bool>("PredictedLabel").ToArray());
        CollectionAssert.AreEqual(steps.Select(s => s.Time).ToArray(), scored.GetColumn<DateTime>("Time").ToArray());
        Assert.AreEqual(4, scores.Count(s => s > 0), "a contamination of 4 in 1,000");

        var expected = scored.Vectors("Expected");
        foreach (var spike in spikes)
            Assert.IsLessThan(0.7, Math.Abs(expected[spike][0] - (steps[spike].Value - 1)), "the value without the spike");
        Assert.AreEqual("Value[0]", scored.Schema["Expected"].ReadSlotNames()!.Single());
    }

    [TestMethod]
    public void ErrorsAreThoseOfTheNewestStep()
    {
        var data = _ml.Data.LoadFromEnumerable(Wave(200, 50));
        using var detector = Fit(data, o => o.Epochs = 5);
        var scored = detector.Transform(data);
        var (scores, values, expected) = (scored.Scores("Score"), scored.Scores("Value"), scored.Vectors("Expected"));
        var scale = detector.Model.Scaler.Scale[11];
        for (var i = 0; i < 200; i++)
        {
            var error = Math.Pow((values[i] - expected[i][0]) * scale, 2);
            Assert.AreEqual(error, scores[i] + detector.Threshold, 1e-4 * (1 + error));
        }
    }

    [TestMethod]
    [DataRow("Label"), DataRow("IsSpike")]
    public void TheThresholdFollowsLabels(string label)
    {
        var steps = Wave(1000, 100, 333, 500, 777);
        var data = _ml.Data.LoadFromEnumerable(steps);
        using var detector = Fit(data, o => o.Contamination = 0.2); // far too many
        var byLabels = detector.WithThresholdFrom(data, label);
        CollectionAssert.AreEqual(steps.Select(s => s.IsSpike).ToArray(), byLabels.Transform(data).GetColumn<bool>("PredictedLabel").ToArray());

        // Halfway between the highest error of a usual step and the lowest of a spike.
        var errors = detector.Transform(data).Scores("Score").Select(score => score + detector.Threshold).Zip(steps).ToArray();
        var (usual, spike) = (errors.Where(e => !e.Second.IsSpike).Max(e => e.First), errors.Where(e => e.Second.IsSpike).Min(e => e.First));
        Assert.AreEqual((usual + spike) / 2, byLabels.Threshold, 1e-5f * (1 + spike));
    }

    [TestMethod]
    public void LabelsThatNoThresholdFollowsFromAreRefused()
    {
        var steps = Wave(60, 50);
        using var detector = Fit(_ml.Data.LoadFromEnumerable(steps), o => o.Epochs = 1);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => detector.WithThresholdFrom(_ml.Data.LoadFromEnumerable(steps), "None")).Message, "'None'");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => detector.WithThresholdFrom(_ml.Data.LoadFromEnumerable(steps), "Time")).Message, "expected Boolean or Single");
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => detector.WithThresholdFrom(_ml.Data.LoadFromEnumerable(steps), beta: 0));
        Assert.ThrowsExactly<ArgumentException>(() => detector.WithThresholdFrom(_ml.Data.LoadFromEnumerable(Wave(60))));
        steps[7].Label = float.NaN;
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(
            () => detector.WithThresholdFrom(_ml.Data.LoadFromEnumerable(steps))).Message, "row 7");
    }

    [TestMethod]
    public void AStreamGivesTheScoresOfTheView()
    {
        var steps = Wave(300, 120);
        var data = _ml.Data.LoadFromEnumerable(steps);
        using var detector = Fit(data, o => o.Epochs = 3);
        var scores = detector.Transform(data).Scores("Score");
        using var stream = detector.OpenStream();
        for (var i = 0; i < steps.Length; i++)
        {
            if (i == 200)
                Assert.ThrowsExactly<InvalidRowException>(() => stream.Score(float.NaN, steps[i].Time)); // and nothing of it stays
            Assert.AreEqual(scores[i], stream.Score(steps[i].Value, steps[i].Time), 1e-5f * (1 + Math.Abs(scores[i])));
        }
        Assert.ThrowsExactly<ArgumentException>(() => stream.Score([1f, 2f]));
    }

    [TestMethod]
    public void BothSurviveTheModelFile()
    {
        var data = _ml.Data.LoadFromEnumerable(Wave(200));
        using var detector = Fit(data, o => o.Epochs = 2);
        var window = _ml.Transforms.SlidingWindow("Other", "Value", 4, "Time").Fit(data);
        var chain = new TransformerChain<ITransformer>(window, detector);
        var file = new MemoryStream();
        _ml.Model.Save(chain, data.Schema, file);
        file.Position = 0;
        var loaded = _ml.Model.Load(file, out _);
        var (before, after) = (chain.Transform(data), loaded.Transform(data));
        Assert.AreEqual(before.Schema.ToString(), after.Schema.ToString());
        CollectionAssert.AreEqual(before.Scores("Score"), after.Scores("Score"));
        CollectionAssert.AreEqual(before.Vectors("Other")[100], after.Vectors("Other")[100]);
        ((IDisposable)loaded).Dispose();
    }

    [TestMethod]
    public void SchemasAreAsToldBefore()
    {
        var data = _ml.Data.LoadFromEnumerable(Wave(50));
        var trainer = _ml.AnomalyDetection.Trainers.AutoencoderSeries("Value", "Time");
        using var detector = trainer.Fit(data);
        var shape = trainer.GetOutputSchema(Shapes.Of(data.Schema));
        foreach (var column in Shapes.Of(detector.GetOutputSchema(data.Schema)))
        {
            var told = shape.Single(c => c.Name == column.Name);
            Assert.AreEqual(column.ItemType, told.ItemType, column.Name);
            CollectionAssert.AreEquivalent(column.Annotations.Select(a => a.Name).ToArray(), told.Annotations.Select(a => a.Name).ToArray(), column.Name);
        }
    }

    [TestMethod]
    public void BadInputIsExplained()
    {
        var steps = Wave(60);
        var data = _ml.Data.LoadFromEnumerable(steps);
        var trainers = _ml.AnomalyDetection.Trainers;
        StringAssert.Contains(Throws<ArgumentOutOfRangeException>(() => trainers.AutoencoderSeries("None").Fit(data)), "'None'");
        StringAssert.Contains(Throws<ArgumentOutOfRangeException>(() => trainers.AutoencoderSeries("Time").Fit(data)), "expected Single");
        StringAssert.Contains(Throws<ArgumentOutOfRangeException>(() => trainers.AutoencoderSeries("Value", "Value").Fit(data)), "DateTime");
        StringAssert.Contains(Throws<ArgumentOutOfRangeException>(() => trainers.AutoencoderSeries("Value", "Value").GetOutputSchema(Shapes.Of(data.Schema))), "DateTime");
        Throws<ArgumentOutOfRangeException>(() => trainers.AutoencoderSeries("Value", windowSize: 1));
        Throws<ArgumentOutOfRangeException>(() => trainers.AutoencoderSeries("Value", contamination: 0.6));
        Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.SlidingWindow("Value", windowSize: 0));
        steps[40].Value = float.NaN;
        var error = Assert.ThrowsExactly<InvalidRowException>(() => trainers.AutoencoderSeries("Value").Fit(_ml.Data.LoadFromEnumerable(steps)));
        StringAssert.Contains(error.Message, "row 40");
        StringAssert.Contains(error.Message, "Value[0]");

        static string Throws<T>(Action action) where T : Exception => Assert.ThrowsExactly<T>(action).Message;
    }
}
