using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Extensions.ML.Generators;

/// <summary>
/// Text as bytes and back: UTF-8, and what UTF-8 has no place for, a surrogate without its other half, in the three bytes that its number
/// would
/// have ("WTF-8", Sapin 2014). So any string survives the way there and back.
/// </summary>
static class TextBytes
{
    /// <summary>What stands for bytes that are no text.</summary>
    const char Replacement = '\uFFFD';

    /// <summary>The bytes of a text.</summary>
    public static byte[] Of(ReadOnlySpan<char> text)
    {
        // A UTF-16 code unit takes three bytes at most.
        byte[] buffer = ArrayPool<byte>.Shared.Rent(3 * text.Length);
        int length = 0;
        while (!text.IsEmpty)
        {
            Utf8.FromUtf16(text, buffer.AsSpan(length), out int read, out int written, replaceInvalidSequences: false);
            length += written;
            if (read < text.Length)
            {
                char surrogate = text[read++];
                buffer[length++] = (byte)(0xE0 | surrogate >> 12);
                buffer[length++] = (byte)(0x80 | (surrogate >> 6 & 0x3F));
                buffer[length++] = (byte)(0x80 | (surrogate & 0x3F));
            }
            text = text[read..];
        }
        var bytes = buffer.AsSpan(0, length).ToArray();
        ArrayPool<byte>.Shared.Return(buffer);
        return bytes;
    }

    /// <summary>
    /// Appends the text of bytes; each longest run of bytes that begins no character becomes U+FFFD, as the Unicode standard advises.
    /// </summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="text">Takes the characters.</param>
    /// <param name="last">Whether nothing follows, so that a character cut off at the end is an error and not to be continued.</param>
    /// <returns>Bytes used: all of them if <paramref name="last"/>, else all but those of a character cut off at the end.</returns>
    public static int Append(ReadOnlySpan<byte> bytes, StringBuilder text, bool last)
    {
        char[] buffer = ArrayPool<char>.Shared.Rent(bytes.Length);
        int used = 0, length = 0;
        while (used < bytes.Length)
        {
            var status = Utf8.ToUtf16(bytes[used..], buffer.AsSpan(length), out int read, out int written,
                replaceInvalidSequences: false, isFinalBlock: last);
            used += read;
            length += written;
            if (status != OperationStatus.InvalidData) break;
            var rest = bytes[used..];
            if (rest is [0xED, >= 0xA0 and <= 0xBF, >= 0x80 and <= 0xBF, ..])
            {
                buffer[length++] = (char)(0xD000 | (rest[1] & 0x3F) << 6 | (rest[2] & 0x3F));
                used += 3;
                continue;
            }
            if (!last && rest is [0xED, >= 0xA0 and <= 0xBF]) break;
            Rune.DecodeFromUtf8(rest, out _, out int invalid);
            buffer[length++] = Replacement;
            used += invalid;
        }
        text.Append(buffer, 0, length);
        ArrayPool<char>.Shared.Return(buffer);
        return used;
    }

    /// <summary>Whether bytes are whole characters.</summary>
    public static bool IsText(ReadOnlySpan<byte> bytes) => Utf8.IsValid(bytes);
}
