using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.ML;
using Microsoft.ML.Data;
using static MLNet.Reference.Tests.Rendering;

namespace MLNet.Reference.Tests;

/// <summary>Row operations of ml.Data: which rows come, in which order, and what that depends on. The ids name the arguments.</summary>
[TestClass]
public sealed class RowOpsTests
{
    static readonly ReferenceTable Table = MakeTable();

    public static IEnumerable<object[]> Ids => Table.Ids;

    [TestMethod, DynamicData(nameof(Ids))]
    public void Case(string id) => Table.Run(id);

    static ReferenceTable MakeTable()
    {
        var table = new ReferenceTable("row_ops.json")
        {
            ["source/enumerable-20"] = c => Describe(Rows20(c.Ml)),
            ["source/text-100"] = c => Describe(Text100(c.Ml)),
            ["source/cache-20"] = c =>
            {
                var view = c.Ml.Data.Cache(Rows20(c.Ml));
                var before = view.GetRowCount();
                var result = Describe(view);
                return new { result.index, result.rowCount, result.canShuffle, result.schema, rowCountBeforeFirstCursor = before, rowCountAfter = view.GetRowCount() };
            },
            ["source/cache-iterator"] = c =>
            {
                var starts = 0;
                var view = c.Ml.Data.Cache(c.Ml.Data.LoadFromEnumerable(Iterate()));
                var before = view.GetRowCount();
                Index(view);
                return new { before, after = view.GetRowCount(), iteratorStarts = starts };

                IEnumerable<RowIdx> Iterate()
                {
                    starts++;
                    foreach (var row in MakeRows(20))
                        yield return row;
                }
            },
            ["source/cache-prefetch"] = c => Describe(c.Ml.Data.Cache(Rows20(c.Ml), "Index", "X")),
            ["source/cache-prefetch-missing"] = c => c.Ml.Data.Cache(Rows20(c.Ml), "Nope"),
            ["take-of-skip"] = c => Describe(c.Ml.Data.TakeRows(c.Ml.Data.SkipRows(Rows20(c.Ml), 5), 3)),
            ["cursor-with-rand"] = c => new
            {
                enumerable20 = Shuffled(Rows20(c.Ml)),
                cache20 = Shuffled(c.Ml.Data.Cache(Rows20(c.Ml))),
                text100 = Shuffled(Text100(c.Ml)),
            },
            ["split/text100"] = c => Split(c, ml => ml.Data.TrainTestSplit(Text100(ml), 0.2)),
            ["split/text100-group"] = c => Split(c, ml => ml.Data.TrainTestSplit(Text100(ml), 0.2, "Group")),
            ["split/column-named-SamplingKeyColumn-present"] = c => Split(c, ml =>
            {
                var view = Rows100(ml);
                return ml.Data.TrainTestSplit(ml.Transforms.CopyColumns("SamplingKeyColumn", "X").Fit(view).Transform(view), 0.2);
            }),
            ["split/cached-source"] = c => Split(c, ml => ml.Data.TrainTestSplit(ml.Data.Cache(Rows100(ml)), 0.2)),
            ["split/third-split-on-the-same-context"] = c => Enumerable.Range(0, 3)
                .Select(_ => Index(c.Ml.Data.TrainTestSplit(Rows100(c.Ml), 0.2).TestSet)).ToArray(),
            ["split/null-data"] = c => c.Ml.Data.TrainTestSplit(null),
            ["bootstrap"] = c => new
            {
                sample = Index(c.Ml.Data.BootstrapSample(Rows20(c.Ml), seed: 1)),
                complement = Index(c.Ml.Data.BootstrapSample(Rows20(c.Ml), seed: 1, complement: true)),
            },
        };
        table.AddAll("^takerows-", c => Describe(c.Ml.Data.TakeRows(Rows20(c.Ml), long.Parse(Part(c, "^takerows-(.+)")))));
        table.AddAll("^skiprows-", c => Describe(c.Ml.Data.SkipRows(Rows20(c.Ml), long.Parse(Part(c, "^skiprows-(.+)")))));
        table.AddAll("^filterbycolumn-", c =>
        {
            var (column, low, high) = Range(c, @"^filterbycolumn-(\w+)-(-?[\w.]+)-(-?[\w.]+)$");
            return Describe(c.Ml.Data.FilterRowsByColumn(Rows20(c.Ml), column, low, high));
        });
        table.AddAll("^filterbykeyfraction-", c =>
        {
            var (_, low, high) = Range(c, @"^(filterbykeyfraction)-([\d.]+)-([\d.]+)$");
            return Describe(c.Ml.Data.FilterRowsByKeyColumnFraction(Rows20(c.Ml), "Key", low, high));
        });
        table.AddAll("^filtermissing-", c => Describe(c.Ml.Data.FilterRowsByMissingValues(
            Rows20(c.Ml), Part(c, "^filtermissing-(.*)").Split('+', StringSplitOptions.RemoveEmptyEntries))));
        table.AddAll("^shuffle/", c => Shuffle(c, @"^shuffle/(\w+)-seed-(\w+)-pool-(\d+)-shuffleSource-(\w+)$"));
        table.AddAll("^split/fraction-", c => SplitByName(c, @"^split/fraction-(-?[\d.]+)-key-(\w+)-seed-(\w+)-context-(\w+)$"));
        table.AddAll("^cv/", c => Folds(c, @"^cv/folds-(\d+)-key-(\w+)-seed-(\w+)$"));
        return table;
    }

    static IEnumerable<RowIdx> MakeRows(int count) => Enumerable.Range(0, count).Select(i => new RowIdx
    {
        Index = i, Group = "g" + i % 7, X = i % 6 == 5 ? float.NaN : i * 0.5f, Key = (uint)(i % 6), V = [i, i % 4 == 3 ? float.NaN : 1], B = i % 3 == 0,
    });

    static IDataView Rows20(MLContext ml) => ml.Data.LoadFromEnumerable(MakeRows(20).ToList());

    static IDataView Rows100(MLContext ml) => ml.Data.LoadFromEnumerable(MakeRows(100).ToList());

    static IDataView Text100(MLContext ml) => ml.Data.LoadFromTextFile(ReferenceFolder.Input("rows100.tsv"),
        [new("Index", DataKind.Int32, 0), new("Group", DataKind.String, 1), new("X", DataKind.Single, 2)], hasHeader: true);

    static int[] Index(IDataView view) => view.GetColumn<int>("Index").ToArray();

    static Description Describe(IDataView view) => new(Index(view), view.GetRowCount(), view.CanShuffle, ShortForm(view.Schema));

    sealed record Description(int[] index, long? rowCount, bool canShuffle, string[] schema);

    static int[] Shuffled(IDataView view)
    {
        using var cursor = view.GetRowCursor(view.Schema, new Random(7));
        var getter = cursor.GetGetter<int>(view.Schema["Index"]);
        var result = new List<int>();
        for (var value = 0; cursor.MoveNext(); result.Add(value))
            getter(ref value);
        return result.ToArray();
    }

    static Dictionary<string, object?> Shuffle(ReferenceCase c, string pattern)
    {
        var parts = Parts(c, pattern);
        var view = Shuffle(c.Ml);
        var first = Index(view);
        var again = Index(Shuffle(c.Ml));
        var result = new Dictionary<string, object?>
        {
            ["first"] = first,
            ["secondEqualsFirst"] = Index(view).SequenceEqual(first),
            ["againEqualsFirst"] = again.SequenceEqual(first),
            ["otherContextEqualsFirst"] = New(seed: 1).SequenceEqual(first),
            ["context2EqualsFirst"] = New(seed: 2).SequenceEqual(first),
            ["noSeedTwiceEqual"] = New(seed: null).SequenceEqual(New(seed: null)),
            ["rowCount"] = view.GetRowCount(),
            ["canShuffle"] = view.CanShuffle,
        };
        if (!again.SequenceEqual(first))
            result["again"] = again;
        return result;

        IDataView Source(MLContext ml) => parts[0] switch
        {
            "enumerable20" => Rows20(ml),
            "cache20" => ml.Data.Cache(Rows20(ml)),
            "enumerable100" => Rows100(ml),
            _ => Text100(ml),
        };

        IDataView Shuffle(MLContext ml) => ml.Data.ShuffleRows(Source(ml), SeedOf(parts[1]), int.Parse(parts[2]), bool.Parse(parts[3]));

        int[] New(int? seed) => Index(Shuffle(new(seed)));
    }

    static Dictionary<string, object?> SplitByName(ReferenceCase c, string pattern)
    {
        var parts = Parts(c, pattern);
        return Split(c, ml => ml.Data.TrainTestSplit(Rows100(ml), Number(parts[0]), parts[1] == "null" ? null : parts[1], SeedOf(parts[2])),
            parts[3] == "null" ? null : int.Parse(parts[3]));
    }

    static Dictionary<string, object?> Split(ReferenceCase c, Func<MLContext, DataOperationsCatalog.TrainTestData> split, int? contextSeed = 1)
    {
        var data = split(c.Ml);
        int[] train = Index(data.TrainSet), test = Index(data.TestSet);
        var isComplement = train.SequenceEqual(Enumerable.Range(0, 100).Except(test));
        var result = new Dictionary<string, object?>
        {
            ["test"] = test,
            ["trainCount"] = train.Length,
            ["trainIsComplementInOrder"] = isComplement,
            ["testAscending"] = test.SequenceEqual(test.Order()),
            ["rereadEqual"] = Index(data.TestSet).SequenceEqual(test),
            ["sameCallAgainOnSameContextEqual"] = Index(split(c.Ml).TestSet).SequenceEqual(test),
            ["sameCallOnNewContextWithSameSeedEqual"] = Index(split(new(contextSeed)).TestSet).SequenceEqual(test),
            ["sameCallOnContextSeed99Equal"] = Index(split(new(99)).TestSet).SequenceEqual(test),
            ["trainSchema"] = ShortForm(data.TrainSet.Schema),
            ["testSchema"] = ShortForm(data.TestSet.Schema),
            ["trainRowCount"] = data.TrainSet.GetRowCount(),
            ["trainCanShuffle"] = data.TrainSet.CanShuffle,
        };
        if (!isComplement)
            result["train"] = train;
        return result;
    }

    static object Folds(ReferenceCase c, string pattern)
    {
        var parts = Parts(c, pattern);
        var folds = Make(c.Ml);
        var test = folds.Select(fold => Index(fold.TestSet)).ToArray();
        var many = folds.Count > 10;
        return new
        {
            folds = folds.Count,
            test = many ? (object)"omitted" : test,
            testSizes = many ? test.Select(rows => rows.Length).ToArray() : null,
            trainSizes = many ? null : folds.Select(fold => Index(fold.TrainSet).Length).ToArray(),
            everyRowOnceInTest = test.SelectMany(rows => rows).Order().SequenceEqual(Enumerable.Range(0, 100)),
            trainSchema = ShortForm(folds[0].TrainSet.Schema),
            testSchema = ShortForm(folds[0].TestSet.Schema),
            newContextSameSeedEqual = Make(new(seed: 1)).Select(fold => Index(fold.TestSet)).Zip(test).All(pair => pair.First.SequenceEqual(pair.Second)),
        };

        IReadOnlyList<DataOperationsCatalog.TrainTestData> Make(MLContext ml)
            => ml.Data.CrossValidationSplit(Rows100(ml), int.Parse(parts[0]), parts[1] == "null" ? null : parts[1], SeedOf(parts[2]));
    }

    static string[] Parts(ReferenceCase c, string pattern)
        => Regex.Match(c.Id, pattern) is { Success: true } match ? match.Groups.Values.Skip(1).Select(group => group.Value).ToArray()
            : throw new AssertFailedException($"The id '{c.Id}' does not name its arguments as expected");

    static string Part(ReferenceCase c, string pattern) => Parts(c, pattern)[0];

    static (string, double, double) Range(ReferenceCase c, string pattern)
    {
        var parts = Parts(c, pattern);
        return (parts[0], Number(parts[1]), Number(parts[2]));
    }

    static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    static int? SeedOf(string text) => text == "null" ? null : int.Parse(text);
}
