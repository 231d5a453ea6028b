using System;

namespace Microsoft.ML.Data;

/// <summary>Argument checks that throw the exception types and messages of the real assembly.</summary>
static class Checks
{
    public static void Param(bool holds, string paramName)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(paramName);
    }

    public static void Param(bool holds, string paramName, string message)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(paramName, message);
    }

    /// <summary>A hash of two numbers, the same at every run.</summary>
    public static int CombineHash(int first, int second) => (int)(uint.RotateLeft((uint)first, 7) ^ (uint)second);
}
