using System;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Image;

/// <summary>What the transforms of image columns have in common.</summary>
static class ImageColumns
{
    /// <summary>The shape of a column, which must hold pictures.</summary>
    public static SchemaShape.Column FindImage(this SchemaShape shape, IExceptionContext ctx, string name)
    {
        var input = shape.Find(ctx, name);
        return input.ItemType is ImageDataViewType && input.Kind == SchemaShape.Column.VectorKind.Scalar ? input
            : throw ctx.ExceptSchemaMismatch("inputSchema", "input", name, new ImageDataViewType().ToString(), input.GetTypeString());
    }

    /// <summary>The type of a column, which must hold pictures.</summary>
    public static ImageDataViewType TypeOf(IExceptionContext ctx, DataViewSchema.Column input)
        => input.Type as ImageDataViewType
            ?? throw ctx.ExceptSchemaMismatch("inputSchema", "input", input.Name, "image", input.Type.ToString());

    /// <summary>A getter that maps each picture to a new one, and no picture to none. A picture handed out before is disposed of.</summary>
    public static ValueGetter<MLImage> Map(DataViewRow row, int column, Func<MLImage, MLImage> map)
    {
        var getter = row.GetGetter<MLImage>(row.Schema[column]);
        MLImage source = null;
        return (ref MLImage image) =>
        {
            image?.Dispose();
            getter(ref source);
            image = source is null ? null : map(source);
        };
    }
}
