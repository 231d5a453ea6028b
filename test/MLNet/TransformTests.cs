using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.ML;
using Microsoft.ML.Data;
using static MLNet.Reference.Tests.Rendering;

namespace MLNet.Reference.Tests;

/// <summary>What each estimator says of its output before it is fitted, and what it and its saved model make of the rows.</summary>
[TestClass]
public sealed class TransformTests
{
    const double UlpOfSingle = 1.2e-7, UlpOfDouble = 2.3e-16;

    // It is internal.
    static readonly Func<DataViewSchema, SchemaShape> ShapeOf = typeof(SchemaShape)
        .GetMethod("Create", BindingFlags.NonPublic | BindingFlags.Static)!.CreateDelegate<Func<DataViewSchema, SchemaShape>>();

    static readonly ReferenceTable Transformed = MakeTransformed(), Shapes = MakeShapes();

    public static IEnumerable<object[]> Ids => Transformed.Ids;
    public static IEnumerable<object[]> ShapeIds => Shapes.Ids;

    [TestMethod, DynamicData(nameof(Ids))] public void Transform(string id) => Transformed.Run(id);
    [TestMethod, DynamicData(nameof(ShapeIds))] public void Shape(string id) => Shapes.Run(id);

    static ReferenceTable MakeTransformed()
    {
        var table = new ReferenceTable("transforms.json", UlpOfSingle)
        {
            ["input-schema"] = c => c.View<TRow>("data").Schema,
            ["mapvaluetokey-unseen-values"] = c => FitOnTwoRows(c, c.Ml.Transforms.Conversion.MapValueToKey("Key", "Cat")),
            ["onehot-unseen-values"] = c => FitOnTwoRows(c, c.Ml.Transforms.Categorical.OneHotEncoding("H", "Cat")),
            ["custommapping-save-with-null-contract"] = c =>
            {
                var data = c.View<TRow>("data");
                c.Ml.Model.Save(c.Ml.Transforms.CustomMapping<MapIn, MapOut>((_, _) => { }, null).Fit(data), data.Schema,
                    new MemoryStream());
                return null;
            },
        };
        foreach (var (id, makeEstimator) in TransformCases.All)
        {
            var (relative, absolute) = id.StartsWith("pca-") ? (0.0, 1e-4)
                : Regex.IsMatch(id, "^normalize.*-D") ? (UlpOfDouble, 0.0) : (UlpOfSingle, 0.0);
            table.Add(id, c =>
            {
                var data = Input(c);
                var transformer = makeEstimator(c.Ml).Fit(data);
                var result = Node(Describe(c, transformer, data));
                if (!id.StartsWith("custommapping"))
                    Assert.AreEqual(Json(result), Json(Describe(c, Reloaded(transformer, data.Schema), data)), $"{id}: saved and loaded");
                return result;
            }, relative, absolute);
        }
        return table;
    }

    static ReferenceTable MakeShapes()
    {
        var table = new ReferenceTable("schema_shapes.json") { ["input"] = c => Rendering.Shape(ShapeOf(Schema(c))) };
        foreach (var (id, makeEstimator) in TransformCases.All)
            table[id] = c =>
            {
                var shape = makeEstimator(c.Ml).GetOutputSchema(ShapeOf(Schema(c)));
                var made = Wanted(c, "columns").Select(column => column.GetProperty("name").GetString()).ToHashSet();
                return new
                {
                    columnNames = shape.Select(column => column.Name).ToArray(),
                    columns = Rendering.Shape(new(shape.Where(column => made.Contains(column.Name)))),
                };
            };
        return table;

        static DataViewSchema Schema(ReferenceCase c) => (c.Id.StartsWith("pca-")
            ? c.Ml.Data.LoadFromEnumerable<PcaRow>([]) : c.Ml.Data.LoadFromEnumerable<TRow>([])).Schema;
    }

    [TestMethod]
    public void CustomMappingIsFoundByItsContract()
    {
        var ml = new MLContext();
        var data = ml.Data.LoadFromEnumerable<MapIn>([new() { A = 1, B = 2, Cat = "x" }, new() { A = 3, B = 4 }]);
        var transformer = ml.Transforms.CustomMapping<MapIn, MapOut>(MappingFactory.Map, MappingFactory.Contract).Fit(data);
        Assert.AreEqual(Json(Rows(transformer.Transform(data))), Json(Rows(Reloaded(transformer, data.Schema).Transform(data))));
    }

    static IDataView Input(ReferenceCase c)
        => Regex.Match(c.Data.GetProperty("calls").GetString()!, @"\.Fit\((\w+)\)").Groups[1].Value is var name && name == "pca"
        ? c.View<PcaRow>(name) : c.View<TRow>(name);

    static ITransformer Reloaded(ITransformer transformer, DataViewSchema schema)
    {
        var ml = new MLContext();
        using var model = new MemoryStream();
        ml.Model.Save(transformer, schema, model);
        model.Position = 0;
        return ml.Model.Load(model, out _);
    }

    static object Describe(ReferenceCase c, ITransformer transformer, IDataView data)
    {
        var output = transformer.Transform(data);
        Rows(output); // some exceptions come only now
        return new
        {
            outputSchema = ShortForm(output.Schema),
            outputColumns = Columns(output, Wanted(c, "outputColumns")),
            isRowToRowMapper = transformer.IsRowToRowMapper,
            rowCount = output.GetRowCount(),
            canShuffle = output.CanShuffle,
        };
    }

    static object FitOnTwoRows(ReferenceCase c, IEstimator<ITransformer> estimator)
    {
        var data = c.View<TRow>("data");
        return Columns(estimator.Fit(c.Ml.Data.TakeRows(data, 2)).Transform(data), c.Data.GetProperty("expected").EnumerateArray());
    }

    /// <summary>The columns that the reference looks at closely, as it describes them; none where it has an exception.</summary>
    static IEnumerable<JsonElement> Wanted(ReferenceCase c, string property)
        => c.Data.TryGetProperty("expected", out var expected) ? expected.GetProperty(property).EnumerateArray() : [];

    static object[] Columns(IDataView view, IEnumerable<JsonElement> wanted) => wanted.Select(entry =>
    {
        var column = view.Schema[entry.GetProperty("index").GetInt32()];
        var result = Node(Column(column))!.AsObject();
        result["values"] = Values(view, column);
        return (object)result;
    }).ToArray();
}
