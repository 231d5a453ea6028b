using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML.Transforms.Tests;

/// <summary>Rows for tests, always the same for the same arguments.</summary>
static class Samples
{
    public sealed class Row
    {
        public string Id = "";
        public float Label;
        public float[] Features = [];
    }

    /// <summary>The rows that the program ScoreModel makes too.</summary>
    public static Row[] Grid(int rows, int width) => Enumerable.Range(0, rows).Select(i => new Row
    {
        Id = $"row{i}",
        Features = Enumerable.Range(0, width).Select(j => (i * 31 + j * 17) % 101 / 100f).ToArray(),
    }).ToArray();

    /// <summary>Rows near a plane of <paramref name="rank"/> dimensions; every <paramref name="every"/>-th lies off it and is labelled 1.</summary>
    public static Row[] NearPlane(int rows, int width, int rank = 2, int every = 20, int seed = 7)
    {
        var random = new Random(seed);
        var basis = Enumerable.Range(0, rank).Select(_ => Normal(width)).ToArray();
        return Enumerable.Range(0, rows).Select(i =>
        {
            var weights = Normal(rank);
            var noise = Normal(width);
            var anomalous = every > 0 && i % every == every - 1;
            return new Row
            {
                Id = $"row{i}",
                Label = anomalous ? 1 : 0,
                Features = Enumerable.Range(0, width).Select(j =>
                    Enumerable.Range(0, rank).Sum(k => weights[k] * basis[k][j]) + noise[j] * (anomalous ? 2f : 0.05f)).ToArray(),
            };
        }).ToArray();

        float[] Normal(int n) => Enumerable.Range(0, n)
            .Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))).ToArray();
    }

    /// <summary>A data view whose Features have a known size and, on request, slot names.</summary>
    public static IDataView ToView(this MLContext ml, IEnumerable<Row> rows, int width, bool slotNames = false)
    {
        var schema = Schema(width);
        if (slotNames)
            schema["Features"].AddAnnotation("SlotNames",
                new VBuffer<ReadOnlyMemory<char>>(width, Enumerable.Range(0, width).Select(i => $"sensor{i}".AsMemory()).ToArray()),
                new VectorDataViewType(TextDataViewType.Instance, width));
        return ml.Data.LoadFromEnumerable(rows, schema);
    }

    public static SchemaDefinition Schema(int width)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, width);
        return schema;
    }

    public static float[][] Vectors(this IDataView view, string column) => view.GetColumn<float[]>(column).ToArray();

    public static float[] Scores(this IDataView view, string column = "Score") => view.GetColumn<float>(column).ToArray();

    /// <summary>A file that is deleted when the test is over.</summary>
    public sealed class TemporaryFile : IDisposable
    {
        public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"{Guid.NewGuid():N}.zip");
        public void Dispose() => File.Delete(Path);
    }
}
