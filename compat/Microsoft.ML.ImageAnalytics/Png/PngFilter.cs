using System;
using System.IO;

namespace Microsoft.ML.Data.Png;

/// <summary>The row filters of PNG: each byte is stored as its difference to a guess from its neighbours (ISO/IEC 15948, 9).</summary>
static class PngFilter
{
    public const byte Up = 2;

    /// <summary>Turns a filtered row back in place.</summary>
    /// <param name="above">The row before, already turned back; zeros for the first.</param>
    /// <param name="pixel">Bytes of a pixel.</param>
    public static void Undo(byte filter, Span<byte> row, ReadOnlySpan<byte> above, int pixel)
    {
        switch (filter)
        {
            case 0:
                break;
            case 1:
                for (var i = pixel; i < row.Length; i++)
                    row[i] += row[i - pixel];
                break;
            case Up:
                for (var i = 0; i < row.Length; i++)
                    row[i] += above[i];
                break;
            case 3:
                for (var i = 0; i < row.Length; i++)
                    row[i] += (byte)((i < pixel ? above[i] : row[i - pixel] + above[i]) / 2);
                break;
            case 4:
                for (var i = 0; i < row.Length; i++)
                    row[i] += i < pixel ? above[i] : Paeth(row[i - pixel], above[i], above[i - pixel]);
                break;
            default:
                throw new InvalidDataException($"{filter} is no PNG row filter");
        }
    }

    static byte Paeth(byte left, byte above, byte corner)
    {
        var guess = left + above - corner;
        var (toLeft, toAbove, toCorner) = (Math.Abs(guess - left), Math.Abs(guess - above), Math.Abs(guess - corner));
        return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
    }
}
