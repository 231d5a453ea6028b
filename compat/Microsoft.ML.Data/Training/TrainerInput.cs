using Microsoft.ML.Data;

namespace Microsoft.ML.Trainers;

public abstract class TrainerInputBase
{
    private protected TrainerInputBase() { }

    public string FeatureColumnName = DefaultColumnNames.Features;
}

public abstract class TrainerInputBaseWithLabel : TrainerInputBase
{
    private protected TrainerInputBaseWithLabel() { }

    public string LabelColumnName = DefaultColumnNames.Label;
}

public abstract class TrainerInputBaseWithWeight : TrainerInputBaseWithLabel
{
    private protected TrainerInputBaseWithWeight() { }

    public string ExampleWeightColumnName = null;
}

public abstract class UnsupervisedTrainerInputBaseWithWeight : TrainerInputBase
{
    private protected UnsupervisedTrainerInputBaseWithWeight() { }

    public string ExampleWeightColumnName = null;
}

/// <summary>Shapes of the columns that trainers want.</summary>
static class TrainerColumns
{
    public static SchemaShape.Column Features(string name)
        => new(name, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, false);

    /// <summary>Nothing if there is no name.</summary>
    public static SchemaShape.Column Weight(string name)
        => name is null ? default : new(name, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.Single, false);

    public static SchemaShape.Column KeyLabel(string name)
        => new(name, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, true);

    public static SchemaShape.Column BooleanLabel(string name)
        => new(name, SchemaShape.Column.VectorKind.Scalar, BooleanDataViewType.Instance, false);

    /// <summary>A scalar column that a scorer adds.</summary>
    public static SchemaShape.Column Output(string name, DataViewType type, bool isKey = false, bool isNormalized = false)
        => new(name, SchemaShape.Column.VectorKind.Scalar, type, isKey, new SchemaShape(AnnotationUtils.GetTrainerOutputAnnotation(isNormalized)));
}
