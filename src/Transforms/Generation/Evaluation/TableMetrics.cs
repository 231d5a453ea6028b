using Extensions.ML.Generators;

namespace Extensions.ML;

/// <summary>How a generated table compares with the real one: each column for itself, the columns together, and the records.</summary>
public sealed class TableMetrics
{
    internal TableMetrics(TableColumn[] real, TableColumn[] generated, int maximumRows, int seed)
    {
        Columns = [.. real.Zip(generated, (x, y) => new ColumnMetrics(x.Name, x is CategoryColumn, TableColumn.Difference(x, y)))];
        double[][] realAssociations = Association.Matrix(real), generatedAssociations = Association.Matrix(generated);
        (RealAssociations, GeneratedAssociations) = (realAssociations, generatedAssociations);
        AssociationDifference = Association.MeanDifference(realAssociations, generatedAssociations);
        (GeneratedToReal, RealToReal, Copies, RealCopies) = NearestRecords.Between(real, generated, maximumRows, seed);
        (RealRows, GeneratedRows) = (real[0].Count, generated[0].Count);
    }

    /// <summary>The columns compared, in the order in which they were named.</summary>
    public IReadOnlyList<ColumnMetrics> Columns { get; }

    /// <summary>Mean of the columns' differences, 0 to 1.</summary>
    public double MeanDifference => Columns.Average(column => column.Difference);

    /// <summary>
    /// How strongly each pair of columns goes together in the real table: symmetric, 1 on the diagonal, in the order of <see cref="Columns"/>. Two
    /// columns of numbers: Pearson's correlation, -1 to 1. Two of categories: Cramér's V with Bergsma's correction of its bias, 0 to 1. One of
    /// each: the correlation ratio η, 0 to 1. 0 where a column is constant.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<double>> RealAssociations { get; }

    /// <summary>As <see cref="RealAssociations"/>, of the generated table.</summary>
    public IReadOnlyList<IReadOnlyList<double>> GeneratedAssociations { get; }

    /// <summary>Mean absolute difference between the two tables' associations, over the pairs of columns; 0 at best.</summary>
    public double AssociationDifference { get; }

    /// <summary>
    /// Median distance of a generated record to the nearest real one; one well below <see cref="RealToReal"/> says that the generator repeats what it
    /// saw. The distance is Gower's (Biometrics 1971): the mean over the columns of <c>|x - y|</c> divided by the range of the real numbers, and of 0 or
    /// 1 for equal or different categories.
    /// </summary>
    public double GeneratedToReal { get; }

    /// <summary>Median distance of a real record to the nearest other real one.</summary>
    public double RealToReal { get; }

    /// <summary>Share of the generated records that equal a real one in every column, 0 to 1.</summary>
    public double Copies { get; }

    /// <summary>Share of the real records that equal another real one in every column, 0 to 1: as many copies are to be expected.</summary>
    public double RealCopies { get; }

    /// <summary>Rows of the real table.</summary>
    public int RealRows { get; }

    /// <summary>Rows of the generated table.</summary>
    public int GeneratedRows { get; }
}

/// <summary>How a column of a generated table compares with the real one.</summary>
/// <param name="Name">Name of the column.</param>
/// <param name="IsCategory">Whether it holds categories (Booleans, texts, keys), else numbers.</param>
/// <param name="Difference">0 where the distributions are equal, 1 where no value is shared. Of numbers, the Kolmogorov-Smirnov statistic: the largest
/// difference of the distribution functions. Of categories, the total variation: half the sum of the differences of the shares.</param>
public sealed record ColumnMetrics(string Name, bool IsCategory, double Difference);
