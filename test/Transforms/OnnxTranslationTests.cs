using Extensions.ML.Trainers;
using Microsoft.ML;
using TorchSharp;
using Tensor = Extensions.ML.Transforms.Tests.OnnxRuntime.Tensor;

namespace Extensions.ML.Transforms.Tests;

/// <summary>Exported translators, fed token by token beside the network's own decoder.</summary>
[TestClass]
public class OnnxTranslationTests
{
    readonly MLContext _ml = new(seed: 1);

    public static IEnumerable<object[]> Designs =>
    [
        [new TransformerTranslation { Width = 16, Heads = 2, EncoderLayers = 2, DecoderLayers = 2, FeedForwardSize = 32 }],
        [new TransformerTranslation { Width = 16, Heads = 4, EncoderLayers = 1, DecoderLayers = 1, FeedForwardSize = 32, PreNorm = false, LearnedPositions = true,
            TiedEmbeddings = false, Activation = Activation.Gelu }],
        [new RecurrentAttentionTranslation { EmbeddingSize = 8, StateSize = 12, AttentionSize = 10 }],
    ];

    [TestMethod]
    [DynamicData(nameof(Designs))]
    public void EveryStepTellsTheSame(TranslationDesign design)
    {
        using var model = Train(design);
        // Sources of several lengths, so that most rows are padded; as the network takes them, each with its End.
        string[] texts = ["one two three", "four", "five six seven eight", "nine ten", "one", "two three", "ten nine eight"];
        int[][] sources = [.. texts.Select(text => model.SourceTokenizer.Encode(text))];
        var special = model.Model.Architecture.Special;
        var (rows, length) = (sources.Length, sources.Max(source => source.Length) + 1);
        var padded = sources.SelectMany(source => source.Append(special.End).Concat(Enumerable.Repeat(special.Padding, length - source.Length - 1)));
        var memory = OnnxRuntime.Run(model, OnnxPart.Encoder, new Dictionary<string, Tensor> { ["tokens"] = Tensor.Of([rows, length], padded) })[0];

        using var state = model.Model.Encode(sources);
        var remembered = First(design, memory, rows);
        var fed = Enumerable.Repeat(special.Begin, rows).ToArray();
        for (var step = 0; step < 4; step++)
        {
            var given = memory.Where(entry => entry.Key.StartsWith("source_")).Concat(remembered).ToDictionary();
            given["tokens"] = Tensor.Of([rows, 1], fed);
            var told = OnnxRuntime.Run(model, OnnxPart.Decoder, given)[0];
            using var scope = torch.NewDisposeScope();
            var logits = state.Feed(torch.tensor(fed.Select(token => (long)token).ToArray(), [rows, 1]));
            AssertEqual(logits, told["logits"], $"logits of step {step}");
            AssertEqual(state.SourceAttention()!, told["attention"], $"attention of step {step}");
            remembered = told.Where(entry => entry.Key is not ("logits" or "attention")).ToDictionary(entry => $"past_{entry.Key}", entry => entry.Value);
            // Other tokens in every row.
            fed = [.. Enumerable.Range(0, rows).Select(row => (special.End + 1 + 3 * row + step) % model.Model.Architecture.VocabularySize)];
        }
        Assert.Contains("Encoder", Assert.ThrowsExactly<NotSupportedException>(() => model.SaveAsOnnx(new MemoryStream())).Message);
    }

    /// <summary>What the decoder remembers before the first token.</summary>
    static Dictionary<string, Tensor> First(TranslationDesign design, Dictionary<string, Tensor> memory, int rows) => design is TransformerTranslation transformer
        ? Enumerable.Range(0, transformer.DecoderLayers).SelectMany(layer => new[] { $"past_keys.{layer}", $"past_values.{layer}" })
            .ToDictionary(name => name, _ => new Tensor("float32", [rows, transformer.Heads, 0, transformer.Width / transformer.Heads], []))
        : new() { ["past_state"] = memory["state"] };

    TranslationTransformer Train(TranslationDesign design)
    {
        var data = _ml.Data.LoadFromEnumerable(TranslationTests.Pairs(100, seed: 1));
        return design is TransformerTranslation transformer
            ? _ml.Translation.Trainers.Transformer(Configure(new TransformerTranslationTrainer.Options { Network = transformer })).Fit(data)
            : _ml.Translation.Trainers.RecurrentAttention(Configure(new RecurrentTranslationTrainer.Options { Network = (RecurrentAttentionTranslation)design })).Fit(data);

        static TOptions Configure<TOptions>(TOptions options) where TOptions : TranslationOptions
        {
            (options.Tokenizer, options.MaximumLength, options.Epochs, options.BatchTokens, options.SharedVocabulary) = (new Extensions.ML.Generators.WordOptions(), 12, 1, 256, false);
            return options;
        }
    }

    static void AssertEqual(torch.Tensor expected, Tensor found, string what) =>
        OnnxRuntime.AssertEqual([.. expected.data<float>().ToArray().Chunk((int)expected.shape[1])], found, (int)expected.shape[0], what);
}
