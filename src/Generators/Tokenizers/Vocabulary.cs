using System.Diagnostics;
using Extensions.ML.Trainers;

namespace Extensions.ML.Generators;

/// <summary>A token that stands beside those of the model: special, or a piece of text that is never divided.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Content">Its name, or its text.</param>
/// <param name="Special">Whether it is no text.</param>
readonly record struct AddedToken(int Id, string Content, bool Special);

/// <summary>The tokens by number: what each is called in a file, and the bytes of text that it stands for. Immutable.</summary>
sealed class Vocabulary
{
    readonly string[] _names;
    readonly byte[][] _bytes;

    /// <param name="names">As in a file, by number.</param>
    /// <param name="bytes">As many: the bytes of text (<see cref="TextBytes"/>); none for a special token.</param>
    /// <param name="added">Those that stand beside the model's.</param>
    /// <param name="special">Which are which.</param>
    public Vocabulary(string[] names, byte[][] bytes, IReadOnlyList<AddedToken> added, SpecialTokens special)
    {
        (_names, _bytes, Added, Special) = (names, bytes, added, special);
    }

    public int Size => _names.Length;

    public IReadOnlyList<AddedToken> Added { get; }

    public SpecialTokens Special { get; }

    public string Name(int token) => _names[Check(token)];

    public ReadOnlySpan<byte> Bytes(int token) => _bytes[Check(token)];

    int Check(int token)
    {
        if ((uint)token < (uint)_names.Length) return token;
        throw new ArgumentOutOfRangeException(nameof(token), token, $"There is no such token; expected 0 to {_names.Length - 1}.");
    }

    /// <summary>The vocabulary of what was learned: special tokens first.</summary>
    /// <param name="options">Names the special tokens.</param>
    /// <param name="unknown">Whether a token stands for what is not known.</param>
    /// <param name="pieces">What follows them, as a file spells it.</param>
    /// <param name="words">Reads what a file spells.</param>
    public static Vocabulary Of(TokenizerOptions options, bool unknown, IReadOnlyList<string> pieces, PreTokenizer words)
    {
        var names = SpecialNames.List(options, unknown);
        var added = names.Select((name, id) => new AddedToken(id, name, Special: true)).ToArray();
        return new([.. names, .. pieces], [.. names.Select(_ => Array.Empty<byte>()), .. pieces.Select(piece => words.Read(piece)!)], added,
            SpecialNames.Find(added, unknown ? SpecialNames.Unknown : null, append: _ => throw new UnreachableException()));
    }
}
