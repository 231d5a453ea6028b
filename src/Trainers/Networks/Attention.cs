using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>What an attention looks at: of each token its key and its value.</summary>
/// <param name="Keys">[rows x heads, tokens, size of a head]</param>
/// <param name="Values">As <paramref name="Keys"/>.</param>
readonly record struct KeyValues(Tensor Keys, Tensor Values);

/// <summary>The same in ONNX: [rows, heads, tokens, size of a head] both.</summary>
sealed class OnnxKeyValues(OnnxTensor keys, OnnxTensor values)
{
    public OnnxTensor Keys { get; private set; } = keys;
    public OnnxTensor Values { get; private set; } = values;

    /// <summary>Adds tokens behind those that there are.</summary>
    /// <returns>Keys and values of all.</returns>
    public (OnnxTensor Keys, OnnxTensor Values) Append(OnnxTensor keys, OnnxTensor values) =>
        (Keys, Values) = (keys.Graph.Cat(2, Keys, keys), keys.Graph.Cat(2, Values, values));
}

/// <summary>Attention of several heads (Vaswani et al., "Attention Is All You Need", NIPS 2017, section 3.2). Rows lie below each other in
/// [rows x tokens, size], which linear layers take without a copy; heads lie in [rows x heads, tokens, size of a head].</summary>
/// <param name="Heads">Heads, at least 1.</param>
/// <param name="Dropout">Share of the weights that training sets to 0.</param>
readonly record struct Attention(int Heads, double Dropout)
{
    /// <summary>Takes apart what a linear layer gave for all heads.</summary>
    /// <param name="x">[rows x tokens, parts x size]</param>
    /// <param name="rows">Rows.</param>
    /// <param name="parts">Such as query, key and value.</param>
    /// <returns>Of each part [rows x heads, tokens, size of a head].</returns>
    public Tensor[] Split(Tensor x, long rows, int parts)
    {
        var (tokens, size) = (x.shape[0] / rows, x.shape[1] / parts / Heads);
        // [rows, tokens, parts, heads, size of a head] to [parts, rows, heads, tokens, size of a head]
        return x.view(rows, tokens, parts, Heads, size).permute(2, 0, 3, 1, 4).reshape(parts, rows * Heads, tokens, size).unbind(0);
    }

    /// <summary>The values of those keys that are like the query: <c>softmax(Q Kᵀ / sqrt(size of a head) + mask) V</c> (equation 1).</summary>
    /// <param name="query">[rows x heads, tokens, size of a head]</param>
    /// <param name="source">Of as many rows and heads.</param>
    /// <param name="mask">Minus infinity where a query must not look, else 0: broadcast to [rows x heads, tokens, tokens of the source].
    /// <see langword="null"/>: it may look everywhere.</param>
    /// <param name="training">Whether dropout acts.</param>
    /// <param name="weights">Is given what the softmax tells: [rows x heads, tokens, tokens of the source].</param>
    /// <returns>[rows x tokens, size]</returns>
    public Tensor Mix(Tensor query, KeyValues source, Tensor? mask, bool training, Action<Tensor>? weights)
    {
        var (rows, tokens, size) = (query.shape[0] / Heads, query.shape[1], query.shape[2]);
        var scores = query.bmm(source.Keys.transpose(1, 2)).mul_(1 / Math.Sqrt(size));
        var shares = (mask is null ? scores : scores.add_(mask)).softmax(-1);
        weights?.Invoke(shares);
        if (training && Dropout > 0) shares = nn.functional.dropout(shares, Dropout);
        return shares.bmm(source.Values).view(rows, Heads, tokens, size).transpose(1, 2).reshape(rows * tokens, Heads * size);
    }

    /// <summary><see cref="Split(Tensor, long, int)"/> in ONNX, where rows and heads stand apart.</summary>
    /// <param name="x">[rows, tokens, parts x size]</param>
    /// <param name="size">Values in a head.</param>
    /// <param name="parts">Such as query, key and value.</param>
    /// <returns>Of each part [rows, heads, tokens, size of a head].</returns>
    public OnnxTensor[] Split(OnnxTensor x, long size, int parts)
    {
        var heads = x.reshape(0, 0, parts, Heads, size).permute(2, 0, 3, 1, 4);
        return [.. Enumerable.Range(0, parts).Select(part => heads.narrow(0, part, 1).squeeze(0))];
    }

    /// <summary><see cref="Mix"/> in ONNX.</summary>
    /// <param name="query">[rows, heads, tokens, size of a head]</param>
    /// <param name="keys">[rows, heads, tokens of the source, size of a head]</param>
    /// <param name="values">As <paramref name="keys"/>.</param>
    /// <param name="mask">Broadcast to [rows, heads, tokens, tokens of the source], or <see langword="null"/>.</param>
    /// <param name="size">Values in a head.</param>
    /// <returns>[rows, tokens, size], and what the softmax tells.</returns>
    public (OnnxTensor Mixed, OnnxTensor Weights) Attend(OnnxTensor query, OnnxTensor keys, OnnxTensor values, OnnxTensor? mask, long size)
    {
        var scores = query.matmul(keys.permute(0, 1, 3, 2)) * (1 / Math.Sqrt(size));
        var shares = (mask is null ? scores : scores + mask).softmax(-1);
        return (shares.matmul(values).permute(0, 2, 1, 3).reshape(0, 0, Heads * size), shares);
    }

    /// <summary>Has tokens look only at themselves and those before them.</summary>
    /// <param name="tokens">Tokens that look.</param>
    /// <param name="before">Tokens that stand before the first of them.</param>
    /// <param name="like">Tells type and device.</param>
    /// <returns>[1, tokens, before + tokens]; <see langword="null"/> for a single token, which may look everywhere.</returns>
    public static Tensor? LookBack(long tokens, long before, Tensor like) => tokens == 1 ? null
        : full([1, tokens, before + tokens], float.NegativeInfinity, dtype: like.dtype, device: like.device).triu_(before + 1);

    /// <summary>Has nothing look at padding.</summary>
    /// <param name="padding">[rows, tokens] Boolean: true where there is no token.</param>
    /// <param name="type">Number format of the attention.</param>
    /// <returns>[rows x heads, 1, tokens]</returns>
    public Tensor HidePadding(Tensor padding, ScalarType type) =>
        zeros(padding.shape, dtype: type, device: padding.device).masked_fill_(padding, float.NegativeInfinity).repeat_interleave(Heads, 0).unsqueeze(1);
}

/// <summary>Every token of a row looks at the tokens of its row.</summary>
sealed class SelfAttention : nn.Module<Tensor, Tensor>
{
    readonly Attention attention;
    readonly DenseLayer projection, output;

    /// <param name="size">Values in a token, a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">At least 1.</param>
    /// <param name="random">Where the weights come from.</param>
    /// <param name="dropout">Share of the attention weights that training sets to 0.</param>
    internal SelfAttention(int size, int heads, SeededRandom random, double dropout = 0) : base(nameof(SelfAttention))
    {
        attention = new Attention(heads, dropout);
        projection = new DenseLayer(size, 3 * size, Activation.Identity, random);
        output = new DenseLayer(size, size, Activation.Identity, random);
        RegisterComponents();
    }

    internal static long CountValues(long size) => checked(4 * size * (size + 1));

    /// <param name="x">[rows, tokens, size]</param>
    /// <returns>[rows, tokens, size]</returns>
    public override Tensor forward(Tensor x) => Compute(x.flatten(0, 1), x.shape[0], mask: null, places: null, cache: null, weights: null).view(x.shape);

    /// <param name="x">[rows x tokens, size]</param>
    /// <param name="rows">Rows.</param>
    /// <param name="mask">As for <see cref="Attention.Mix"/>.</param>
    /// <param name="places">Turns queries and keys by their places.</param>
    /// <param name="cache">The tokens before, which are looked at too; is given these.</param>
    /// <param name="weights">As for <see cref="Attention.Mix"/>.</param>
    /// <returns>[rows x tokens, size]</returns>
    internal Tensor Compute(Tensor x, long rows, Tensor? mask, Rotation? places, KeyValueCache? cache, Action<Tensor>? weights)
    {
        var parts = attention.Split(projection.forward(x), rows, 3);
        var queries = places?.Turn(parts[0]) ?? parts[0];
        var source = new KeyValues(places?.Turn(parts[1]) ?? parts[1], parts[2]);
        return output.forward(attention.Mix(queries, cache is null ? source : cache.Append(source), mask, training, weights));
    }

    /// <summary><see cref="Compute(Tensor, long, Tensor?, Rotation?, KeyValueCache?, Action{Tensor}?)"/> in ONNX.</summary>
    /// <param name="x">[rows, tokens, size]</param>
    /// <param name="mask">As for <see cref="Attention.Attend"/>.</param>
    /// <param name="places">Turns queries and keys by their places.</param>
    /// <param name="before">Keys and values of the tokens before; is given those of all tokens.</param>
    internal OnnxTensor Compute(OnnxTensor x, OnnxTensor? mask, OnnxRotation? places, OnnxKeyValues? before)
    {
        long size = output.InputSize / attention.Heads;
        var parts = attention.Split(projection.forward(x), size, 3);
        var (queries, own) = (places?.Turn(parts[0], size) ?? parts[0], places?.Turn(parts[1], size) ?? parts[1]);
        var (keys, values) = before?.Append(own, parts[2]) ?? (own, parts[2]);
        return output.forward(attention.Attend(queries, keys, values, mask, size).Mixed);
    }
}

/// <summary>Every token of a row looks at those of the row's source.</summary>
sealed class CrossAttention : nn.Module
{
    readonly Attention attention;
    readonly DenseLayer query, source, output;

    /// <param name="size">Values in a token, a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">At least 1.</param>
    /// <param name="random">Where the weights come from.</param>
    /// <param name="dropout">Share of the attention weights that training sets to 0.</param>
    internal CrossAttention(int size, int heads, SeededRandom random, double dropout) : base(nameof(CrossAttention))
    {
        attention = new Attention(heads, dropout);
        query = new DenseLayer(size, size, Activation.Identity, random);
        source = new DenseLayer(size, 2 * size, Activation.Identity, random);
        output = new DenseLayer(size, size, Activation.Identity, random);
        RegisterComponents();
    }

    internal static long CountValues(long size) => checked(4 * size * (size + 1));

    /// <param name="memory">[rows x source tokens, size]</param>
    /// <param name="rows">Rows.</param>
    /// <param name="places">Turns the keys by their places.</param>
    /// <returns>What the tokens of the rows look at.</returns>
    internal KeyValues Source(Tensor memory, long rows, Rotation? places)
    {
        var parts = attention.Split(source.forward(memory), rows, 2);
        return new KeyValues(places?.Turn(parts[0]) ?? parts[0], parts[1]);
    }

    /// <param name="x">[rows x tokens, size]</param>
    /// <param name="rows">Rows.</param>
    /// <param name="seen">What <see cref="Source(Tensor, long, Rotation?)"/> gave.</param>
    /// <param name="mask">As for <see cref="Attention.Mix"/>.</param>
    /// <param name="places">Turns the queries by their places.</param>
    /// <param name="weights">As for <see cref="Attention.Mix"/>.</param>
    /// <returns>[rows x tokens, size]</returns>
    internal Tensor Compute(Tensor x, long rows, KeyValues seen, Tensor? mask, Rotation? places, Action<Tensor>? weights)
    {
        var queries = attention.Split(query.forward(x), rows, 1)[0];
        return output.forward(attention.Mix(places?.Turn(queries) ?? queries, seen, mask, training, weights));
    }

    /// <summary><see cref="Source(Tensor, long, Rotation?)"/> in ONNX.</summary>
    /// <param name="memory">[rows, source tokens, size]</param>
    /// <param name="places">Turns the keys by their places.</param>
    internal OnnxKeyValues Source(OnnxTensor memory, OnnxRotation? places)
    {
        long size = output.InputSize / attention.Heads;
        var parts = attention.Split(source.forward(memory), size, 2);
        return new(places?.Turn(parts[0], size) ?? parts[0], parts[1]);
    }

    /// <summary><see cref="Compute(Tensor, long, KeyValues, Tensor?, Rotation?, Action{Tensor}?)"/> in ONNX.</summary>
    /// <returns>[rows, tokens, size], and the weights, [rows, heads, tokens, source tokens].</returns>
    internal (OnnxTensor Seen, OnnxTensor Weights) Compute(OnnxTensor x, OnnxKeyValues seen, OnnxTensor? mask, OnnxRotation? places)
    {
        long size = output.InputSize / attention.Heads;
        var queries = attention.Split(query.forward(x), size, 1)[0];
        var (mixed, weights) = attention.Attend(places?.Turn(queries, size) ?? queries, seen.Keys, seen.Values, mask, size);
        return (output.forward(mixed), weights);
    }
}
