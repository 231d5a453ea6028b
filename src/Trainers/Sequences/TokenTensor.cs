using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Rows of tokens side by side.</summary>
static class TokenTensor
{
    /// <param name="rows">Tokens of each row, at least one row.</param>
    /// <param name="before">A token that stands before each row; <see langword="null"/> for none.</param>
    /// <param name="after">A token that stands behind each row; <see langword="null"/> for none.</param>
    /// <param name="padding">Fills the rows up to the length of the longest.</param>
    /// <param name="device">Where it is wanted.</param>
    /// <returns>[rows, tokens] Int64</returns>
    public static Tensor Of(IReadOnlyList<int[]> rows, int? before, int? after, int padding, Device device)
    {
        int extra = (before is null ? 0 : 1) + (after is null ? 0 : 1), width = rows.Max(row => row.Length) + extra;
        using var scope = NewDisposeScope();
        var host = full([rows.Count, width], padding, dtype: ScalarType.Int64, device: CPU);
        var values = MemoryMarshal.Cast<byte, long>(host.bytes);
        for (int i = 0; i < rows.Count; i++)
        {
            var row = values.Slice(i * width, width);
            int at = 0;
            if (before is { } first) row[at++] = first;
            foreach (int token in rows[i]) row[at++] = token;
            if (after is { } last) row[at] = last;
        }
        return host.to(device).MoveToOuterDisposeScope();
    }
}
