using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using static Microsoft.ML.Transforms.MissingValueReplacingEstimator;
using static Microsoft.ML.Transforms.OneHotEncodingEstimator;
using static Microsoft.ML.Transforms.ValueToKeyMappingEstimator;

namespace MLNet.Reference.Tests;

/// <summary>The estimators of transforms.json and schema_shapes.json, by case id.</summary>
sealed class TransformCases
{
    readonly Dictionary<string, Func<MLContext, IEstimator<ITransformer>>> _makers = [];

    public static IReadOnlyDictionary<string, Func<MLContext, IEstimator<ITransformer>>> All { get; } = new TransformCases()._makers;

    TransformCases()
    {
        AddColumns();
        AddNormalizers();
        AddMissingValues();
        AddKeys();
        AddConversions();
        AddOneHot();
        AddCustomMappings();
        AddPca();
    }

    Func<MLContext, IEstimator<ITransformer>> this[string id]
    {
        set => _makers.Add(id, value);
    }

    void AddColumns()
    {
        this["concatenate-scalars"] = ml => ml.Transforms.Concatenate("F", "A", "B");
        this["concatenate-scalar-vector"] = ml => ml.Transforms.Concatenate("F", "A", "V", "B");
        this["concatenate-one-scalar"] = ml => ml.Transforms.Concatenate("F", "A");
        this["concatenate-one-vector"] = ml => ml.Transforms.Concatenate("F", "V");
        this["concatenate-text"] = ml => ml.Transforms.Concatenate("F", "Cat", "CatV");
        this["concatenate-variable"] = ml => ml.Transforms.Concatenate("F", "A", "Var");
        this["concatenate-same-twice"] = ml => ml.Transforms.Concatenate("F", "A", "A");
        this["concatenate-onto-existing-name"] = ml => ml.Transforms.Concatenate("A", "A", "B");
        this["concatenate-mixed-types"] = ml => ml.Transforms.Concatenate("F", "A", "D");
        this["concatenate-missing"] = ml => ml.Transforms.Concatenate("F", "A", "Nope");
        this["concatenate-no-inputs"] = ml => ml.Transforms.Concatenate("F");
        this["concatenate-normalized-inputs"] = ml => ml.Transforms.NormalizeMinMax("A").Append(ml.Transforms.NormalizeMinMax("V"))
            .Append(ml.Transforms.Concatenate("F", "A", "V"));
        this["concatenate-of-concatenate"] = ml =>
            ml.Transforms.Concatenate("F", "A", "B").Append(ml.Transforms.Concatenate("G", "F", "A", "V"));
        this["concatenate-onehot"] = ml =>
            ml.Transforms.Categorical.OneHotEncoding("CO", "Cat").Append(ml.Transforms.Concatenate("F", "CO", "B"));

        this["copycolumns"] = ml => ml.Transforms.CopyColumns("A2", "A");
        this["copycolumns-key"] = ml => ml.Transforms.CopyColumns("K2", "K");
        this["copycolumns-missing"] = ml => ml.Transforms.CopyColumns("A2", "Nope");
        this["copycolumns-keeps-annotations"] = ml => ml.Transforms.Concatenate("F", "A", "B").Append(ml.Transforms.CopyColumns("F2", "F"));

        this["selectcolumns"] = ml => ml.Transforms.SelectColumns("Cat", "A");
        this["selectcolumns-keephidden"] = ml =>
            ml.Transforms.Concatenate("A", "A", "B").Append(ml.Transforms.SelectColumns(["A", "Cat"], keepHidden: true));
        this["selectcolumns-drophidden"] = ml =>
            ml.Transforms.Concatenate("A", "A", "B").Append(ml.Transforms.SelectColumns(["A", "Cat"], keepHidden: false));
        this["selectcolumns-missing"] = ml => ml.Transforms.SelectColumns("A", "Nope");
        this["selectcolumns-none"] = ml => ml.Transforms.SelectColumns(Array.Empty<string>());
        this["dropcolumns"] = ml => ml.Transforms.DropColumns("A", "V");
        this["dropcolumns-missing"] = ml => ml.Transforms.DropColumns("Nope");
    }

    void AddNormalizers()
    {
        foreach (var column in new[] { "A", "B", "D", "V", "DV" })
            foreach (var fixZero in new[] { true, false })
                foreach (var rows in new[] { "clean", "data" })
                {
                    var id = $"{column}-fixZero-{(fixZero ? "true" : "false")}-{rows}";
                    this["normalizeminmax-" + id] = ml => ml.Transforms.NormalizeMinMax("N" + column, column, fixZero: fixZero);
                    this["normalizemeanvariance-" + id] = ml =>
                        ml.Transforms.NormalizeMeanVariance("N" + column, column, fixZero: fixZero, useCdf: false);
                }
        this["normalizemeanvariance-V-useCdf"] = ml => ml.Transforms.NormalizeMeanVariance("NV", "V", fixZero: false, useCdf: true);
        this["normalizeminmax-maximumExampleCount-2"] = ml => ml.Transforms.NormalizeMinMax("NA", "A", maximumExampleCount: 2);
        this["normalizeminmax-text-rejected"] = ml => ml.Transforms.NormalizeMinMax("X", "Cat");
        this["normalizeminmax-int-rejected"] = ml => ml.Transforms.NormalizeMinMax("X", "I");
        this["normalizeminmax-variable-rejected"] = ml => ml.Transforms.NormalizeMinMax("X", "Var");
        this["normalizeminmax-keeps-slotnames"] = ml => ml.Transforms.Concatenate("F", "A", "B").Append(ml.Transforms.NormalizeMinMax("F"));
    }

    void AddMissingValues()
    {
        foreach (var mode in Enum.GetValues<ReplacementMode>())
            foreach (var column in new[] { "A", "V", "D", "DV" })
                this[$"replacemissing-{column}-{mode}"] = ml => ml.Transforms.ReplaceMissingValues("R", column, mode);
        this["replacemissing-V-Mean-imputeBySlot-false"] = ml =>
            ml.Transforms.ReplaceMissingValues("R", "V", ReplacementMode.Mean, imputeBySlot: false);
        this["replacemissing-Var-Default"] = ml => ml.Transforms.ReplaceMissingValues("R", "Var");
        this["replacemissing-int-rejected"] = ml => ml.Transforms.ReplaceMissingValues("R", "I");
        this["replacemissing-text"] = ml => ml.Transforms.ReplaceMissingValues("R", "Cat");
        this["replacemissing-key"] = ml => ml.Transforms.ReplaceMissingValues("R", "K");

        foreach (var column in new[] { "A", "V", "DV", "D" })
            this["indicatemissing-" + column] = ml => ml.Transforms.IndicateMissingValues("M", column);
        this["indicatemissing-text"] = ml => ml.Transforms.IndicateMissingValues("M", "Cat");
    }

    void AddKeys()
    {
        foreach (var order in Enum.GetValues<KeyOrdinality>())
            foreach (var column in new[] { "Cat", "CatV", "A", "I", "Flag", "V", "Y" })
                this[$"mapvaluetokey-{column}-{order}"] = ml => ml.Transforms.Conversion.MapValueToKey("Key", column, keyOrdinality: order);
        this["mapvaluetokey-I-annotationsAsText"] = ml =>
            ml.Transforms.Conversion.MapValueToKey("Key", "I", addKeyValueAnnotationsAsText: true);
        this["mapvaluetokey-max-2"] = ml => ml.Transforms.Conversion.MapValueToKey("Key", "Cat", maximumNumberOfKeys: 2);
        this["mapvaluetokey-keyData"] = ml =>
        {
            var terms = ml.Data.LoadFromEnumerable<MapIn>([new() { Cat = "blue" }, new() { Cat = "red" }]);
            return ml.Transforms.Conversion.MapValueToKey("Key", "Cat",
                keyData: ml.Transforms.SelectColumns("Cat").Fit(terms).Transform(terms));
        };

        foreach (var column in new[] { "Cat", "A", "I", "CatV" })
            this["mapkeytovalue-" + column] = ml => ml.Transforms.Conversion.MapValueToKey("Key", column)
                .Append(ml.Transforms.Conversion.MapKeyToValue("Back", "Key"));
        this["mapkeytovalue-key-without-keyvalues"] = ml => ml.Transforms.Conversion.MapKeyToValue("Back", "K");
        this["mapkeytovalue-not-a-key"] = ml => ml.Transforms.Conversion.MapKeyToValue("Back", "A");
        this["mapkeytovector"] = ml =>
            ml.Transforms.Conversion.MapValueToKey("Key", "Cat").Append(ml.Transforms.Conversion.MapKeyToVector("Vec", "Key"));
    }

    void AddConversions()
    {
        (string Column, DataKind[] Kinds)[] conversions =
        [
            ("A", [DataKind.Single, DataKind.Double, DataKind.Boolean, DataKind.Int32, DataKind.String]),
            ("D", [DataKind.Single, DataKind.Int64, DataKind.String]),
            ("I", [DataKind.Single, DataKind.Double, DataKind.Byte, DataKind.Boolean, DataKind.String, DataKind.UInt32]),
            ("L", [DataKind.Single, DataKind.Int32, DataKind.String]),
            ("Y", [DataKind.Single]),
            ("Flag", [DataKind.Single, DataKind.Int32, DataKind.String]),
            ("Txt", [DataKind.Single, DataKind.Boolean, DataKind.Int32, DataKind.Double]),
            ("V", [DataKind.Double, DataKind.String, DataKind.Boolean]),
            ("DV", [DataKind.Single]),
            ("CatV", [DataKind.Single]),
            ("K", [DataKind.UInt32, DataKind.Single, DataKind.String]),
            ("Var", [DataKind.Double]),
        ];
        foreach (var (column, kinds) in conversions)
            foreach (var kind in kinds)
                this[$"converttype-{column}-to-{kind}"] = ml => ml.Transforms.Conversion.ConvertType("C", column, kind);
        this["converttype-keeps-slotnames"] = ml => ml.Transforms.Concatenate("F", "A", "B")
            .Append(ml.Transforms.Conversion.ConvertType("C", "F", DataKind.Double));
    }

    void AddOneHot()
    {
        foreach (var kind in Enum.GetValues<OutputKind>())
            foreach (var column in new[] { "Cat", "CatV", "I" })
                this[$"onehot-{column}-{kind}"] = ml => ml.Transforms.Categorical.OneHotEncoding("H", column, kind);
        this["onehot-Cat-Indicator-ByValue"] = ml =>
            ml.Transforms.Categorical.OneHotEncoding("H", "Cat", OutputKind.Indicator, keyOrdinality: KeyOrdinality.ByValue);
        this["onehot-in-place"] = ml => ml.Transforms.Categorical.OneHotEncoding("Cat");
    }

    void AddCustomMappings()
    {
        this["custommapping"] = ml => ml.Transforms.CustomMapping<MapIn, MapOut>(MappingFactory.Map, contractName: null);
        this["custommapping-shadowing"] = ml => ml.Transforms.CustomMapping<MapIn, MapOutSame>((s, t) => t.A = s.A * 2, null);
        this["custommapping-vector-of-wrong-length-and-null"] = ml => ml.Transforms.CustomMapping<MapIn, MapOut>(
            (s, t) => t.Pair = float.IsNaN(s.A) ? null : [s.A, 1f, 2f], null);
        this["custommapping-untouched-output"] = ml => ml.Transforms.CustomMapping<EmptyIn, MapOut>((_, _) => { }, null);
        this["custommapping-input-reuse (is the output object fresh for each row?)"] = ml =>
            ml.Transforms.CustomMapping<MapIn, MapOut>((_, t) => t.Sum += 1, null);
        this["custommapping-throws"] = ml =>
            ml.Transforms.CustomMapping<MapIn, MapOut>((_, _) => throw new InvalidOperationException("boom"), null);
    }

    void AddPca()
    {
        foreach (var (rank, ensureZeroMean) in new[] { (2, true), (2, false), (4, true), (1, true) })
            this[$"pca-rank{rank}-zeromean-{(ensureZeroMean ? "true" : "false")}"] = ml => ml.Transforms.ProjectToPrincipalComponents(
                "P", "Features", rank: rank, overSampling: 20, ensureZeroMean: ensureZeroMean, seed: 1);
        this["pca-rank5-of-4-columns"] = ml => ml.Transforms.ProjectToPrincipalComponents("P", "Features", rank: 5, seed: 1);
        this["pca-overSampling0"] = ml => ml.Transforms.ProjectToPrincipalComponents("P", "Features", rank: 2, overSampling: 0, seed: 1);
    }
}

/// <summary>The mapping of the first custom mapping case, also for models that name it.</summary>
[CustomMappingFactoryAttribute(Contract)]
public sealed class MappingFactory : CustomMappingFactory<MapIn, MapOut>
{
    public const string Contract = "reference mapping";

    public override Action<MapIn, MapOut> GetMapping() => Map;

    internal static void Map(MapIn source, MapOut target)
    {
        target.Sum = source.A + source.B;
        target.Text = $"<{source.Cat}>";
        target.Pair = [source.A, source.B];
        target.Big = source.A > 1;
        target.Key = source.A > 1 ? 2u : 0;
    }
}
