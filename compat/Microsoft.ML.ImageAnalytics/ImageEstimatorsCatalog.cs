using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML;

/// <summary>Transforms of pictures.</summary>
public static class ImageEstimatorsCatalog
{
    public static ImageLoadingEstimator LoadImages(
        this TransformsCatalog catalog, string outputColumnName, string imageFolder, string inputColumnName = null)
        => new(CatalogUtils.GetEnvironment(catalog), imageFolder, true, (outputColumnName, inputColumnName ?? outputColumnName));

    public static ImageLoadingEstimator LoadRawImageBytes(
        this TransformsCatalog catalog, string outputColumnName, string imageFolder, string inputColumnName = null)
        => new(CatalogUtils.GetEnvironment(catalog), imageFolder, false, (outputColumnName, inputColumnName ?? outputColumnName));

    public static ImageResizingEstimator ResizeImages(
        this TransformsCatalog catalog, string outputColumnName, int imageWidth, int imageHeight, string inputColumnName = null,
        ImageResizingEstimator.ResizingKind resizing = ImageResizingEstimator.ResizingKind.IsoCrop,
        ImageResizingEstimator.Anchor cropAnchor = ImageResizingEstimator.Anchor.Center)
        => new(CatalogUtils.GetEnvironment(catalog),
            new ImageResizing(outputColumnName, inputColumnName, imageWidth, imageHeight, resizing, cropAnchor));

    public static ImageGrayscalingEstimator ConvertToGrayscale(
        this TransformsCatalog catalog, string outputColumnName, string inputColumnName = null)
        => new(CatalogUtils.GetEnvironment(catalog), (outputColumnName, inputColumnName ?? outputColumnName));

    public static ImagePixelExtractingEstimator ExtractPixels(
        this TransformsCatalog catalog, string outputColumnName, string inputColumnName = null,
        ImagePixelExtractingEstimator.ColorBits colorsToExtract = ImagePixelExtractingEstimator.ColorBits.Rgb,
        ImagePixelExtractingEstimator.ColorsOrder orderOfExtraction = ImagePixelExtractingEstimator.ColorsOrder.ARGB,
        bool interleavePixelColors = false, float offsetImage = 0, float scaleImage = 1, bool outputAsFloatArray = true)
        => new(CatalogUtils.GetEnvironment(catalog), new PixelExtraction(
            outputColumnName, inputColumnName, colorsToExtract, orderOfExtraction, interleavePixelColors, offsetImage, scaleImage, outputAsFloatArray));
}
