using System.Text;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using static MLNet.Reference.Tests.Rendering;

namespace MLNet.Reference.Tests;

/// <summary>Text files in and out: what each form of a field, line, header and range becomes.</summary>
[TestClass]
public sealed class TextLoaderTests
{
    static readonly ReferenceTable Table = MakeTable(), ScalarForms = MakeScalarForms();

    public static IEnumerable<object[]> Ids => Table.Ids;
    public static IEnumerable<object[]> ScalarKinds => ScalarForms.Ids;

    [TestMethod, DynamicData(nameof(Ids))] public void Case(string id) => Table.Run(id);
    [TestMethod, DynamicData(nameof(ScalarKinds))] public void ScalarForm(string id) => ScalarForms.Run(id);

    static ReferenceTable MakeTable()
    {
        TextLoader.Column[] single = [Single("A", 0)], pair = [Single("A", 0), Text("B", 1)],
            record = [Single("N", 0), Text("T", 1), Text("L", 2)], labelled = [Single("A", 0), Vector("V", 1, 2)],
            sparse = [Single("L", 0), Vector("V", 1, 4)], sparse5 = [Single("L", 0), Vector("V", 1, 5)];
        var table = new ReferenceTable("textloader.json")
        {
            ["poco-tsv-default"] = Poco<TxtBasic>("basic.tsv", '\t'),
            ["poco-csv-header"] = Poco<TxtBasic>("basic_header.csv", hasHeader: true),
            ["poco-csv-header-not-declared"] = Poco<TxtBasic>("basic_header.csv"),
            ["poco-properties-columnname"] = Poco<TxtProps>("basic.tsv", '\t'),
            ["poco-member-without-LoadColumn"] = Poco<TxtNoAttr>("basic.tsv", '\t'),
            ["poco-without-any-LoadColumn"] = Poco<TxtAllNoAttr>("basic.tsv", '\t'),
            ["poco-vectors-header-slotnames"] = Poco<TxtVec>("vec.csv", hasHeader: true),
            ["poco-vectors-no-header"] = Poco<TxtVec>("vec.csv"),
            ["poco-key-0-to-3 (KeyType(4); text 4, -1, x, 2.5 and empty are not keys)"] = Poco<TxtKey>("key.csv"),

            ["key-column-count4"] = Csv("key.csv", [new("K", DataKind.UInt32, [new(0)], new KeyCount(4))]),
            ["key-column-count4-byte"] = Csv("key.csv", [new("K", DataKind.Byte, [new(0)], new KeyCount(4))]),
            ["key-column-no-count"] = Csv("key_auto.csv", [new("K", DataKind.UInt32, [new(0)], new KeyCount())]),
            ["key-column-of-float"] = Csv("key.csv", [new("K", DataKind.Single, [new(0)], new KeyCount(4))]),

            ["quotes-allowQuoting-true"] = Csv("quotes.csv", record, new() { AllowQuoting = true }),
            ["quotes-allowQuoting-false"] = Csv("quotes.csv", record),
            ["quotes-allowQuoting-true-trim"] = Csv("quotes.csv", record, new() { AllowQuoting = true, TrimWhitespace = true }),
            ["multiline-readMultilines-true"] = Csv("multiline.csv", record, new() { AllowQuoting = true, ReadMultilines = true }),
            ["multiline-readMultilines-false"] = Csv("multiline.csv", record, new() { AllowQuoting = true }),
            ["escapechar-backslash"] = Csv("escape.csv", record, new() { AllowQuoting = true, EscapeChar = '\\' }),
            ["quoted-numbers"] = Csv("quoted_numbers.csv", [Single("N", 0), new("I", DataKind.Int32, 1), new("B", DataKind.Boolean, 2)],
                new() { AllowQuoting = true }),
            ["quoted-numbers-no-quoting-floats"] = Csv("quoted_numbers.csv", [Single("N", 0)]),

            ["empty-fields-float"] = Csv("empty_fields.csv", labelled),
            ["empty-fields-float-MissingRealsAsNaNs"] = Csv("empty_fields.csv", labelled, new() { MissingRealsAsNaNs = true }),
            ["empty-fields-double-MissingRealsAsNaNs"] = Csv("empty_fields.csv",
                [new("A", DataKind.Double, 0), Vector("V", 1, 2, DataKind.Double)], new() { MissingRealsAsNaNs = true }),
            ["short-and-long-rows"] = Csv("short_long_rows.csv", labelled),
            ["short-and-long-rows-missing-as-nan"] = Csv("short_long_rows.csv", labelled, new() { MissingRealsAsNaNs = true }),
            ["short-and-long-rows-text"] = Csv("short_long_rows.csv", [Text("A", 0), Vector("V", 1, 2, DataKind.String)]),
            ["column-beyond-file"] = Csv("short_long_rows.csv",
                [Single("A", 0), Single("Z", 20), Text("ZT", 21), new("ZB", DataKind.Boolean, 22)]),
            ["trailing-separator"] = Csv("trailing_sep.csv", [Vector("V", 0, null)]),
            ["blank-and-comment-lines"] = Tsv("blank_comment.tsv", [Text("A", 0), Text("B", 1)]),
            ["no-final-newline"] = Csv("no_final_newline.csv", pair),
            ["crlf"] = Csv("crlf.csv", pair, new() { HasHeader = true }),
            ["empty-file"] = Csv("empty.csv", single),
            ["empty-file-header"] = Csv("empty.csv", single, new() { HasHeader = true }),
            ["empty-file-open-range"] = Csv("empty.csv", [Vector("V", 0, null)]),
            ["header-only"] = Csv("header_only.csv", labelled, new() { HasHeader = true }),
            ["utf8-bom"] = Csv("bom.csv", pair, new() { HasHeader = true }),
            ["spaces-trim-true"] = Csv("spaces.csv", [Single("A", 0), Text("T", 1), new("B", DataKind.Boolean, 2)],
                new() { TrimWhitespace = true }),
            ["spaces-trim-false"] = Csv("spaces.csv", [Single("A", 0), Text("T", 1), new("B", DataKind.Boolean, 2)]),
            ["separator-space"] = Tsv("space_separated.txt", [Vector("V", 0, 4, DataKind.String)], new() { Separators = [' '] }),
            ["several-separators"] = Tsv("multi_sep.txt", [Vector("V", 0, 2)], new() { Separators = [',', ';'] }),

            ["bool-good-forms"] = Csv("bools.csv", [new("B", DataKind.Boolean, 0), Text("T", 0)]),
            ["bool-bad-forms"] = Csv("bools_bad.csv", [new("B", DataKind.Boolean, 0), Text("T", 0)]),
            ["float-forms-single-and-double"] = Tsv("floats.csv", [Single("F", 0), new("D", DataKind.Double, 0), Text("T", 0)]),
            ["int-good"] = Csv("ints_good.csv", [new("I", DataKind.Int32, 0), new("L", DataKind.Int64, 0), Single("F", 0)]),
            ["decimal-marker-comma"] = Tsv("decimal_comma.csv", [Single("A", 0), new("B", DataKind.Double, 1)],
                new() { Separators = [';'], DecimalMarker = ',' }),
            ["decimal-marker-comma-with-comma-separator"] = Csv("decimal_comma.csv", single, new() { DecimalMarker = ',' }),
            ["decimal-marker-other"] = Tsv("decimal_comma.csv", single, new() { Separators = [';'], DecimalMarker = 'x' }),
            ["dates"] = Csv("dates.csv", [new("D", DataKind.DateTime, 0), new("S", DataKind.TimeSpan, 1)]),
            ["datetimeoffset"] = Csv("dates.csv", [new("O", DataKind.DateTimeOffset, 2)]),
            ["text-in-float-column"] = Csv("vec.csv", single),
            ["maxrows-2"] = Tsv("floats.csv", [Text("T", 0)], new() { MaxRows = 2 }),

            ["range-open-end"] = Csv("vec.csv", [Text("Id", 0), Vector("V", 1, null, DataKind.String)], new() { HasHeader = true }),
            ["range-several"] = Csv("vec.csv", [new("V", DataKind.Single, [new(3), new(1, 2)])], new() { HasHeader = true }),
            ["range-force-vector"] = Csv("vec.csv", [new("V", DataKind.Single, [new(1) { ForceVector = true }])],
                new() { HasHeader = true }),
            ["range-1-to-1"] = Csv("vec.csv", [Vector("V", 1, 1)], new() { HasHeader = true }),
            ["range-all-other"] = Csv("vec.csv",
                [Text("Id", 0), Text("L", 4), new("V", DataKind.Single, [new(0, null) { AllOther = true }])], new() { HasHeader = true }),
            ["range-variable-end"] = Csv("short_long_rows.csv",
                [Single("A", 0), new("V", DataKind.Single, [new(1, null) { VariableEnd = true }])]),
            ["overlapping-ranges"] = Csv("vec.csv", [Vector("V", 1, 3), Single("B", 2)], new() { HasHeader = true }),
            ["duplicate-column-names"] = Csv("vec.csv", [Single("A", 1), Single("A", 2)], new() { HasHeader = true }),
            ["negative-index"] = _ => Single("A", -1),
            ["range-max-below-min"] = _ => new TextLoader.Column("A", DataKind.Single, 3, 1),
            ["no-columns"] = Csv("vec.csv", []),
            ["null-name"] = _ => Single(null!, 1),

            ["sparse-with-label"] = Tsv("sparse.txt", sparse, new() { AllowSparse = true }),
            ["sparse-with-dimension-count"] = Tsv("sparse_count.txt", sparse5, new() { AllowSparse = true }),
            ["sparse-not-allowed"] = Tsv("sparse_count.txt", sparse5),
            ["sparse-index-out-of-range-or-not-ascending"] = Tsv("sparse_bad.txt", sparse, new() { AllowSparse = true }),
            ["header-quoted-true"] = Csv("header_quoted.csv", [Vector("V", 0, 4)], new() { HasHeader = true, AllowQuoting = true }),
            ["header-quoted-false"] = Csv("header_quoted.csv", [Vector("V", 0, 4)], new() { HasHeader = true }),
            ["header-shorter-than-data"] = Csv("header_short.csv", [Vector("V", 0, 3)], new() { HasHeader = true }),
            ["header-partial-range"] = Csv("vec.csv", [Vector("V", 2, 3), Single("S", 1)], new() { HasHeader = true }),

            ["missing-file"] = c => c.Ml.Data.LoadFromTextFile<TxtBasic>("nope/none.csv"),
            ["null-path"] = c => c.Ml.Data.LoadFromTextFile<TxtBasic>(null),
            ["loader-schema-without-file"] = c => c.Ml.Data.CreateTextLoader<TxtVec>(separatorChar: ',').GetOutputSchema(),
            ["loader-header-slotnames-without-sample"] = c =>
                c.Ml.Data.CreateTextLoader<TxtVec>(separatorChar: ',', hasHeader: true).GetOutputSchema(),
            ["two-files"] = c => Describe(c.Ml.Data.CreateTextLoader<TxtBasic>(separatorChar: ',', hasHeader: true)
                .Load(new MultiFileSource(PathOf("basic_header.csv"), PathOf("basic_header.csv")))),
            ["lazy (file deleted before reading)"] = c =>
            {
                var folder = Directory.CreateTempSubdirectory();
                var copy = Path.Combine(folder.FullName, "tmp_delete.tsv");
                File.Copy(PathOf("basic.tsv"), copy);
                var view = c.Ml.Data.LoadFromTextFile<TxtBasic>(copy);
                File.Delete(copy);
                try
                {
                    return Rows(view);
                }
                finally
                {
                    folder.Delete();
                }
            },
            ["wildcard"] = Poco<TxtBasic>("basic.*", '\t'),
            ["saveastext-header-true-schema-true"] = c => Saved(c.Ml, headerRow: true, schema: true),
            ["saveastext-header-true-schema-false"] = c => Saved(c.Ml, headerRow: true, schema: false),
            ["saveastext-header-false-schema-false"] = c => Saved(c.Ml, headerRow: false, schema: false),
        };
        foreach (var kind in new[] { DataKind.Double, DataKind.Int32, DataKind.Int64, DataKind.Byte, DataKind.String, DataKind.Boolean })
            table[$"empty-fields-{kind}"] = Csv("empty_fields.csv", [new("A", kind, 0)]);
        foreach (var kind in new[] { DataKind.Int32, DataKind.Byte, DataKind.Int64, DataKind.UInt32 })
            table[$"int-forms-{kind}"] = Tsv("ints.csv", [new("I", kind, 0)]);
        foreach (var form in new[] { "plus-sign", "overflow", "decimal", "text", "spaces" })
            table[$"int-{form}"] = Csv($"int-{form}.csv", [new("I", DataKind.Int32, 0)]);
        return table;
    }

    /// <summary>Each kind over many texts: the value, or null where the text is refused with the usual exception.</summary>
    static ReferenceTable MakeScalarForms()
    {
        var table = new ReferenceTable("textloader_scalar_forms.json");
        table.AddAll("", c => c.Data.GetProperty("expected").EnumerateArray().Select(form => ReadForm(c, form[0].GetString()!)).ToArray());
        return table;

        static object?[] ReadForm(ReferenceCase c, string text)
        {
            var path = Path.GetTempFileName();
            File.WriteAllText(path, text + "\n");
            try
            {
                var view = c.Ml.Data.LoadFromTextFile(path, [new("C", Enum.Parse<DataKind>(c.Id), 0)]);
                return [text, Values(view, "C").Single()?.DeepClone()];
            }
            catch (FormatException e) when (e.Message == $"Parsing failed with an exception: Could not parse value {text} in line 1, column C")
            {
                return [text, null];
            }
            catch (Exception e)
            {
                return [text, null, e.GetType().FullName, e.Message];
            }
            finally
            {
                File.Delete(path);
            }
        }
    }

    static TextLoader.Column Single(string name, int index) => new(name, DataKind.Single, index);

    static TextLoader.Column Text(string name, int index) => new(name, DataKind.String, index);

    static TextLoader.Column Vector(string name, int first, int? last, DataKind kind = DataKind.Single)
        => new(name, kind, [new(first, last)]);

    static string PathOf(string file) => ReferenceFolder.Input(Path.Combine("textloader", file));

    static Func<ReferenceCase, object?> Poco<T>(string file, char separator = ',', bool hasHeader = false) where T : class
        => c => Describe(c.Ml.Data.LoadFromTextFile<T>(PathOf(file), separator, hasHeader));

    static Func<ReferenceCase, object?> Csv(string file, TextLoader.Column[] columns, TextLoader.Options? options = null)
    {
        options ??= new();
        options.Separators = [','];
        return Tsv(file, columns, options);
    }

    static Func<ReferenceCase, object?> Tsv(string file, TextLoader.Column[] columns, TextLoader.Options? options = null)
    {
        options ??= new();
        options.Columns = columns;
        return c =>
        {
            var result = Node(Describe(c.Ml.Data.LoadFromTextFile(PathOf(file), options)));
            Assert.AreEqual(Json(result), Json(Describe(Reloaded(options, new(PathOf(file))))), $"{c.Id}: saved and loaded");
            return result;
        };
    }

    /// <summary>The view of a loader that went through a model file.</summary>
    static IDataView Reloaded(TextLoader.Options options, MultiFileSource source)
    {
        var ml = new MLContext();
        using var model = new MemoryStream();
        ml.Model.Save(null, ml.Data.CreateTextLoader(options, source), model);
        model.Position = 0;
        ml.Model.LoadWithDataLoader(model, out var loader);
        return loader.Load(source);
    }

    static object Describe(IDataView view)
        => new { schema = view.Schema, rowCount = view.GetRowCount(), canShuffle = view.CanShuffle, rows = Rows(view) };

    static string Saved(MLContext ml, bool headerRow, bool schema)
    {
        var view = ml.Data.LoadFromEnumerable<TxtSave>(
        [
            new() { A = 1.5f, T = "a b", V = [0, 2, 0], B = true, K = 1 },
            new() { A = float.NaN, T = "q\"x\ty", V = [1, 2, 3], B = false, K = 9 },
            new() { A = 1e-8f, T = "", V = [0, 0, 0], B = true, K = 0 },
        ]);
        using var stream = new MemoryStream();
        ml.Data.SaveAsText(view, stream, '\t', headerRow, schema);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
