using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>What GetOutputSchema(SchemaShape) of estimators needs.</summary>
static class SchemaShapes
{
    /// <summary>The shape of a column, or the exception "Could not find input column".</summary>
    public static SchemaShape.Column Find(this SchemaShape shape, IExceptionContext ctx, string name, string role = "input", string paramName = "inputSchema")
        => shape.TryFindColumn(name, out var column) ? column : throw ctx.ExceptSchemaMismatch(paramName, role, name);

    /// <summary>The shape with these columns added; a column of the same name is replaced where it stands.</summary>
    public static SchemaShape With(this SchemaShape shape, IEnumerable<SchemaShape.Column> columns)
    {
        var result = shape.ToDictionary(column => column.Name);
        foreach (var column in columns)
            result[column.Name] = column;
        return new(result.Values);
    }

    /// <summary>The annotations of a shape whose names are selected.</summary>
    public static SchemaShape Only(this SchemaShape annotations, params string[] kinds)
        => new(annotations.Where(column => kinds.Contains(column.Name)));
}
