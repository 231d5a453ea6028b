using System;
using static TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A source of random numbers.</summary>
    public unsafe class Generator : IDisposable
    {
        public nint Handle { get; private set; }

        public Device device { get; }

        Generator(nint handle, Device device) => (Handle, this.device) = (handle, device);

        public Generator(ulong seed = 0, Device device = null)
        {
            this.device = InitializeDevice(device ?? CPU);
            nint handle;
            Check(ts_new_generator(this.device.Bits, (long)seed, &handle));
            Handle = handle;
        }

        public static Generator Default
        {
            get
            {
                nint handle;
                Check(ts_default_generator(CPU.Bits, &handle));
                return new Generator(handle, CPU);
            }
        }

        public Tensor get_state()
        {
            nint state;
            Check(ts_generator_state(Live, &state));
            GC.KeepAlive(this);
            return new Tensor(state);
        }

        public void set_state(Tensor value)
        {
            Check(ts_generator_set_state(Live, value.Handle));
            GC.KeepAlive(value);
            GC.KeepAlive(this);
        }

        public Generator manual_seed(long seed)
        {
            Check(ts_generator_seed(Live, seed));
            return this;
        }

        public long seed()
        {
            var seed = DateTime.UtcNow.Ticks;
            manual_seed(seed);
            return seed;
        }

        public long initial_seed()
        {
            var seed = ts_generator_initial_seed(Live);
            GC.KeepAlive(this);
            return seed;
        }

        nint Live => Handle != 0 ? Handle : throw new ObjectDisposedException(nameof(Generator));

        protected virtual void Dispose(bool disposing)
        {
            if (Handle == 0) return;
            ts_release_generator(Handle);
            Handle = 0;
        }

        ~Generator() => Dispose(false);

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }
    }

    public static class random
    {
        public static long seed() => Generator.Default.seed();

        public static long initial_seed() => Generator.Default.initial_seed();

        public static unsafe Generator manual_seed(long seed)
        {
            Check(ts_manual_seed(seed));
            return Generator.Default;
        }

        public static Tensor get_rng_state() => Generator.Default.get_state();

        public static void set_rng_state(Tensor new_state) => Generator.Default.set_state(new_state);
    }

    public static long seed() => random.seed();

    public static long initial_seed() => random.initial_seed();

    public static Generator manual_seed(long seed) => random.manual_seed(seed);

    public static Tensor get_rng_state() => random.get_rng_state();

    public static void set_rng_state(Tensor new_state) => random.set_rng_state(new_state);
}
