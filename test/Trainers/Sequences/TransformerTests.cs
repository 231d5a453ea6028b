using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

/// <summary>The transformer translation network against PyTorch's, on the same weights in double precision.</summary>
[TestClass]
public class TransformerTests
{
    const int Vocabulary = 11, SourceVocabulary = 13;

    static readonly int[][] sources = [[4, 5, 6, 7, 8], [9, 12], [3]], targets = [[5, 4, 9, 10], [6], [8, 3, 7]];

    static TranslationArchitecture Architecture(TransformerTranslation? network = null, bool shared = false) => new()
    {
        VocabularySize = Vocabulary, SourceVocabularySize = shared ? Vocabulary : SourceVocabulary, SharedVocabulary = shared, MaximumLength = 20,
        Network = network ?? Small,
    };

    static TransformerTranslation Small => new() { Width = 8, Heads = 2, EncoderLayers = 2, DecoderLayers = 2, FeedForwardSize = 12, Dropout = 0 };

    static Tensor Source() => TokenTensor.Of(sources, null, 2, 0, CPU);

    static Tensor Target() => TokenTensor.Of(targets, 1, null, 0, CPU);

    /// <summary>Small networks have biases and normalizations at 0 and 1 from the start, where mistakes hide.</summary>
    static TransformerTranslationNetwork Network(TranslationArchitecture architecture)
    {
        var network = (TransformerTranslationNetwork)architecture.Create(seed: 5);
        var random = new SeededRandom(6);
        using var noGradients = no_grad();
        foreach (var parameter in network.parameters()) parameter.add_(random.Uniform(parameter.shape, 0.1));
        network.to(ScalarType.Float64);
        return network;
    }

    const string Script = Support.ReadScript + """
        import math
        before, learned, activation, rotary = json.loads(sys.argv[2])
        class RotaryAttention(torch.nn.MultiheadAttention):
            # Pairs of values as complex numbers, times exp(i place frequency).
            def forward(self, x, key, value, attn_mask=None, key_padding_mask=None, **_):
                half = x.shape[2] // self.num_heads // 2
                query, key, value = (torch.nn.functional.linear(of, *part).view(len(of), -1, self.num_heads, 2 * half).transpose(1, 2)
                    for of, part in zip((x, key, value), zip(self.in_proj_weight.chunk(3), self.in_proj_bias.chunk(3))))
                def turn(x):
                    angles = torch.arange(x.shape[2], dtype=torch.float64)[:, None] * 10000.0 ** (-torch.arange(half, dtype=torch.float64) / half)
                    x = torch.complex(x[..., :half], x[..., half:]) * torch.exp(1j * angles)
                    return torch.cat([x.real, x.imag], -1)
                scores = turn(query) @ turn(key).transpose(2, 3) / math.sqrt(2 * half)
                if attn_mask is not None: scores = scores + attn_mask
                if key_padding_mask is not None: scores = scores.masked_fill(key_padding_mask[:, None, None], -math.inf)
                return self.out_proj((scores.softmax(-1) @ value).transpose(1, 2).flatten(2)), None
        layers = {'attentionNormalization.': 'norm1.', 'attention.projection.': 'self_attn.in_proj_', 'attention.output.': 'self_attn.out_proj.',
                  'widen.': 'linear1.', 'narrow.': 'linear2.', 'sourceAttention.output.': 'multihead_attn.out_proj.'}
        def load(part, decoder):
            state = {}
            for i in range(2):
                own = dict(layers)
                own['feedForwardNormalization.'] = 'norm3.' if decoder else 'norm2.'
                if decoder: own['sourceNormalization.'] = 'norm2.'
                for ours, theirs in own.items():
                    for kind in ('weight', 'bias'):
                        key = f'{part}.blocks.{i}.{ours}{kind}'
                        if key in w: state[f'layers.{i}.{theirs}{kind}'] = w[key]
                if decoder:
                    for kind in ('weight', 'bias'):
                        state[f'layers.{i}.multihead_attn.in_proj_{kind}'] = torch.cat(
                            [w[f'{part}.blocks.{i}.sourceAttention.query.{kind}'], w[f'{part}.blocks.{i}.sourceAttention.source.{kind}']])
            if before:
                for kind in ('weight', 'bias'): state[f'norm.{kind}'] = w[f'{part}.last.{kind}']
            return state
        options = dict(d_model=8, nhead=2, dim_feedforward=12, dropout=0.0, activation=activation, norm_first=before, batch_first=True)
        norm = lambda: torch.nn.LayerNorm(8) if before else None
        encoder = torch.nn.TransformerEncoder(torch.nn.TransformerEncoderLayer(**options), 2, norm()).double()
        decoder = torch.nn.TransformerDecoder(torch.nn.TransformerDecoderLayer(**options), 2, norm()).double()
        if rotary:
            for layer in [*encoder.layers, *decoder.layers]: layer.self_attn = RotaryAttention(8, 2, batch_first=True).double()
            for layer in decoder.layers: layer.multihead_attn = RotaryAttention(8, 2, batch_first=True).double()
        # In training mode: PyTorch's shortcut of inference treats padding otherwise.
        model = torch.nn.Transformer(custom_encoder=encoder, custom_decoder=decoder, d_model=8, nhead=2, batch_first=True)
        encoder.load_state_dict(load('encoder', False)) # only now: the model has drawn all weights anew
        decoder.load_state_dict(load('decoder', True))
        def embed(table, tokens, part):
            length = tokens.shape[1]
            if learned: return table[tokens] + w[part + 'Input.places'][:length]
            angles = torch.arange(length, dtype=torch.float64)[:, None] * 10000.0 ** (-torch.arange(4, dtype=torch.float64) / 4)
            return table[tokens] * math.sqrt(8) + torch.cat([angles.sin(), angles.cos()], 1)
        source, target, following = w['source'], w['target'], w['following']
        padding, length = source == 0, target.shape[1]
        ahead = torch.triu(torch.full((length, length), -math.inf, dtype=torch.float64), 1)
        table = w['table.weight'].requires_grad_()
        states = model(embed(w['sourceTable.weight'], source, 'encoder'), embed(table, target, 'decoder'), tgt_mask=ahead,
                       src_key_padding_mask=padding, memory_key_padding_mask=padding)
        scores = torch.nn.functional.linear(states, w['output.weight'], w['output.bias']) if 'output.weight' in w else states @ table.T
        loss = torch.nn.functional.cross_entropy(scores.flatten(0, 1), following.flatten(), ignore_index=0, label_smoothing=0.1)
        loss.backward()
        print(' '.join(map(repr, [loss.item()] + scores[following != 0].flatten().tolist() + table.grad.flatten().tolist())))
        """;

    public static IEnumerable<object[]> Designs =>
    [
        [Small, "[true, false, \"gelu\", true]"],
        [Small with { PreNorm = false, RotaryPositions = false, Activation = Activation.Relu }, "[false, false, \"relu\", false]"],
        [Small with { LearnedPositions = true, RotaryPositions = false, TiedEmbeddings = false }, "[true, true, \"gelu\", false]"],
    ];

    [TestMethod]
    [DynamicData(nameof(Designs))]
    public void ScoresLossAndGradientsEqualPyTorch(TransformerTranslation design, string settings)
    {
        using var scope = NewDisposeScope();
        using var network = Network(Architecture(design));
        var (source, target, following) = (Source(), Target(), TokenTensor.Of(targets, null, 2, 0, CPU));
        string weights = Path.Combine(Support.TemporaryFolder(), "weights.safetensors");
        using (var file = File.Create(weights))
        {
            SafeTensors.Write(file, network.state_dict().Select(e => (e.Key, e.Value))
                .Concat([("source", source), ("target", target), ("following", following)]));
        }
        double[] expected = [.. Support.Python(Script, weights, settings).Split(' ').Select(v => double.Parse(v, CultureInfo.InvariantCulture))];

        var places = following.reshape(-1).ne(0).nonzero().squeeze(1);
        var states = network.States(source, target).index_select(0, places);
        var scores = network.Output.Scores(states).flatten();
        var loss = network.Output.Loss(states, following.reshape(-1).index_select(0, places), 0.1);
        loss.backward();
        Assert.AreEqual(expected[0], loss.item<double>(), 1e-12);
        Compare(expected.AsSpan(1, (int)scores.numel()), scores, 1e-12);
        var gradient = network.named_parameters().Single(p => p.name == "table.weight").parameter.grad!.flatten();
        Compare(expected.AsSpan(1 + (int)scores.numel()), gradient, 1e-12);

        static void Compare(ReadOnlySpan<double> expected, Tensor actual, double tolerance)
        {
            Assert.AreEqual(expected.Length, actual.numel());
            for (int i = 0; i < expected.Length; i++) Assert.AreEqual(expected[i], actual[i].item<double>(), tolerance, $"{i}");
        }
    }

    [TestMethod]
    public void HeadsOfOddWidthCannotBeTurned()
    {
        var odd = Small with { Width = 6 };
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => Architecture(odd).Create(seed: 1)).Message, nameof(odd.RotaryPositions));
        Architecture(odd with { RotaryPositions = false }).Create(seed: 1).Dispose();
    }
}
