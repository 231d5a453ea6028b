using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

[TestClass]
public class CodeDensityTests
{
    public static IEnumerable<object[]> Densities =>
    [
        [new MixtureCodeDensity { Components = 3 }],
        [new FlowCodeDensity { Flow = new FlowDesign { Steps = 3, HiddenSize = 24 } }],
    ];

    const int Rows = 1200, Width = 7;

    /// <summary>Five numbers near a plane, a Boolean that tells the sign of the first, and a key that is the class.</summary>
    static float[] Table()
    {
        var plane = Support.Plane(Rows, 5, 1);
        var values = new List<float>();
        for (int row = 0; row < Rows; row++)
        {
            int c = row % 2;
            var numbers = plane.AsSpan(row * 5, 5).ToArray();
            for (int i = 0; i < 5; i++) numbers[i] += c == 0 ? 3 : -3;
            values.AddRange([.. numbers, numbers[0] > 0 ? 1 : 0, 1 + c, c]);
        }
        return [.. values];
    }

    static CodeDensityArchitecture Architecture(CodeDensity density)
    {
        SlotGroup[] slots = [new(5, 1, SlotKind.Boolean), new(6, 1, SlotKind.Key, 2)];
        return new CodeDensityArchitecture
        {
            InputSize = Width, Slots = slots, ClassShares = [0.5, 0.5], CodeDensity = density,
            Autoencoder = new AutoencoderArchitecture { InputSize = Width, CodeSize = 3, Slots = slots, Network = new DenseNetwork { HiddenSizes = [32] } },
        };
    }

    [TestMethod]
    [DynamicData(nameof(Densities))]
    public void DrawsWholeRowsOfTheClass(CodeDensity density)
    {
        var architecture = Architecture(density);
        using var data = Support.Load(Table(), Width + 1, new DataOptions { Scaling = FeatureScaling.Standardize, Layout = architecture.Layout, TargetSlots = 1 });
        using var model = CodeDensityModel.Train(architecture, data, new TrainingOptions { Epochs = 15, Optimizer = new Adam { LearningRate = 5e-3 } });
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        Assert.AreEqual(Density.None, model.Density);
        for (int c = 0; c < 2; c++)
        {
            var drawn = Draw(model, c, 400);
            foreach (var row in drawn.Chunk(Width))
            {
                Assert.IsTrue(row[5] is 0 or 1);
                Assert.IsTrue(row[6] is 1 or 2);
            }
            Assert.IsGreaterThan(0.95, drawn.Chunk(Width).Average(row => row[6] == 1 + c ? 1 : 0));
            Assert.AreEqual(c == 0 ? 3 : -3, drawn.Chunk(Width).Average(row => row[1]), 0.4);
        }

        // Codes of rows lead back to them.
        var x = architecture.Layout.Expand(tensor(Table(), [Rows, Width + 1]).narrow(1, 0, Width).narrow(0, 0, 50));
        var classes = arange(50).remainder(2);
        var latents = model.Encode(x, classes);
        Assert.AreEqual(3, latents.shape[1]);
        if (density is MixtureCodeDensity) Assert.IsGreaterThan(0.9f, (model.Decode(latents, classes, null).narrow(1, 5, 2) == x.narrow(1, 5, 2)).to(ScalarType.Float32).select(1, 0).mean().item<float>());

        using var stream = new MemoryStream();
        model.SaveWeights(stream);
        stream.Position = 0;
        var again = JsonSerializer.Deserialize<GeneratorArchitecture>(JsonSerializer.Serialize<GeneratorArchitecture>(architecture))!;
        using var loaded = (CodeDensityModel)GenerativeModel.Load(stream, again, model.Scaler.Mode, model.History, CPU);
        CollectionAssert.AreEqual(Draw(model, 1, 20), Draw(loaded, 1, 20));
        // Products of matrices of other sizes may differ in the last digit.
        foreach (var (all, few) in Draw(model, 1, 20).Zip(Draw(model, 1, 5))) Assert.AreEqual(all, few, 1e-4f);
    }

    static float[] Draw(CodeDensityModel model, int c, int rows)
    {
        var noise = new RowNoise(3, 0, rows);
        var classes = full(rows, c, dtype: ScalarType.Int64);
        var drawn = Support.ToArray(model.Decode(model.DrawLatents(noise, classes), classes, noise));
        model.Scaler.Invert(drawn);
        return drawn;
    }

    [TestMethod]
    public void RefusesAnotherRow()
    {
        var architecture = Architecture(new MixtureCodeDensity());
        Assert.ThrowsExactly<ArgumentException>(() => (architecture with { InputSize = 9 }).CountValues());
        Assert.ThrowsExactly<ArgumentException>(() => (architecture with { Slots = null }).CountValues());
    }
}
