using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Extensions.ML.Transforms.Tests;

/// <summary>Numeric, Boolean, key and one-hot slots in one feature vector, as ML.NET's own transforms put them there.</summary>
[TestClass]
public class MixedTableTests
{
    sealed class Order
    {
        public float Amount { get; set; }
        public bool IsMember { get; set; }
        public string Colour { get; set; } = "";
        public float Weekday { get; set; }
    }

    readonly MLContext _ml = new(seed: 3);
    static readonly string[] s_colours = ["red", "green", "blue"];

    IDataView Orders() => _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 300).Select(i => new Order
    {
        Amount = 1000 * (i % 3) + i % 7, IsMember = i % 3 == 1, Colour = s_colours[i % 3], Weekday = 1 + i % 3,
    }));

    EstimatorChain<ColumnConcatenatingTransformer> Features() => _ml.Transforms.Categorical.OneHotEncoding("Colour")
        .Append(_ml.Transforms.Conversion.ConvertType("IsMember", outputKind: DataKind.Single))
        .Append(_ml.Transforms.Concatenate("Features", "Amount", "IsMember", "Colour", "Weekday"));

    AutoencoderEmbeddingEstimator Embedding(SlotHeads slots) => _ml.Transforms.AutoencoderEmbedding(new AutoencoderEmbeddingEstimator.Options
    {
        InputColumnName = "Features", EmbeddingSize = 2, Epochs = 100, ReconstructionColumnName = "Rebuilt", ErrorColumnName = "Error", Slots = slots,
    });

    static readonly SlotHeads s_named = new() { Boolean = ["IsMember"], Key = new Dictionary<string, int> { ["Weekday"] = 3 } };

    [TestMethod]
    public void AnnotationsAndOptionsNameTheKinds()
    {
        var data = Features().Fit(Orders()).Transform(Orders());
        CollectionAssert.AreEqual(new SlotGroup[]
        {
            new(0, 1, SlotKind.Numeric), new(1, 1, SlotKind.Boolean), new(2, 3, SlotKind.OneHot), new(5, 1, SlotKind.Key, 3),
        }, s_named.Resolve(data.Schema["Features"])!.ToArray());
        CollectionAssert.AreEqual(new SlotGroup[] { new(0, 2, SlotKind.Numeric), new(2, 3, SlotKind.OneHot), new(5, 1, SlotKind.Numeric) },
            new SlotHeads().Resolve(data.Schema["Features"])!.ToArray());
        CollectionAssert.AreEqual(new SlotGroup[] { new(0, 2, SlotKind.Numeric), new(2, 3, SlotKind.OneHot), new(5, 1, SlotKind.Numeric) },
            new SlotHeads { FromAnnotations = false, OneHot = ["Colour"] }.Resolve(data.Schema["Features"])!.ToArray());
        Assert.IsNull(new SlotHeads { FromAnnotations = false }.Resolve(data.Schema["Features"]));
    }

    [TestMethod]
    public void EveryKindIsRebuiltAndSurvivesTheModelFile()
    {
        var orders = Orders();
        using var model = Features().Append(Embedding(s_named)).Fit(orders);
        var scored = model.Transform(orders);
        var (features, rebuilt) = (scored.Vectors("Features"), scored.Vectors("Rebuilt"));
        for (var i = 0; i < features.Length; i++)
        {
            Assert.AreEqual(features[i][0], rebuilt[i][0], 100, "the amount, of 0 to 2,000");
            for (var slot = 1; slot < 5; slot++)
                Assert.AreEqual(features[i][slot], rebuilt[i][slot], 0.1, "a probability");
            Assert.AreEqual(features[i][5], rebuilt[i][5], "the weekday");
        }

        var file = new MemoryStream();
        _ml.Model.Save(model, orders.Schema, file);
        file.Position = 0;
        var loaded = _ml.Model.Load(file, out _);
        CollectionAssert.AreEqual(scored.Scores("Error"), loaded.Transform(orders).Scores("Error"));
        ((IDisposable)loaded).Dispose();
    }

    [TestMethod]
    public void WrongNamesAndValuesAreExplained()
    {
        var data = Features().Fit(Orders()).Transform(Orders());
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => Embedding(new() { Boolean = ["Member"] }).Fit(data)).Message, "no slot 'Member'");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => Embedding(new() { OneHot = ["Size"] }).Fit(data)).Message, "'Size.'");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => Embedding(new() { Boolean = ["Amount"], Key = new Dictionary<string, int> { ["Amount"] = 2 } }).Fit(data)).Message, "overlap");
        var wrong = Assert.ThrowsExactly<InvalidRowException>(() => Embedding(new() { Boolean = ["Amount"] }).Fit(data));
        StringAssert.Contains(wrong.Message, "'Amount'");
        StringAssert.Contains(wrong.Message, "0 or 1");
    }
}
