namespace Extensions.ML.Trainers.Tests;

[TestClass]
public class AutoencoderModelTests
{
    const int Width = 6;

    static AutoencoderModel Train(FeatureScaling scaling, IReadOnlyList<SlotGroup>? slots = null)
    {
        var rows = Support.Plane(300, Width, 1).Select((v, i) => i % Width == 5 ? i / Width % 2 : 7 + 3 * v).ToArray();
        using var data = Support.Load(rows, Width, new DataOptions { Scaling = scaling });
        var architecture = new AutoencoderArchitecture
        {
            InputSize = Width, CodeSize = 2, Network = new DenseNetwork { HiddenSizes = [8] }, Activation = Activation.Tanh, Slots = slots,
        };
        return AutoencoderModel.Train(architecture, data, new TrainingOptions { Epochs = 5 });
    }

    static float[] Errors(AutoencoderModel model, params float[][] rows)
    {
        var errors = new float[rows.Length];
        using var block = Block(rows);
        model.Score(block, rows.Length, default, default, default, errors);
        return errors;
    }

    static FeatureBlock Block(float[][] rows)
    {
        var block = new FeatureBlock(rows.Length, Width);
        for (int r = 0; r < rows.Length; r++) rows[r].CopyTo(block[r]);
        return block;
    }

    [TestMethod]
    public void SaliencyIsTheSlopeOfTheError()
    {
        const float Step = 0.02f;
        using var model = Train(FeatureScaling.Standardize, [new(5, 1, SlotKind.Boolean)]);
        float[][] rows = [[6, 8, 5, 9, 7, 1], [3, 3, 12, 7, 7, 0]];
        var slopes = new float[rows.Length * Width];
        using var block = Block(rows);
        model.Saliency(block, rows.Length, slopes);
        for (int r = 0; r < rows.Length; r++)
        {
            for (int i = 0; i < Width; i++)
            {
                float[] Moved(float by) => [.. rows[r].Select((v, k) => k == i ? v + by : v)];
                var errors = Errors(model, Moved(Step), Moved(-Step));
                Assert.AreEqual((errors[0] - errors[1]) / (2 * Step), slopes[r * Width + i], 2e-3, $"row {r}, slot {i}");
            }
        }
        Assert.IsGreaterThan(0.02, slopes.Max(Math.Abs));
    }

    [TestMethod]
    public void DecodingTheCodeIsTheReconstruction()
    {
        using var model = Train(FeatureScaling.MinMax);
        float[][] rows = [[6, 8, 5, 9, 7, 1], [3, 3, 12, 7, 7, 0], [7, 7, 7, 7, 7, 1]];
        float[] codes = new float[6], expected = new float[3 * Width], decoded = new float[3 * Width];
        using var block = Block(rows);
        model.Score(block, 3, codes, expected, default, default);
        model.Decode(codes, decoded);
        for (int i = 0; i < expected.Length; i++) Assert.AreEqual(expected[i], decoded[i], 1e-5);
        Assert.ThrowsExactly<ArgumentException>(() => model.Decode(new float[3], new float[Width]));
        Assert.ThrowsExactly<ArgumentException>(() => model.Decode(new float[4], new float[Width]));
    }
}
