using System.Runtime.CompilerServices;

namespace Extensions.ML.Trainers;

/// <summary>Checks of numbers that options are set to, and that files claim; in sight everywhere in this project.</summary>
static class Bounds
{
    public static T AtLeast<T>(T value, T least, [CallerMemberName] string name = "") where T : IComparable<T> => value.CompareTo(least) >= 0 ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least {least}.");

    public static IReadOnlyList<int> EachAtLeastOne(IReadOnlyList<int> values, [CallerMemberName] string name = "")
    {
        ArgumentNullException.ThrowIfNull(values, name);
        foreach (int value in values) AtLeast(value, 1, name);
        return values;
    }

    public static double BelowOne(double value, [CallerMemberName] string name = "") => value is >= 0 and < 1 ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be from 0 to below 1.");
}
