using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

[TestClass]
public class TorchEngineTests
{
    [TestMethod]
    public void ThreadsAreSetAndChecked()
    {
        int before = TorchEngine.Threads;
        TorchEngine.Threads = 1;
        Assert.AreEqual(1, get_num_threads());
        TorchEngine.Threads = before;
        Assert.AreEqual(before, TorchEngine.Threads);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => TorchEngine.Threads = 0);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("gpu")]
    [DataRow("cuda:")]
    [DataRow("cuda:-1")]
    [DataRow("cuda:1x")]
    [DataRow("CPU")]
    public void UnknownDevicesAreRefusedByName(string name)
        => StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => TorchEngine.Device(name)).Message, $"'{name}'");

    [TestMethod]
    public void ADeviceThatIsNotThereIsAnErrorOrTheCpu()
    {
        Assert.AreEqual(DeviceType.CPU, TorchEngine.Device("cpu").type);
        Assert.AreEqual(DeviceType.CPU, TorchEngine.Device("cuda:999", fallbackToCpu: true).type);
        StringAssert.Contains(Assert.ThrowsExactly<TrainingException>(() => TorchEngine.Device("cuda:999")).Message, "TorchSharp-cuda-linux");
    }

    /// <summary>Idle OpenMP threads sleep: the policy is in the C environment, where the native library reads it, unless the user set
    /// another.</summary>
    [TestMethod]
    public void IdleThreadsSleep()
    {
        if (OperatingSystem.IsWindows()) Assert.Inconclusive("There the environment of .NET is that of native code.");
        TorchEngine.Start();
        string expected = Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") ?? "passive";
        Assert.AreEqual(expected, Marshal.PtrToStringUTF8(GetEnvironment("OMP_WAIT_POLICY")));
    }

    [DllImport("libc", EntryPoint = "getenv")]
    static extern nint GetEnvironment(string name);
}
