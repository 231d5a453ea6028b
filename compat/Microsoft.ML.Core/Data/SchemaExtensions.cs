namespace Microsoft.ML.Data;

static class SchemaExtensions
{
    public static bool TryGetColumnIndex(this DataViewSchema schema, string name, out int index)
    {
        index = schema.GetColumnOrNull(name)?.Index ?? -1;
        return index >= 0;
    }
}
