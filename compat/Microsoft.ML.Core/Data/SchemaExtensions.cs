namespace Microsoft.ML.Data;

static class SchemaExtensions
{
    public static bool TryGetColumnIndex(this DataViewSchema schema, string name, out int index)
    {
        index = schema.GetColumnOrNull(name)?.Index ?? -1;
        return index >= 0;
    }

    /// <summary>A column name that the schema does not have.</summary>
    public static string GetTempColumnName(this DataViewSchema schema, string tag)
    {
        if (schema.GetColumnOrNull(tag) is null)
            return tag;
        for (var i = 0; ; i++)
        {
            var name = $"temp_{tag}_{i:000}";
            if (schema.GetColumnOrNull(name) is null)
                return name;
        }
    }
}
