using System;
using System.Collections.Generic;
using System.Linq;
using static TorchSharp.Aten;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => Call("cat", tensors.ToArray(), dim);
    public static Tensor concat(IList<Tensor> tensors, long dim = 0) => cat(tensors, dim);
    public static Tensor concatenate(IList<Tensor> tensors, long axis = 0) => cat(tensors, axis);
    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => Call("stack", tensors.ToArray(), dim);
    public static Tensor hstack(IList<Tensor> tensors) => Call("hstack", tensors.ToArray());
    public static Tensor vstack(IList<Tensor> tensors) => Call("vstack", tensors.ToArray());
    public static Tensor column_stack(IList<Tensor> tensors) => Call("column_stack", tensors.ToArray());
    public static Tensor block_diag(params Tensor[] tensors) => Call("block_diag", tensors);
    public static Tensor cartesian_prod(IList<Tensor> tensors) => Call("cartesian_prod", tensors.ToArray());
    public static Tensor[] meshgrid(IEnumerable<Tensor> tensors, string indexing = "ij") =>
        CallList("meshgrid.indexing", tensors.ToArray(), indexing);
    public static IList<Tensor> broadcast_tensors(params Tensor[] tensors) => CallList("broadcast_tensors", tensors);
    public static Tensor where(Tensor condition, Tensor x, Tensor y) => Call("where.self", condition, x, y);
    public static Tensor[] where(Tensor condition) => CallList("where", condition);
    public static Tensor einsum(string equation, params Tensor[] tensors) => Call("einsum", equation, tensors);
    public static Tensor cdist(Tensor x1, Tensor x2, double p = 2,
        compute_mode compute_mode = compute_mode.use_mm_for_euclid_dist_if_necessary) =>
        Call("cdist", x1, x2, p, (long)compute_mode);
    public static Tensor searchsorted(Tensor sorted_sequence, Tensor values, bool out_int32 = false, bool right = false,
        Tensor sorter = null) =>
        Call("searchsorted.Tensor", sorted_sequence, values, out_int32, right, default, sorter);
    public static Tensor tril_indices(long row, long col, long offset = 0, ScalarType dtype = ScalarType.Int64, Device device = null) =>
        Call("tril_indices", row, col, offset, dtype, default, InitializeDevice(device));
    public static Tensor triu_indices(long row, long col, long offset = 0, ScalarType dtype = ScalarType.Int64, Device device = null) =>
        Call("triu_indices", row, col, offset, dtype, default, InitializeDevice(device));
}
