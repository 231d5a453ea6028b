using static TorchSharp.torch;

namespace TorchSharp.Reference.Tests;

/// <summary>What the stand-in does and the real library does not.</summary>
[TestClass]
public class MemoryTests
{
    [TestMethod]
    public void What_nobody_disposes_is_freed_at_last()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        for (var k = 0; k < 1000; k++) _ = ones(1024, 1024); // 4 MB each, 4 GB in all
        process.Refresh();
        Assert.IsTrue(process.WorkingSet64 < 2_500_000_000, $"{process.WorkingSet64 >> 20} MB");
    }
}
