using Microsoft.ML.Data;

namespace Extensions.ML.Transforms.Tests;

/// <summary>A row with labels of several types.</summary>
public sealed class LabelledRow
{
    public float[] Features = [];
    public string Animal = "";
    public float Legs;
    public bool Barks;
    public float Weight = 1;

    /// <summary>Cats, dogs and hens, each around a centre of its own; always the same for the same arguments. Dogs weigh much.</summary>
    public static LabelledRow[] Animals(int count, int width)
    {
        var random = new Random(5);
        string[] names = ["dog", "hen", "cat"];
        return Enumerable.Range(0, count).Select(i => new LabelledRow
        {
            Animal = names[i % 3],
            Legs = i % 3 == 1 ? 2 : 4,
            Barks = i % 3 == 0,
            Weight = i % 3 == 0 ? 100 : 1,
            Features = Enumerable.Range(0, width).Select(j => 5 + (j % 3 == i % 3 ? 3f : 0) + (float)random.NextDouble() - 0.5f).ToArray(),
        }).ToArray();
    }

    public static SchemaDefinition Schema(int width)
    {
        var schema = SchemaDefinition.Create(typeof(LabelledRow));
        schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, width);
        return schema;
    }
}
