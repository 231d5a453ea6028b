using static TorchSharp.torch;

namespace TorchSharp.Reference.Tests;

/// <summary>Every operator against PyTorch's own value for the same input, in double precision.</summary>
[TestClass]
public class OperatorTests
{
    static Tensor X => Sample.Wave([2, 3, 4]);
    static Tensor Y => Sample.Wave([2, 3, 4], 1.3);
    static Tensor P => Sample.Wave([2, 3, 4], 1.9).abs() + 0.1;
    static Tensor M => Sample.Wave([3, 3], 2.1);
    static Tensor S => Sample.Wave([3, 3], 2.1).matmul(Sample.Wave([3, 3], 2.1).t()) + eye(3, dtype: float64);
    static Tensor I => arange(12).reshape(3, 4);
    static Tensor B => X > 0;

    const string Inputs = """
        x, y, p = wave(2, 3, 4), wave(2, 3, 4, frequency=1.3), wave(2, 3, 4, frequency=1.9).abs() + 0.1
        m = wave(3, 3, frequency=2.1)
        s = m @ m.t() + torch.eye(3, dtype=torch.float64)
        i, b = torch.arange(12).reshape(3, 4), x > 0

        """;

    static readonly (string python, Func<Tensor> ours)[] cases =
    [
        // one operand
        ("x.abs()", () => X.abs()), ("x.acos()", () => X.acos()), ("x.asin()", () => X.asin()), ("x.atan()", () => X.atan()),
        ("(x+2).acosh()", () => (X + 2).acosh()), ("x.asinh()", () => X.asinh()), ("(x*0.9).atanh()", () => (X * 0.9).atanh()),
        ("(x*3).ceil()", () => (X * 3).ceil()), ("(x*3).floor()", () => (X * 3).floor()), ("(x*3).round()", () => (X * 3).round()),
        ("(x*3).round(decimals=1)", () => (X * 3).round(1)), ("(x*3).trunc()", () => (X * 3).trunc()),
        ("(x*3).frac()", () => (X * 3).frac()),
        ("x.cos()", () => X.cos()), ("x.sin()", () => X.sin()), ("x.tan()", () => X.tan()), ("x.cosh()", () => X.cosh()),
        ("x.sinh()", () => X.sinh()),
        ("x.tanh()", () => X.tanh()), ("x.exp()", () => X.exp()), ("x.exp2()", () => X.exp2()), ("x.expm1()", () => X.expm1()),
        ("p.log()", () => P.log()), ("p.log10()", () => P.log10()), ("p.log2()", () => P.log2()), ("p.log1p()", () => P.log1p()),
        ("p.sqrt()", () => P.sqrt()), ("p.rsqrt()", () => P.rsqrt()), ("x.square()", () => X.square()),
        ("p.reciprocal()", () => P.reciprocal()),
        ("x.erf()", () => X.erf()), ("x.erfc()", () => X.erfc()), ("(x*0.9).erfinv()", () => (X * 0.9).erfinv()),
        ("p.lgamma()", () => P.lgamma()),
        ("p.digamma()", () => P.digamma()), ("x.sigmoid()", () => X.sigmoid()), ("x.sign()", () => X.sign()), ("x.neg()", () => X.neg()),
        ("x.relu()", () => X.relu()), ("F.relu6(x*9)", () => (X * 9).relu6()), ("F.silu(x)", () => X.silu()), ("F.gelu(x)", () => X.gelu()),
        ("F.selu(x)", () => X.selu()), ("F.hardswish(x)", () => X.hardswish()), ("F.hardsigmoid(x)", () => X.hardsigmoid()),
        ("F.logsigmoid(x)", () => X.log_sigmoid()), ("F.softplus(x)", () => X.softplus()),
        ("F.leaky_relu(x, 0.2)", () => X.leaky_relu(0.2)),
        ("x.isnan()", () => X.isnan()), ("(x/0).isinf()", () => (X / 0).isinf()), ("b.logical_not()", () => B.logical_not()),
        ("~b", () => ~B),
        ("(x/0).nan_to_num(1, 2, 3)", () => (X / 0).nan_to_num(1, 2, 3)), ("(p/3).logit()", () => (P / 3).logit()),

        // two operands
        ("x+y", () => X + Y), ("x-y", () => X - Y), ("x*y", () => X * Y), ("x/p", () => X / P), ("x%p", () => X % P),
        ("x+2", () => X + 2), ("2-x", () => 2 - X), ("x*1.5", () => X * 1.5), ("1/p", () => 1 / P), ("i/3", () => I / 3),
        ("i+1", () => I + 1), ("i*0.5", () => I * 0.5),
        ("torch.add(x, y, alpha=3)", () => X.add(Y, 3)), ("x.fmod(p)", () => X.fmod(P)), ("x.fmod(0.3)", () => X.fmod(0.3)),
        ("x.div(p, rounding_mode='floor')", () => X.div(P, RoundingMode.floor)),
        ("x.div(p, rounding_mode='trunc')", () => X.div(P, RoundingMode.trunc)),
        ("i.floor_divide(5)", () => I.floor_divide(5)), ("x.pow(3)", () => X.pow(3)), ("p.pow(0.5)", () => P.pow(0.5)),
        ("p.pow(y)", () => P.pow(Y)),
        ("x.atan2(y)", () => X.atan2(Y)), ("x.hypot(y)", () => X.hypot(Y)), ("x.copysign(y)", () => X.copysign(Y)),
        ("x.logaddexp(y)", () => X.logaddexp(Y)),
        ("x.xlogy(p)", () => X.xlogy(P)), ("x.lerp(y, p)", () => X.lerp(Y, P)), ("x.addcmul(y, p, value=0.5)", () => X.addcmul(Y, P, 0.5)),
        ("x.addcdiv(y, p, value=0.5)", () => X.addcdiv(Y, P, 0.5)), ("x.maximum(y)", () => X.maximum(Y)),
        ("x.minimum(y)", () => X.minimum(Y)),
        ("x.clamp(-0.3, 0.4)", () => X.clamp(-0.3, 0.4)), ("x.clamp(max=0.4)", () => X.clamp(max: (Scalar)0.4)),
        ("x.clamp_min(0)", () => X.clamp_min(0)),
        ("x.clamp(y-1, y)", () => X.clamp(Y - 1, Y)),

        // comparison and choice
        ("x>y", () => X > Y), ("x>=0.5", () => X >= 0.5), ("0.5>x", () => 0.5 > X), ("x<y", () => X < Y), ("x<=y", () => X <= Y),
        ("i==5", () => I == 5), ("i!=5", () => I != 5),
        ("x.isclose(x+1e-9)", () => X.isclose(X + 1e-9)), ("torch.where(b, x, y)", () => where(B, X, Y)),
        ("x.masked_fill(b, -1)", () => X.masked_fill(B, -1)),
        ("x.masked_select(b)", () => X.masked_select(B)), ("b.nonzero()", () => B.nonzero()),
        ("b.logical_and(x>0.5)", () => B.logical_and(X > 0.5)),
        ("i.bitwise_and(torch.tensor(5))", () => I.bitwise_and(tensor(5))),
        ("torch.isin(i, torch.tensor([1, 7]))", () => I.isin(tensor(new long[] { 1, 7 }))),
        ("torch.bucketize(x, torch.tensor([-0.5, 0.0, 0.5], dtype=torch.float64))", () => X.bucketize(tensor(new[] { -0.5, 0, 0.5 }))),

        // reductions
        ("x.sum()", () => X.sum()), ("x.sum(1)", () => X.sum(1)), ("x.sum((0, 2), keepdim=True)", () => X.sum(new long[] { 0, 2 }, true)),
        ("b.sum()", () => B.sum()),
        ("x.mean()", () => X.mean()), ("x.mean((0, -1))", () => X.mean(new long[] { 0, -1 })), ("x.prod()", () => X.prod()),
        ("p.prod(1)", () => P.prod(1)),
        ("x.std()", () => X.std()), ("x.std(1)", () => X.std(1)), ("x.var()", () => X.var()),
        ("x.var(2, unbiased=False, keepdim=True)", () => X.var(2, false, true)),
        ("x.max()", () => X.max()), ("x.max(1)[0]", () => X.max(1).values), ("x.max(1)[1]", () => X.max(1).indexes),
        ("x.min(2, keepdim=True)[0]", () => X.min(2, true).values),
        ("x.amax((1, 2))", () => X.amax(1, 2)), ("x.amin(0)", () => X.amin(0)), ("x.argmax()", () => X.argmax()),
        ("x.argmin(1)", () => X.argmin(1)),
        ("b.all(1)", () => B.all(1)), ("b.any()", () => B.any()), ("b.count_nonzero()", () => B.count_nonzero()),
        ("x.logsumexp(1)", () => X.logsumexp(1)),
        ("x.cumsum(2)", () => X.cumsum(2)), ("x.cumprod(1)", () => X.cumprod(1)), ("x.diff()", () => X.diff()),
        ("x.norm()", () => X.norm()), ("x.norm(1, dim=2)", () => X.norm(2, false, 1)),
        ("x.norm(float('inf'))", () => X.norm(float.PositiveInfinity)), ("x.softmax(2)", () => X.softmax(2)),
        ("x.log_softmax(1)", () => X.log_softmax(1)),
        ("x.topk(2, 2)[0]", () => X.topk(2, 2).values), ("x.topk(2, 2)[1]", () => X.topk(2, 2).indexes),
        ("x.sort(1)[0]", () => X.sort(1).Values),
        ("x.sort(1, descending=True)[1]", () => X.sort(1, true).Indices), ("x.argsort(2)", () => X.argsort(2)),
        ("x.median()", () => X.median()),
        ("x.quantile(torch.tensor([0.1, 0.9], dtype=torch.float64), 2)", () => X.quantile(tensor(new[] { 0.1, 0.9 }), 2)),
        ("(i%5).unique()", () => (I % 5).unique().output),
        ("(i%5).unique(return_counts=True)[1]", () => (I % 5).unique(return_counts: true).counts!),
        ("x.reshape(-1).histc(4, -1, 1)", () => X.reshape(-1).histc(4, -1, 1)), ("torch.cov(x[0])", () => X[0].cov()),

        // shapes
        ("x.view(6, 4)", () => X.view(6, 4)), ("x.reshape(-1, 2)", () => X.reshape(-1, 2)), ("x.flatten(1)", () => X.flatten(1)),
        ("x.unflatten(2, (2, 2))", () => X.unflatten(2, 2, 2)),
        ("x.permute(2, 0, 1)", () => X.permute(2, 0, 1)), ("x.transpose(0, 2)", () => X.transpose(0, 2)), ("m.t()", () => M.t()),
        ("m.T", () => M.T), ("x.mT", () => X.mT),
        ("x.unsqueeze(1)", () => X.unsqueeze(1)), ("x.unsqueeze(1).squeeze(1)", () => X.unsqueeze(1).squeeze(1)),
        ("x[:1].squeeze()", () => X[..1].squeeze()),
        ("x[:1].expand(5, 3, 4)", () => X[..1].expand(5, 3, 4)), ("x.repeat(1, 2, 1)", () => X.repeat(1, 2, 1)),
        ("m.repeat_interleave(2, 0)", () => M.repeat_interleave(2, 0)),
        ("m.broadcast_to(2, 3, 3)", () => M.broadcast_to(2, 3, 3)), ("torch.cat((x, y), 1)", () => cat([X, Y], 1)),
        ("torch.stack((x, y), -1)", () => stack([X, Y], -1)),
        ("torch.hstack((m, s))", () => hstack([M, S])), ("torch.vstack((m, s))", () => vstack([M, S])),
        ("x.split(2, 2)[1]", () => X.split(2, 2)[1]), ("x.split((1, 3), 2)[1]", () => X.split([1L, 3], 2)[1]),
        ("x.chunk(2, 2)[0]", () => X.chunk(2, 2)[0]), ("x.unbind(1)[2]", () => X.unbind(1)[2]), ("x.flip(0, 2)", () => X.flip(0, 2)),
        ("x.roll(1, 2)", () => X.roll(1, 2)),
        ("torch.roll(x, (1, 2), (0, 1))", () => X.roll([1, 2], [0, 1])), ("x.rot90(1, (1, 2))", () => X.rot90(1, (1, 2))),
        ("x.unfold(2, 2, 1)", () => X.unfold(2, 2, 1)),
        ("m.tril(-1)", () => M.tril(-1)), ("m.triu()", () => M.triu()), ("m.diag()", () => M.diag()),
        ("x.diagonal(0, 1, 2)", () => X.diagonal(0, 1, 2)), ("m.movedim((0,), (1,))", () => M.movedim([0], [1])),
        ("F.pad(x, (1, 2), value=9)", () => nn.functional.pad(X, (1L, 2L), value: 9)),
        ("F.pad(x, (1, 1), mode='reflect')", () => nn.functional.pad(X, [1L, 1], PaddingModes.Reflect)),
        ("F.pad(x, (2, 1), mode='replicate')", () => nn.functional.pad(X, [2L, 1], PaddingModes.Replicate)),
        ("torch.meshgrid(m[0], m[1], indexing='ij')[1]", () => meshgrid([M[0], M[1]])[1]),

        // indexing
        ("x[1]", () => X[1]), ("x[1, 2]", () => X[1, 2]), ("x[-1, 0, 3]", () => X[-1, 0, 3]),
        ("x[..., 1:3]", () => X[TensorIndex.Ellipsis, 1..3]), ("x[:, ::2]", () => X[TensorIndex.Colon, TensorIndex.Slice(step: 2)]),
        ("x[0, :, -2:]", () => X[0, TensorIndex.Colon, TensorIndex.Slice(-2)]),
        ("x[:, None, 1]", () => X[TensorIndex.Colon, TensorIndex.None, 1]), ("x[b]", () => X[B]),
        ("x[:, torch.tensor([2, 0])]", () => X[TensorIndex.Colon, TensorIndex.Tensor(tensor(new long[] { 2, 0 }))]),
        ("x[..., torch.tensor([1])]", () => X[TensorIndex.Ellipsis, TensorIndex.Tensor(tensor(new long[] { 1 }))]),
        ("x.narrow(2, 1, 2)", () => X.narrow(2, 1, 2)), ("x.select(1, 2)", () => X.select(1, 2)),
        ("x.index_select(1, torch.tensor([2, 0]))", () => X.index_select(1, tensor(new long[] { 2, 0 }))),
        ("x.gather(2, x.argsort(2))", () => X.gather(2, X.argsort(2))),
        ("torch.zeros(3, 4, dtype=torch.int64).scatter(1, i % 4, i)", () => zeros(3, 4, int64).scatter(1, I % 4, I)),
        ("torch.zeros(3, 4, dtype=torch.int64).scatter_add(1, i % 2, i)", () => zeros(3, 4, int64).scatter_add(1, I % 2, I)),
        ("x.take_along_dim(x.argmax(2, keepdim=True), 2)", () => X.take_along_dim(X.argmax(2, true), 2)),
        ("m.index_add(0, torch.tensor([0, 0]), s[:2], alpha=2)", () => M.index_add(0, tensor(new long[] { 0, 0 }), S[..2], 2)),
        ("m.index_fill(1, torch.tensor([1]), 7)", () => M.index_fill(1, tensor(new long[] { 1 }), 7)),
        ("F.one_hot(torch.tensor([0, 2, 1]), 4)", () => nn.functional.one_hot(tensor(new long[] { 0, 2, 1 }), 4)),
        ("torch.searchsorted(torch.tensor([1., 3., 5.]), torch.tensor([2., 5.]))",
        () => searchsorted(tensor(new[] { 1f, 3, 5 }), tensor(new[] { 2f, 5 }))),

        // products and linear algebra
        ("m @ s", () => M.matmul(S)), ("m.mm(s)", () => M.mm(S)), ("x.bmm(y.transpose(1, 2))", () => X.bmm(Y.transpose(1, 2))),
        ("m.mv(s[0])", () => M.mv(S[0])), ("m[0].dot(s[0])", () => M[0].dot(S[0])),
        ("m[0].outer(s[0])", () => M[0].outer(S[0])), ("m.addmm(s, s, beta=0.5, alpha=2)", () => M.addmm(S, S, 0.5f, 2)),
        ("torch.baddbmm(x[:, :, :3], x, y.transpose(1, 2), beta=0.5, alpha=2)",
        () => X.baddbmm(Y.transpose(1, 2), X[TensorIndex.Ellipsis, ..3], 0.5f, 2)),
        ("torch.einsum('bij,bkj->bik', x, y)", () => einsum("bij,bkj->bik", X, Y)), ("torch.cdist(m, s)", () => cdist(M, S)),
        ("m.trace()", () => M.trace()), ("s.det()", () => S.det()), ("s.logdet()", () => S.logdet()),
        ("torch.linalg.cholesky(s)", () => linalg.cholesky(S)), ("torch.linalg.inv(s)", () => linalg.inv(S)),
        ("torch.linalg.solve(s, m)", () => linalg.solve(S, M)), ("torch.linalg.svdvals(m)", () => linalg.svdvals(M)),
        ("torch.linalg.eigvalsh(s)", () => linalg.eigvalsh(S)), ("torch.linalg.slogdet(s)[1]", () => linalg.slogdet(S).Item2),
        ("torch.linalg.pinv(m)", () => linalg.pinv(M)), ("torch.linalg.norm(m)", () => linalg.norm(M)),
        ("torch.linalg.norm(m, 'nuc')", () => linalg.norm(M, "nuc")), ("torch.linalg.matrix_rank(s)", () => linalg.matrix_rank(S)),

        // creation
        ("torch.arange(2, 9, 3)", () => arange(2, 9, 3)), ("torch.arange(0.5, 2)", () => arange(0.5, 2)),
        ("torch.linspace(0, 1, 5)", () => linspace(0, 1, 5)), ("torch.eye(2, 3)", () => eye(2, 3)),
        ("torch.full((2, 2), 3.5)", () => full(2, 2, 3.5)), ("torch.full((2,), 3)", () => full(2, 3)),
        ("torch.ones_like(i)", () => ones_like(I)), ("torch.tril_indices(3, 3)", () => tril_indices(3, 3)),
        ("torch.logspace(0, 2, 3)", () => logspace(0, 2, 3)),

        // losses
        ("F.mse_loss(x, y)", () => nn.functional.mse_loss(X, Y)),
        ("F.mse_loss(x, y, reduction='none')", () => nn.functional.mse_loss(X, Y, nn.Reduction.None)),
        ("(x-y).abs().mean()", () => (X - Y).abs().mean()),
        ("F.smooth_l1_loss(x, y, beta=0.5)", () => nn.functional.smooth_l1_loss(X, Y, beta: 0.5)),
        ("F.huber_loss(x, y, delta=0.3)", () => nn.functional.huber_loss(X, Y, 0.3)),
        ("F.binary_cross_entropy(p/3, p/2)", () => nn.functional.binary_cross_entropy(P / 3, P / 2)),
        ("F.binary_cross_entropy_with_logits(x, p/2, pos_weight=p)",
        () => nn.functional.binary_cross_entropy_with_logits(X, P / 2, pos_weights: P)),
        ("F.cross_entropy(m, torch.tensor([0, 2, 1]))", () => nn.functional.cross_entropy(M, tensor(new long[] { 0, 2, 1 }))),
        ("F.cross_entropy(m, torch.tensor([0, -100, 1]), label_smoothing=0.1)",
        () => nn.functional.cross_entropy(M, tensor(new long[] { 0, -100, 1 }), label_smoothing: 0.1)),
        ("F.cross_entropy(m, torch.tensor([0, 2, 1]), weight=s[0].abs(), reduction='sum')",
        () => nn.functional.cross_entropy(M, tensor(new long[] { 0, 2, 1 }), S[0].abs(), reduction: nn.Reduction.Sum)),
        ("F.nll_loss(m.log_softmax(1), torch.tensor([0, 2, 1]))",
        () => nn.functional.nll_loss(M.log_softmax(1), tensor(new long[] { 0, 2, 1 }))),
        ("F.kl_div(x.log_softmax(2), y.softmax(2), reduction='sum')",
        () => nn.functional.kl_div(X.log_softmax(2), Y.softmax(2), false, nn.Reduction.Sum)), ("F.cosine_similarity(x, y, dim=2)",
        () => nn.functional.cosine_similarity(X, Y, 2)),

        // functional
        ("F.elu(x, 0.7)", () => nn.functional.elu(X, 0.7)), ("F.softplus(x, 2, 1)", () => nn.functional.softplus(X, 2, 1)),
        ("F.glu(x)", () => nn.functional.glu(X)), ("F.layer_norm(x, (4,))", () => nn.functional.layer_norm(X, [4])),
        ("F.interpolate(x, scale_factor=2.0)", () => nn.functional.interpolate(X, scale_factor: [2.0])),
        ("F.interpolate(x.unsqueeze(0), size=(5, 7), mode='bilinear')",
        () => nn.functional.interpolate(X.unsqueeze(0), [5, 7], mode: InterpolationMode.Bilinear)),
        ("F.max_pool2d(x.unsqueeze(0), 2)", () => nn.functional.max_pool2d(X.unsqueeze(0), [2, 2])),
        ("F.avg_pool2d(x.unsqueeze(0), 2, 1)", () => nn.functional.avg_pool2d(X.unsqueeze(0), [2, 2], [1, 1])),
        ("F.conv1d(x, wave(5, 3, 2))", () => nn.functional.conv1d(X, Sample.Wave([5, 3, 2]))),
        ("F.linear(x, wave(5, 4), wave(5))", () => nn.functional.linear(X, Sample.Wave([5, 4]), Sample.Wave([5]))),
        ("torch._C._nn._scaled_dot_product_attention(x, y, x)[0] if hasattr(torch._C._nn, '_scaled_dot_product_attention') else F.scaled_dot_product_attention(x, y, x)", () => nn.functional.scaled_dot_product_attention(X, Y, X)),

        // the rarer ones
        ("x.deg2rad()", () => X.deg2rad()), ("x.rad2deg()", () => X.rad2deg()), ("x.sinc()", () => X.sinc()), ("x.sgn()", () => X.sgn()),
        ("x.signbit()", () => X.signbit()), ("(p+1).polygamma(1)", () => (P + 1).polygamma(1)),
        ("(x/0).isfinite()", () => (X / 0).isfinite()), ("(x/0).isposinf()", () => (X / 0).isposinf()),
        ("(x/0).isneginf()", () => (X / 0).isneginf()), ("F.celu(x)", () => X.celu()),
        ("F.prelu(x, torch.tensor([0.3], dtype=torch.float64))", () => X.prelu(tensor(new[] { 0.3 }))),
        ("x.fmax(y)", () => X.fmax(Y)), ("x.fmin(y)", () => X.fmin(Y)), ("x.true_divide(p)", () => X.true_divide(P)),
        ("x.multiply(y)", () => X.multiply(Y)), ("x.subtract(y)", () => X.subtract(Y)), ("x.clip(-0.1, 0.2)", () => X.clip(-0.1, 0.2)),
        ("x.clamp_max(0.1)", () => X.clamp_max(0.1)),
        ("x.remainder(0.3)", () => X.remainder(0.3)), ("i|3", () => I | tensor(3)), ("i^3", () => I ^ tensor(3)),
        ("i.bitwise_left_shift(torch.tensor(2))", () => I.bitwise_left_shift(tensor(2))),
        ("i.bitwise_right_shift(torch.tensor(1))", () => I.bitwise_right_shift(tensor(1))),
        ("b.logical_or(y>0)", () => B.logical_or(Y > 0)), ("b.logical_xor(y>0)", () => B.logical_xor(Y > 0)),
        ("x.greater(y)", () => X.greater(Y)), ("x.less_equal(y)", () => X.less_equal(Y)),
        ("i.not_equal(i.flip(0))", () => I.not_equal(I.flip(0))),
        ("torch.where(b, x, 0*x).log().nansum()", () => where(B, X, 0 * X).log().nansum()), ("x.logcumsumexp(1)", () => X.logcumsumexp(1)),
        ("x.kthvalue(2, 2)[0]", () => X.kthvalue(2, 2).values), ("(i%3).mode(1)[0]", () => (I % 3).mode(1).values),
        ("x.msort()", () => X.msort()), ("x.dist(y)", () => X.dist(Y)), ("torch.std_mean(x)[0]", () => X.std_mean().Item1),
        ("torch.std_mean(x, 1)[1]", () => X.std_mean(1).Item2),
        ("x.nanquantile(torch.tensor([0.3], dtype=torch.float64), 1)", () => X.nanquantile(tensor(new[] { 0.3 }), 1)),
        ("(i%3).reshape(-1).bincount(torch.ones(12, dtype=torch.float64))", () => (I % 3).reshape(-1).bincount(ones(12, float64))),
        ("torch.corrcoef(x[0])", () => X[0].corrcoef()), ("b.argwhere()", () => B.argwhere()), ("b.all()", () => B.all()),
        ("x.any(1)", () => X.any(1)),
        ("x.argmax(1, keepdim=True)", () => X.argmax(1, true)), ("x.argmin()", () => X.argmin()), ("x.min()", () => X.min()),
        ("b.count_nonzero((0,))", () => B.count_nonzero([0])), ("x.var(1)", () => X.var(1)),
        ("x.std(unbiased=False)", () => X.std(false)),
        ("m.kron(s)", () => M.kron(S)), ("m.inner(s)", () => M.inner(S)),
        ("torch.tensordot(x, y, ((0, 1), (0, 1)))", () => X.tensordot(Y, [0, 1], [0, 1])),
        ("m.matrix_power(3)", () => M.matrix_power(3)), ("m.matrix_exp()", () => M.matrix_exp()), ("m.pinverse()", () => M.pinverse()),
        ("s.inverse()", () => S.inverse()),
        ("torch.cholesky_inverse(torch.linalg.cholesky(s))", () => linalg.cholesky(S).cholesky_inverse()),
        ("m.cholesky_solve(torch.linalg.cholesky(s))", () => M.cholesky_solve(linalg.cholesky(S))),
        ("s.cholesky()", () => S.cholesky()),
        ("m[:, :].addbmm(x[:, :, :3], x[:, :, :3])", () => M.addbmm(X[TensorIndex.Ellipsis, ..3], X[TensorIndex.Ellipsis, ..3])),
        ("x.take(torch.tensor([3, 17]))", () => X.take(tensor(new long[] { 3, 17 }))),
        ("m.index_copy(0, torch.tensor([2, 0]), s[:2])", () => M.index_copy(0, tensor(new long[] { 2, 0 }), S[..2])),
        ("x.masked_scatter(b, y)", () => X.masked_scatter(B, Y)), ("x.tensor_split(3, 2)[1]", () => X.tensor_split(3, 2)[1]),
        ("x.tensor_split((1, 3), 2)[1]", () => X.tensor_split([1L, 3], 2)[1]), ("m.tile((2, 1))", () => M.tile([2, 1])),
        ("x.as_strided((2, 2), (1, 5), 3)", () => X.as_strided([2, 2], [1, 5], 3)), ("m.diag_embed()", () => M.diag_embed()),
        ("m.fliplr()", () => M.fliplr()), ("m.flipud()", () => M.flipud()), ("x.swapaxes(0, 1)", () => X.swapaxes(0, 1)),
        ("torch.atleast_2d(m[0])", () => M[0].atleast_2d()), ("x.ravel()", () => X.ravel()), ("x.view_as(y)", () => X.view_as(Y)),
        ("m.expand_as(torch.zeros(2, 3, 3))", () => M.expand_as(zeros(2, 3, 3))), ("x[:, :, 1:4:2]", () => X.slice(2, 1, 4, 2)),
        ("m.repeat_interleave(torch.tensor([1, 0, 2]), 1)", () => M.repeat_interleave(tensor(new long[] { 1, 0, 2 }), 1)),
        ("torch.block_diag(m, s)", () => block_diag(M, S)), ("torch.cartesian_prod(m[0], s[0])", () => cartesian_prod([M[0], S[0]])),
        ("torch.column_stack((m, s))", () => column_stack([M, S])),
        ("torch.broadcast_tensors(m[0], s)[0]", () => broadcast_tensors(M[0], S)[0]),
        ("torch.triu_indices(3, 4, 1)", () => triu_indices(3, 4, 1)),
        ("torch.concat((m, s))", () => concat([M, S])), ("x.type_as(i)", () => X.type_as(I)),
        ("x.diagonal(1, 1, 2)", () => X.diagonal(1, 1, 2)), ("x.lerp(y, p*0+0.3)", () => X.lerp(Y, P * 0 + 0.3)),
        ("x.softmax(1, dtype=torch.float32)", () => X.softmax(1, float32)), ("x.sum(dtype=torch.float32)", () => X.sum(float32)),
        ("F.conv2d(x.unsqueeze(0), wave(5, 2, 2, 2), wave(5), stride=(1, 2), padding=1)",
        () => nn.functional.conv2d(X.unsqueeze(0), Sample.Wave([5, 2, 2, 2]), Sample.Wave([5]), [1, 2], [1, 1])),
        ("F.conv_transpose2d(x.unsqueeze(0), wave(2, 5, 2, 2), stride=2)",
        () => nn.functional.conv_transpose2d(X.unsqueeze(0), Sample.Wave([2, 5, 2, 2]), strides: [2, 2])),
        ("F.adaptive_avg_pool2d(x, (2, 3))", () => nn.functional.adaptive_avg_pool2d(X, (2, 3))),
        ("F.max_pool1d(x, 2)", () => nn.functional.max_pool1d(X, 2)),
        ("F.max_pool2d(x, 2, return_indices=True)[1]", () => nn.functional.max_pool2d_with_indices(X, [2, 2]).Item2),
        ("F.group_norm(x.transpose(0, 1), 1)", () => nn.functional.group_norm(X.transpose(0, 1), 1)),
        ("F.batch_norm(x, y[0, :, 0], p[0, :, 0])",
        () => nn.functional.batch_norm(X, Y[0, TensorIndex.Colon, 0], P[0, TensorIndex.Colon, 0])), ("F.bilinear(m, s, wave(2, 3, 3))",
        () => nn.functional.bilinear(M, S, Sample.Wave([2, 3, 3]))), ("F.softmin(x, 1)", () => nn.functional.softmin(X, 1)),
        ("F.soft_margin_loss(x, y.sign())", () => nn.functional.soft_margin_loss(X, Y.sign())),
        ("F.pairwise_distance(m, s)", () => nn.functional.pairwise_distance(M, S)),
        ("F.cosine_embedding_loss(m, s, torch.tensor([1, -1, 1]), margin=0.1)",
        () => nn.functional.cosine_embedding_loss(M, S, tensor(new long[] { 1, -1, 1 }), 0.1)), ("torch.special.expit(x)",
        () => special.expit(X)), ("torch.special.gammaln(p)", () => special.gammaln(P)), ("torch.special.ndtr(x)",
        () => special.ndtr(X)),
        ("F.interpolate(x.unsqueeze(0), scale_factor=1.5, mode='bicubic')",
        () => nn.functional.interpolate(X.unsqueeze(0), scale_factor: [1.5, 1.5], mode: InterpolationMode.Bicubic)),
        ("F.interpolate(x, size=7, mode='linear', align_corners=True)",
        () => nn.functional.interpolate(X, [7], mode: InterpolationMode.Linear, align_corners: true)),
        ("F.interpolate(x.unsqueeze(0), size=(2, 2), mode='area')",
        () => nn.functional.interpolate(X.unsqueeze(0), [2, 2], mode: InterpolationMode.Area)),
        ("F.pad(m, (1, 1, 1, 1))", () => nn.functional.pad(M, 1)),
        ("F.pad(x, (1, 0), mode='circular')", () => nn.functional.pad(X, (1L, 0L), PaddingModes.Circular)),
    ];

    static readonly Lazy<Dictionary<string, Python.Answer>> expected = new(() => Python.Run($"""
        {Inputs}
        for expression in {System.Text.Json.JsonSerializer.Serialize(cases.Select(c => c.python))}:
            try: answer(expression, eval(expression))
            except Exception as e: print(expression, e, file=sys.stderr)
        """));

    public static IEnumerable<object[]> Names => cases.Select(c => new object[] { c.python });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Equals_PyTorch(string python)
    {
        using var scope = NewDisposeScope();
        Assert.IsTrue(expected.Value.TryGetValue(python, out var answer), "PyTorch could not compute it");
        Sample.Same(answer!, cases.First(c => c.python == python).ours(), 1e-12, python);
    }

    [TestMethod]
    public void Sums_of_matrices_factored_are_the_matrix()
    {
        using var scope = NewDisposeScope();
        var (q, r) = linalg.qr(M);
        Assert.IsTrue(q.matmul(r).allclose(M));
        var (u, d, vh) = linalg.svd(M, false);
        Assert.IsTrue((u * d).matmul(vh).allclose(M));
        var (values, vectors) = linalg.eigh(S);
        Assert.IsTrue((vectors * values).matmul(vectors.t()).allclose(S));
    }

    static readonly (string name, Func<Tensor, Tensor> change, Func<Tensor, Tensor> fresh)[] inPlace =
    [
        ("add_", t => t.add_(2), t => t + 2), ("sub_", t => t.sub_(Y), t => t - Y), ("mul_", t => t.mul_(Y), t => t * Y),
        ("div_", t => t.div_(3), t => t / 3), ("pow_", t => t.pow_(2), t => t.pow(2)),
        ("exp_", t => t.exp_(), t => t.exp()), ("abs_", t => t.abs_(), t => t.abs()), ("neg_", t => t.neg_(), t => -t),
        ("tanh_", t => t.tanh_(), t => t.tanh()), ("sigmoid_", t => t.sigmoid_(), t => t.sigmoid()),
        ("relu_", t => t.relu_(), t => t.relu()), ("clamp_", t => t.clamp_(-0.1, 0.1), t => t.clamp(-0.1, 0.1)),
        ("masked_fill_", t => t.masked_fill_(B, 4), t => t.masked_fill(B, 4)), ("zero_", t => t.zero_(), t => t * 0),
        ("fill_", t => t.fill_(3), t => t * 0 + 3), ("addcmul_", t => t.addcmul_(Y, P, 2), t => t + Y * P * 2),
        ("addcdiv_", t => t.addcdiv_(Y, P, 2), t => t + Y / P * 2), ("copy_", t => t.copy_(Y), t => Y),
        ("lerp_", t => t.lerp_(Y, P), t => t.lerp(Y, P)),
        ("tril_", t => t.tril_(), t => t.tril()),
        ("index_fill_", t => t.index_fill_(1, tensor(new long[] { 1 }), 5), t => t.index_fill(1, tensor(new long[] { 1 }), 5)),
    ];

    public static IEnumerable<object[]> InPlace => inPlace.Select(c => new object[] { c.name });

    [TestMethod]
    [DynamicData(nameof(InPlace))]
    public void In_place_forms_change_their_tensor(string name)
    {
        using var scope = NewDisposeScope();
        var (_, change, fresh) = inPlace.First(c => c.name == name);
        var tensor = X;
        var result = change(tensor);
        Assert.IsTrue(tensor.allclose(fresh(X)), name);
        Assert.IsTrue(result.allclose(tensor), name);
    }

    [TestMethod]
    public void Assigned_indices_hold_the_values()
    {
        using var scope = NewDisposeScope();
        var t = zeros(3, 4);
        t[1, 2] = 5f;
        t[TensorIndex.Colon, 0] = tensor(new[] { 1f, 2, 3 });
        t[t == 5] = tensor(7f);
        t[2] = ones(4);
        CollectionAssert.AreEqual(new double[] { 1, 0, 0, 0, 2, 0, 7, 0, 1, 1, 1, 1 }, Sample.Values(t));
        t.index_put_(9, TensorIndex.Single(0), TensorIndex.Slice(1, 3));
        CollectionAssert.AreEqual(new double[] { 1, 9, 9, 0 }, Sample.Values(t[0]));
    }

    /// <summary>In-place methods without arguments, on inputs within their domain.</summary>
    [TestMethod]
    [DataRow("abs")] [DataRow("absolute")] [DataRow("acos")] [DataRow("asin")] [DataRow("asinh")] [DataRow("atan")] [DataRow("atanh")] [DataRow("ceil")] [DataRow("cos")] [DataRow("cosh")] [DataRow("digamma")] [DataRow("erf")] [DataRow("erfc")]
    [DataRow("exp")] [DataRow("expm1")] [DataRow("floor")] [DataRow("frac")] [DataRow("lgamma")] [DataRow("log")] [DataRow("log10")] [DataRow("log1p")] [DataRow("log2")] [DataRow("neg")] [DataRow("reciprocal")] [DataRow("relu")] [DataRow("relu6")] [DataRow("rsqrt")] [DataRow("selu")]
    [DataRow("sgn")] [DataRow("sigmoid")] [DataRow("sign")] [DataRow("silu")] [DataRow("sin")] [DataRow("sinc")] [DataRow("sinh")] [DataRow("sqrt")] [DataRow("tan")] [DataRow("tanh")] [DataRow("trunc")] [DataRow("hardsigmoid")]
    public void In_place_forms_equal_the_others(string name)
    {
        using var scope = NewDisposeScope();
        var input = Sample.Wave([2, 3, 4]).abs() * 0.8 + 0.1;
        var fresh = (Tensor)typeof(Tensor).GetMethod(name, [])!.Invoke(input, [])!;
        var changed = input.clone();
        typeof(Tensor).GetMethod(name + "_", [])!.Invoke(changed, []);
        Assert.IsTrue(changed.Equals(fresh));
        Assert.IsFalse(ReferenceEquals(fresh, input));
        // The real library has erf under the name of this one.
        if (name != "erfinv" && typeof(torch).GetMethod(name,
            [typeof(Tensor)]) is { } function) Assert.IsTrue(fresh.Equals((Tensor)function.Invoke(null, [input])!));
    }
}
