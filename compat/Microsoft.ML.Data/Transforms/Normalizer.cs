using System;
using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

namespace Microsoft.ML.Data;

/// <summary>What a normalizer does to the values of one column.</summary>
abstract class Normalizer
{
    public abstract NormalizingTransformer.NormalizerModelParametersBase Parameters { get; }
    public abstract Delegate MakeGetter(DataViewRow row, DataViewSchema.Column input);
    public abstract void Save(ModelSaveContext ctx);

    public static Normalizer Load<T>(ModelLoadContext ctx, DataViewType type) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var isCdf = ctx.Reader.ReadBoolByte();
        var first = Read();
        var second = Read();
        var isVector = type is VectorDataViewType;
        var size = type.GetValueCount();
        Contracts.CheckDecode(first?.Length == size && (second?.Length == size || second is null && !isCdf));
        return isCdf ? new CdfNormalizer<T>(isVector, first, second) : new AffineNormalizer<T>(isVector, first, second);

        T[] Read() => (T[])(object)(typeof(T) == typeof(double) ? ctx.Reader.ReadDoubleArray() : ctx.Reader.ReadSingleArray());
    }
}

abstract class Normalizer<T>(bool isVector) : Normalizer where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    protected bool IsVector => isVector;

    protected abstract T Apply(T value, int slot);

    /// <summary>Over all slots of a dense vector.</summary>
    protected abstract void Apply(ReadOnlySpan<T> values, Span<T> result);

    /// <summary>Whether 0 becomes 0 in every slot.</summary>
    protected abstract bool KeepsZero { get; }

    protected abstract int Size { get; }

    public override Delegate MakeGetter(DataViewRow row, DataViewSchema.Column input)
    {
        if (!isVector)
        {
            var getValue = row.GetGetter<T>(input);
            return (ValueGetter<T>)((ref T value) =>
            {
                getValue(ref value);
                value = Apply(value, 0);
            });
        }

        var getVector = row.GetGetter<VBuffer<T>>(input);
        VBuffer<T> source = default;
        return (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) =>
        {
            getVector(ref source);
            Contracts.Check(source.Length == Size);
            if (!KeepsZero)
                VBufferUtils.Densify(ref source);
            var values = source.GetValues();
            var editor = VBufferEditor.Create(ref value, source.Length, values.Length);
            if (source.IsDense)
                Apply(values, editor.Values);
            else
            {
                var slots = source.GetIndices();
                slots.CopyTo(editor.Indices);
                for (var i = 0; i < values.Length; i++)
                    editor.Values[i] = Apply(values[i], slots[i]);
            }
            value = editor.Commit();
            VBufferUtils.Pack(ref value);
        });
    }

    protected void Save(ModelSaveContext ctx, bool isCdf, T[] first, T[] second)
    {
        ctx.Writer.WriteBoolByte(isCdf);
        Write(first);
        Write(second);

        void Write(T[] values)
        {
            if (typeof(T) == typeof(double))
                ctx.Writer.WriteDoubleArray(MemoryMarshal.Cast<T, double>(values));
            else
                ctx.Writer.WriteSingleArray(MemoryMarshal.Cast<T, float>(values));
        }
    }
}

/// <summary>(x - offset) * scale. No offsets: only x * scale.</summary>
sealed class AffineNormalizer<T>(bool isVector, T[] scales, T[] offsets) : Normalizer<T>(isVector)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    protected override int Size => scales.Length;
    protected override bool KeepsZero => offsets is null;

    protected override T Apply(T value, int slot) => offsets is null ? value * scales[slot] : (value - offsets[slot]) * scales[slot];

    protected override void Apply(ReadOnlySpan<T> values, Span<T> result)
    {
        if (offsets is null)
            for (var i = 0; i < values.Length; i++)
                result[i] = values[i] * scales[i];
        else
            for (var i = 0; i < values.Length; i++)
                result[i] = (values[i] - offsets[i]) * scales[i];
    }

    public override NormalizingTransformer.NormalizerModelParametersBase Parameters => IsVector
        ? new NormalizingTransformer.AffineNormalizerModelParameters<ImmutableArray<T>>(
            ImmutableArray.Create(scales), ImmutableArray.Create(offsets))
        : new NormalizingTransformer.AffineNormalizerModelParameters<T>(scales[0], offsets is null ? T.Zero : offsets[0]);

    public override void Save(ModelSaveContext ctx) => Save(ctx, false, scales, offsets);
}

/// <summary>The distribution function of the normal distribution; a slot without deviation gives 0.</summary>
sealed class CdfNormalizer<T>(bool isVector, T[] means, T[] deviations) : Normalizer<T>(isVector)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    protected override int Size => means.Length;

    // A slot that is not stored stays 0, although 0 has a value of its own: so does the real one.
    protected override bool KeepsZero => true;

    protected override T Apply(T value, int slot)
        => deviations[slot] > T.Epsilon && T.IsFinite(value) ? Cdf(value, means[slot], deviations[slot]) : T.Zero;

    protected override void Apply(ReadOnlySpan<T> values, Span<T> result)
    {
        for (var i = 0; i < values.Length; i++)
            result[i] = Apply(values[i], i);
    }

    // erf in elementary functions, after S. Winitzki; the order of Singles and Doubles is ML.NET's.
    static T Cdf(T value, T mean, T deviation)
    {
        var x = (value - mean) / deviation;
        var x2 = x * x / T.CreateTruncating(2);
        var ax2 = T.CreateTruncating(0.147) * x2;
        var (square, correction) = (double.CreateTruncating(x2), double.CreateTruncating(ax2));
        var exponent = -square * (4 / Math.PI + correction) / double.CreateTruncating(T.One + ax2);
        return T.CreateTruncating(0.5 + 0.5 * T.Sign(x) * Math.Sqrt(1 - Math.Exp(exponent)));
    }

    public override NormalizingTransformer.NormalizerModelParametersBase Parameters => IsVector
        ? new NormalizingTransformer.CdfNormalizerModelParameters<ImmutableArray<T>>(
            ImmutableArray.Create(means), ImmutableArray.Create(deviations))
        : new NormalizingTransformer.CdfNormalizerModelParameters<T>(means[0], deviations[0]);

    public override void Save(ModelSaveContext ctx) => Save(ctx, true, means, deviations);
}
