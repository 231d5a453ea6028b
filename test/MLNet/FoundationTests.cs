using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MLNet.Reference.Tests;

/// <summary>
/// What the reference data does not hold: vectors, ids, types, the context and how chains read their data. Expected values are real ML.NET's.
/// </summary>
[TestClass]
public sealed class FoundationTests
{
    sealed class Row
    {
        public float A;
        public string? T;
    }

    sealed class Copied
    {
        public float B = 0;
    }

    readonly MLContext _ml = new(1);

    IDataView Rows => _ml.Data.LoadFromEnumerable<Row>([new() { A = 1, T = "x" }, new() { A = 2 }, new() { A = float.NaN, T = "" }]);

    static string Text<T>(VBuffer<T> v) => v.IsDense
        ? $"{v.Length}: {string.Join(' ', v.GetValues().ToArray())}"
        : $"{v.Length}: {string.Join(' ', v.GetValues().ToArray())} at {string.Join(' ', v.GetIndices().ToArray())}";

    static string Outcome(Func<string> call)
    {
        try
        {
            return call();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return $"{e.GetType().Name} {e.Message}";
        }
    }

    /// <summary>20,000 random copies and edits of vectors; a wrong one changes the hash.</summary>
    [TestMethod]
    public void VectorsBehaveAsInTheRealLibrary()
    {
        var random = new Random(1);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < 2000; i++)
        {
            var (from, to) = (RandomVector(random), RandomVector(random));
            int start = random.Next(-1, 4), count = random.Next(-1, 5), length = random.Next(-1, 7), values = random.Next(-1, 6);
            var flag = random.Next(2) == 0;
            Add(() => { var d = to; from.CopyTo(ref d); return Text(d); });
            Add(() => { var d = to; from.CopyToDense(ref d); return Text(d); });
            Add(() => { var d = to; from.CopyTo(ref d, start, count); return Text(d); });
            Add(() => { var d = new float[count + 4]; from.CopyTo(d, start, 9); return string.Join(' ', d); });
            Add(() => { var d = to; VBuffer<float>.Copy([1, 2, 3, 4], start, ref d, count); return Text(d); });
            Add(() => from.GetItemOrDefault(start).ToString());
            Add(() => $"{string.Join(' ', from.Items())} {string.Join(' ', from.Items(true))} {string.Join(' ', from.DenseValues())}");
            Add(() =>
            {
                var d = to;
                var editor = VBufferEditor.Create(ref d, length, values, keepOldOnResize: flag);
                return $"{editor.Values.Length} {editor.Indices.Length} {editor.CreatedNewValues} {editor.CreatedNewIndices} " +
                    (flag ? string.Join(' ', editor.Values.ToArray()) : "");
            });
            Add(() =>
            {
                var d = to;
                var editor = VBufferEditor.Create(ref d, length, values, maxValuesCapacity: flag ? 3 : 10, requireIndicesOnDense: true);
                editor.Values.Fill(3);
                for (var k = 0; k < editor.Indices.Length; k++)
                    editor.Indices[k] = k;
                return $"{editor.CreatedNewValues} {editor.CreatedNewIndices} {Text(editor.CommitTruncated(count))}";
            });
            Add(() => { var d = to; var editor = VBufferEditor.CreateFromBuffer(ref d); editor.Values.Fill(1); return Text(editor.Commit()); });
        }
        Assert.AreEqual("F0DAE538613BEACA3AE3A4D1CAF2DB6B0BB9F639A42BF53D5B58D45B3C28233D", Convert.ToHexString(hash.GetHashAndReset()));

        void Add(Func<string> call) => hash.AppendData(Encoding.UTF8.GetBytes(Outcome(call) + "\n"));
    }

    static VBuffer<float> RandomVector(Random random)
    {
        int length = random.Next(6), count = random.Next(length + 1), spare = random.Next(3);
        float[] Values(int size) => Enumerable.Range(0, size + spare).Select(_ => (float)random.Next(20)).ToArray();
        return random.Next(2) == 0
            ? new(length, Values(length), random.Next(2) == 0 ? null : new int[random.Next(4)])
            : new(length, count, Values(count), [.. Enumerable.Range(0, length).OrderBy(_ => random.Next()).Take(count).Order(), .. new int[spare]]);
    }

    [TestMethod]
    public void VectorsCheckTheirParts()
    {
        Assert.AreEqual("0: ", Text(default(VBuffer<float>)));
        Assert.AreEqual("3: 1 2 at 0 2", Text(new VBuffer<float>(3, 2, [1, 2, 5], [0, 2])));
        Assert.AreEqual("Sparse vector of size 3, 1 explicit values", new VBuffer<float>(3, 1, [1], [1]).ToString());
        Assert.AreEqual("Dense vector of size 3", new VBuffer<float>(3, [1, 2, 3]).ToString());
        foreach (var (part, make) in new (string, Func<VBuffer<float>>)[]
        {
            ("values", () => new(3, [1, 2])), ("values", () => new(3, null)), ("length", () => new(-3, [1])),
            ("indices", () => new(3, 2, [1, 2], [0])), ("indices", () => new(3, 1, [1], null)),
            ("count", () => new(3, 4, [1, 2, 3, 4], [0, 1, 2, 3])), ("count", () => new(3, -1, [1], [0])),
        })
            Assert.AreEqual(part, Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => make()).ParamName);
    }

    [TestMethod]
    public void RowIdsMixAsInTheRealLibrary()
    {
        DataViewRowId id = new(0xb35502a868f7df45, 0xa63047c7cc0a12f1), one = new(1, 0);
        Assert.AreEqual(
            "a63047c7cc0a12f1b35502a868f7df45 4ad1d84f5728d5878f5821ca33148e47 4ad1d84f5728d587bbb8bcc158ca707f " +
            "c76823847d255f9e7fdd3c62ca1cf56f -964147496", $"{id} {id.Next()} {id.Fork()} {id.Combine(one)} {id.GetHashCode()}");
        Assert.AreEqual(
            "00000000000000000000000000000001 000000029e99de82000000007adce729 000000029e99de8234e09d0b11021911 " +
            "35e5055b22bf6e48af71374f9ff3a052 1", $"{one} {one.Next()} {one.Fork()} {one.Combine(id)} {one.GetHashCode()}");
        Assert.AreEqual(1, id.CompareTo(one));
    }

    [TestMethod]
    public void TypesAreComparedByWhatTheyHold()
    {
        DataViewType[] types =
        [
            NumberDataViewType.Single, new KeyDataViewType(typeof(uint), 3), new KeyDataViewType(typeof(ulong), 3),
            new VectorDataViewType(NumberDataViewType.Single), new VectorDataViewType(NumberDataViewType.Single, 6),
            new VectorDataViewType(NumberDataViewType.Single, 2, 3), new VectorDataViewType(NumberDataViewType.Single, 2, 0, 3),
            new VectorDataViewType(new KeyDataViewType(typeof(uint), 3), 4),
        ];
        Assert.AreEqual(
            "Single Key<UInt32, 0-2> Key<UInt64, 0-2> Vector<Single> Vector<Single, 6> Vector<Single, 2, 3> " +
            "Vector<Single, 2, *, 3> Vector<Key<UInt32, 0-2>, 4>",
            string.Join(" ", types.Select(type => type.ToString())));
        foreach (var a in types)
            foreach (var b in types)
                Assert.AreEqual(ReferenceEquals(a, b), a.Equals(b), $"{a} {b}");
        Assert.IsTrue(types[1].Equals(new KeyDataViewType(typeof(uint), 3)));
        Assert.IsTrue(types[3].Equals(new VectorDataViewType(NumberDataViewType.Single, 0)));
        foreach (var make in new Func<DataViewType>[]
        {
            () => new KeyDataViewType(typeof(int), 3), () => new KeyDataViewType(typeof(uint), 0), () => new KeyDataViewType(typeof(byte), 256),
            () => new VectorDataViewType(NumberDataViewType.Single, -1), () => new VectorDataViewType(NumberDataViewType.Single, new int[0]),
        })
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => make());
    }

    [TestMethod]
    public void TheContextKeepsOptions()
    {
        Assert.AreEqual("True False 1 0",
            $"{_ml.TryAddOption("a", 1)} {_ml.TryAddOption("a", 2)} {_ml.GetOptionOrDefault<int>("a")} {_ml.GetOptionOrDefault<int>("b")}");
        _ml.SetOption("a", "text");
        Assert.IsTrue(_ml.TryGetOption("a", out string text) && text == "text");
        Assert.IsFalse(_ml.TryGetOption("a", out int _));
        Assert.ThrowsExactly<InvalidCastException>(() => _ml.GetOptionOrDefault<int>("a"));
        Assert.AreEqual("True False", $"{_ml.RemoveOption("a")} {_ml.RemoveOption("a")}");
    }

    [TestMethod]
    public void HostsDrawTheRandomNumbersOfTheRealLibrary()
    {
        IHostEnvironment root = new MLContext(7);
        IHost drawn = root.Register("a"), seeded = root.Register("b", 3, null);
        Assert.AreEqual("895905349 391462968 749635395 425746940",
            $"{drawn.Rand.Next()} {drawn.Rand.Next()} {seeded.Rand.Next()} {drawn.Register("c").Rand.Next()}");
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => root.Register(""));
    }

    [TestMethod]
    public void ChannelsAreNamedByTheirHosts()
    {
        var log = new List<string>();
        _ml.Log += (_, e) => log.Add($"{e.Kind}|{e.Source}|{e.RawMessage}");
        using (var channel = ((IHostEnvironment)_ml).Register("host").Start("work"))
            channel.Warning(MessageSensitivity.None, "{0} {{}}", 3);
        Assert.AreEqual("Trace|host; work|Channel started, Warning|host; work|3 {}, Trace|host; work|Channel disposed",
            string.Join(", ", log.Where(line => !line.Contains("Elapsed"))));
    }

    [TestMethod]
    public void ACanceledContextStopsItsTrainers()
    {
        var data = Rows;
        typeof(MLContext).GetMethod("CancelExecution", BindingFlags.NonPublic | BindingFlags.Instance)!.Invoke(_ml, null);
        Assert.ThrowsExactly<OperationCanceledException>(() => _ml.Transforms.NormalizeMinMax("A").Fit(data));
    }

    [TestMethod]
    public void ACheckpointReadsItsInputOnce()
    {
        var start = new EstimatorChain<ITransformer>().Append(_ml.Transforms.NormalizeMinMax("A"));
        Assert.AreEqual(9, Reads(start));
        Assert.AreEqual(6, Reads(start.AppendCacheCheckpoint(_ml)));

        int Reads<T>(EstimatorChain<T> start) where T : class, ITransformer
        {
            var reads = 0;
            var data = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 3).Select(i =>
            {
                reads++;
                return new Row { A = i };
            }));
            start.Append(_ml.Transforms.NormalizeMinMax("B", "A")).Append(_ml.Transforms.NormalizeMinMax("C", "B")).Fit(data);
            return reads;
        }
    }

    [TestMethod]
    public void ChainsKeepTheirParts()
    {
        ITransformer? seen = null;
        var inner = _ml.Transforms.CopyColumns("B", "A").WithOnFitDelegate(fitted => seen = fitted).Append(_ml.Transforms.CopyColumns("C", "B"));
        var model = _ml.Transforms.CopyColumns("Z", "A").Append(inner).Append(_ml.Transforms.CopyColumns("Y", "C")).Fit(Rows);
        Assert.AreEqual("A T Z B C Y", string.Join(' ', model.Transform(Rows).Schema.Select(column => column.Name)));
        Assert.AreEqual(3, model.Count());
        Assert.AreSame(seen, ((IEnumerable<ITransformer>)model.ElementAt(1)).First());

        var scoped = new EstimatorChain<ITransformer>().Append(_ml.Transforms.CopyColumns("B", "A"), TransformerScope.Training)
            .Append(_ml.Transforms.CopyColumns("C", "A"), TransformerScope.Testing).Append(_ml.Transforms.CopyColumns("D", "A")).Fit(Rows);
        Assert.AreEqual("2 2 1 3 0", string.Join(' ', new[] { TransformerScope.Training, TransformerScope.Testing, TransformerScope.Scoring,
            TransformerScope.TrainTest, TransformerScope.None }.Select(scope => scoped.GetModelFor(scope).Count())));
    }

    [TestMethod]
    public void ALoaderIsSavedWithItsModel()
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, "1\n2\n4\n");
        var files = new MultiFileSource(path);
        var fitted = _ml.Data.CreateTextLoader([new("A", DataKind.Single, 0)]).Append(_ml.Transforms.NormalizeMinMax("C", "A")).Fit(files);
        CollectionAssert.AreEqual(new[] { 0.25f, 0.5f, 1 }, fitted.Load(files).GetColumn<float>("C").ToArray());

        using var stream = new MemoryStream();
        _ml.Model.Save(fitted.Transformer, fitted.Loader, stream);
        stream.Position = 0;
        var model = _ml.Model.LoadWithDataLoader(stream, out var loader);
        CollectionAssert.AreEqual(new[] { 0.25f, 0.5f, 1 }, model.Transform(loader.Load(files)).GetColumn<float>("C").ToArray());
        stream.Position = 0;
        _ml.Model.Load(stream, out var schema);
        Assert.AreEqual("A", schema.Single().Name);
        File.Delete(path);
    }

    [TestMethod]
    public void APreviewShowsTheFirstRows()
    {
        var preview = Rows.Preview(2);
        Assert.AreEqual("2 columns, 2 rows", preview.ToString());
        Assert.AreEqual("A 1, T x, A 2, T ",
            string.Join(", ", preview.RowView.SelectMany(row => row.Values).Select(pair => $"{pair.Key} {pair.Value}")));
        Assert.AreEqual("A: 1 2, T: x ",
            string.Join(", ", preview.ColumnView.Select(column => $"{column.Column.Name}: {string.Join(' ', column.Values)}")));
        Assert.AreEqual("3 columns, 1 rows", _ml.Transforms.CopyColumns("B", "A").Preview(Rows, 1, 2).ToString());
    }

    [TestMethod]
    public void ViewsTellTheirNumberOfRowsWhenTheyKnowIt()
    {
        var data = Rows;
        var unknown = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 2).Select(_ => new Row()));
        IDataView[] views =
        [
            data, unknown, _ml.Data.TakeRows(data, 1), _ml.Data.SkipRows(data, 5), _ml.Data.ShuffleRows(data), _ml.Data.BootstrapSample(data),
            _ml.Data.FilterRowsByColumn(data, "A"),
        ];
        Assert.AreEqual("3 - 1 0 3s - -",
            string.Join(" ", views.Select(view => $"{view.GetRowCount()?.ToString() ?? "-"}{(view.CanShuffle ? "s" : "")}")));
    }

    [TestMethod]
    public void AnEngineFillsTheObjectThatItIsGiven()
    {
        using var engine = _ml.Model.CreatePredictionEngine<Row, Copied>(_ml.Transforms.CopyColumns("B", "A").Fit(Rows));
        var prediction = new Copied();
        var same = prediction;
        engine.Predict(new() { A = 5 }, ref prediction);
        Assert.AreSame(same, prediction);
        Assert.AreEqual(5, prediction.B);
        Assert.AreEqual(6, engine.Predict(new() { A = 6 }).B);
        Assert.ThrowsExactly<ArgumentNullException>(() => engine.Predict(null!));
    }
}
