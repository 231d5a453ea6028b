namespace Extensions.ML.Generators.Tests;

[TestClass]
public class TableMetricTests
{
    static NumberColumn Numbers(params double[] values) => new("n", values);
    static CategoryColumn Categories(params int[] codes) => new("c", codes);
    static (string, double[], int) As(TableColumn column, string name) => (name, column is NumberColumn numbers
        ? numbers.Values.ToArray() : [.. ((CategoryColumn)column).Codes.ToArray().Select(code => (double)code)], 0);

    /// <summary>A table whose columns go together more or less: two of numbers, the second with many ties, and two of categories.</summary>
    static TableColumn[] Table(int rows, int seed)
    {
        var random = new Random(seed);
        var hidden = Points.Normals(rows, seed);
        return
        [
            new NumberColumn("x", [.. hidden.Select(h => 100 + h * 3.0)]),
            new NumberColumn("y", [.. hidden.Select(h => Math.Round(h + random.NextDouble() * (seed + 1), 1))]),
            new CategoryColumn("a", [.. hidden.Select(h => h > 0.5 ? random.Next(2) : 2 + random.Next(3))]),
            new CategoryColumn("b", [.. hidden.Select(h => h > 0 ? random.Next(2) : random.Next(6))]),
        ];
    }

    [TestMethod]
    public void DistributionsAgainstSciPy()
    {
        var (real, generated) = (Table(400, 1), Table(300, 2));
        var answers = SciPy.Run("""
            from scipy.stats import ks_2samp
            answers['ks'] = [ks_2samp(x1, x2).statistic, ks_2samp(y1, y2).statistic]
            share = lambda codes: np.bincount(codes.astype(int), minlength=10) / len(codes)
            answers['tv'] = [np.abs(share(a1) - share(a2)).sum() / 2, np.abs(share(b1) - share(b2)).sum() / 2]
            """, [.. real.Select(column => As(column, column.Name + "1")), .. generated.Select(column => As(column, column.Name + "2"))]);
        double[] expected = [.. answers["ks"], .. answers["tv"]];
        for (int c = 0; c < 4; c++)
        {
            Assert.AreEqual(expected[c], TableColumn.Difference(real[c], generated[c]), 1e-12, real[c].Name);
            Assert.AreEqual(expected[c], TableColumn.Difference(generated[c], real[c]), 1e-12, real[c].Name);
            Assert.AreEqual(0, TableColumn.Difference(real[c], real[c]), 1e-12);
        }
    }

    [TestMethod]
    public void ShiftedUniformNumbersAndForeignCategories()
    {
        double[] even = [.. Enumerable.Range(0, 1000).Select(i => i / 1000.0)];
        Assert.AreEqual(0.3, TableColumn.Difference(Numbers(even), Numbers([.. even.Select(value => value + 0.3)])), 0.0011);
        Assert.AreEqual(1.0, TableColumn.Difference(Numbers(even), Numbers(7)));
        Assert.AreEqual(1.0, TableColumn.Difference(Categories(0, 1, 1), Categories(2, 3)), 1e-12);
        Assert.AreEqual(0.25, TableColumn.Difference(Categories(0, 0, 1, 1), Categories(0, 1, 1, 1)), 1e-12);
    }

    [TestMethod]
    public void AssociationsAgainstSciPy()
    {
        var table = Table(500, 3);
        var answers = SciPy.Run("""
            from scipy.stats import chi2_contingency
            def cramer(a, b):
                counts = np.histogram2d(a, b, bins=(np.arange(12) - 0.5,) * 2)[0]
                counts = counts[counts.sum(1) > 0][:, counts.sum(0) > 0]
                n, (r, k) = counts.sum(), counts.shape
                phi = max(0, chi2_contingency(counts, correction=False)[0] / n - (k - 1) * (r - 1) / (n - 1))
                return np.sqrt(phi / min(k - (k - 1) ** 2 / (n - 1) - 1, r - (r - 1) ** 2 / (n - 1) - 1))
            def eta(codes, numbers):
                between = sum((codes == c).sum() * (numbers[codes == c].mean() - numbers.mean()) ** 2 for c in np.unique(codes))
                return np.sqrt(between / ((numbers - numbers.mean()) ** 2).sum())
            answers['matrix'] = [[1, np.corrcoef(x, y)[0, 1], eta(a, x), eta(b, x)], [np.corrcoef(x, y)[0, 1], 1, eta(a, y), eta(b, y)],
                                 [eta(a, x), eta(a, y), 1, cramer(a, b)], [eta(b, x), eta(b, y), cramer(a, b), 1]]
            """, [.. table.Select(column => As(column, column.Name))]);
        var matrix = Association.Matrix(table);
        int at = 0;
        foreach (double ours in matrix.SelectMany(row => row)) Assert.AreEqual(answers["matrix"][at++], ours, 1e-10, $"entry {at - 1}");

        var other = Association.Matrix(Table(500, 4));
        double difference = 0;
        for (int i = 0; i < 4; i++)
            for (int j = 0; j < 4; j++)
                difference += Math.Abs(matrix[i][j] - other[i][j]) / 12;
        Assert.AreEqual(difference, Association.MeanDifference(matrix, other), 1e-12);
        Assert.AreEqual(0.0, Association.MeanDifference(matrix, matrix));
    }

    [TestMethod]
    public void AssociationsAtTheirEnds()
    {
        int[] codes = [.. Enumerable.Range(0, 300).Select(i => i % 3)];
        double[] numbers = [.. codes.Select(code => code * 2.5 - 1)];
        Assert.AreEqual(1, Association.Between(Categories(codes), Categories([.. codes.Select(code => 5 - code)])), 1e-9);
        Assert.AreEqual(1, Association.Between(Categories(codes), Numbers(numbers)), 1e-12);
        Assert.AreEqual(-1, Association.Between(Numbers(numbers), Numbers([.. numbers.Select(number => -number)])), 1e-12);
        // Independent, and so many categories that the uncorrected V is 0.3.
        var random = new Random(1);
        int[] many = [.. Enumerable.Range(0, 500).Select(_ => random.Next(50))], others = [.. many.Select(_ => random.Next(50))];
        Assert.IsLessThan(0.06, Association.Between(Categories(many), Categories(others)));
        // Constant columns tell nothing.
        int[] constant = new int[300];
        Assert.AreEqual(0.0, Association.Between(Categories(codes), Categories(constant)));
        Assert.AreEqual(0.0, Association.Between(Categories(constant), Numbers(numbers)));
        Assert.AreEqual(0.0, Association.Between(Numbers(new double[300]), Numbers(numbers)));
    }

    [TestMethod]
    public void NearestRecordsByBruteForce()
    {
        var (real, generated) = (Table(150, 5), Table(101, 6));
        // Three copies of real records in front, one of them of a record that occurs twice.
        var copied = generated.Select((column, c) => Copy(column, real[c])).ToArray();
        var records = NearestRecords.Between(real, copied);

        double Distance(TableColumn[] a, int i, int j) => Enumerable.Range(0, 4).Average(c => (a[c], real[c]) switch
        {
            (NumberColumn x, NumberColumn y) => Math.Abs(x.Values[i] - y.Values[j]) / (y.Values.ToArray().Max() - y.Values.ToArray().Min()),
            (CategoryColumn x, CategoryColumn y) => x.Codes[i] == y.Codes[j] ? 0 : 1,
            _ => throw new InvalidOperationException(),
        });
        double[] toReal = [.. Enumerable.Range(0, 101).Select(i => Enumerable.Range(0, 150).Min(j => Distance(copied, i, j))).Order()];
        double[] within = [.. Enumerable.Range(0, 150).Select(i => Enumerable.Range(0, 150).Where(j => j != i).Min(j => Distance(real, i, j))).Order()];
        Assert.AreEqual(toReal[50], records.GeneratedToReal, 1e-6);
        Assert.AreEqual((within[74] + within[75]) / 2, records.RealToReal, 1e-6);
        Assert.AreEqual(3 / 101.0, records.Copies, 1e-12);
        Assert.AreEqual(0.0, records.RealCopies);

        static TableColumn Copy(TableColumn column, TableColumn from) => (column, from) switch
        {
            (NumberColumn x, NumberColumn y) => new NumberColumn(x.Name, [.. y.Values[..3], .. x.Values[3..]]),
            (CategoryColumn x, CategoryColumn y) => new CategoryColumn(x.Name, [.. y.Codes[..3], .. x.Codes[3..]]),
            _ => throw new InvalidOperationException(),
        };
    }

    [TestMethod]
    public void RecordsThatAreRepeated()
    {
        TableColumn[] real = [Numbers(1, 1, 5, 9), Categories(0, 0, 1, 1), Numbers(3, 3, 3, 3)];
        TableColumn[] generated = [Numbers(1, 5, 7), Categories(0, 0, 1), Numbers(3, 3, 4)];
        // Nearest: the same; half the range away; a quarter of the range away, and another number where all real ones are the same.
        var records = NearestRecords.Between(real, generated);
        Assert.AreEqual(0.5 / 3, records.GeneratedToReal, 1e-7);
        Assert.AreEqual((0 + 0.5 / 3) / 2, records.RealToReal, 1e-7);
        Assert.AreEqual(1 / 3.0, records.Copies, 1e-12);
        Assert.AreEqual(0.5, records.RealCopies, 1e-12);
    }

    [TestMethod]
    public void LargerTablesAreSampled()
    {
        var (real, generated) = (Table(3000, 1), Table(2500, 2));
        var (all, some) = (NearestRecords.Between(real, generated), NearestRecords.Between(real, generated, maximumRows: 500, seed: 3));
        Assert.AreEqual(all.GeneratedToReal, some.GeneratedToReal, 0.2 * all.GeneratedToReal);
        Assert.AreEqual(all.RealToReal, some.RealToReal, 0.2 * all.RealToReal);
        Assert.AreEqual(some, NearestRecords.Between(real, generated, maximumRows: 500, seed: 3));
    }

    [TestMethod]
    public void BadTablesAreRefused()
    {
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => Numbers(1, double.NaN)).Message, "Column 'n', row 1");
        Assert.ThrowsExactly<ArgumentException>(() => Numbers(double.NegativeInfinity));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Categories(0, -1));
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => TableColumn.Difference(Numbers(1), Categories(1))).Message, "Column 'n'");
        Assert.ThrowsExactly<ArgumentException>(() => TableColumn.Difference(Numbers(1), Numbers()));
        Assert.ThrowsExactly<ArgumentException>(() => Association.Between(Numbers(1), Numbers(1, 2)));
        Assert.ThrowsExactly<ArgumentException>(() => NearestRecords.Between([Numbers(1, 2)], []));
        Assert.ThrowsExactly<ArgumentException>(() => NearestRecords.Between([Numbers(1)], [Numbers(1)]));
    }
}
