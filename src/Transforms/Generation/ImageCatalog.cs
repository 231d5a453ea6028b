using Extensions.ML;
using Extensions.ML.Generators;
using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>Writes generated images into files.</summary>
public static class ImageCatalog
{
    /// <summary>Writes each row's image into a PNG file of its own: 00000.png, 00001.png and so on.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">The rows.</param>
    /// <param name="folder">Where to; made where it is missing.</param>
    /// <param name="imageColumnName">Name of the column of images: a vector of Single, channel by channel, line by line. Default "Features".</param>
    /// <param name="channels">1 for grey (the default), 3 for red, green and blue, 4 for alpha, which is not drawn, before them.</param>
    /// <param name="height">Lines; <see langword="null"/> (the default) where the size of the vector tells, of square images where
    /// <paramref name="width"/> is open too.</param>
    /// <param name="width">Pixels of a line; as for <paramref name="height"/>.</param>
    /// <param name="white">The value of the brightest pixel, above 0; 0 is black. Default 1.</param>
    /// <returns>The paths of the files, in the order of the rows.</returns>
    /// <exception cref="ArgumentException">The sizes do not fit, or the column is missing or of another type.</exception>
    public static IReadOnlyList<string> SaveImages(this GenerationCatalog catalog, IDataView data, string folder, string imageColumnName = "Features",
        int channels = 1, int? height = null, int? width = null, float white = 1)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var (images, size) = Open(data, imageColumnName);
        var grid = new ImageGrid(size, channels, height, width, white, scale: 1);
        Directory.CreateDirectory(folder);
        var paths = new List<string>();
        foreach (var image in images)
        {
            var path = Path.Combine(folder, $"{paths.Count:D5}.png");
            File.WriteAllBytes(path, grid.Image(image));
            paths.Add(path);
        }
        return paths;
    }

    /// <summary>Writes the images of all rows into one PNG file, side by side.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">The rows, at least one. Held in memory.</param>
    /// <param name="path">The file.</param>
    /// <param name="columns">Images in a line, at least 1. Default 10.</param>
    /// <param name="imageColumnName">As for <see cref="SaveImages"/>.</param>
    /// <param name="channels">As for <see cref="SaveImages"/>.</param>
    /// <param name="height">As for <see cref="SaveImages"/>.</param>
    /// <param name="width">As for <see cref="SaveImages"/>.</param>
    /// <param name="white">As for <see cref="SaveImages"/>.</param>
    /// <param name="scale">Pixels of the picture for each pixel of an image, in both directions, at least 1. Default 2.</param>
    /// <exception cref="ArgumentException">The sizes do not fit, there are no rows, or the column is missing or of another type.</exception>
    public static void SaveGrid(this GenerationCatalog catalog, IDataView data, string path, int columns = 10, string imageColumnName = "Features",
        int channels = 1, int? height = null, int? width = null, float white = 1, int scale = 2)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var (images, size) = Open(data, imageColumnName);
        File.WriteAllBytes(path, new ImageGrid(size, channels, height, width, white, scale).Grid([.. images], columns));
    }

    static (IEnumerable<float[]> Images, int Size) Open(IDataView data, string columnName)
    {
        ArgumentNullException.ThrowIfNull(data);
        var column = data.Schema.RequireFeatures(columnName);
        return (data.GetColumn<float[]>(column), ((VectorDataViewType)column.Type).Size);
    }
}
