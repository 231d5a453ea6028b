using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

[TestClass]
public class BatchSourceTests
{
    const int Width = 3;

    /// <summary>Row r is (r, r + ¼, r + ½), so that a row tells its number.</summary>
    static float[] Numbered(int rows)
    {
        var values = new float[rows * Width];
        for (int i = 0; i < values.Length; i++) values[i] = i / Width + i % Width / 4f;
        return values;
    }

    static List<float[]> Read(IBatchSource source, int epoch, int batchSize, long skip = 0)
        => [.. source.Epoch(epoch, batchSize, skip).Select(batch => Support.ToArray(batch[0]))];

    static float[] Flat(IEnumerable<float[]> batches) => [.. batches.SelectMany(b => b)];

    [TestMethod]
    [DataRow(1000, 1000, 64)]
    [DataRow(1000, 5000, 64)]
    [DataRow(1000, 100, 64)]
    [DataRow(1000, 7, 64)]
    [DataRow(1000, 333, 1)]
    [DataRow(5, 2, 64)]
    public void StreamedEqualsInMemory(int rows, int shuffleRows, int batchSize)
    {
        var values = Numbered(rows);
        var options = new DataOptions { ShuffleRows = shuffleRows, Seed = 9, Scaling = FeatureScaling.Standardize, ValidationFraction = 0.2 };
        using var memory = Support.Load(values, Width, options);
        using var streamed = Support.Load(values, Width, options with { MemoryBudget = 0 });
        Assert.IsFalse(memory.IsStreamed);
        Assert.IsTrue(streamed.IsStreamed);
        Assert.AreEqual(memory.Training.Fingerprint, streamed.Training.Fingerprint);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            CollectionAssert.AreEqual(Flat(Read(memory.Training, epoch, batchSize)), Flat(Read(streamed.Training, epoch, batchSize)));
            if (memory.Validation is null) Assert.IsNull(streamed.Validation);
            else CollectionAssert.AreEqual(Flat(Read(memory.Validation, 0, batchSize)), Flat(Read(streamed.Validation!, 0, batchSize)));
        }
    }

    [TestMethod]
    [DataRow(0L)]
    [DataRow(1L << 30)]
    public void EveryRowComesOnceAndOnlyTheLastBatchIsShort(long budget)
    {
        using var data = Support.Load(Numbered(1000), Width, new DataOptions { ShuffleRows = 90, MemoryBudget = budget });
        var orders = new List<float[]>();
        for (int epoch = 0; epoch < 2; epoch++)
        {
            var batches = Read(data.Training, epoch, 64);
            Assert.HasCount(16, batches);
            Assert.IsTrue(batches.Take(15).All(b => b.Length == 64 * Width));
            Assert.HasCount(40 * Width, batches[15]);
            var rows = Flat(batches);
            CollectionAssert.AreEqual(Numbered(1000), rows.Chunk(Width).OrderBy(r => r[0]).SelectMany(r => r).ToArray());
            orders.Add(rows);
        }
        CollectionAssert.AreNotEqual(Numbered(1000), orders[0]);
        CollectionAssert.AreNotEqual(orders[0], orders[1]);
    }

    [TestMethod]
    [DataRow(0L)]
    [DataRow(1L << 30)]
    public void SkippingAndAbandoningLeaveTheOrderAsItIs(long budget)
    {
        using var data = Support.Load(Numbered(500), Width, new DataOptions { ShuffleRows = 70, MemoryBudget = budget });
        var whole = Read(data.Training, 4, 32);
        foreach (var _ in data.Training.Epoch(1, 32).Take(3)) { }
        CollectionAssert.AreEqual(Flat(whole.Skip(5)), Flat(Read(data.Training, 4, 32, skip: 5)));
        CollectionAssert.AreEqual(Flat(whole), Flat(Read(data.Training, 4, 32)));
        Assert.IsEmpty(Read(data.Training, 4, 32, skip: 16));
    }

    [TestMethod]
    public void ValidationRowsAreTheSameInEveryPassAndNearTheFraction()
    {
        var options = new DataOptions { ValidationFraction = 0.25, Seed = 3 };
        using var data = Support.Load(Numbered(4000), Width, options);
        using var again = Support.Load(Numbered(4000), Width, options, countKnown: false);
        var rows = Flat(Read(data.Validation!, 0, 100));
        CollectionAssert.AreEqual(rows, Flat(Read(again.Validation!, 7, 64)));
        Assert.AreEqual(4000, data.Training.RowCount + data.Validation!.RowCount);
        Assert.AreEqual(1000, data.Validation.RowCount, 4 * Math.Sqrt(4000 * 0.25 * 0.75)); // Four standard deviations of the binomial.
        CollectionAssert.AreEqual(rows.Order().ToArray(), rows); // In the order of the source.
        using var other = Support.Load(Numbered(4000), Width, options with { Seed = 4 });
        CollectionAssert.AreNotEqual(rows, Flat(Read(other.Validation!, 0, 100)));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void TheBudgetDecidesWhatIsStreamed(bool countKnown)
    {
        var values = Numbered(10_000); // 120,000 bytes.
        using var held = Support.Load(values, Width, new DataOptions { MemoryBudget = 120_000 }, countKnown);
        using var streamed = Support.Load(values, Width, new DataOptions { MemoryBudget = 119_999 }, countKnown);
        Assert.IsFalse(held.IsStreamed);
        Assert.IsTrue(streamed.IsStreamed);
        Assert.AreEqual(10_000, streamed.Training.RowCount);
    }

    [TestMethod]
    public void ScalingIsLearnedFromTheTrainingRowsAlone()
    {
        var options = new DataOptions { ValidationFraction = 0.5, Scaling = FeatureScaling.MinMax };
        using var data = Support.Load(Numbered(100), Width, options);
        var training = Flat(Read(data.Training, 0, 100));
        Assert.AreEqual((0f, 1f), (training.Min(), training.Max()));
    }

    [TestMethod]
    [DataRow(0L)]
    [DataRow(1L << 30)]
    public void OneRowAndNoRows(long budget)
    {
        var options = new DataOptions { MemoryBudget = budget, ValidationFraction = 0.9, Scaling = FeatureScaling.Standardize };
        using var one = Support.Load([1, 2, 3], Width, options);
        Assert.IsNull(one.Validation);
        CollectionAssert.AreEqual(new float[] { 0, 0, 0 }, Flat(Read(one.Training, 0, 10)));
        Assert.ThrowsExactly<InvalidOperationException>(() => Support.Load([], Width, options));
    }

    [TestMethod]
    [DataRow(0L)]
    [DataRow(1L << 30)]
    public void NotANumberIsFoundBeforeTraining(long budget)
    {
        var values = Numbered(100);
        values[62 * Width + 1] = float.NaN;
        var rows = new ArrayRows(values, Width);
        var error = Assert.ThrowsExactly<InvalidRowException>(() => TrainingData.Load(rows, new DataOptions { MemoryBudget = budget }, CPU));
        Assert.AreEqual((62L, 1), (error.Row, error.Slot));
        Assert.AreEqual(rows.Opened, rows.Disposed);
    }

    [TestMethod]
    public void AStreamThatChangesIsAnErrorAndReadersAreClosed()
    {
        var rows = new ShrinkingRows();
        using (var data = TrainingData.Load(rows, new DataOptions { MemoryBudget = 0, ShuffleRows = 10 }, CPU))
        {
            var error = Assert.ThrowsExactly<InvalidOperationException>(() => Read(data.Training, 0, 8));
            StringAssert.Contains(error.Message, "100 rows");
            StringAssert.Contains(error.Message, "only 95");
        }
        Assert.AreEqual(0, rows.Live);
    }

    [TestMethod]
    public void AStreamIsReadAheadByAnotherThreadAndOncePerEpoch()
    {
        var rows = new ArrayRows(Numbered(1000), Width);
        using (var data = TrainingData.Load(rows, new DataOptions { MemoryBudget = 0, ShuffleRows = 100 }, CPU))
        {
            for (int epoch = 0; epoch < 5; epoch++) Read(data.Training, epoch, 64);
            Assert.IsLessThanOrEqualTo(1 + 5 + 1, rows.Opened); // The first pass, five epochs, and what is read ahead of a sixth.
        }
        Assert.AreEqual(rows.Opened, rows.Disposed);
    }

    /// <summary>240 MB of rows, one epoch, in two blocks of 4 MB each for training and validation.</summary>
    [TestMethod]
    public void AStreamNeedsTheMemoryOfItsBlocksOnly()
    {
        var rows = new GeneratedRows(2_000_000, 30);
        Read(1); // What the engine and the runtime take for themselves.
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        long before = process.WorkingSet64;
        Assert.AreEqual(2_000_000, Read(2_000_000));
        process.Refresh();
        Assert.IsLessThan(64L << 20, process.WorkingSet64 - before);

        long Read(long limit)
        {
            using var data = TrainingData.Load(limit == 1 ? new GeneratedRows(100, 30) : rows, new DataOptions { MemoryBudget = 16 << 20, ValidationFraction = 0.2 },
                CPU);
            return data.Training.Epoch(0, 1000).Sum(b => b.Rows) + (data.Validation?.Epoch(0, 1000).Sum(b => b.Rows) ?? 0);
        }
    }

    sealed class GeneratedRows(long rows, int width) : IRowSource
    {
        public int Width => width;

        public long? Count => rows;

        public IRowReader Open() => new Reader(rows);

        sealed class Reader(long rows) : IRowReader
        {
            long at;

            public bool TryRead(Span<float> row)
            {
                if (at == rows) return false;
                row.Fill(at++ % 1000);
                return true;
            }

            public void Dispose() { }
        }
    }

    [TestMethod]
    public void OptionsAreChecked()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DataOptions { ValidationFraction = 1 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DataOptions { ValidationFraction = double.NaN });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DataOptions { MemoryBudget = -1 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new DataOptions { ShuffleRows = -1 });
    }

    /// <summary>100 rows in the first pass, 95 later.</summary>
    sealed class ShrinkingRows : IRowSource
    {
        int passes;
        public int Live;

        public int Width => BatchSourceTests.Width;

        public long? Count => null;

        public IRowReader Open()
        {
            Interlocked.Increment(ref Live);
            return new Reader(this, Interlocked.Increment(ref passes) == 1 ? 100 : 95);
        }

        sealed class Reader(ShrinkingRows owner, int left) : IRowReader
        {
            public bool TryRead(Span<float> row)
            {
                row.Fill(left);
                return left-- > 0;
            }

            public void Dispose() => Interlocked.Decrement(ref owner.Live);
        }
    }
}
