using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.Aten;
using static TorchSharp.Native;

namespace TorchSharp
{
    public static partial class torch
    {
        public partial class Tensor
        {
            internal unsafe void* Data
            {
                get
                {
                    void* data;
                    CheckAlive(ts_data(Handle, &data));
                    return data;
                }
            }

            /// <summary>The tensor's own memory, row by row; valid while the tensor lives.</summary>
            public unsafe Span<byte> bytes
            {
                get => new(Plain(int.MaxValue), (int)(NumberOfElements * ElementSize));
                set
                {
                    if (!is_contiguous()) throw new InvalidOperationException("SetBytes() called on non-contiguous tensor.");
                    if (NumberOfElements * ElementSize != value.Length) throw new ArgumentException("Mismatched data sizes in SetBytes().");
                    value.CopyTo(new Span<byte>(Plain(int.MaxValue), value.Length));
                }
            }

            unsafe byte* Plain(long limit)
            {
                if (!is_contiguous()) throw new InvalidOperationException("Bytes() called on non-contiguous tensor.");
                if (NumberOfElements * ElementSize > limit) throw new ArgumentException("Span only supports up to int.MaxValue elements.");
                if (!is_cpu()) throw new InvalidOperationException("Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
                return (byte*)Data;
            }

            public unsafe void WriteBytesToStream(Stream stream, int bufferSize = 1024)
            {
                using var memory = new UnmanagedMemoryStream(Plain(long.MaxValue), NumberOfElements * ElementSize);
                memory.CopyTo(stream, bufferSize);
                GC.KeepAlive(this);
            }

            public unsafe void ReadBytesFromStream(Stream stream, int bufferSize = 1024)
            {
                var data = Plain(long.MaxValue);
                for (var left = NumberOfElements * ElementSize; left > 0;)
                {
                    var read = stream.Read(new Span<byte>(data, (int)Math.Min(left, int.MaxValue)));
                    if (read == 0) throw new EndOfStreamException();
                    data += read;
                    left -= read;
                }
                GC.KeepAlive(this);
            }

            public Utils.TensorAccessor<T> data<T>() where T : unmanaged
            {
                if (dtype == ScalarType.BFloat16) throw new ArgumentException($"No support for {dtype} in TorchSharp");
                if (typeof(T) != ClrType(dtype)) throw new ArgumentException($"{typeof(T).Name} is not compatible with {dtype}");
                return new(is_cpu() ? this : cpu());
            }

            static Type ClrType(ScalarType type) => type switch
            {
                ScalarType.Byte => typeof(byte),
                ScalarType.Int8 => typeof(sbyte),
                ScalarType.Int16 => typeof(short),
                ScalarType.Int32 => typeof(int),
                ScalarType.Int64 => typeof(long),
                ScalarType.Bool => typeof(bool),
                ScalarType.Float16 => typeof(Half),
                ScalarType.Float32 => typeof(float),
                ScalarType.Float64 => typeof(double),
                _ => null,
            };

            public T item<T>() where T : unmanaged
            {
                if (NumberOfElements != 1) throw new ArgumentException("Number of elements in the tensor must be 1");
                return data<T>()[0];
            }

            public Scalar ToScalar() =>
                CallScalar("_local_scalar_dense", NumberOfElements == 1 ? this : throw new System.Runtime.InteropServices.ExternalException($"a Tensor with {NumberOfElements} elements cannot be converted to Scalar"));

            public bool is_nonzero() => NumberOfElements == 1
                ? ToScalar().ToBoolean()
                : throw new InvalidOperationException("is_nonzero() called on non-singleton tensor");

            public double ReadCpuDouble(long i) => ReadCpuValue<double>(i);
            public float ReadCpuSingle(long i) => ReadCpuValue<float>(i);
            public int ReadCpuInt32(long i) => ReadCpuValue<int>(i);
            public long ReadCpuInt64(long i) => ReadCpuValue<long>(i);
            public T ReadCpuValue<T>(long i) where T : unmanaged => new Utils.TensorAccessor<T>(this).At(i);

            public static explicit operator float(Tensor value) => value.ToSingle();
            public static explicit operator double(Tensor value) => value.ToDouble();
            public static explicit operator sbyte(Tensor value) => value.ToSByte();
            public static explicit operator byte(Tensor value) => value.ToByte();
            public static explicit operator short(Tensor value) => value.ToInt16();
            public static explicit operator int(Tensor value) => value.ToInt32();
            public static explicit operator long(Tensor value) => value.ToInt64();
            public static explicit operator bool(Tensor value) => value.ToBoolean();
        }
    }

    public static partial class TensorExtensionMethods
    {
        public static Modules.Parameter AsParameter(this torch.Tensor tensor) => new(tensor);
        public static bool ToBoolean(this torch.Tensor value) => value.ToScalar().ToBoolean();
        public static byte ToByte(this torch.Tensor value) => value.ToScalar().ToByte();
        public static sbyte ToSByte(this torch.Tensor value) => value.ToScalar().ToSByte();
        public static short ToInt16(this torch.Tensor value) => value.ToScalar().ToInt16();
        public static int ToInt32(this torch.Tensor value) => value.ToScalar().ToInt32();
        public static long ToInt64(this torch.Tensor value) => value.ToScalar().ToInt64();
        public static Half ToHalf(this torch.Tensor value) => value.ToScalar().ToHalf();
        public static float ToSingle(this torch.Tensor value) => value.ToScalar().ToSingle();
        public static double ToDouble(this torch.Tensor value) => value.ToScalar().ToDouble();
        public static long TotalSize(this IEnumerable<long> shape) => shape.Aggregate(1L, (product, size) => product * size);
        public static int ElementSize(this torch.ScalarType type) => type switch
        {
            torch.ScalarType.Byte or torch.ScalarType.Int8 or torch.ScalarType.Bool => 1,
            torch.ScalarType.Int16 or torch.ScalarType.Float16 or torch.ScalarType.BFloat16 => 2,
            torch.ScalarType.Int32 or torch.ScalarType.Float32 => 4,
            torch.ScalarType.Int64 or torch.ScalarType.Float64 or torch.ScalarType.ComplexFloat32 => 8,
            torch.ScalarType.ComplexFloat64 => 16,
            _ => throw new NotImplementedException(),
        };
    }
}

namespace TorchSharp.Utils
{
    /// <summary>Typed access to the numbers of a CPU tensor, in row order whatever its strides.</summary>
    public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T> where T : unmanaged
    {
        readonly torch.Tensor tensor;
        readonly T* data;

        internal TensorAccessor(torch.Tensor tensor)
        {
            if (!tensor.is_cpu()) throw new InvalidOperationException("Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
            this.tensor = tensor;
            data = (T*)tensor.Data;
        }

        public long Count => tensor.numel();

        public bool IsReadOnly => false;

        public T[] ToArray()
        {
            var result = new T[Count];
            CopyTo(result);
            return result;
        }

        public Array ToNDArray()
        {
            var flat = ToArray();
            var shape = tensor.shape;
            if (shape.Length < 2) return flat;
            var result = Array.CreateInstance(typeof(T), shape);
            flat.AsSpan().CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(result)),
                flat.Length));
            return result;
        }

        public T this[params long[] indices]
        {
            get => data[Offset(indices)];
            set => data[Offset(indices)] = value;
        }

        long Offset(long[] indices)
        {
            var sizes = tensor.shape;
            var strides = tensor.stride();
            if (indices.Length == 1 && sizes.Length != 1)
            {
                if (indices[0] < 0 || indices[0] >= Count) throw new IndexOutOfRangeException();
                return Position(indices[0], sizes, strides);
            }
            if (indices.Length != sizes.Length) throw new ArgumentException($"expected {sizes.Length} indices, got {indices.Length}");
            var offset = 0L;
            for (var d = 0; d < indices.Length; d++)
            {
                if (indices[d] < 0 || indices[d] >= sizes[d]) throw new IndexOutOfRangeException();
                offset += indices[d] * strides[d];
            }
            return offset;
        }

        /// <summary>The place in memory of the element at a place in row order.</summary>
        static long Position(long index, long[] sizes, long[] strides)
        {
            var offset = 0L;
            for (var d = sizes.Length - 1; d >= 0; index /= sizes[d], d--) offset += index % sizes[d] * strides[d];
            return offset;
        }

        internal T At(long index)
        {
            if (index < 0 || index >= Count) throw new IndexOutOfRangeException("The index is greater than the number of elements in the tensor");
            return data[Position(index, tensor.shape, tensor.stride())];
        }

        public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

        public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
        {
            var target = array[arrayIndex..];
            var count = (int)Math.Min(target.Length, Count - tensorIndex);
            if (tensor.is_contiguous()) new Span<T>(data + tensorIndex, count).CopyTo(target);
            else
            {
                var (sizes, strides) = (tensor.shape, tensor.stride());
                for (var k = 0; k < count; k++) target[k] = data[Position(tensorIndex + k, sizes, strides)];
            }
            GC.KeepAlive(tensor);
        }

        public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) =>
            CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

        public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
        {
            var source = array[arrayIndex..];
            var count = (int)Math.Min(source.Length, Count - tensorIndex);
            var (sizes, strides) = (tensor.shape, tensor.stride());
            if (tensor.is_contiguous()) source[..count].CopyTo(new Span<T>(data + tensorIndex, count));
            else
                for (var k = 0; k < count; k++) data[Position(tensorIndex + k, sizes, strides)] = source[k];
            GC.KeepAlive(tensor);
        }

        public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)ToArray()).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public void Dispose() { }
    }
}
