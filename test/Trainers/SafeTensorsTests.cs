using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

[TestClass]
public class SafeTensorsTests
{
    static (string, Tensor)[] Samples() =>
    [
        ("f64", tensor(new double[] { 1.5, -2.25, double.MaxValue }, [3])),
        ("f32", tensor(Support.Normal(6, 1), [2, 3])),
        ("f16", tensor(Support.Normal(5, 2), [5]).to(ScalarType.Float16)),
        ("bf16", tensor(Support.Normal(4, 3), [2, 2]).to(ScalarType.BFloat16)),
        ("i64", tensor(new long[] { long.MinValue, 0, long.MaxValue }, [3])),
        ("i32", tensor(new int[] { int.MinValue, 7 }, [2, 1])),
        ("u8", tensor(new byte[] { 0, 255, 3 }, [3])),
        ("bool", tensor(new bool[] { true, false, true }, [3])),
        ("scalar", tensor(4.5f)),
        ("empty", empty([0, 4], dtype: ScalarType.Float32)),
        ("transposed ä \"quoted\"", tensor(Support.Normal(6, 4), [2, 3]).t()),
    ];

    static byte[] Write(IEnumerable<(string, Tensor)> tensors, Dictionary<string, string>? metadata = null)
    {
        using var stream = new MemoryStream();
        SafeTensors.Write(stream, tensors, metadata);
        return stream.ToArray();
    }

    static byte[] File(string header, int dataBytes)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        var file = new byte[8 + text.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(file, text.Length);
        text.CopyTo(file, 8);
        return file;
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void RoundTripKeepsEveryBit(bool seekable)
    {
        using var scope = NewDisposeScope();
        var samples = Samples();
        var metadata = new Dictionary<string, string> { ["kind"] = "test", ["ü"] = "\u0001\"" };
        using var stream = new MemoryStream(Write(samples, metadata));
        using var read = SafeTensors.Read(seekable ? stream : new OneByteAtATime(stream));
        Assert.HasCount(samples.Length, read.Tensors);
        foreach (var (name, expected) in samples)
        {
            var actual = read.Tensors[name];
            Assert.AreEqual(expected.dtype, actual.dtype);
            CollectionAssert.AreEqual(expected.shape, actual.shape);
            if (expected.numel() > 0) CollectionAssert.AreEqual(expected.contiguous().bytes.ToArray(), actual.bytes.ToArray(), name);
        }
        CollectionAssert.AreEquivalent(metadata.ToArray(), read.Metadata.ToArray());
    }

    /// <summary>Every read gives one byte, as a decompressing stream may.</summary>
    sealed class OneByteAtATime(Stream inner) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, Math.Min(count, 1));
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    [TestMethod]
    public void PythonReadsItByThePublicDescriptionAlone()
    {
        const string Script = """
            import json, struct, sys
            import numpy as np
            raw = open(sys.argv[1], 'rb').read()
            size, = struct.unpack('<Q', raw[:8])
            assert size % 8 == 0 and raw[8:9] == b'{'
            header = json.loads(raw[8:8 + size].decode('utf-8'))
            types = {'F64': '<f8', 'F32': '<f4', 'F16': '<f2', 'I64': '<i8', 'I32': '<i4', 'U8': 'u1', 'BOOL': '?'}
            out, end = {}, 0
            assert header.pop('__metadata__') == {'a': 'b'}
            for name, e in header.items():
                assert e['data_offsets'][0] == end
                end = e['data_offsets'][1]
                data = raw[8 + size + e['data_offsets'][0]:8 + size + end]
                if e['dtype'] == 'BF16': values = (np.frombuffer(data, '<u2').astype('<u4') << 16).view('<f4')
                else: values = np.frombuffer(data, types[e['dtype']])
                out[name] = values.reshape(e['shape']).astype(float).ravel().tolist()
            assert 8 + size + end == len(raw)
            print(json.dumps(out))
            """;
        using var scope = NewDisposeScope();
        var samples = Samples();
        string path = Path.Combine(Support.TemporaryFolder(), "x.safetensors");
        System.IO.File.WriteAllBytes(path, Write(samples, new() { ["a"] = "b" }));
        using var json = JsonDocument.Parse(Support.Python(Script, path));
        foreach (var (name, expected) in samples)
        {
            double[] values = [.. json.RootElement.GetProperty(name).EnumerateArray().Select(e => e.GetDouble())];
            CollectionAssert.AreEqual(expected.to(ScalarType.Float64).reshape(-1).data<double>().ToArray(), values, name);
        }
    }

    [TestMethod]
    public void NetworksLoadWhatTheyWroteAndNothingElse()
    {
        using var scope = NewDisposeScope();
        using var network = new DenseAutoencoder(5, [4], 2, seed: 1);
        byte[] file = NetworkBytes(network);
        using var twin = Read(file, network, () => new DenseAutoencoder(5, [4], 2, seed: 2));
        CollectionAssert.AreEqual(file, NetworkBytes(twin));
        Assert.IsTrue(twin.parameters().All(p => p.requires_grad && p.is_leaf));

        Refused(network, () => new DenseAutoencoder(5, [3], 2), "encoder.0.weight");
        Refused(network, () => new DenseAutoencoder(5, [4, 4], 2), "lacks");
        Refused(new DenseAutoencoder(5, [5], 5), () => new DenseAutoencoder(5, [], 5), "not expected");
        network.to(ScalarType.Float64);
        Refused(network, () => new DenseAutoencoder(5, [4], 2), "Float64");
        // Weights of another size are refused before a network is built.
        Assert.ThrowsExactly<InvalidDataException>(() => Read(file, 7, () => throw new AssertFailedException()));

        static void Refused(nn.Module written, Func<DenseAutoencoder> create, string what) => StringAssert.Contains(
            Assert.ThrowsExactly<InvalidDataException>(() => Read(NetworkBytes(written), written, create)).Message, what);
    }

    static byte[] NetworkBytes(nn.Module network)
    {
        using var stream = new MemoryStream();
        NetworkFile.Write(stream, network, FeatureScaler.Identity(5));
        return stream.ToArray();
    }

    static DenseAutoencoder Read(byte[] file, nn.Module written, Func<DenseAutoencoder> create)
        => Read(file, written.state_dict().Values.Sum(tensor => tensor.numel()), create);

    static DenseAutoencoder Read(byte[] file, long values, Func<DenseAutoencoder> create)
        => NetworkFile.Read(new MemoryStream(file), values, create, 5, FeatureScaling.None, CPU).Network;

    [TestMethod]
    [DataRow("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", "too large")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1000000000000],"data_offsets":[0,4000000000000]}}""", "ends before")]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "needs 8 bytes")]
    [DataRow("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "whole numbers")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}""", "whole numbers")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", "data_offsets")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "begins at 4")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "begins at 0")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", "begins at 8")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "JSON")]
    [DataRow("""{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,4]}}""", "C64")]
    [DataRow("""{"a":{"dtype":32,"shape":[1],"data_offsets":[0,4]}}""", "unknown type")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1]}}""", "lacks")]
    [DataRow("""{"a":[]}""", "lacks")]
    [DataRow("""{"__metadata__":{"a":1}}""", "not text")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}""", "33 numbers")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}""", "3 numbers")]
    [DataRow("""[]""", "JSON object")]
    [DataRow("""{"a":""", "JSON")]
    public void BrokenHeadersAreRefused(string header, string what)
    {
        var error = Assert.ThrowsExactly<InvalidDataException>(() => SafeTensors.Read(new MemoryStream(File(header, 16))));
        StringAssert.Contains(error.Message, what);
    }

    [TestMethod]
    public void FalseLengthsReserveNoMemory()
    {
        var file = new byte[64];
        foreach (ulong length in new ulong[] { 0, 1, 100_000_000, 100_000_001, int.MaxValue, ulong.MaxValue })
        {
            BinaryPrimitives.WriteUInt64LittleEndian(file, length);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.ThrowsExactly<InvalidDataException>(() => SafeTensors.Read(new MemoryStream(file)));
            Assert.IsLessThan(4L << 20, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        byte[] claim = File("""{"a":{"dtype":"F32","shape":[1000000000000],"data_offsets":[0,4000000000000]}}""", 0);
        var error = Assert.ThrowsExactly<InvalidDataException>(() => SafeTensors.Read(new OneByteAtATime(new MemoryStream(claim))));
        StringAssert.Contains(error.Message, "at most");
    }

    /// <summary>What comes from a stream that does not tell its length grows as it comes.</summary>
    [TestMethod]
    public void LargeTensorsOfStreamsGrow()
    {
        using var scope = NewDisposeScope();
        var tensors = new[] { ("large", arange(10_000_001, dtype: ScalarType.Int32)), ("small", tensor(3f)) };
        byte[] whole = Write(tensors);
        using (var read = SafeTensors.Read(new Unseekable(new MemoryStream(whole))))
        {
            Assert.IsTrue(read.Tensors["large"].equal(tensors[0].Item2).all().item<bool>());
            Assert.AreEqual(3, read.Tensors["small"].item<float>());
        }
        // 12 GB by its word, and nothing behind it.
        byte[] claim = File("""{"a":{"dtype":"F32","shape":[3000000000],"data_offsets":[0,12000000000]}}""", 40 << 20);
        long before = Tensor.TotalCount;
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => SafeTensors.Read(new Unseekable(new MemoryStream(claim)))).Message, "ends within");
        Assert.AreEqual(before, Tensor.TotalCount);
    }

    sealed class Unseekable(Stream inner) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);
        public override int Read(Span<byte> buffer) => inner.Read(buffer);
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    /// <summary>Flipped bits, cut ends, exchanged and repeated parts: each gives tensors or one clear exception.</summary>
    [TestMethod]
    public void TwoThousandMutations()
    {
        using var scope = NewDisposeScope();
        byte[] whole = Write(Samples(), new() { ["kind"] = "test" });
        var random = new Random(1);
        int refused = 0;
        for (int i = 0; i < 2000; i++)
        {
            byte[] file = Mutate(whole, random);
            try
            {
                using var read = SafeTensors.Read(new MemoryStream(file), maxBytes: 1 << 20);
            }
            catch (InvalidDataException e)
            {
                Assert.IsGreaterThan(20, e.Message.Length);
                refused++;
            }
        }
        Assert.IsGreaterThan(1000, refused);
    }

    static byte[] Mutate(byte[] whole, Random random)
    {
        byte[] file = [.. whole];
        switch (random.Next(5))
        {
            case 0: // A few bits, mostly in the header.
                for (int n = random.Next(1, 4); n > 0; n--)
                    file[random.Next(random.Next(4) == 0 ? file.Length : Math.Min(file.Length, 700))] ^= (byte)(1 << random.Next(8));
                return file;
            case 1: // A cut end.
                return file[..random.Next(file.Length)];
            case 2: // Another length.
                BinaryPrimitives.WriteInt64LittleEndian(file, random.Next(3) == 0 ? random.NextInt64() : random.Next(2000));
                return file;
            case 3: // Digits of shapes and offsets.
                for (int n = 0; n < 3; n++)
                {
                    int at = Array.FindIndex(file, random.Next(8, 700), b => b is >= (byte)'0' and <= (byte)'9');
                    if (at > 0) file[at] = (byte)('0' + random.Next(10));
                }
                return file;
            default: // A part copied over another.
                int length = random.Next(1, 60);
                Array.Copy(file, random.Next(8, file.Length - length), file, random.Next(8, file.Length - length), length);
                return file;
        }
    }

    [TestMethod]
    public void NamesAreChecked()
    {
        using var scope = NewDisposeScope();
        using var one = tensor(1f);
        Assert.ThrowsExactly<ArgumentException>(() => Write([("a", one), ("a", one)]));
        Assert.ThrowsExactly<ArgumentException>(() => Write([("__metadata__", one)]));
        Assert.ThrowsExactly<ArgumentException>(() => Write([("a", tensor(1f).to(ScalarType.Int8))]));
    }
}
