using System.Numerics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>
/// A source made ready for training: read and checked once from the first to the last row, split, its scaling learned, and held in
/// native memory where it fits the budget, else streamed again each epoch. Holds no row twice.
/// </summary>
public sealed class TrainingData : IDisposable
{
    TrainingData(FeatureScaler scaler, bool unitRange, IBatchSource training, IBatchSource? validation, bool streamed)
        => (Scaler, IsUnitRange, Training, Validation, IsStreamed) = (scaler, unitRange, training, validation, streamed);

    /// <summary>The scaling that is applied to every row on its way into a batch.</summary>
    public FeatureScaler Scaler { get; }

    /// <summary>Whether every value of the training rows lies from 0 to 1 after scaling.</summary>
    public bool IsUnitRange { get; }

    /// <summary>Batches of one tensor [rows, width], float32, on the device, targets in its last slots; shuffled anew in each epoch.</summary>
    public IBatchSource Training { get; }

    /// <summary>The rows kept for validation, in the order of the source; <see langword="null"/> without any.</summary>
    public IBatchSource? Validation { get; }

    /// <summary>Whether the rows did not fit the budget and are read again from their source each epoch.</summary>
    public bool IsStreamed { get; }

    /// <summary>Reads, checks, splits and scales a source in one pass.</summary>
    /// <param name="rows">The source.</param>
    /// <param name="options">Scaling, split, memory and seed.</param>
    /// <param name="device">Where the batches are wanted; rows that are held in memory are held there.</param>
    /// <param name="cancellation">Stops the pass.</param>
    /// <exception cref="InvalidRowException">A value is NaN or infinite.</exception>
    /// <exception cref="InvalidOperationException">No rows, or none left to train on after the split.</exception>
    public static TrainingData Load(IRowSource rows, DataOptions options, Device device, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        TorchEngine.Start();
        using var pass = new FirstPass(rows, options, cancellation);
        return pass.Finish(device);
    }

    /// <summary>Reads every row once; holds the rows as long as they fit.</summary>
    sealed class FirstPass : IDisposable
    {
        readonly IRowSource rows;
        readonly DataOptions options;
        readonly RowSplit split;
        readonly SlotStatistics statistics;
        readonly int features;
        readonly long rowBytes;
        readonly long[] counts = new long[2]; // Training, validation.
        readonly RowStore?[] held = new RowStore?[2];
        readonly uint[] checksum = new uint[2];

        public FirstPass(IRowSource rows, DataOptions options, CancellationToken cancellation)
        {
            (this.rows, this.options) = (rows, options);
            split = new RowSplit(options.ValidationFraction, options.Seed);
            features = rows.Width - options.TargetSlots;
            if (features < 1) throw new ArgumentException($"Rows of {rows.Width} values leave no features beside {options.TargetSlots} targets.");
            if (options.Scaler is { } given && given.Width != features)
                throw new ArgumentException($"The scaler given has {given.Width} slots; the rows have {features} features.");
            statistics = new SlotStatistics(features, options.Scaling);
            rowBytes = rows.Width * (long)sizeof(float);
            try
            {
                Read(cancellation);
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        /// <summary>Rows that the budget has room for; also the most that one store can number.</summary>
        long Room => Math.Min(options.MemoryBudget / rowBytes, Array.MaxLength);

        void Read(CancellationToken cancellation)
        {
            if (rows.Count is not { } count || count <= Room) held[0] = new RowStore(rows.Width, rows.Count);
            held[1] = new RowStore(rows.Width, rows.Count);
            var scratch = new RowStore(rows.Width, 1);
            using (scratch)
            using (var reader = rows.Open())
            {
                for (long index = 0; ; index++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    int part = split.IsValidation(index) ? 1 : 0;
                    var row = (held[part] ?? scratch).Next();
                    if (!reader.TryRead(row)) break;
                    FeatureScaler.CheckFinite(row, index);
                    options.Layout?.Check(row, index);
                    checksum[part] = Checksum(checksum[part], row);
                    counts[part]++;
                    if (part == 0) statistics.Add(row[..features]);
                    held[part]?.Commit();
                    Spill();
                }
            }
        }

        /// <summary>Lets go of the rows that no longer fit: first those for training, then, past half the budget, those for
        /// validation.</summary>
        void Spill()
        {
            if (held[0] is { } training && training.Count + held[1]!.Count > Room) Release(0, training);
            if (held[0] is null && held[1] is { } validation && validation.Count > Room / 2) Release(1, validation);
        }

        void Release(int part, RowStore store)
        {
            store.Dispose();
            held[part] = null;
        }

        public TrainingData Finish(Device device)
        {
            var learned = statistics.ToScaler(options.Layout);
            var scaler = options.Scaler ?? learned;
            bool streamed = held[0] is null;
            var training = Source(0, scaler, device, options.Seed);
            var validation = counts[1] > 0 ? Source(1, scaler, device, null) : null;
            bool unitRange = scaler.Mode == FeatureScaling.MinMax && scaler == learned || scaler.Mode == FeatureScaling.None && statistics.IsUnitRange;
            return new TrainingData(scaler, unitRange, training, validation, streamed);
        }

        IBatchSource Source(int part, FeatureScaler scaler, Device device, int? seed)
        {
            string fingerprint = $"{counts[part]} rows of {rows.Width} values with checksum {checksum[part]:x8}, scaling {scaler.Mode}";
            if (held[part] is not { } store)
            {
                long blockRows = options.ShuffleRows > 0 ? options.ShuffleRows : Math.Min(128L << 20, options.MemoryBudget / 4) / rowBytes;
                var streamedOrder = new BlockOrder((int)Math.Clamp(blockRows, 1, Math.Min(counts[part], Array.MaxLength)), seed);
                return new StreamedBatchSource(rows, counts[part], split, part == 1, scaler, streamedOrder, device, fingerprint);
            }
            store.Scale(scaler);
            held[part] = null; // The source owns the rows from here on.
            var order = new BlockOrder(options.ShuffleRows > 0 ? Math.Min(options.ShuffleRows, store.Count) : store.Count, seed);
            return device.type == TorchSharp.DeviceType.CPU
                ? new MemoryBatchSource(store, order, fingerprint)
                : new DeviceBatchSource(store.MoveTo(device), order, fingerprint);
        }

        static uint Checksum(uint sum, ReadOnlySpan<float> row)
        {
            var bytes = MemoryMarshal.AsBytes(row);
            foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes)) sum = BitOperations.Crc32C(sum, word);
            if ((row.Length & 1) != 0) sum = BitOperations.Crc32C(sum, BitConverter.SingleToUInt32Bits(row[^1]));
            return sum;
        }

        public void Dispose()
        {
            held[0]?.Dispose();
            held[1]?.Dispose();
        }
    }

    /// <summary>The same rows without targets, to train on while these live.</summary>
    /// <param name="features">Slots before the targets.</param>
    internal TrainingData WithoutTargets(int features) => new(Scaler, IsUnitRange, new FeatureBatches(Training, features),
        Validation is null ? null : new FeatureBatches(Validation, features), IsStreamed);

    /// <summary>Frees the rows.</summary>
    public void Dispose()
    {
        Training.Dispose();
        Validation?.Dispose();
    }
}
