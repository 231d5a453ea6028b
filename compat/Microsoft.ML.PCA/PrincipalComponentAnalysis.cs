using System;
using System.Linq;
using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(PrincipalComponentAnalysisTransformer), null, typeof(SignatureLoadModel),
    "Principal Component Analysis Transform", PrincipalComponentAnalysisTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

/// <summary>The coordinates of vectors along their leading principal components.</summary>
public sealed class PrincipalComponentAnalyzer : IEstimator<PrincipalComponentAnalysisTransformer>
{
    readonly IHost _host;
    readonly (string Output, string Input) _column;
    readonly string _weight;
    readonly int _rank;
    readonly int _oversampling;
    readonly bool _ensureZeroMean;
    readonly int? _seed;

    internal PrincipalComponentAnalyzer(IHostEnvironment env, string outputColumnName, string inputColumnName, string weightColumnName,
        int rank, int oversampling, bool ensureZeroMean, int? seed)
    {
        Contracts.CheckValue(env, nameof(env));
        _host = env.Register(nameof(PrincipalComponentAnalyzer));
        _column = (outputColumnName, inputColumnName);
        (_weight, _rank, _oversampling, _ensureZeroMean, _seed) = (weightColumnName, rank, oversampling, ensureZeroMean, seed);
    }

    public PrincipalComponentAnalysisTransformer Fit(IDataView input)
    {
        var features = input.Schema[_column.Input];
        var weight = _weight is null ? (DataViewSchema.Column?)null
            : input.Schema.GetColumnOrNull(_weight) ?? throw Contracts.Except("Weight column '{0}' does not exist.", _weight);
        Contracts.CheckParam(weight is null || weight.Value.Type == NumberDataViewType.Single, "weightColumn", "");
        var dimension = PrincipalComponentAnalysisTransformer.CheckInput(_host, features);
        Contracts.CheckParam(0 < _rank && _rank <= dimension, "Rank",
            "Rank must be positive, and at most the dimension of untransformed data");

        var svd = RandomizedSvd.Fit(dimension, _rank, _oversampling, _ensureZeroMean, _seed is int seed ? new Random(seed) : _host.Rand,
            consume => Read(input, features, weight, consume));
        return new(_host, _column, svd.Components[.._rank], svd.Mean);
    }

    /// <summary>Hands over the rows that are finite and have a finite weight that is not negative.</summary>
    void Read(IDataView input, DataViewSchema.Column features, DataViewSchema.Column? weightColumn, RandomizedSvd.RowConsumer consume)
    {
        using var cursor = input.GetRowCursor(weightColumn is null ? [features] : [features, weightColumn.Value]);
        var getter = cursor.GetGetter<VBuffer<float>>(features);
        var weightGetter = weightColumn is null ? null : cursor.GetGetter<float>(weightColumn.Value);
        VBuffer<float> row = default;
        var dense = new float[features.Type.GetVectorSize()];
        double total = 0;
        while (cursor.MoveNext())
        {
            float weight = 1;
            weightGetter?.Invoke(ref weight);
            getter(ref row);
            row.CopyTo(dense);
            if (!float.IsFinite(weight) || weight < 0 || !TensorPrimitives.IsFiniteAll<float>(dense))
                continue;
            consume(dense, weight);
            total += weight;
        }
        if (total <= 0)
            throw _host.Except("Empty data in column '{0}'", _column.Input);
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        var input = inputSchema.Find(_host, _column.Input);
        if (input.Kind != SchemaShape.Column.VectorKind.Vector || input.ItemType != NumberDataViewType.Single)
            throw _host.ExceptSchemaMismatch(nameof(inputSchema), "input", _column.Input);
        return inputSchema.With([new(_column.Output, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, false)]);
    }
}

public sealed class PrincipalComponentAnalysisTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "PcaTransform";
    static readonly VersionInfo s_version = new(
        modelSignature: "PCA FUNC", verWrittenCur: 0x00010002, verReadableCur: 0x00010002, verWeCanReadBack: 0x00010002,
        loaderAssemblyName: typeof(PrincipalComponentAnalysisTransformer).Assembly.FullName, loaderSignature: LoaderSignature);

    readonly float[][] _components; // [rank][dimension]
    readonly float[] _projectedMean; // [rank], null if the data was not centred

    internal PrincipalComponentAnalysisTransformer(IHostEnvironment env, (string, string) column, float[][] components, float[] mean)
        : base(env, nameof(PrincipalComponentAnalysisTransformer), s_version, column)
    {
        _components = components;
        _projectedMean = mean is null ? null : Array.ConvertAll(components, component => TensorPrimitives.Dot<float>(component, mean));
    }

    PrincipalComponentAnalysisTransformer(IHostEnvironment env, ModelLoadContext ctx)
        : base(env, nameof(PrincipalComponentAnalysisTransformer), s_version, ctx)
    {
        Host.CheckDecode(ColumnPairs.Length == 1);
        var dimension = ctx.Reader.ReadInt32();
        var rank = ctx.Reader.ReadInt32();
        Host.CheckDecode(0 < rank && rank <= dimension);
        _components = new float[rank][];
        for (var i = 0; i < rank; i++)
        {
            _components[i] = ctx.Reader.ReadSingleArray(dimension);
            Host.CheckDecode(_components[i].All(float.IsFinite));
        }
        if (ctx.Reader.ReadBoolByte())
            _projectedMean = ctx.Reader.ReadSingleArray(rank);
        Host.CheckDecode(_projectedMean?.All(float.IsFinite) != false);
    }

    private protected override void SaveContent(ModelSaveContext ctx)
    {
        ctx.Writer.Write(_components[0].Length);
        ctx.Writer.Write(_components.Length);
        foreach (var component in _components)
            ctx.Writer.WriteSinglesNoCount(component);
        ctx.Writer.WriteBoolByte(_projectedMean != null);
        if (_projectedMean != null)
            ctx.Writer.WriteSinglesNoCount(_projectedMean);
    }

    /// <summary>The size of the input, which must be a vector of at least two Singles.</summary>
    internal static int CheckInput(IExceptionContext ctx, DataViewSchema.Column input)
        => input.Type is VectorDataViewType { Size: > 1 } vector && vector.ItemType == NumberDataViewType.Single ? vector.Size
            : throw ctx.ExceptSchemaMismatch("inputSchema", "input", input.Name, "known-size vector of Single of two or more items",
                input.Type.ToString());

    private protected override MappedColumn MakeColumn(DataViewSchema inputSchema, int pair, DataViewSchema.Column input)
    {
        if (CheckInput(Host, input) != _components[0].Length)
            throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", input.Name,
                new VectorDataViewType(NumberDataViewType.Single, _components[0].Length).ToString(), input.Type.ToString());
        return new(ColumnPairs[pair].outputColumnName, new VectorDataViewType(NumberDataViewType.Single, _components.Length), null,
            [input.Index],
            row => MakeGetter(row.GetGetter<VBuffer<float>>(row.Schema[input.Index])));
    }

    ValueGetter<VBuffer<float>> MakeGetter(ValueGetter<VBuffer<float>> getter)
    {
        VBuffer<float> features = default;
        var dense = new float[_components[0].Length];
        return (ref VBuffer<float> value) =>
        {
            getter(ref features);
            features.CopyTo(dense);
            var editor = VBufferEditor.Create(ref value, _components.Length);
            for (var i = 0; i < _components.Length; i++)
                editor.Values[i] = TensorPrimitives.Dot<float>(_components[i], dense) - (_projectedMean?[i] ?? 0);
            value = editor.Commit();
        };
    }
}
