using System;
using System.Linq;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(NormalizingTransformer), null, typeof(SignatureLoadModel), "", NormalizingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

public sealed class NormalizingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "Normalizer";
    static readonly VersionInfo s_version = new(
        modelSignature: "NORMALZR", verWrittenCur: 0x00010002, verReadableCur: 0x00010001, verWeCanReadBack: 0x00010002,
        loaderAssemblyName: typeof(NormalizingTransformer).Assembly.FullName, loaderSignature: LoaderSignature);

    readonly DataViewType[] _types;
    readonly Normalizer[] _normalizers;

    NormalizingTransformer(
        IHostEnvironment env, NormalizingEstimator.ColumnOptions[] columns, DataViewType[] types, Normalizer[] normalizers)
        : base(env, nameof(NormalizingTransformer), s_version, columns.Select(column => (column.Name, column.InputColumnName)).ToArray())
        => (_types, _normalizers) = (types, normalizers);

    internal static NormalizingTransformer Train(IHost host, IDataView data, NormalizingEstimator.ColumnOptions[] columns)
    {
        var inputs = columns.Select(column => data.Schema.GetColumnOrNull(column.InputColumnName)
            ?? throw host.ExceptSchemaMismatch(nameof(data), "input", column.InputColumnName)).ToArray();
        using var cursor = data.GetRowCursor(inputs);
        var statistics = inputs.Select((input, i) => NormalizerStatistics.Create(cursor, input, columns[i], host)).ToArray();
        for (long row = 0; statistics.Any(statistic => row < statistic.MaximumExampleCount) && cursor.MoveNext(); row++)
        {
            host.CheckAlive();
            foreach (var statistic in statistics)
                if (row < statistic.MaximumExampleCount)
                    statistic.Process();
        }
        return new(host, columns, inputs.Select(input => input.Type).ToArray(),
            statistics.Select(statistic => statistic.Finish()).ToArray());
    }

    NormalizingTransformer(IHostEnvironment env, ModelLoadContext ctx) : base(env, nameof(NormalizingTransformer), s_version, ctx)
    {
        _types = new DataViewType[ColumnPairs.Length];
        _normalizers = new Normalizer[ColumnPairs.Length];
        for (var i = 0; i < ColumnPairs.Length; i++)
        {
            PrimitiveDataViewType itemType = ctx.Reader.ReadBoolByte() ? NumberDataViewType.Double : NumberDataViewType.Single;
            var dimensions = ctx.Reader.ReadIntArray();
            _types[i] = dimensions is null ? itemType : new VectorDataViewType(itemType, dimensions);
            Host.CheckDecode(_types[i].GetValueCount() > 0);
            _normalizers[i] = itemType == NumberDataViewType.Double ? Normalizer.Load<double>(ctx, _types[i])
                : Normalizer.Load<float>(ctx, _types[i]);
        }
    }

    private protected override void SaveContent(ModelSaveContext ctx)
    {
        for (var i = 0; i < _types.Length; i++)
        {
            ctx.Writer.WriteBoolByte(_types[i].GetItemType() == NumberDataViewType.Double);
            ctx.Writer.WriteIntArray(_types[i] is VectorDataViewType vector ? vector.Dimensions.AsSpan() : []);
            _normalizers[i].Save(ctx);
        }
    }

    /// <summary>What was learned for the column pair of this index.</summary>
    public NormalizerModelParametersBase GetNormalizerModelParameters(int index)
    {
        Contracts.CheckUserArg(index >= 0 && index < _normalizers.Length, nameof(index),
            $"Not valid. Valid range is from 0 (inclusive) to {_normalizers.Length} (exclusive) but got {index}.");
        return _normalizers[index].Parameters;
    }

    private protected override void CheckInputColumn(DataViewSchema inputSchema, int pair, DataViewSchema.Column input)
    {
        const string expected = "scalar or known-size vector of Single";
        if (input.Type is VectorDataViewType { IsKnownSize: false })
            throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", input.Name, expected, "variable-size vector");
        if (input.Type.GetItemType() != NumberDataViewType.Single && input.Type.GetItemType() != NumberDataViewType.Double)
            throw Host.ExceptSchemaMismatch(nameof(inputSchema), "input", input.Name, expected, input.Type.ToString());
    }

    private protected override MappedColumn MakeColumn(DataViewSchema inputSchema, int pair, DataViewSchema.Column input)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.AddPrimitiveValue(AnnotationUtils.Kinds.IsNormalized, BooleanDataViewType.Instance, true);
        annotations.Add(input.Annotations, kind => kind == AnnotationUtils.Kinds.SlotNames);
        return new(ColumnPairs[pair].outputColumnName, _types[pair], annotations.ToAnnotations(), [input.Index],
            row => _normalizers[pair].MakeGetter(row, row.Schema[input.Index]));
    }

    public abstract class NormalizerModelParametersBase
    {
        private protected NormalizerModelParametersBase() { }
    }

    /// <summary>(x - Offset) * Scale; both are arrays for a vector column.</summary>
    public sealed class AffineNormalizerModelParameters<TData> : NormalizerModelParametersBase
    {
        internal AffineNormalizerModelParameters(TData scale, TData offset) => (Scale, Offset) = (scale, offset);

        public TData Scale { get; }
        public TData Offset { get; }
    }

    /// <summary>The normal distribution function of x, or of its logarithm.</summary>
    public sealed class CdfNormalizerModelParameters<TData> : NormalizerModelParametersBase
    {
        internal CdfNormalizerModelParameters(TData mean, TData standardDeviation) => (Mean, StandardDeviation) = (mean, standardDeviation);

        public TData Mean { get; }
        public TData StandardDeviation { get; }
        public bool UseLog => false;
    }
}
