using Microsoft.ML.Data;

namespace ImageAnalytics.Reference.Tests.StandIn;

[TestClass]
public sealed class DamagedPngTests
{
    static byte[] Good()
    {
        var random = new Random(3);
        var rows = Enumerable.Range(0, 24).Select(_ => new byte[24 * 3]).ToArray();
        foreach (var row in rows)
            random.NextBytes(row);
        return new PngBuilder(24, 24, 2).Data(rows, 3, y => y % 5).End();
    }

    /// <summary>Checksums cover all but the signature, and that is fixed: no damage passes.</summary>
    [TestMethod]
    public void NoDamagedFileIsReadAndEachGivesOneKindOfException()
    {
        var good = Good();
        Pictures.Decode(good).Dispose();
        var random = new Random(5);
        for (var i = 0; i < 2_000; i++)
        {
            var file = good.ToArray();
            switch (i % 4)
            {
                case 0:
                    file[random.Next(file.Length)] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    file = file[..random.Next(file.Length)];
                    break;
                case 2:
                    var (at, length) = (random.Next(file.Length - 8), random.Next(1, 8));
                    file = [.. file[..at], .. file[(at + length)..]];
                    break;
                default:
                    file[random.Next(64)] = (byte)(file[random.Next(64)] + 1 + random.Next(254));
                    break;
            }
            if (file.AsSpan().SequenceEqual(good))
                continue;
            var e = Assert.ThrowsExactly<ArgumentException>(() => Pictures.Decode(file), $"mutation {i}");
            Assert.IsInstanceOfType<InvalidDataException>(e.InnerException, $"mutation {i}");
        }
    }

    [TestMethod]
    public void WholeFilesWithImpossibleContentsSayWhatIsWrong()
    {
        byte[][] row = [[1, 2, 3]];
        void Refused(string why, byte[] file)
        {
            var e = Assert.ThrowsExactly<ArgumentException>(() => Pictures.Decode(file), why);
            StringAssert.Contains(e.Message, why);
        }
        Refused("cannot have", new PngBuilder(0, 1, 0).End());
        Refused("cannot have", new PngBuilder(int.MaxValue, int.MaxValue, 6).End());
        Refused("no PNG colour type", new PngBuilder(1, 1, 5).End());
        Refused("16 bits", new PngBuilder(1, 1, 2, bitDepth: 16).End());
        Refused("interlaced", new PngBuilder(3, 1, 0, interlace: 1).Data(row, 1, _ => 0).End());
        Refused("no PNG row filter", new PngBuilder(3, 1, 0).Data(row, 1, _ => 5).End());
        Refused("end before", new PngBuilder(3, 2, 0).Data(row, 1, _ => 0).End());
        Refused("more data", new PngBuilder(2, 1, 0).Data(row, 1, _ => 0).End());
        Refused("palette", new PngBuilder(3, 1, 3).Data(row, 1, _ => 0).End());
        Refused("its palette has 2", new PngBuilder(3, 1, 3).Chunk("PLTE", new byte[6]).Data(row, 1, _ => 0).End());
        Refused("transparency", new PngBuilder(3, 1, 0).Chunk("tRNS", new byte[3]).Data(row, 1, _ => 0).End());
        Refused("critical", new PngBuilder(3, 1, 0).Chunk("ABCD", []).Data(row, 1, _ => 0).End());
        Refused("first chunk", [.. new PngBuilder(1, 1, 0).End()[..8], .. new PngBuilder(1, 1, 0).End()[33..]]);
    }

    /// <summary>The header alone must not make the reader take memory.</summary>
    [TestMethod]
    public void AHugePictureFromFewBytesIsRefusedBeforeAnythingIsAllocated()
    {
        var file = new PngBuilder(20_000, 20_000, 6).Data([[1, 2, 3]], 4, _ => 0).End();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var e = Assert.ThrowsExactly<ArgumentException>(() => Pictures.Decode(file));
        Assert.IsLessThan(1_000_000, GC.GetAllocatedBytesForCurrentThread() - before);
        StringAssert.Contains(e.Message, "too few");
    }
}
