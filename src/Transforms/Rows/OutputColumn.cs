using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>A column that a transformer adds.</summary>
abstract class OutputColumn(string name, DataViewType type, DataViewSchema.Annotations? annotations)
{
    public string Name => name;
    public DataViewType Type => type;
    public DataViewSchema.Annotations? Annotations => annotations;

    /// <summary>The shape of the column.</summary>
    public SchemaShape.Column ToShape() => Shapes.Column(name, type, annotations);
}
