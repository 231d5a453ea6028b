using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML;

/// <summary>Schema shapes: what is known of columns before any data is seen. Their constructors are internal to ML.NET.</summary>
static class Shapes
{
    public static SchemaShape Of(DataViewSchema schema) => SchemaShape.Create(schema);

    /// <summary>The shape of a column that has this type and these annotations.</summary>
    public static SchemaShape.Column Column(string name, DataViewType type, DataViewSchema.Annotations? annotations = null)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn(name, type, annotations);
        return SchemaShape.Create(builder.ToSchema())[0];
    }

    /// <summary>A vector of Single whose size is not known yet, with the annotations named.</summary>
    public static SchemaShape.Column Vector(string name, params ReadOnlySpan<SchemaShape.Column> annotations) =>
        new(name, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, false, new SchemaShape(annotations.ToArray()));

    /// <summary>A vector of Single that carries the slot names of another, where that has any.</summary>
    public static SchemaShape.Column VectorLike(SchemaShape.Column other, string name) =>
        other.Annotations.Any(annotation => annotation.Name == AnnotationKinds.SlotNames) ? Vector(name, SlotNames) : Vector(name);

    /// <summary>A predicted key of the classes of a label, with the label's key values where it has any.</summary>
    public static SchemaShape.Column PredictedKey(string name, SchemaShape.Column label) =>
        new(name, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, true, new SchemaShape([
            .. label.Annotations.Where(annotation => annotation.Name == AnnotationKinds.KeyValues),
            .. OfAnnotations(AnnotationKinds.ForPredictedLabel(AnnotationKinds.MulticlassTask))]));

    /// <summary>One score for each class of a label, which names the slots where its key values are texts.</summary>
    public static SchemaShape.Column ClassScores(string name, SchemaShape.Column label)
    {
        var annotations = OfAnnotations(AnnotationKinds.ForScore(AnnotationKinds.MulticlassTask)).ToList();
        foreach (var values in label.Annotations.Where(annotation => annotation.Name == AnnotationKinds.KeyValues))
        {
            annotations.Add(new(AnnotationKinds.TrainingLabelValues, values.Kind, values.ItemType, false));
            if (values.ItemType is TextDataViewType)
                annotations.Add(SlotNames);
        }
        return Vector(name, annotations.ToArray());
    }

    static IEnumerable<SchemaShape.Column> OfAnnotations(DataViewSchema.Annotations annotations) =>
        Column("Any", BooleanDataViewType.Instance, annotations).Annotations;

    /// <summary>The shape of a SlotNames annotation.</summary>
    public static SchemaShape.Column SlotNames { get; } =
        new(AnnotationKinds.SlotNames, SchemaShape.Column.VectorKind.Vector, TextDataViewType.Instance, false);

    /// <summary>Adds columns to a shape; a column of the same name is replaced, as in a pipeline.</summary>
    public static SchemaShape With(this SchemaShape shape, IEnumerable<SchemaShape.Column> columns)
    {
        var all = shape.ToDictionary(column => column.Name);
        foreach (var column in columns)
            all[column.Name] = column;
        return new SchemaShape(all.Values);
    }

    /// <summary>Finds the feature column of a pipeline under construction and checks that it is a vector of Single.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or of another type.</exception>
    public static SchemaShape.Column RequireFeatures(this SchemaShape shape, string name)
    {
        foreach (var column in shape)
        {
            if (column.Name != name)
                continue;
            if (column.Kind != SchemaShape.Column.VectorKind.Vector || column.IsKey || !column.ItemType.Equals(NumberDataViewType.Single))
                throw Mismatch(name, column.Kind == SchemaShape.Column.VectorKind.Scalar
                    ? column.ItemType.ToString()! : $"{column.Kind} of {column.ItemType}");
            return column;
        }
        throw Missing("feature", name);
    }

    /// <summary>Finds a column of a pipeline under construction that holds one value of one type, or one key, in each row.</summary>
    /// <param name="shape">The columns.</param>
    /// <param name="role">What the column is for, in messages: label or weight.</param>
    /// <param name="name">Name of the column.</param>
    /// <param name="type">The type, for a key that of its number.</param>
    /// <param name="isKey">Whether a key is expected.</param>
    /// <param name="advice">What to do about another type.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or of another type.</exception>
    public static SchemaShape.Column RequireScalar(this SchemaShape shape, string role, string name, DataViewType type, bool isKey, string advice)
    {
        var column = shape.Where(column => column.Name == name).Select(column => (SchemaShape.Column?)column).FirstOrDefault()
            ?? throw Missing(role, name);
        if (column.Kind != SchemaShape.Column.VectorKind.Scalar || column.IsKey != isKey || !column.ItemType.Equals(type))
            throw new ArgumentOutOfRangeException("inputSchema", $"Schema mismatch for {role} column '{name}': expected {Name(type, isKey)}, "
                + $"got {(column.Kind == SchemaShape.Column.VectorKind.Scalar ? "" : $"{column.Kind} of ")}{Name(column.ItemType, column.IsKey)}. {advice}");
        return column;

        static string Name(DataViewType type, bool isKey) => isKey ? $"Key<{type}>" : $"{type}";
    }

    /// <summary>Finds the feature column of a data view and checks that it is a vector of Single of known size.</summary>
    /// <param name="schema">The schema of the data view.</param>
    /// <param name="name">Name of the column.</param>
    /// <param name="size">The size it must have; 0 for any.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing, or of another type or size.</exception>
    public static DataViewSchema.Column RequireFeatures(this DataViewSchema schema, string name, int size = 0)
    {
        var column = schema.GetColumnOrNull(name) ?? throw Missing("feature", name);
        if (column.Type is not VectorDataViewType { IsKnownSize: true } vector || vector.ItemType != NumberDataViewType.Single
            || size > 0 && vector.Size != size)
            throw Mismatch(name, column.Type.ToString()!, size);
        return column;
    }

    /// <summary>Finds a text column of a data view.</summary>
    /// <param name="schema">The schema of the data view.</param>
    /// <param name="role">What the column is for, in messages: source or target.</param>
    /// <param name="name">Name of the column.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing, or no text.</exception>
    public static DataViewSchema.Column RequireText(this DataViewSchema schema, string role, string name)
    {
        var column = schema.GetColumnOrNull(name) ?? throw Missing(role, name);
        return column.Type is TextDataViewType ? column : throw new ArgumentOutOfRangeException("inputSchema",
            $"Schema mismatch for {role} column '{name}': expected Text, got {column.Type}.");
    }

    /// <summary>Finds a text column of a pipeline under construction.</summary>
    /// <inheritdoc cref="RequireText(DataViewSchema, string, string)"/>
    public static SchemaShape.Column RequireText(this SchemaShape shape, string role, string name) =>
        shape.RequireScalar(role, name, TextDataViewType.Instance, isKey: false, "");

    static ArgumentOutOfRangeException Missing(string role, string name) =>
        new("inputSchema", $"Could not find {role} column '{name}'");

    static ArgumentOutOfRangeException Mismatch(string name, string actual, int size = 0) =>
        new("inputSchema", $"Schema mismatch for feature column '{name}': expected {(size > 0 ? $"Vector<Single, {size}>" : "known-size vector of Single")}, "
            + $"got {actual}. Numeric columns are put into one vector by Concatenate; other types are converted by ConvertType; "
            + "an array of a class needs [VectorType(n)].");
}
