using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML.Transforms.Tests;

/// <summary>Text columns in and out of a scorer: cursors, row mappers and schemas, with a scorer that needs no network.</summary>
[TestClass]
public class TextRowsTests
{
    const int Rows = 600; // more than two blocks, the last one not full
    readonly MLContext _ml = new(seed: 1);

    sealed class Row
    {
        public string? Text { get; set; }
        public int Number { get; set; }
    }

    sealed record Spelled(string Reversed, string[] Letters, float[] Codes);

    sealed class Speller : ITextScorer<Spelled>
    {
        public int Calls;
        public int Longest;
        public string InputColumnName => "Text";

        public IReadOnlyList<ResultColumn<Spelled>> Outputs { get; } =
        [
            ResultColumn<Spelled>.Text("Reversed", spelled => spelled.Reversed),
            ResultColumn<Spelled>.Texts("Letters", spelled => spelled.Letters),
            ResultColumn<Spelled>.Vector("Codes", spelled => spelled.Codes),
            ResultColumn<Spelled>.Single("Length", spelled => spelled.Letters.Length),
        ];

        public Spelled[] Score(IReadOnlyList<string> texts, bool[] active)
        {
            Interlocked.Increment(ref Calls);
            Longest = Math.Max(Longest, texts.Count);
            return [.. texts.Select(text => new Spelled(new([.. text.Reverse()]), [.. text.Select(letter => $"{letter}")],
                active[2] ? [.. text.Select(letter => (float)letter)] : []))];
        }
    }

    static IEnumerable<Row> Texts() => Enumerable.Range(0, Rows).Select(i => new Row { Text = i % 7 == 3 ? null : new string('a', i % 5) + i, Number = i });

    IDataView View(Speller speller, IDataView data) => new BatchDataView(new BatchRowMapper(speller, data.Schema), data);

    [TestMethod]
    public void EveryRowGetsItsTextVectorsAndNumber()
    {
        var speller = new Speller();
        var view = View(speller, _ml.Data.LoadFromEnumerable(Texts()));
        Assert.IsFalse(((VectorDataViewType)view.Schema["Codes"].Type).IsKnownSize);
        var reversed = view.GetColumn<string>("Reversed").ToArray();
        var letters = view.GetColumn<string[]>("Letters").ToArray();
        var codes = view.GetColumn<float[]>("Codes").ToArray();
        var lengths = view.GetColumn<float>("Length").ToArray();
        var numbers = view.GetColumn<int>("Number").ToArray();
        Assert.HasCount(Rows, reversed);
        foreach (var (i, row) in Texts().Index())
        {
            var text = row.Text ?? "";
            Assert.AreEqual(new string([.. text.Reverse()]), reversed[i]);
            Assert.AreEqual(text, string.Concat(letters[i]));
            CollectionAssert.AreEqual(text.Select(letter => (float)letter).ToArray(), codes[i]);
            Assert.AreEqual(text.Length, lengths[i]);
            Assert.AreEqual(i, numbers[i]);
        }
        Assert.AreEqual(256, speller.Longest);
    }

    [TestMethod]
    public void ARowAloneIsScoredOnceForAllItsColumns()
    {
        var speller = new Speller();
        var data = _ml.Data.LoadFromEnumerable(Texts());
        var mapper = new BatchRowMapper(speller, data.Schema);
        using var source = data.GetRowCursor(data.Schema);
        using var row = ((IRowToRowMapper)mapper).GetRow(source, mapper.OutputSchema);
        var text = row.GetGetter<ReadOnlyMemory<char>>(row.Schema["Reversed"]);
        var codes = row.GetGetter<VBuffer<float>>(row.Schema["Codes"]);
        ReadOnlyMemory<char> reversed = default;
        VBuffer<float> values = default;
        foreach (var expected in Texts().Take(10))
        {
            Assert.IsTrue(source.MoveNext());
            text(ref reversed);
            codes(ref values);
            Assert.AreEqual(expected.Text ?? "", new string([.. reversed.ToString().Reverse()]));
            Assert.AreEqual(expected.Text?.Length ?? 0, values.Length);
        }
        Assert.AreEqual(10, speller.Calls);
    }

    [TestMethod]
    public void OtherColumnsComputeNothing()
    {
        var speller = new Speller();
        Assert.HasCount(Rows, View(speller, _ml.Data.LoadFromEnumerable(Texts())).GetColumn<int>("Number").ToArray());
        Assert.AreEqual(0, speller.Calls);
    }

    [TestMethod]
    public void AMissingOrOtherColumnIsNamed()
    {
        var data = _ml.Data.LoadFromEnumerable(Texts());
        var missing = _ml.Transforms.SelectColumns("Number").Fit(data).Transform(data);
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => View(new(), missing));
        Assert.Contains("Could not find text column 'Text'", error.Message);
        var number = _ml.Transforms.CopyColumns("Text", "Number").Fit(data).Transform(data);
        error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => View(new(), number));
        Assert.Contains("expected Text, got Int32", error.Message);
    }
}
