using Microsoft.ML;
using Microsoft.ML.Data;
using static MLNet.Reference.Tests.Rendering;

namespace MLNet.Reference.Tests;

/// <summary>Objects to columns and back: LoadFromEnumerable, CreateEnumerable, SchemaDefinition, GetColumn.</summary>
[TestClass]
public sealed class PocoTests
{
    const string Keys = "keys (POCO value v is stored as v+1; v >= count becomes 0; read back raw, not v)";

    static readonly ReferenceTable Table = MakeTable();

    public static IEnumerable<object[]> Ids => Table.Ids;

    [TestMethod, DynamicData(nameof(Ids))]
    public void Case(string id) => Table.Run(id);

    static ReferenceTable MakeTable()
    {
        var table = new ReferenceTable("poco.json");
        Both<AllTypes>("all-types");
        Both<Arrays>("arrays");
        Both<Keys>(Keys);
        Both<KeyByte>("key-byte");
        Both<KeyUshort>("key-ushort");
        Both<KeyUlong>("key-ulong");
        Both<KeyVec>("key-vector");
        Both<KeyBig>("key-big-count");
        Both<KeyNoCount>("keytype-without-count");
        Both<KeyOnInt>("key-on-int");
        Both<KeyOnFloat>("key-on-float");
        Both<Props>("properties-and-visibility");
        Both<Named>("named-nocolumn-loadcolumn");
        Both<Derived>("derived");
        Both<DerivedNew>("derived-new-hides");
        Both<NullableField>("nullable-int");
        Both<NullableFloat>("nullable-float");
        Both<DecimalField>("decimal");
        Both<CharField>("char");
        Both<EnumField>("enum");
        Both<ListField>("list");
        Both<ObjectField>("object-member");
        Both<Array2D>("array2d");
        Both<Jagged>("jagged");
        Both<Dup>("duplicate-column-name");
        Both<NoMembers>("no-members");
        Both<RecordInit>("record-init");
        Both<RtIn>("rt");
        table["load/record-positional"] = c => Loaded(c.View<RecordRow>());

        table["load/anonymous-type"] = c => SchemaAndRows(c.Ml.Data.LoadFromEnumerable(new[] { new { A = 1f, B = "x" } }));
        table["load/null-enumerable"] = c => c.Ml.Data.LoadFromEnumerable<RtIn>(null);
        table["load/null-element"] = c => Rows(c.Ml.Data.LoadFromEnumerable([new RtIn(), null!]));
        table["load/interface-base-type (rows are Derived, TRow is Base)"] = c => SchemaAndRows(
            c.Ml.Data.LoadFromEnumerable<Base>([new Derived { BaseField = 1, BaseProp = "p", V = 3, DerivedField = 2 }]));

        RtIn[] three = [new() { A = 1 }, new() { A = 2 }, new() { A = 3 }];
        table["load/rowcount-canshuffle-array"] = c => Counts(c.Ml.Data.LoadFromEnumerable(three));
        table["load/rowcount-canshuffle-list"] = c => Counts(c.Ml.Data.LoadFromEnumerable(three.ToList()));
        table["load/rowcount-canshuffle-iterator"] = c => Counts(c.Ml.Data.LoadFromEnumerable(three.Where(_ => true)));
        table["load/rowcount-canshuffle-hashset"] = c => Counts(c.Ml.Data.LoadFromEnumerable(three.ToHashSet()));
        table["load/rowcount-canshuffle-linked-list"] = c => Counts(c.Ml.Data.LoadFromEnumerable(new LinkedList<RtIn>(three)));
        table["load/lazy-mutation"] = c =>
        {
            List<RtIn> list = [new() { A = 1 }];
            var view = c.Ml.Data.LoadFromEnumerable(list);
            list[0].A = 9;
            list.Add(new() { A = 5 });
            return new { A = Values(view, "A"), rowCount = view.GetRowCount() };
        };
        table["load/schemadefinition"] = c =>
        {
            var definition = SchemaDefinition.Create(typeof(RtIn));
            definition["V"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 2);
            definition["A"].ColumnName = "AA";
            definition["K"].ColumnType = new KeyDataViewType(typeof(uint), 10);
            var view = c.Ml.Data.LoadFromEnumerable(c.Rows<RtIn>(), definition);
            return new { schema = view.Schema, rows = Rows(view), definition = Describe(definition) };
        };
        table["load/schemadefinition-removed-column"] = c =>
        {
            var definition = SchemaDefinition.Create(typeof(RtIn));
            definition.Remove(definition["B"]);
            return ShortForm(c.Ml.Data.LoadFromEnumerable(Rt(c), definition).Schema);
        };
        table["schemadefinition-create"] = _ => (
            from type in new[] { typeof(AllTypes), typeof(Arrays), typeof(Keys), typeof(Named), typeof(Derived), typeof(Props) }
            from direction in new[] { SchemaDefinition.Direction.Both, SchemaDefinition.Direction.Read, SchemaDefinition.Direction.Write }
            select (Key: $"{type.Name}/{direction}", Value: Describe(SchemaDefinition.Create(type, direction)))).ToDictionary(x => x.Key, x => x.Value);

        Into<ReadBackFloatOnly>("subset");
        Into<RtMissing>("missing-column");
        table["createenumerable/missing-column-ignored"] = c => c.Ml.Data.CreateEnumerable<RtMissing>(RtView(c), false, ignoreMissingColumns: true).ToList();
        Into<RtWrongType>("wrong-type");
        Into<RtScalarForVector>("scalar-for-vector");
        Into<RtVectorForScalar>("vector-for-scalar");
        Into<RtVectorWrongSize>("vector-size-differs");
        Into<RtKeyPlain>("key-into-plain-uint");
        Into<RtKeyOther>("key-other-count");
        Into<RtTextMem>("text-into-ReadOnlyMemory");
        Into<RtVBuffer>("vector-into-VBuffer");
        Into<RtIntoProps>("into-properties");
        Into<RtGetOnly>("into-get-only-property");
        table["createenumerable/reuseRowObject"] = c =>
        {
            var reused = c.Ml.Data.CreateEnumerable<RtIn>(RtView(c), reuseRowObject: true).ToList();
            var fresh = c.Ml.Data.CreateEnumerable<RtIn>(RtView(c), reuseRowObject: false).ToList();
            return new
            {
                reuse_sameObject = reused.All(row => ReferenceEquals(row, reused[0])),
                noReuse_sameObject = ReferenceEquals(fresh[0], fresh[1]),
                noReuse_sameArray = ReferenceEquals(fresh[0].V, fresh[2].V),
            };
        };
        table["createenumerable/same-source-type-shortcut"] = c =>
        {
            var rows = Rt(c);
            return c.Ml.Data.CreateEnumerable<RtIn>(c.Ml.Data.LoadFromEnumerable(rows), false).Zip(rows).Any(pair => ReferenceEquals(pair.First, pair.Second));
        };
        table["getcolumn"] = c => new Dictionary<string, object?>
        {
            ["float A"] = Get<float>(c, "A"),
            ["string B"] = Get<string>(c, "B"),
            ["ReadOnlyMemory<char> B"] = Get<ReadOnlyMemory<char>>(c, "B"),
            ["float[] V"] = Get<float[]>(c, "V"),
            ["VBuffer<float> V"] = Get<VBuffer<float>>(c, "V"),
            ["uint K"] = Get<uint>(c, "K"),
            ["double A"] = Get<double>(c, "A"),
            ["float V"] = Get<float>(c, "V"),
            ["float Nope"] = Get<float>(c, "Nope"),
            ["int? I"] = Get<int?>(c, "I"),
            ["string A"] = Get<string>(c, "A"),
        };
        return table;

        void Both<T>(string name) where T : class, new()
        {
            table["load/" + name] = c => Loaded(c.View<T>());
            table["roundtrip/" + name] = c =>
                c.Ml.Data.CreateEnumerable<T>(c.Ml.Data.LoadFromEnumerable(c.RowsOfCase<T>("load/" + name)), reuseRowObject: false).ToList();
        }

        void Into<T>(string name) where T : class, new()
            => table["createenumerable/" + name] = c => c.Ml.Data.CreateEnumerable<T>(RtView(c), reuseRowObject: false).ToList();
    }

    static object Loaded(IDataView view) => new { schema = view.Schema, rowCount = view.GetRowCount(), canShuffle = view.CanShuffle, rows = Rows(view) };

    static object SchemaAndRows(IDataView view) => new { schema = view.Schema, rows = Rows(view) };

    static object Counts(IDataView view) => new { rowCount = view.GetRowCount(), canShuffle = view.CanShuffle };

    static string[] Describe(SchemaDefinition definition)
        => definition.Select(column => $"{column.MemberName} -> {column.ColumnName}: {column.ColumnType}").ToArray();

    static List<RtIn> Rt(ReferenceCase c) => c.RowsOfCase<RtIn>("load/rt");

    static IDataView RtView(ReferenceCase c) => c.Ml.Data.LoadFromEnumerable(Rt(c));

    static object? Get<T>(ReferenceCase c, string column)
    {
        var data = RtView(c);
        // Vectors share a buffer from row to row, so each is rendered as it comes.
        return Try(() => data.GetColumn<T>(column).Select(value => Node(value)).ToArray());
    }
}
