using System;
using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Image;

/// <summary>The member, an <see cref="MLImage"/>, is a column of pictures, of this size if one is given.</summary>
public sealed class ImageTypeAttribute : DataViewTypeAttribute
{
    readonly int _height, _width;

    public ImageTypeAttribute() { }

    public ImageTypeAttribute(int height, int width)
    {
        Contracts.CheckParam(width > 0, nameof(width), "Should be positive number");
        Contracts.CheckParam(height > 0, nameof(height), "Should be positive number");
        (_height, _width) = (height, width);
    }

    public override bool Equals(DataViewTypeAttribute other)
        => other is ImageTypeAttribute image && (image._height, image._width) == (_height, _width);

    public override int GetHashCode() => Hashing.CombineHash(_height, _width);

    // The real one fails where no size is given; so does this.
    public override void Register() => DataViewTypeManager.Register(new ImageDataViewType(_height, _width), typeof(MLImage), this);
}

/// <summary>The type of a column of pictures; height and width are 0 where they differ from row to row.</summary>
public sealed class ImageDataViewType : StructuredDataViewType
{
    public readonly int Height;
    public readonly int Width;

    public ImageDataViewType() : base(typeof(MLImage)) { }

    public ImageDataViewType(int height, int width) : base(typeof(MLImage))
    {
        Contracts.CheckParam(height > 0, nameof(height), "Must be positive.");
        Contracts.CheckParam(width > 0, nameof(width), " Must be positive.");
        Contracts.CheckParam((long)height * width <= int.MaxValue / 4, nameof(height), "height * width is too large.");
        (Height, Width) = (height, width);
    }

    public override bool Equals(DataViewType other)
        => other is ImageDataViewType image && (image.Height, image.Width) == (Height, Width);

    public override int GetHashCode() => Hashing.CombineHash(Height, Width);

    public override string ToString() => Height == 0 && Width == 0 ? "Image" : $"Image<{Height}, {Width}>";
}
