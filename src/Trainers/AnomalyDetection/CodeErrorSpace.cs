using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// The joint space of an autoencoder's code and error with axes in which the bulk of the training rows has mean 0 and unit scatter. Above
/// <see cref="MostCoupled"/> values together, the errors are scaled one by one and only the code keeps its scatter.
/// </summary>
sealed class CodeErrorSpace : nn.Module<Tensor, Tensor, Tensor>
{
    /// <summary>Beyond this, a full scatter matrix costs more memory and rows than it is worth.</summary>
    const int MostCoupled = 512;

    // The errors one by one; where they are coupled with the code, these are null. TorchSharp finds buffers by field.
    Tensor? scale, shift;
    // The coupled values; null where the space has none.
    Tensor? whitening, offset;

    /// <param name="errorSize">Values in an error, at least 1.</param>
    /// <param name="codeSize">Values in a code, at least 1.</param>
    /// <param name="usesCode">Whether the code belongs to the space, or the error alone, each slot by itself.</param>
    /// <param name="size">Values in a point of the space, at least those needed; the rest stays 0.</param>
    public CodeErrorSpace(int errorSize, int codeSize, bool usesCode, int size) : base(nameof(CodeErrorSpace))
    {
        var (single, coupled) = Sizes(errorSize, codeSize, usesCode);
        if (single > 0) (scale, shift) = (Buffer(single), Buffer(single));
        if (coupled > 0) (whitening, offset) = (Buffer(coupled, size - single), Buffer(size - single));
        RegisterComponents();

        static Tensor Buffer(params long[] shape) => zeros(shape, dtype: ScalarType.Float32).DetachFromDisposeScope();
    }

    /// <summary>Whether a point is <c>(error, code) · Whitening + Offset</c>.</summary>
    public bool Couples => scale is null;

    /// <summary>[error size + code size, size] where the space <see cref="Couples"/>.</summary>
    public Tensor? Whitening => whitening;

    /// <summary>[size] where the space <see cref="Couples"/>.</summary>
    public Tensor? Offset => offset;

    /// <summary>Values that a point needs.</summary>
    public static int SizeFor(int errorSize, int codeSize, bool usesCode) => usesCode ? checked(errorSize + codeSize) : errorSize;

    /// <summary>Values in all buffers.</summary>
    public static long CountValues(int errorSize, int codeSize, bool usesCode, int size)
    {
        var (single, coupled) = Sizes(errorSize, codeSize, usesCode);
        return checked(2L * single + (coupled > 0 ? (coupled + 1L) * (size - single) : 0));
    }

    static (int Single, int Coupled) Sizes(int errorSize, int codeSize, bool usesCode) => !usesCode ? (errorSize, 0)
        : SizeFor(errorSize, codeSize, usesCode) <= MostCoupled ? (0, errorSize + codeSize) : (errorSize, codeSize);

    /// <summary>Learns the axes.</summary>
    /// <param name="code">[rows, code size]</param>
    /// <param name="error">[rows, error size]</param>
    /// <returns>Numbers of the rows that make up the bulk, of the caller's dispose scope.</returns>
    public Tensor Fit(Tensor code, Tensor error)
    {
        using var scope = NewDisposeScope();
        RobustScatter? errors = null;
        if (scale is not null)
        {
            errors = RobustScatter.Of(error, coupled: false);
            scale.copy_(errors.Whitening);
            shift!.copy_(errors.Centre.neg() * errors.Whitening);
            if (whitening is null) return errors.Bulk.MoveToOuterDisposeScope();
        }
        var scatter = RobustScatter.Of(scale is null ? cat([error, code], 1) : code, coupled: true);
        long axes = scatter.Centre.shape[0];
        whitening!.narrow(1, 0, axes).copy_(scatter.Whitening);
        offset!.narrow(0, 0, axes).copy_(scatter.Centre.neg().matmul(scatter.Whitening));
        return (errors ?? scatter).Bulk.MoveToOuterDisposeScope();
    }

    /// <param name="code">[rows, code size]</param>
    /// <param name="error">[rows, error size]</param>
    /// <returns>[rows, size]</returns>
    public override Tensor forward(Tensor code, Tensor error)
    {
        if (scale is null) return addmm(offset!, cat([error, code], 1), whitening!, 1, 1);
        var scaled = error * scale + shift!;
        return whitening is null ? scaled : cat([scaled, addmm(offset!, code, whitening, 1, 1)], 1);
    }

    /// <summary>The same in ONNX.</summary>
    public OnnxTensor forward(OnnxTensor code, OnnxTensor error)
    {
        if (scale is null) return error.Graph.Cat(1, error, code).matmul(whitening!) + offset!;
        var scaled = error * scale + shift!;
        return whitening is null ? scaled : error.Graph.Cat(1, scaled, code.matmul(whitening) + offset!);
    }
}
