using Extensions.ML.Generators;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.Data;
using Tensor = Extensions.ML.Transforms.Tests.OnnxRuntime.Tensor;

namespace Extensions.ML.Transforms.Tests;

/// <summary>Exported variational autoencoders, generators and classifiers beside the transformers that they are of.</summary>
[TestClass]
public class OnnxGeneratorTests
{
    const int Width = 6;
    readonly MLContext _ml = new(seed: 1);

    IDataView Animals() => _ml.Data.LoadFromEnumerable(LabelledRow.Animals(200, Width), LabelledRow.Schema(Width));

    public static IEnumerable<object?[]> Encodings =>
    [
        [null, NumberLikelihood.GaussianPerSlot, new DenseNetwork()],
        ["Animal", NumberLikelihood.GaussianPerRow, new DenseNetwork { HiddenSizes = [16] }],
        ["Barks", NumberLikelihood.Gaussian, new DenseNetwork()],
        [null, NumberLikelihood.Bernoulli, new ConvolutionalNetwork { Height = 2, Width = 3, Filters = [4] }],
    ];

    [TestMethod]
    [DynamicData(nameof(Encodings))]
    public void VariationalEncodersAndDecoders(string? label, NumberLikelihood likelihood, NetworkDesign network)
    {
        var data = Animals();
        using var model = _ml.Transforms.VariationalEncoding(new VariationalEncodingEstimator.Options
        {
            InputColumnNames = ["Features"], LabelColumnName = label, LatentSize = 2, Epochs = 3, Likelihood = likelihood, Network = network,
            Scaling = likelihood == NumberLikelihood.Bernoulli ? FeatureScaling.MinMax : FeatureScaling.Standardize,
            LogVarianceColumnName = "LogVariance", ReconstructionColumnName = "Rebuilt", SampleColumnName = "Drawn", ElboColumnName = "Bound",
        }).Fit(data);
        var scored = model.Transform(data);
        var batches = OnnxRuntime.Batches("Features", scored.Vectors("Features"));
        var latents = OnnxRuntime.Batches("Latent", scored.Vectors("Latent"));
        // The classes of LabelledRow, in the order of their names.
        if (label != null)
        {
            foreach (var batch in batches.Concat(latents))
            {
                var rows = (int)batch.Values.First().Shape[0];
                batch[label] = Tensor.Of([rows, 1], Enumerable.Range(0, rows).Select(i => label == "Barks" ? i % 3 == 0 ? 1 : 0 : new[] { 1, 2, 0 }[i % 3]));
            }
        }
        var results = OnnxRuntime.Run(model, OnnxPart.Transform, batches);
        foreach (var (rows, result) in OnnxRuntime.BatchSizes.Zip(results))
        {
            CollectionAssert.AreEquivalent(new[] { "Latent", "LogVariance", "Rebuilt" }, result.Keys);
            foreach (var column in result.Keys) OnnxRuntime.AssertEqual(scored.Vectors(column), result[column], rows, column);
        }
        // The likeliest row of the mean is its reconstruction: all slots are numbers.
        foreach (var (rows, result) in OnnxRuntime.BatchSizes.Zip(OnnxRuntime.Run(model, OnnxPart.Decoder, latents)))
            OnnxRuntime.AssertEqual(scored.Vectors("Rebuilt"), result["Features"], rows, "decoded");
    }

    [TestMethod]
    public void VariationalDetectorsSayWhyNot()
    {
        var data = Animals();
        using var model = _ml.AnomalyDetection.Trainers.VariationalAutoencoder(new VariationalAnomalyTrainer.Options
        {
            InputColumnNames = ["Features"], LatentSize = 2, Epochs = 1,
        }).Fit(data);
        Assert.Contains("random numbers", Assert.ThrowsExactly<NotSupportedException>(() => model.SaveAsOnnx(new MemoryStream())).Message);
    }

    static FlowDesign Flow(ElementTransform transform, bool autoregressive = false) => new()
    {
        Steps = 3, HiddenSize = 16, Transform = transform, Autoregressive = autoregressive,
    };

    public static IEnumerable<object[]> Generators =>
    [
        ["flow, splines", Fit(ml => ml.NormalizingFlow(new NormalizingFlowTrainer.Options { Flow = Flow(new SplineTransform()), Epochs = 3 }))],
        ["flow, affine", Fit(ml => ml.NormalizingFlow(new NormalizingFlowTrainer.Options { Flow = Flow(new AffineTransform()), Epochs = 3, LabelColumnName = "Animal" }))],
        ["flow, not whitened", Fit(ml => ml.NormalizingFlow(new NormalizingFlowTrainer.Options { Flow = Flow(new SplineTransform()) with { Whitening = false }, Epochs = 3 }))],
        ["codes, mixture", Fit(ml => ml.AutoencoderDensity(new AutoencoderDensityTrainer.Options { CodeSize = 2, Epochs = 3 }))],
        ["codes, flow", Fit(ml => ml.AutoencoderDensity(new AutoencoderDensityTrainer.Options
            { CodeSize = 2, Epochs = 3, CodeDensity = new FlowCodeDensity { Flow = Flow(new SplineTransform()) } }))],
        ["GAN", Fit(ml => ml.Gan(new GanTrainer.Options
            { LatentSize = 4, Epochs = 2, Network = new DenseGan { GeneratorSizes = [8, 8], DiscriminatorSizes = [8] }, LabelColumnName = "Barks" }))],
        ["GAN of images", Fit(ml => ml.Gan(new GanTrainer.Options
            { LatentSize = 4, Epochs = 2, Network = new ConvolutionalGan { Height = 3, Width = 2, Filters = [4, 8], KernelSize = 3 }, Scaling = FeatureScaling.MinMax }))],
        ["VAE", Fit(ml => ml.VariationalAutoencoder(new VariationalGeneratorTrainer.Options { LatentSize = 2, Epochs = 3, LabelColumnName = "Animal" }))],
    ];

    static Func<GenerationCatalog.GenerationTrainers, GeneratorTrainer> Fit(Func<GenerationCatalog.GenerationTrainers, GeneratorTrainer> make) => make;

    [TestMethod]
    [DynamicData(nameof(Generators))]
    public void GeneratorsOfVectors(string name, Func<GenerationCatalog.GenerationTrainers, GeneratorTrainer> make)
    {
        var data = Animals();
        using var model = make(_ml.Generation.Trainers).Fit(data);
        var space = (ILatentSpace)RowGenerator.Of(model.Model);
        var most = OnnxRuntime.BatchSizes.Max();
        var noise = new RowNoise(seed: 4, first: 0, most);
        var classes = RowGenerator.Of(model.Model).DrawClasses(noise);
        var latents = space.DrawLatents(noise, classes).Chunk(space.LatentSize).ToArray();
        var rows = space.Decode([.. latents.SelectMany(row => row)], classes).Chunk(Width).ToArray();
        foreach (var (count, result) in OnnxRuntime.BatchSizes.Zip(OnnxRuntime.Run(model, OnnxPart.Transform, Told(OnnxRuntime.Batches("Latent", latents)))))
            OnnxRuntime.AssertEqual(rows, result["Features"], count, name);

        if (!space.CanEncode)
        {
            Assert.Contains("latent vectors", Assert.ThrowsExactly<NotSupportedException>(() => model.SaveAsOnnx(new MemoryStream(), OnnxPart.Encoder)).Message);
            return;
        }
        var features = data.Vectors("Features")[..most];
        var found = space.Encode([.. features.SelectMany(row => row)], classes).Chunk(space.LatentSize).ToArray();
        foreach (var (count, result) in OnnxRuntime.BatchSizes.Zip(OnnxRuntime.Run(model, OnnxPart.Encoder, Told(OnnxRuntime.Batches("Features", features)))))
            OnnxRuntime.AssertEqual(found, result["Latent"], count, name);

        Dictionary<string, Tensor>[] Told(Dictionary<string, Tensor>[] batches)
        {
            if (model.Label is not { } label) return batches;
            foreach (var (count, batch) in OnnxRuntime.BatchSizes.Zip(batches)) batch[label.Name] = Tensor.Of([count, 1], classes.Take(count));
            return batches;
        }
    }

    [TestMethod]
    public void ModelsThatDrawRowsInManyStepsSayWhyNot()
    {
        var data = Animals();
        GeneratorTrainer[] trainers =
        [
            _ml.Generation.Trainers.Autoregressive(epochs: 1),
            _ml.Generation.Trainers.NormalizingFlow(new NormalizingFlowTrainer.Options { Flow = Flow(new AffineTransform(), autoregressive: true), Epochs = 1 }),
        ];
        foreach (var trainer in trainers)
        {
            using var model = trainer.Fit(data);
            Assert.ThrowsExactly<NotSupportedException>(() => model.SaveAsOnnx(new MemoryStream()));
        }
    }

    sealed class Person
    {
        public string City = "";
        public bool Member;
        public int Age;
        public float Income;
        public float Visits;
    }

    /// <summary>Every kind of column, to the network and back.</summary>
    [TestMethod]
    [DataRow(ColumnEncoding.Linear)]
    [DataRow(ColumnEncoding.Quantile)]
    public void TablesComeBackInTheirColumns(ColumnEncoding encoding)
    {
        var random = new Random(3);
        var people = Enumerable.Range(0, 300).Select(i => new Person
        {
            City = new[] { "Aarau", "Basel", "Chur" }[i % 3], Member = i % 3 == 1, Age = 20 + 15 * (i % 3) + random.Next(9),
            Income = MathF.Exp(9 + i % 3 + random.NextSingle()), Visits = i % 4 < 3 ? 0 : random.Next(1, 40),
        }).ToArray();
        var data = _ml.Data.LoadFromEnumerable(people);
        using var model = _ml.Generation.Trainers.VariationalAutoencoder(new VariationalGeneratorTrainer.Options
        {
            InputColumnNames = ["City", "Member", "Age", "Income", "Visits"], LatentSize = 3, Epochs = 20, Encoding = encoding,
        }).Fit(data);
        const int count = 40;
        Dictionary<string, float[][]> Columns(IEnumerable<Person> rows) => new()
        {
            ["City"] = [.. rows.Select(row => new float[] { 1 + Array.IndexOf(["Aarau", "Basel", "Chur"], row.City) })],
            ["Member"] = [.. rows.Select(row => new float[] { row.Member ? 1 : 0 })],
            ["Age"] = [.. rows.Select(row => new float[] { row.Age })],
            ["Income"] = [.. rows.Select(row => new[] { row.Income })],
            ["Visits"] = [.. rows.Select(row => new[] { row.Visits })],
        };
        var given = Columns(people.Take(count)).ToDictionary(column => column.Key, column => Tensor.Of([count, 1], column.Value.SelectMany(value => value)));
        var latents = OnnxRuntime.Run(model, OnnxPart.Encoder, given)[0]["Latent"];
        var found = OnnxRuntime.Run(model, OnnxPart.Decoder, new Dictionary<string, Tensor> { ["Latent"] = latents })[0];

        var expected = Columns(_ml.Data.CreateEnumerable<Person>(_ml.Generation.Reconstruct(model, _ml.Data.LoadFromEnumerable(people.Take(count))), false));
        Assert.IsGreaterThan(1, expected["City"].Select(value => value[0]).Distinct().Count());
        foreach (var (column, values) in expected) OnnxRuntime.AssertEqual(values, found[column], count, column);
    }

    [TestMethod]
    public void ClassifiersOverEncoders()
    {
        var data = _ml.Transforms.Conversion.MapValueToKey("Class", "Animal").Fit(Animals()).Transform(Animals());
        using var encoder = _ml.Transforms.AutoencoderEmbedding("Embedding", "Features", embeddingSize: 3, epochs: 3).Fit(data);
        using var several = _ml.MulticlassClassification.Trainers.PretrainedEncoder(new PretrainedEncoderMulticlassTrainer.Options
        {
            Encoder = encoder.Model, LabelColumnName = "Class", HeadHiddenSizes = [5], Epochs = 3,
        }).Fit(data);
        using var two = _ml.BinaryClassification.Trainers.PretrainedEncoder(encoder, "Barks", epochs: 3).Fit(data);
        foreach (var (model, columns) in new (ITransformer, string[])[]
            { (several, ["PredictedLabel", "Score"]), (two, ["PredictedLabel", "Score", "Probability"]) })
        {
            var scored = model.Transform(data);
            var results = OnnxRuntime.Run(model, OnnxPart.Transform, OnnxRuntime.Batches("Features", data.Vectors("Features")));
            foreach (var (rows, result) in OnnxRuntime.BatchSizes.Zip(results))
            {
                CollectionAssert.AreEquivalent(columns, result.Keys);
                foreach (var column in columns)
                    OnnxRuntime.AssertEqual(column == "PredictedLabel" && model == several
                        ? [.. scored.GetColumn<uint>(column).Select(key => new float[] { key })] : OnnxRuntime.Values(scored, column), result[column], rows, column);
            }
        }
    }
}
