namespace Samples.Data;

/// <summary>Where the data of a sample comes from.</summary>
public static class DataFolder
{
    public const string Made = "made";

    /// <summary>
    /// The folder asked for; without one, <c>shared/data</c> in or beside a folder above this one, where there is any.
    /// </summary>
    /// <param name="asked">A folder, <c>made</c> for data that the sample makes itself, or <see langword="null"/>.</param>
    /// <returns>The folder, or <see langword="null"/> for made data.</returns>
    /// <exception cref="DirectoryNotFoundException">The folder asked for does not exist.</exception>
    public static string? Find(string? asked)
    {
        if (asked == Made)
            return null;
        if (asked != null)
            return Directory.Exists(asked) ? Path.GetFullPath(asked)
                : throw new DirectoryNotFoundException($"The data folder '{asked}' does not exist.");
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder != null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "shared", "data") is var candidate && Directory.Exists(candidate))
                return candidate;
        return null;
    }
}
