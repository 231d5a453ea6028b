using System;

namespace Microsoft.ML.Internal.Utilities;

/// <summary>Murmur3 (32 bits), by which ids, keys and text are hashed.</summary>
static class Hashing
{
    public static uint CombineHash(uint first, uint second) => uint.RotateLeft(first, 7) ^ second;

    public static int CombineHash(int first, int second) => (int)CombineHash((uint)first, (uint)second);

    public static uint MurmurRound(uint hash, uint chunk)
        => uint.RotateLeft(hash ^ uint.RotateLeft(chunk * 0xCC9E2D51, 15) * 0x1B873593, 13) * 5 + 0xE6546B64;

    public static uint MixHash(uint hash) => MixHash(hash, 0);

    public static uint MixHash(uint hash, int length)
    {
        hash ^= (uint)length;
        hash = (hash ^ hash >> 16) * 0x85ebca6b;
        hash = (hash ^ hash >> 13) * 0xc2b2ae35;
        return hash ^ hash >> 16;
    }
}
