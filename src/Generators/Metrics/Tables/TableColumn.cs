namespace Extensions.ML.Generators;

/// <summary>One column of a table: numbers or categories.</summary>
/// <param name="name">What messages call it.</param>
abstract class TableColumn(string name)
{
    public string Name => name;

    /// <summary>Rows.</summary>
    public abstract int Count { get; }

    /// <summary>How the distributions of two columns differ: 0 where they are the same, 1 where they share no value. The Kolmogorov-Smirnov
    /// statistic of numbers, <c>max |F(x) - G(x)|</c> of the distribution functions; the total variation of categories,
    /// <c>½ Σ |p - q|</c> of the shares.</summary>
    /// <exception cref="ArgumentException">The columns are not of one kind, or one has no rows.</exception>
    public static double Difference(TableColumn real, TableColumn generated)
    {
        if (Math.Min(real.Count, generated.Count) == 0)
            throw new ArgumentException($"Column '{real.Name}': got {real.Count} real and {generated.Count} generated rows; at least 1 of each is expected.");
        return (real, generated) switch
        {
            (NumberColumn x, NumberColumn y) => KolmogorovSmirnov(x.Values, y.Values),
            (CategoryColumn x, CategoryColumn y) => TotalVariation(x, y),
            _ => throw new ArgumentException($"Column '{real.Name}' holds numbers in one table and categories in the other."),
        };
    }

    static double KolmogorovSmirnov(ReadOnlySpan<double> real, ReadOnlySpan<double> generated)
    {
        double[] x = real.ToArray(), y = generated.ToArray();
        Array.Sort(x);
        Array.Sort(y);
        double largest = 0;
        for (int i = 0, j = 0; i < x.Length && j < y.Length;)
        {
            double at = Math.Min(x[i], y[j]);
            while (i < x.Length && x[i] == at) i++;
            while (j < y.Length && y[j] == at) j++;
            largest = Math.Max(largest, Math.Abs(i / (double)x.Length - j / (double)y.Length));
        }
        return largest;
    }

    static double TotalVariation(CategoryColumn real, CategoryColumn generated)
    {
        var difference = new double[Math.Max(real.Categories, generated.Categories)];
        foreach (int code in real.Codes) difference[code] += 1.0 / real.Count;
        foreach (int code in generated.Codes) difference[code] -= 1.0 / generated.Count;
        return difference.Sum(Math.Abs) / 2;
    }
}

/// <summary>A column of numbers.</summary>
sealed class NumberColumn : TableColumn
{
    readonly double[] _values;

    /// <param name="name">What messages call it.</param>
    /// <param name="values">Finite; not copied.</param>
    /// <exception cref="ArgumentException">A value is NaN or infinite.</exception>
    public NumberColumn(string name, double[] values) : base(name)
    {
        int row = Array.FindIndex(values, value => !double.IsFinite(value));
        if (row >= 0)
            throw new ArgumentException($"Column '{name}', row {row}: expected a finite number, got {values[row]}. Replace or drop missing values first.");
        _values = values;
    }

    public override int Count => _values.Length;

    public ReadOnlySpan<double> Values => _values;
}

/// <summary>A column of categories. Tables that are compared number the same category alike.</summary>
sealed class CategoryColumn : TableColumn
{
    readonly int[] _codes;

    /// <param name="name">What messages call it.</param>
    /// <param name="codes">Numbers of the categories, from 0; not copied.</param>
    public CategoryColumn(string name, int[] codes) : base(name)
    {
        foreach (int code in codes) ArgumentOutOfRangeException.ThrowIfNegative(code, nameof(codes));
        (_codes, Categories) = (codes, codes.Length == 0 ? 0 : codes.Max() + 1);
    }

    public override int Count => _codes.Length;

    public ReadOnlySpan<int> Codes => _codes;

    /// <summary>One more than the largest number that occurs.</summary>
    public int Categories { get; }
}
