namespace Extensions.ML.Trainers.Tests;

[TestClass]
public class FeatureScalerTests
{
    [TestMethod]
    public void StandardizeGivesMeanZeroAndDeviationOne()
    {
        const int Width = 7, Rows = 5000;
        var values = Support.Normal(Rows * Width, 3);
        for (int i = 0; i < values.Length; i++) values[i] = values[i] * (1 + i % Width) + 1000 * (i % Width);
        var scaler = FeatureScaler.Learn(new ArrayRows(values, Width), FeatureScaling.Standardize);
        var scaled = values.ToArray();
        scaler.Apply(scaled);
        for (int slot = 0; slot < Width; slot++)
        {
            var column = Enumerable.Range(0, Rows).Select(r => (double)scaled[r * Width + slot]).ToArray();
            double mean = column.Average(), variance = column.Sum(v => (v - mean) * (v - mean)) / Rows;
            Assert.AreEqual(0, mean, 1e-3); // Single precision holds 6000 to 5e-4 of these units.
            Assert.AreEqual(1, variance, 1e-4);
        }
    }

    [TestMethod]
    public void MinMaxGivesZeroToOne()
    {
        float[] values = [1, -5, 3, 5, 2, 0];
        var scaler = FeatureScaler.Learn(new ArrayRows(values, 2), FeatureScaling.MinMax);
        scaler.Apply(values);
        CollectionAssert.AreEqual(new float[] { 0, 0, 1, 1, 0.5f, 0.5f }, values);
    }

    [TestMethod]
    [DataRow(FeatureScaling.None)]
    [DataRow(FeatureScaling.Standardize)]
    [DataRow(FeatureScaling.MinMax)]
    public void InvertUndoesApply(FeatureScaling mode)
    {
        var values = Support.Normal(300, 5);
        var scaler = FeatureScaler.Learn(new ArrayRows(values, 3), mode);
        var copy = values.ToArray();
        scaler.Apply(copy);
        scaler.Invert(copy);
        for (int i = 0; i < values.Length; i++) Assert.AreEqual(values[i], copy[i], 1e-5f);
    }

    [TestMethod]
    [DataRow(FeatureScaling.Standardize)]
    [DataRow(FeatureScaling.MinMax)]
    public void ConstantSlotsBecomeZero(FeatureScaling mode)
    {
        float[] values = [0, 1e8f, 1e-42f, 0, 1e8f, 2e-42f, 0, 1e8f, 0];
        var scaler = FeatureScaler.Learn(new ArrayRows(values, 3), mode);
        scaler.Apply(values);
        for (int i = 0; i < values.Length; i++) Assert.AreEqual(0, values[i], 1e-30f);
    }

    [TestMethod]
    [DataRow(FeatureScaling.Standardize)]
    [DataRow(FeatureScaling.MinMax)]
    public void HugeValuesStayFinite(FeatureScaling mode)
    {
        float[] values = [1e38f, 2e38f, 3e38f, 0];
        var scaler = FeatureScaler.Learn(new ArrayRows(values, 1), mode);
        scaler.Apply(values);
        foreach (float value in values) Assert.IsTrue(Math.Abs(value) < 3, $"{value}");
    }

    [TestMethod]
    public void ARangeBeyondSinglePrecisionIsRefused()
    {
        var rows = new ArrayRows([-3e38f, 3e38f], 1);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => FeatureScaler.Learn(rows, FeatureScaling.MinMax)).Message, "Slot 0");
    }

    [TestMethod]
    [DataRow(float.NaN)]
    [DataRow(float.PositiveInfinity)]
    [DataRow(float.NegativeInfinity)]
    public void NotFiniteValuesAreNamedByRowAndSlot(float bad)
    {
        var values = new float[300];
        values[3 * 43 + 2] = bad;
        var error = Assert.ThrowsExactly<InvalidRowException>(() => FeatureScaler.Learn(new ArrayRows(values, 3), FeatureScaling.None));
        Assert.AreEqual((43L, 2, bad), (error.Row, error.Slot, error.Value));
        StringAssert.Contains(error.Message, "row 43, slot 2");
    }

    [TestMethod]
    [DataRow(1f, FeatureScaling.None)]
    [DataRow(1.001f, FeatureScaling.Standardize)]
    [DataRow(-0.001f, FeatureScaling.Standardize)]
    public void AutoLeavesTheUnitRangeAndStandardizesTheRest(float extreme, FeatureScaling chosen)
    {
        float[] values = [0, 0.5f, extreme, 0.25f];
        Assert.AreEqual(chosen, FeatureScaler.Learn(new ArrayRows(values, 2), FeatureScaling.Auto).Mode);
    }

    [TestMethod]
    public void NoRowsAreAnError()
        => Assert.ThrowsExactly<InvalidOperationException>(() => FeatureScaler.Learn(new ArrayRows([], 3), FeatureScaling.Standardize));

    [TestMethod]
    public void PartsAreChecked()
    {
        Assert.ThrowsExactly<ArgumentException>(() => new FeatureScaler(FeatureScaling.MinMax, [0], [0]));
        Assert.ThrowsExactly<ArgumentException>(() => new FeatureScaler(FeatureScaling.MinMax, [0], [float.NaN]));
        Assert.ThrowsExactly<ArgumentException>(() => new FeatureScaler(FeatureScaling.MinMax, [0, 1], [1]));
        Assert.ThrowsExactly<ArgumentException>(() => FeatureScaler.Identity(3).Apply(new float[4]));
    }
}
