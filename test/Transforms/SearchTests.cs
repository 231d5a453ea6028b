using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Extensions.ML.Trainers;
using Microsoft.ML;
using Microsoft.ML.SearchSpace;

namespace Extensions.ML.Transforms.Tests;

/// <summary>What AutoML varies, as its <c>SearchSpace&lt;T&gt;</c> reads it: properties with ranges, and values that come back through JSON.</summary>
[TestClass]
public class SearchTests
{
    static readonly MLContext s_ml = new(1);

    static readonly JsonSerializerOptions s_json = new() { Converters = { new JsonStringEnumConverter() } };

    /// <summary>Every search with every trainer that it is for.</summary>
    static readonly (Type Search, Func<object, object> Apply, Func<object> Defaults)[] s_uses =
    [
        Use<AutoencoderEmbeddingSearch, AutoencoderEmbeddingEstimator.Options>((s, o) => s.ApplyTo(o), o => s_ml.Transforms.AutoencoderEmbedding(o)),
        Use<AutoencoderAnomalySearch, AutoencoderAnomalyTrainer.Options>((s, o) => s.ApplyTo(o), o => s_ml.AnomalyDetection.Trainers.Autoencoder(o)),
        Use<SeriesAnomalySearch, SeriesAnomalyTrainer.Options>((s, o) => s.ApplyTo(o), o => s_ml.AnomalyDetection.Trainers.AutoencoderSeries(o)),
        Use<VariationalSearch, VariationalEncodingEstimator.Options>((s, o) => s.ApplyTo(o), o => s_ml.Transforms.VariationalEncoding(o)),
        Use<VariationalAnomalySearch, VariationalAnomalyTrainer.Options>((s, o) => s.ApplyTo(o), o => s_ml.AnomalyDetection.Trainers.VariationalAutoencoder(o)),
        Use<VariationalSearch, VariationalGeneratorTrainer.Options>((s, o) => s.ApplyTo(o), o => s_ml.Generation.Trainers.VariationalAutoencoder(o)),
        Use<PretrainedEncoderSearch, PretrainedEncoderBinaryTrainer.Options>((s, o) => s.ApplyTo(o), o => s_ml.BinaryClassification.Trainers.PretrainedEncoder(o)),
        Use<PretrainedEncoderSearch, PretrainedEncoderMulticlassTrainer.Options>((s, o) => s.ApplyTo(o), o => s_ml.MulticlassClassification.Trainers.PretrainedEncoder(o)),
        Use<SentenceEmbeddingSearch, SentenceEmbeddingEstimator.Options>((s, o) => s.ApplyTo(o), o => s_ml.Transforms.Text.SentenceEmbedding(o)),
        Use<LanguageModelSearch, LanguageModelTrainer.Options>((s, o) => s.ApplyTo(o), o => s_ml.Generation.Trainers.LanguageModel(o)),
        Use<TransformerTranslationSearch, TransformerTranslationTrainer.Options>((s, o) => s.ApplyTo(o), o => s_ml.Translation.Trainers.Transformer(o)),
        Use<RecurrentTranslationSearch, RecurrentTranslationTrainer.Options>((s, o) => s.ApplyTo(o), o => s_ml.Translation.Trainers.RecurrentAttention(o)),
        Use<GanSearch, GanTrainer.Options>((s, o) => s.ApplyTo(o), o => s_ml.Generation.Trainers.Gan(o)),
        Use<NormalizingFlowSearch, NormalizingFlowTrainer.Options>((s, o) => s.ApplyTo(o), o => s_ml.Generation.Trainers.NormalizingFlow(o)),
        Use<AutoregressiveSearch, AutoregressiveTrainer.Options>((s, o) => s.ApplyTo(o), o => s_ml.Generation.Trainers.Autoregressive(o)),
        Use<AutoencoderDensitySearch, AutoencoderDensityTrainer.Options>((s, o) => s.ApplyTo(o), o => s_ml.Generation.Trainers.AutoencoderDensity(o)),
        Use<DiffusionSearch, DiffusionTrainer.Options>((s, o) => s.ApplyTo(o), o => s_ml.Generation.Trainers.Diffusion(o)),
    ];

    /// <param name="apply">Sets what is tried on options.</param>
    /// <param name="make">Makes the trainer, which checks its options.</param>
    static (Type, Func<object, object>, Func<object>) Use<TSearch, TOptions>(Func<TSearch, TOptions, TOptions> apply, Action<TOptions> make)
        where TOptions : new() =>
        (typeof(TSearch), search =>
        {
            var options = apply((TSearch)search, new TOptions());
            make(options);
            return options!;
        }, () => new TOptions()!);

    /// <summary>The settings of options that are values.</summary>
    static IEnumerable<(string Name, object? Value, string Text)> Told(object options) => options.GetType().GetProperties()
        .Where(property => property.CanWrite && property.PropertyType != typeof(CancellationToken) && property.PropertyType != typeof(AutoencoderModel))
        .Select(property => (property.Name, property.GetValue(options), JsonSerializer.Serialize(property.GetValue(options), property.PropertyType)));

    static IEnumerable<PropertyInfo> Varied(Type search) => search.GetProperties(BindingFlags.Public | BindingFlags.Instance);

    /// <summary>The lowest, first and highest value, or all of a list.</summary>
    static (object?[] Values, object? Initial) Values(PropertyInfo property) =>
        property.GetCustomAttributes(inherit: false).Single(attribute => attribute is RangeAttribute or ChoiceAttribute or BooleanChoiceAttribute) switch
        {
            RangeAttribute range => ([range.Min, range.Init, range.Max], range.Init),
            ChoiceAttribute choice => (choice.Candidates, choice.DefaultValue ?? choice.Candidates[0]),
            var other => throw new NotSupportedException(other.ToString()),
        };

    [TestMethod]
    public void EveryPropertyIsVariedFromWhatItIsAtFirst()
    {
        var searches = typeof(AutoencoderEmbeddingSearch).Assembly.GetExportedTypes()
            .Where(type => !type.IsAbstract && type.Name.EndsWith("Search", StringComparison.Ordinal)).ToArray();
        CollectionAssert.AreEquivalent(searches, s_uses.Select(use => use.Search).Distinct().ToArray());
        foreach (var (search, property) in searches.SelectMany(search => Varied(search).Select(property => (search, property))))
        {
            var (values, initial) = Values(property);
            Assert.AreEqual(initial, property.GetValue(Activator.CreateInstance(search)), $"{search.Name}.{property.Name}");
            if (property.GetCustomAttribute<RangeAttribute>() is { Min: int, LogBase: true } range) Assert.AreEqual(range.Init, Proposed(range));
            Assert.IsTrue(values.All(value => value?.GetType() == property.PropertyType), $"{search.Name}.{property.Name}");
        }
    }

    /// <summary>What AutoML's <c>UniformIntOption</c> makes of its first value on the way to the unit interval and back, where it rounds down: of 64 in
    /// 16 to 1,024 it makes 63.</summary>
    static int Proposed(RangeAttribute range)
    {
        double min = (int)range.Min, max = (int)range.Max, span = Math.Log(max) - Math.Log(min);
        return (int)Math.Floor(min * Math.Pow(max / min, Math.Log((int)range.Init!) / span - Math.Log(min) / span));
    }

    [TestMethod]
    public void TheFirstTrialIsTheDefault()
    {
        foreach (var (search, apply, defaults) in s_uses)
        {
            foreach (var (expected, actual) in Told(defaults()).Zip(Told(apply(Activator.CreateInstance(search)!))))
            {
                // One hidden layer of 64 is what these choose themselves, but where the input has more than 256 slots; 4 values, of a window of 12.
                if (expected.Value is DenseNetwork { HiddenSizes: null } && actual.Value is DenseNetwork { HiddenSizes: [64] }) continue;
                if (search == typeof(SeriesAnomalySearch) && (expected.Name, expected.Value, actual.Value) is ("CodeSize", null, 4)) continue;
                Assert.AreEqual((expected.Name, expected.Text), (actual.Name, actual.Text), search.Name);
            }
        }
    }

    [TestMethod]
    public void EveryValueIsTakenAndArrivesThroughJson()
    {
        foreach (var (search, apply, defaults) in s_uses)
        {
            var untouched = Texts(Activator.CreateInstance(search)!);
            foreach (var property in Varied(search))
            {
                var (values, initial) = Values(property);
                foreach (var value in values)
                {
                    var json = JsonSerializer.Serialize(new Dictionary<string, object?> { [property.Name] = value }, s_json);
                    var tried = JsonSerializer.Deserialize(json, search, s_json)!;
                    Assert.AreEqual(value, property.GetValue(tried));
                    Assert.AreEqual(Equals(value, initial), untouched == Texts(tried), $"{search.Name}.{property.Name} = {value} on {defaults().GetType()}");
                }
            }

            string Texts(object tried) => string.Join('\n', Told(apply(tried)).Select(told => told.Text));
        }
    }

    [TestMethod]
    public void WhatIsNotVariedStays()
    {
        var options = new AutoencoderEmbeddingSearch { LearningRateFactor = 0.5, Masking = 0.2 }.ApplyTo(new AutoencoderEmbeddingEstimator.Options
        {
            OutputColumnName = "Code", Epochs = 3, Optimizer = new Sgd { LearningRate = 0.2 }, Network = new RecurrentNetwork(),
        });
        Assert.AreEqual(("Code", 3), (options.OutputColumnName, options.Epochs));
        Assert.AreEqual(new Sgd { LearningRate = 0.1, WeightDecay = 0.08 }, options.Optimizer);
        Assert.AreEqual(new RecurrentNetwork(), options.Network);
        Assert.AreEqual(new MaskingNoise { Rate = 0.2 }, options.Corruption);
        Assert.ThrowsExactly<ArgumentNullException>(() => new GanSearch().ApplyTo<GanTrainer.Options>(null!));
    }
}
