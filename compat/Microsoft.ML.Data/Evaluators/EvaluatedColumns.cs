using System;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

static class EvaluatedColumns
{
    /// <summary>A column that an evaluator reads.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column. The message has ML.NET's odd order of name and role.</exception>
    public static DataViewSchema.Column Find(IExceptionContext context, DataViewSchema schema, string name, string role)
        => schema.GetColumnOrNull(name) is { } column
            ? column
            : throw context.ExceptParam(nameof(schema), "{0} column '{1}' not found", name, role);
}
