using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Extensions.ML.Trainers;

namespace Extensions.ML.Generators;

/// <summary>
/// How near generated records come to real ones, beside how near real ones come to each other: a generator that repeats its training records
/// gives away the people behind them. The distance is Gower's ("A General Coefficient of Similarity and Some of Its Properties", Biometrics
/// 1971): the mean over the columns of <c>|x - y|</c> divided by the range of the real numbers, and of 0 or 1 for equal or different
/// categories.
/// </summary>
/// <param name="GeneratedToReal">Median distance of a generated record to the nearest real one.</param>
/// <param name="RealToReal">Median distance of a real record to the nearest other real one.</param>
/// <param name="Copies">Share of the generated records that equal a real one in every column, 0 to 1.</param>
/// <param name="RealCopies">Share of the real records that equal another real one, 0 to 1.</param>
sealed record NearestRecords(double GeneratedToReal, double RealToReal, double Copies, double RealCopies)
{
    /// <summary>Measures the records of two tables.</summary>
    /// <param name="real">Columns of equal length, at least 2 rows.</param>
    /// <param name="generated">The same columns of the generated table, at least 1 row.</param>
    /// <param name="maximumRows">Records of each table whose nearest real record is looked for, at least 1; of larger tables, as many drawn
    /// at random. It is looked for among all real records.</param>
    /// <param name="seed">Decides which records are drawn.</param>
    /// <exception cref="ArgumentException">The tables differ in their columns, or have too few rows.</exception>
    public static NearestRecords Between(IReadOnlyList<TableColumn> real, IReadOnlyList<TableColumn> generated, int maximumRows = 10_000,
        int seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumRows, 1);
        if (real.Count == 0 || real.Count != generated.Count)
            throw new ArgumentException($"Got {real.Count} real and {generated.Count} generated columns; as many are expected, at least 1.");
        int realRows = real[0].Count, generatedRows = generated[0].Count;
        if (realRows < 2 || generatedRows < 1)
            throw new ArgumentException($"Got {realRows} real and {generatedRows} generated rows; at least 2 real rows and 1 generated row are expected.");
        var codings = real.Select(ColumnCoding.Of).ToArray();
        var targets = codings.Select((coding, c) => coding.Code(real[c])).ToArray();
        var queries = codings.Select((coding, c) => coding.Code(generated[c])).ToArray();

        var random = new SeededRandom(seed);
        var toReal = Nearest(queries, Draw(generatedRows, maximumRows, random), targets, codings, leaveOut: false);
        var within = Nearest(targets, Draw(realRows, maximumRows, random), targets, codings, leaveOut: true);
        return new NearestRecords(Median(toReal), Median(within), ShareOfZeros(toReal), ShareOfZeros(within));
    }

    /// <summary>The distance of each query to its nearest target.</summary>
    /// <param name="queries">Coded columns.</param>
    /// <param name="rows">The rows of <paramref name="queries"/> that ask.</param>
    /// <param name="targets">Coded columns.</param>
    /// <param name="codings">How the columns differ.</param>
    /// <param name="leaveOut">Whether both are the same rows, each of which is none of its own neighbours.</param>
    static double[] Nearest(float[][] queries, int[] rows, float[][] targets, ColumnCoding[] codings, bool leaveOut)
    {
        int count = targets[0].Length;
        var nearest = new double[rows.Length];
        Parallel.For(0, rows.Length, () => new float[count], (i, _, sums) =>
        {
            Array.Clear(sums);
            for (int c = 0; c < codings.Length; c++) codings[c].AddDistances(queries[c][rows[i]], targets[c], sums);
            if (leaveOut) sums[rows[i]] = float.PositiveInfinity;
            nearest[i] = TensorPrimitives.Min(sums) / (double)codings.Length;
            return sums;
        }, _ => { });
        return nearest;
    }

    static int[] Draw(int count, int most, SeededRandom random)
    {
        var rows = new int[count];
        for (int i = 0; i < count; i++) rows[i] = i;
        if (count <= most) return rows;
        random.Shuffle(rows);
        return rows[..most];
    }

    static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    static double ShareOfZeros(double[] distances) => distances.Count(distance => distance == 0) / (double)distances.Length;

    /// <summary>Brings a column to float32 such that the distance of two values is told by their difference.</summary>
    /// <param name="offset">What is subtracted from numbers.</param>
    /// <param name="scale">What numbers are then multiplied by.</param>
    /// <param name="graded">Whether the distance is the absolute difference; else 1 where the values differ.</param>
    sealed class ColumnCoding(double offset, double scale, bool graded)
    {
        /// <summary>The coding of a real column. Where all real numbers are one, a different one is at distance 1.</summary>
        public static ColumnCoding Of(TableColumn real)
        {
            if (real is not NumberColumn numbers) return new ColumnCoding(0, 1, graded: false);
            double least = double.PositiveInfinity, most = double.NegativeInfinity;
            foreach (double value in numbers.Values) (least, most) = (Math.Min(least, value), Math.Max(most, value));
            return most > least ? new ColumnCoding(least, 1 / (most - least), graded: true) : new ColumnCoding(least, 1, graded: false);
        }

        public float[] Code(TableColumn column)
        {
            var coded = new float[column.Count];
            for (int i = 0; i < coded.Length; i++)
                coded[i] = column is NumberColumn numbers ? (float)((numbers.Values[i] - offset) * scale) : ((CategoryColumn)column).Codes[i];
            return coded;
        }

        /// <summary>Adds this column's distances of one value to those of the other columns.</summary>
        public void AddDistances(float value, float[] targets, float[] sums)
        {
            var asked = new Vector<float>(value);
            ReadOnlySpan<Vector<float>> wideTargets = MemoryMarshal.Cast<float, Vector<float>>(targets.AsSpan());
            var wideSums = MemoryMarshal.Cast<float, Vector<float>>(sums.AsSpan());
            if (graded)
            {
                for (int i = 0; i < wideTargets.Length; i++) wideSums[i] += Vector.Abs(wideTargets[i] - asked);
            }
            else
            {
                for (int i = 0; i < wideTargets.Length; i++)
                    wideSums[i] += Vector.ConditionalSelect(Vector.Equals(wideTargets[i], asked), Vector<float>.Zero, Vector<float>.One);
            }
            for (int i = wideTargets.Length * Vector<float>.Count; i < targets.Length; i++)
                sums[i] += graded ? Math.Abs(targets[i] - value) : targets[i] == value ? 0 : 1;
        }
    }
}
