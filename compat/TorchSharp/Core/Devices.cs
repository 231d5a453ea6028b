using System;
using static TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Where a tensor lives.</summary>
    public class Device
    {
        public DeviceType type { get; } = DeviceType.CPU;

        public int index { get; } = -1;

        public Device(string description)
        {
            var parts = description.Split(':');
            type = Parse(parts[0]);
            if (parts.Length == 2) index = int.Parse(parts[1]);
        }

        public Device(string deviceType, int index = -1) => (type, this.index) = (Parse(deviceType), index);

        public Device(DeviceType deviceType, int index = -1) => (type, this.index) = (deviceType, index);

        public Device(int index) => (type, this.index) = (DeviceType.CUDA, index);

        static DeviceType Parse(string name) => Enum.Parse<DeviceType>(name.ToUpperInvariant());

        /// <summary>As native code reads it.</summary>
        internal long Bits => (long)type << 16 | (ushort)(type == DeviceType.CPU ? -1 : index);

        public override string ToString() =>
            type == DeviceType.CPU ? "cpu" : type.ToString().ToLowerInvariant() + (index < 0 ? "" : $":{index}");

        public static implicit operator Device(string description) => new(description);
    }

    public static readonly Device CPU = new(DeviceType.CPU);

    public static readonly Device META = new(DeviceType.META);

    public static Device CUDA => field ??= InitializeDevice(new Device(DeviceType.CUDA));

    public static Device device(string description) => InitializeDevice(new Device(description));

    public static Device device(string deviceType, int index = -1) => InitializeDevice(new Device(deviceType, index));

    public static Device device(DeviceType deviceType, int index = -1) => InitializeDevice(new Device(deviceType, index));

    public static Device device(int index) => new(DeviceType.CUDA, index);

    static Device defaultDevice = CPU;

    public static Device get_default_device() => defaultDevice;

    public static void set_default_device(Device device) => defaultDevice = device;

    public static void set_default_device(string device) => defaultDevice = new Device(device);

    public static Device InitializeDevice(Device device)
    {
        device ??= defaultDevice;
        InitializeDeviceType(device.type);
        return device;
    }

    public static bool TryInitializeDeviceType(DeviceType deviceType) => deviceType switch
    {
        DeviceType.MPS => false,
        DeviceType.CUDA => cuda.is_available(),
        _ => true,
    };

    public static unsafe void InitializeDeviceType(DeviceType deviceType)
    {
        if (deviceType is DeviceType.CPU or DeviceType.META) return;
        if (!TryInitializeDeviceType(deviceType))
            throw new InvalidOperationException($"Torch device type {deviceType} did not initialise on the current machine.");
        Check(ts_initialize_device((int)deviceType));
    }

    public static bool cuda_is_available() => cuda.is_available();

    public static class cuda
    {
        public static bool is_available() => device_count() > 0;

        public static int device_count() => ts_device_count((int)DeviceType.CUDA);

        public static void manual_seed(long seed) => random.manual_seed(seed);

        public static void manual_seed_all(long seed) => random.manual_seed(seed);

        public static unsafe void synchronize(Device device = null)
        {
            InitializeDeviceType(DeviceType.CUDA);
            Check(ts_synchronize((device ?? new Device(DeviceType.CUDA)).Bits));
        }
    }

    public static int get_num_threads() => ts_threads();

    public static void set_num_threads(int num) => ts_set_threads(num);

    public static int get_num_interop_threads() => ts_interop_threads();

    public static unsafe void set_num_interop_threads(int num) => Check(ts_set_interop_threads(num));
}
