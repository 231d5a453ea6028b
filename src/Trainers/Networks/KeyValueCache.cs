using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>Keys and values of the tokens that rows were fed so far, in memory with room for some more: a further token is written behind them
/// instead of all being copied.</summary>
/// <param name="heads">Heads of the attention.</param>
sealed class KeyValueCache(int heads) : IDisposable
{
    const int Step = 16; // tokens that the room grows by

    Tensor? _keys, _values; // [rows x heads, room, size of a head]

    /// <summary>Tokens so far.</summary>
    public long Length { get; private set; }

    /// <summary>Adds tokens.</summary>
    /// <param name="added">Of every row.</param>
    /// <returns>All tokens so far; valid until the next call.</returns>
    public KeyValues Append(KeyValues added)
    {
        long tokens = added.Keys.shape[1], length = Length + tokens;
        if (_keys is null || length > _keys.shape[1])
        {
            Replace(ref _keys, Grow(_keys, added.Keys, length));
            Replace(ref _values, Grow(_values, added.Values, length));
        }
        _keys!.narrow(1, Length, tokens).copy_(added.Keys);
        _values!.narrow(1, Length, tokens).copy_(added.Values);
        Length = length;
        return new KeyValues(_keys.narrow(1, 0, length), _values.narrow(1, 0, length));
    }

    Tensor Grow(Tensor? old, Tensor like, long length)
    {
        var grown = empty([like.shape[0], (length + Step - 1) / Step * Step, like.shape[2]], dtype: like.dtype, device: like.device);
        if (old is not null) grown.narrow(1, 0, Length).copy_(old.narrow(1, 0, Length));
        return grown;
    }

    /// <summary>Goes on with some of the rows.</summary>
    /// <param name="rows">[kept] Int64</param>
    public void Keep(Tensor rows)
    {
        if (_keys is null) return;
        Replace(ref _keys, Select(_keys, rows, heads));
        Replace(ref _values, Select(_values!, rows, heads));
    }

    /// <param name="x">[rows x heads, tokens, size of a head]</param>
    /// <param name="rows">[kept] Int64</param>
    /// <param name="heads">Heads.</param>
    /// <returns>[kept x heads, tokens, size of a head]</returns>
    public static Tensor Select(Tensor x, Tensor rows, int heads) => x.reshape(-1, heads * x.shape[1] * x.shape[2]).index_select(0, rows)
        .view(-1, x.shape[1], x.shape[2]);

    static void Replace(ref Tensor? field, Tensor value)
    {
        field?.Dispose();
        field = value.DetachFromDisposeScope();
    }

    public void Dispose()
    {
        _keys?.Dispose();
        _values?.Dispose();
    }
}
