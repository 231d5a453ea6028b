using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Reference.Tests;

/// <summary>Numbers into tensors and out again.</summary>
[TestClass]
public class DataTests
{
    [TestMethod]
    public void Arrays_come_back_as_they_went_in()
    {
        using var scope = NewDisposeScope();
        CollectionAssert.AreEqual(new[] { 1f, 2, 3 }, tensor(new[] { 1f, 2, 3 }).data<float>().ToArray());
        CollectionAssert.AreEqual(new[] { 1.5, 2 }, tensor(new[] { 1.5, 2 }).data<double>().ToArray());
        CollectionAssert.AreEqual(new[] { 1L, -2 }, tensor(new[] { 1L, -2 }).data<long>().ToArray());
        CollectionAssert.AreEqual(new[] { 1, -2 }, tensor(new[] { 1, -2 }).data<int>().ToArray());
        CollectionAssert.AreEqual(new short[] { 1, -2 }, tensor(new short[] { 1, -2 }).data<short>().ToArray());
        CollectionAssert.AreEqual(new byte[] { 1, 200 }, tensor(new byte[] { 1, 200 }).data<byte>().ToArray());
        CollectionAssert.AreEqual(new sbyte[] { 1, -2 }, tensor(new sbyte[] { 1, -2 }).data<sbyte>().ToArray());
        CollectionAssert.AreEqual(new[] { true, false }, tensor(new[] { true, false }).data<bool>().ToArray());
        var table = tensor(new[,] { { 1f, 2, 3 }, { 4, 5, 6 } });
        CollectionAssert.AreEqual(new long[] { 2, 3 }, table.shape);
        CollectionAssert.AreEqual(new[] { 1f, 4, 2, 5, 3, 6 }, table.t().data<float>().ToArray());
        Assert.AreEqual(6f, ((float[,])table.data<float>().ToNDArray())[1, 2]);
        Assert.AreEqual(6f, table.data<float>()[1, 2]);
        Assert.AreEqual(ScalarType.Float64, tensor(new[] { 1, 2 }, float64).dtype);
        CollectionAssert.AreEqual(new long[] { 2, 2 }, tensor(new List<float> { 1, 2, 3, 4 }, 2, 2).shape);
        Assert.AreEqual(3L, from_array(new long[,,] { { { 1, 2, 3 } } }).sum().item<long>() / 2);
    }

    [TestMethod]
    public void Bytes_are_the_tensors_own_memory()
    {
        using var scope = NewDisposeScope();
        var t = zeros(4);
        MemoryMarshal.Cast<byte, float>(t.bytes)[2] = 7;
        CollectionAssert.AreEqual(new[] { 0f, 0, 7, 0 }, t.data<float>().ToArray());
        t.bytes = MemoryMarshal.AsBytes<float>(new[] { 1f, 2, 3, 4 }).ToArray();
        Assert.AreEqual(10f, t.sum().item<float>());
        using var stream = new MemoryStream();
        t.WriteBytesToStream(stream);
        stream.Position = 0;
        var copy = zeros(4);
        copy.ReadBytesFromStream(stream);
        Assert.IsTrue(copy.Equals(t));
    }

    [TestMethod]
    public void Single_numbers_convert()
    {
        using var scope = NewDisposeScope();
        Assert.AreEqual(2.5f, tensor(2.5f).ToSingle());
        Assert.AreEqual(2.5, tensor(2.5f).ToDouble());
        Assert.AreEqual(7L, tensor(7).ToInt64());
        Assert.AreEqual(7, (int)tensor(7L));
        Assert.AreEqual(1L << 60, tensor(1L << 60).ToInt64());
        Assert.IsTrue(tensor(true).ToBoolean());
        Assert.AreEqual(1.5f, tensor(1.5f).to(ScalarType.BFloat16).ToSingle());
        Assert.AreEqual((Half)1.5, tensor(1.5f).to(ScalarType.Float16).item<Half>());
        Assert.AreEqual(3, tensor(3.0).ToScalar().ToInt32());
    }

    [TestMethod]
    public void Types_convert_and_combine()
    {
        using var scope = NewDisposeScope();
        var t = tensor(new[] { 1.7f, -1.7f });
        CollectionAssert.AreEqual(new[] { 1, -1 }, t.to(int32).data<int>().ToArray());
        Assert.AreEqual(ScalarType.Float64, (t + t.@double()).dtype);
        Assert.AreEqual(ScalarType.Float32, (t * 2.0).dtype);
        Assert.AreEqual(ScalarType.Int64, (arange(3) * 2).dtype);
        Assert.AreEqual(ScalarType.Float32, (arange(3) * 0.5).dtype);
        Assert.AreEqual(ScalarType.Bool, (t > 0).dtype);
        Assert.AreEqual(2L, t.bfloat16().element_size());
        Assert.IsTrue(t.is_floating_point() && arange(3).is_integral());
        Assert.AreEqual(DeviceType.CPU, t.device_type);
        Assert.AreEqual("cpu", t.device.ToString());
    }

    [TestMethod]
    public void Views_share_memory_and_clones_do_not()
    {
        using var scope = NewDisposeScope();
        var t = arange(6, float32);
        var (view, clone) = (t.view(2, 3), t.clone());
        t[0] = 9f;
        Assert.AreEqual(9f, view[0, 0].item<float>());
        Assert.AreEqual(0f, clone[0].item<float>());
        Assert.IsFalse(view.t().is_contiguous());
        Assert.IsTrue(view.t().contiguous().is_contiguous());
        CollectionAssert.AreEqual(new long[] { 1, 3 }, view.t().stride());
    }

    [TestMethod]
    public void Text_tells_shape_type_and_place()
    {
        using var scope = NewDisposeScope();
        var text = ones(2, 3).ToString();
        StringAssert.Contains(text, "2x3");
        StringAssert.Contains(text, "Float32");
        StringAssert.Contains(text, "cpu");
        StringAssert.Contains(arange(3).ToString(TensorStringStyle.Numpy), "[0, 1, 2]");
    }

    [TestMethod]
    public void Dimensions_may_have_names()
    {
        using var scope = NewDisposeScope();
        var t = zeros(2, 3, names: ["rows", "columns"]);
        Assert.IsTrue(t.has_names());
        CollectionAssert.AreEqual(new[] { "rows", "columns" }, t.names);
        Assert.IsFalse(zeros(2).has_names());
    }

    [TestMethod]
    public void Many_threads_work_at_once()
    {
        var weight = Sample.Wave([16, 16]);
        Parallel.For(0, 64, k =>
        {
            using var scope = NewDisposeScope();
            var x = full(4, 16, (double)k, float64);
            for (var step = 0; step < 20; step++) Assert.IsTrue(x.matmul(weight).allclose(full(4, 16, 1.0, float64).matmul(weight) * k));
        });
        weight.Dispose();
    }
}
