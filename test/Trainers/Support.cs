using System.Diagnostics;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

[assembly: DoNotParallelize] // The engine's global generator and its live-tensor counts are shared.

namespace Extensions.ML.Trainers.Tests;

/// <summary>Rows from memory; counts how often it was opened.</summary>
sealed class ArrayRows(float[] values, int width, bool countKnown = true) : IRowSource
{
    public int Opened;
    public int Disposed;

    public int Width => width;

    public long? Count => countKnown ? values.Length / width : null;

    public IRowReader Open()
    {
        Interlocked.Increment(ref Opened);
        return new Reader(this, values, width);
    }

    sealed class Reader(ArrayRows owner, float[] values, int width) : IRowReader
    {
        int at;

        public bool TryRead(Span<float> row)
        {
            Assert.AreEqual(width, row.Length);
            if (at == values.Length) return false;
            values.AsSpan(at, width).CopyTo(row);
            at += width;
            return true;
        }

        public void Dispose() => Interlocked.Increment(ref owner.Disposed);
    }
}

/// <summary>The same batches in the same order in every epoch, of any type.</summary>
sealed class FixedBatches(Tensor rows) : IBatchSource
{
    public long RowCount => rows.shape[0];

    public string Fingerprint => "fixed";

    public IEnumerable<Batch> Epoch(int epoch, int batchSize, long skip = 0, CancellationToken cancellation = default)
    {
        for (long at = skip * batchSize; at < RowCount; at += batchSize)
        {
            using var part = rows.narrow(0, at, Math.Min(batchSize, RowCount - at)).DetachFromDisposeScope();
            yield return new Batch(part);
        }
    }

    public void Dispose() => rows.Dispose();
}

static class Support
{
    public static float[] Normal(int count, int seed)
    {
        var random = new Random(seed);
        var values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return values;
    }

    /// <summary>Rows near a plane: what an autoencoder with a small code can learn.</summary>
    public static float[] Plane(int rows, int width, int seed)
    {
        var hidden = Normal(rows * 2, seed);
        var mix = Normal(2 * width, 17);
        var noise = Normal(rows * width, seed + 1);
        var values = new float[rows * width];
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < width; c++)
                values[r * width + c] = hidden[2 * r] * mix[c] + hidden[2 * r + 1] * mix[width + c] + 0.05f * noise[r * width + c];
        }
        return values;
    }

    public static float[] ToArray(Tensor tensor)
    {
        using var host = tensor.detach().cpu().contiguous();
        return MemoryMarshal.Cast<byte, float>(host.bytes).ToArray();
    }

    /// <summary>Backpropagation against central differences, for every weight of a module in double precision.</summary>
    public static void CheckGradients(nn.Module module, Func<Tensor> loss, double tolerance = 1e-8)
    {
        const double Step = 1e-6;
        using var scope = NewDisposeScope();
        loss().backward();
        foreach (var (name, parameter) in module.named_parameters().Where(entry => entry.parameter.requires_grad))
        {
            var gradient = MemoryMarshal.Cast<byte, double>(parameter.grad!.contiguous().bytes);
            var weights = MemoryMarshal.Cast<byte, double>(parameter.bytes);
            for (int i = 0; i < weights.Length; i++)
            {
                double weight = weights[i];
                weights[i] = weight + Step;
                double above = Loss();
                weights[i] = weight - Step;
                double below = Loss();
                weights[i] = weight;
                Assert.AreEqual((above - below) / (2 * Step), gradient[i], tolerance, $"{name}[{i}]");
            }
        }

        // Gradients stay on: a loss may itself ask for the gradient by its input.
        double Loss()
        {
            using var inner = NewDisposeScope();
            return loss().item<double>();
        }
    }

    /// <summary>Every bit of a module's weights.</summary>
    public static byte[] Bytes(nn.Module module)
    {
        using var stream = new MemoryStream();
        SafeTensors.Write(stream, module.state_dict().Select(entry => (entry.Key, entry.Value)));
        return stream.ToArray();
    }

    public static TrainingData Load(float[] values, int width, DataOptions? options = null, bool countKnown = true)
        => TrainingData.Load(new ArrayRows(values, width, countKnown), options ?? new DataOptions(), CPU);

    public static string TemporaryFolder() => Directory.CreateTempSubdirectory("trainers-").FullName;

    /// <summary>The start of a script: the tensors of the file that is its first argument, as <c>w</c>.</summary>
    public const string ReadScript = """
        import json, struct, sys
        import numpy as np, torch
        raw = open(sys.argv[1], 'rb').read()
        size, = struct.unpack('<Q', raw[:8])
        w = {}
        for name, entry in json.loads(raw[8:8 + size]).items():
            if name != '__metadata__':
                begin, end = entry['data_offsets']
                values = np.frombuffer(raw[8 + size + begin:8 + size + end], dtype={'F64': '<f8', 'I64': '<i8'}[entry['dtype']])
                w[name] = torch.from_numpy(values.reshape(entry['shape']).copy())

        """ + "\n";

    static readonly Lazy<string?> python = new(() =>
        new[] { Environment.GetEnvironmentVariable("PYTHON"), "python3", "/usr/bin/python3", "python" }
            .FirstOrDefault(p => p is not null && TryRun(p, ["-c", "import torch, numpy"]) is { Code: 0 }));

    /// <summary>Runs a script with PyTorch; the test is inconclusive where there is none.</summary>
    public static string Python(string script, params string[] arguments)
    {
        if (python.Value is not { } program)
        {
            Assert.Inconclusive("Needs a Python with torch and numpy (Debian: python3-torch, python3-numpy; or name one in PYTHON).");
            return "";
        }
        var result = TryRun(program, ["-c", script, .. arguments])!.Value;
        Assert.AreEqual(0, result.Code, result.Errors);
        return result.Output;
    }

    static (int Code, string Output, string Errors)? TryRun(string program, string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["OMP_NUM_THREADS"] = "1";
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, errors.Result);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
