using System.Runtime.InteropServices;

namespace Extensions.ML.Generators;

/// <summary>How strongly two columns of a table go together, whatever they hold: 0 where one tells nothing of the other.</summary>
static class Association
{
    /// <summary>
    /// Two columns of numbers: Pearson's correlation, -1 to 1. Two of categories: Cramér's V, 0 to 1, corrected for the bias that many
    /// categories and few rows bring (Bergsma, "A bias-correction for Cramér's V and Tschuprow's T", Journal of the Korean Statistical
    /// Society 2013). One of each: the correlation ratio η, 0 to 1, the root of the share of the numbers' variance that lies between the
    /// categories. 0 where a column is constant.
    /// </summary>
    /// <exception cref="ArgumentException">The columns differ in length.</exception>
    public static double Between(TableColumn a, TableColumn b)
    {
        if (a.Count != b.Count) throw new ArgumentException($"Column '{a.Name}' has {a.Count} rows and '{b.Name}' {b.Count}; as many are expected.");
        return (a, b) switch
        {
            (NumberColumn x, NumberColumn y) => Pearson(x.Values, y.Values),
            (CategoryColumn x, CategoryColumn y) => CramersV(x, y),
            (CategoryColumn x, NumberColumn y) => CorrelationRatio(x, y),
            (NumberColumn x, CategoryColumn y) => CorrelationRatio(y, x),
            _ => throw new ArgumentException($"There is no association between a {a.GetType().Name} and a {b.GetType().Name}."),
        };
    }

    /// <summary>The associations of all pairs of a table's columns: symmetric, 1 on the diagonal.</summary>
    public static double[][] Matrix(IReadOnlyList<TableColumn> columns)
    {
        double[][] matrix = [.. columns.Select(_ => new double[columns.Count])];
        for (int i = 0; i < columns.Count; i++)
        {
            matrix[i][i] = 1;
            for (int j = 0; j < i; j++) matrix[i][j] = matrix[j][i] = Between(columns[i], columns[j]);
        }
        return matrix;
    }

    /// <summary>The mean of the absolute differences between two tables' associations, over the pairs of columns; 0 for one column.</summary>
    public static double MeanDifference(double[][] real, double[][] generated)
    {
        double sum = 0;
        int columns = real.Length;
        for (int i = 0; i < columns; i++)
        {
            for (int j = 0; j < i; j++) sum += Math.Abs(real[i][j] - generated[i][j]);
        }
        return columns < 2 ? 0 : sum / (columns * (columns - 1) / 2);
    }

    static double Pearson(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double meanX = Mean(x), meanY = Mean(y), xx = 0, yy = 0, xy = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double dx = x[i] - meanX, dy = y[i] - meanY;
            xx += dx * dx;
            yy += dy * dy;
            xy += dx * dy;
        }
        return xx > 0 && yy > 0 ? Math.Clamp(xy / Math.Sqrt(xx) / Math.Sqrt(yy), -1, 1) : 0;
    }

    static double CramersV(CategoryColumn a, CategoryColumn b)
    {
        // Only cells that occur are held: columns of thousands of categories have millions of others.
        var cells = new Dictionary<(int, int), int>();
        var (rowTotals, columnTotals) = (new int[a.Categories], new int[b.Categories]);
        for (int i = 0; i < a.Count; i++)
        {
            var (row, column) = (a.Codes[i], b.Codes[i]);
            CollectionsMarshal.GetValueRefOrAddDefault(cells, (row, column), out _)++;
            rowTotals[row]++;
            columnTotals[column]++;
        }
        // χ²/n = Σ n_ij² / (n_i n_j) - 1
        double phiSquared = -1;
        foreach (var ((row, column), count) in cells) phiSquared += count / (double)rowTotals[row] * count / columnTotals[column];
        double rows = rowTotals.Count(total => total > 0), columns = columnTotals.Count(total => total > 0), others = a.Count - 1;
        double shrunkRows = rows - (rows - 1) * (rows - 1) / others, shrunkColumns = columns - (columns - 1) * (columns - 1) / others;
        double most = Math.Min(shrunkRows, shrunkColumns) - 1;
        double corrected = Math.Max(0, phiSquared - (rows - 1) * (columns - 1) / others);
        return most > 0 ? Math.Min(1, Math.Sqrt(corrected / most)) : 0;
    }

    static double CorrelationRatio(CategoryColumn categories, NumberColumn numbers)
    {
        var (counts, means) = (new int[categories.Categories], new double[categories.Categories]);
        for (int i = 0; i < numbers.Count; i++)
        {
            int category = categories.Codes[i];
            means[category] += (numbers.Values[i] - means[category]) / ++counts[category];
        }
        double mean = Mean(numbers.Values), between = 0, total = 0;
        foreach (double value in numbers.Values) total += (value - mean) * (value - mean);
        for (int category = 0; category < counts.Length; category++)
            between += counts[category] * (means[category] - mean) * (means[category] - mean);
        return total > 0 ? Math.Min(1, Math.Sqrt(between / total)) : 0;
    }

    static double Mean(ReadOnlySpan<double> values)
    {
        double mean = 0;
        for (int i = 0; i < values.Length; i++) mean += (values[i] - mean) / (i + 1);
        return mean;
    }
}
