using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>The memory of CPU tensors, also beyond the 2 GB that one span can cover.</summary>
static unsafe class NativeBytes
{
    /// <summary>Address of a contiguous CPU tensor's first element. The caller keeps the tensor alive while it uses the address.</summary>
    /// <param name="tensor">At least one element.</param>
    public static byte* Address(Tensor tensor)
    {
        if (Length(tensor) <= int.MaxValue) return (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));
        // A span over more would be refused, so the span of one element is asked for.
        using var flat = tensor.view(-1);
        using var first = flat.narrow(0, 0, 1);
        return (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }

    /// <summary>Copies a float32 tensor of any device out; not where the destination is empty.</summary>
    public static void CopyTo(this Tensor tensor, Span<float> destination)
    {
        if (!destination.IsEmpty) MemoryMarshal.Cast<byte, float>(tensor.to(CPU).contiguous().bytes).CopyTo(destination);
    }

    /// <summary>Writes a tensor's elements to a stream, copied to the CPU where they are not there.</summary>
    public static void WriteTo(Stream stream, Tensor tensor)
    {
        const int slice = 1 << 20;
        long left = Length(tensor);
        if (left == 0) return;
        using var scope = NewDisposeScope();
        var host = tensor.detach().cpu().contiguous();
        for (byte* at = Address(host); left > 0;)
        {
            int part = (int)Math.Min(left, slice);
            stream.Write(new ReadOnlySpan<byte>(at, part));
            at += part;
            left -= part;
        }
        GC.KeepAlive(host);
    }

    /// <summary>Size of a tensor's elements together.</summary>
    public static long Length(Tensor tensor) => tensor.numel() * tensor.element_size();
}
