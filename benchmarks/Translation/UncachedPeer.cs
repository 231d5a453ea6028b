using Extensions.ML;
using Extensions.ML.Trainers;

namespace Benchmarks.Translation;

/// <summary>The same model and the same sentences in PyTorch, whose decoder sees the whole beginning of a translation at every step.</summary>
static class UncachedPeer
{
    /// <summary>What both took for the same sentences.</summary>
    /// <param name="Ours">Our seconds.</param>
    /// <param name="Theirs">PyTorch's.</param>
    /// <param name="Equal">Share of the sentences with the same translation.</param>
    public sealed record Comparison(double Ours, double Theirs, double Equal);

    /// <returns><see langword="null"/> where the network is none that the peer knows.</returns>
    public static Comparison? Compare(TranslationTransformer model, string[] sentences)
    {
        var architecture = model.Model.Architecture;
        if (architecture is not { SharedVocabulary: true, Network: TransformerTranslation { PreNorm: true, LearnedPositions: false, TiedEmbeddings: true,
                Activation: Activation.Relu or Activation.Gelu } network })
            return null;
        var weights = Path.GetTempFileName();
        try
        {
            using (var file = File.Create(weights))
                model.Model.SaveWeights(file);
            using var peer = new PythonPeer("translation.py", likeOurs: false);
            var (special, decoding) = (architecture.Special, model.Decoding);
            peer.Ask(new
            {
                work = "load", weights, threads = TorchEngine.Threads, width = network.Width, heads = network.Heads,
                encoder_layers = network.EncoderLayers, decoder_layers = network.DecoderLayers, hidden = network.FeedForwardSize,
                activation = network.Activation is Activation.Relu ? "relu" : "gelu", rotary = network.RotaryPositions,
                padding = special.Padding, begin = special.Begin, end = special.End,
            });
            var request = new
            {
                work = "translate", sources = Array.ConvertAll(sentences, model.SourceTokenizer.Encode), batch = 64, beams = decoding.Beams,
                alpha = decoding.LengthPenalty, room = 50,
            };
            IReadOnlyList<IReadOnlyList<Extensions.ML.Translation>> ours = [];
            string[] theirs = [];
            var seconds = Turns.Medians(3, () => Timing.Of(() => ours = model.Translate(sentences)).With(TorchEngine.Threads), () =>
            {
                var answer = peer.Ask(request);
                theirs = [.. answer["found"]!.AsArray().Select(row => model.TargetTokenizer.Decode([.. row!.AsArray().Select(token => (int)token!)]))];
                return new Timing((double)answer["wall"]!, (double)answer["processor"]!).With(TorchEngine.Threads);
            });
            return new(seconds[0], seconds[1], ours.Zip(theirs, (own, other) => own[0].Text == other ? 1.0 : 0).Average());
        }
        finally
        {
            File.Delete(weights);
        }
    }
}
