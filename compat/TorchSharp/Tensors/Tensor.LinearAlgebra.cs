using static TorchSharp.Aten;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor matmul(Tensor target) => Call("matmul", this, target);
        public Tensor mm(Tensor target) => Call("mm", this, target);
        public Tensor bmm(Tensor batch2) => Call("bmm", this, batch2);
        public Tensor mv(Tensor target) => Call("mv", this, target);
        public Tensor dot(Tensor target) => Call("dot", this, target);
        public Tensor inner(Tensor vec2) => Call("inner", this, vec2);
        public Tensor outer(Tensor vec2) => Call("outer", this, vec2);
        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) =>
            Call("addmm", this, mat1, mat2, (double)beta, (double)alpha);
        public Tensor addmm_(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) =>
            Update("addmm_", this, mat1, mat2, (double)beta, (double)alpha);
        public Tensor addbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) =>
            Call("addbmm", this, batch1, batch2, (double)beta, (double)alpha);
        // The real library hands its tensors over in this order: the last one is what the product of the others is added to.
        public Tensor baddbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) =>
            Call("baddbmm", batch2, this, batch1, (double)beta, (double)alpha);
        public Tensor tensordot(Tensor b, long[] dims1, long[] dims2) => Call("tensordot", this, b, dims1, dims2);
        public Tensor kron(Tensor other) => Call("kron", this, other);
        public Tensor trace() => Call("trace", this);
        public Tensor det() => Call("det", this);
        public Tensor logdet() => Call("logdet", this);
        public Tensor inverse() => Call("inverse", this);
        public Tensor pinverse(double rcond = 1e-15, bool hermitian = false) => Call("linalg_pinv", this, rcond, hermitian);
        public Tensor cholesky(bool upper = false) => Call("cholesky", this, upper);
        public Tensor cholesky_inverse(bool upper = false) => Call("cholesky_inverse", this, upper);
        public Tensor cholesky_solve(Tensor input2, bool upper = false) => Call("cholesky_solve", this, input2, upper);
        public Tensor matrix_power(int n) => Call("matrix_power", this, n);
        public Tensor matrix_exp() => Call("matrix_exp", this);
    }
}
