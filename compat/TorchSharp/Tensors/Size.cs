using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>The lengths of a tensor's dimensions.</summary>
    public readonly struct Size : IEnumerable<long>, IEquatable<Size>
    {
        readonly long[] shape;

        public static readonly Size Empty = new(Array.Empty<long>());

        public Size(long[] shape) => this.shape = (long[])shape.Clone();
        public Size(int[] shape) => this.shape = Array.ConvertAll(shape, s => (long)s);
        public Size(IEnumerable<long> shape) => this.shape = shape.ToArray();
        public Size(long size) => shape = [size];
        public Size(int size) => shape = [size];
        public Size((long, long) size) => shape = [size.Item1, size.Item2];
        public Size((int, int) size) => shape = [size.Item1, size.Item2];
        public Size((long, long, long) size) => shape = [size.Item1, size.Item2, size.Item3];
        public Size((int, int, int) size) => shape = [size.Item1, size.Item2, size.Item3];

        public static implicit operator Size(long size) => new(size);
        public static implicit operator Size(long[] size) => new(size);
        public static implicit operator Size((long, long) size) => new(size);
        public static implicit operator Size((long, long, long) size) => new(size);

        public static Size operator +(Size left, Size right) => new(left.Concat(right));
        public static Size operator +(Size left, IEnumerable<long> right) => new(Enumerable.Concat(left, right));
        public static bool operator ==(Size left, Size right) => left.Equals(right);
        public static bool operator !=(Size left, Size right) => !left.Equals(right);

        public bool IsEmpty => shape.Length == 0;
        public bool IsScalar => shape.Length == 0;
        public int Length => shape.Length;
        public long[] Shape => shape;
        public long this[int idx] => shape[idx];
        public long this[long idx] => shape[idx];
        public long numel() => shape.TotalSize();
        public IEnumerator<long> GetEnumerator() => ((IEnumerable<long>)shape).GetEnumerator();
        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
        bool IEquatable<Size>.Equals(Size other) => shape.SequenceEqual(other.shape);
        public override bool Equals(object obj) => obj is Size other && shape.SequenceEqual(other.shape);
        public override int GetHashCode() => shape.Aggregate(17, HashCode.Combine);
    }
}
