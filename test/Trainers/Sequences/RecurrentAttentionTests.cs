using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

/// <summary>The recurrent translation network against the same equations in PyTorch, on the same weights in double precision.</summary>
[TestClass]
public class RecurrentAttentionTests
{
    const string Script = Support.ReadScript + """
        source, target = w['source'], w['target']
        def gru(name, inputs, **options):
            layer = torch.nn.GRU(inputs, 5, batch_first=True, **options).double()
            layer.load_state_dict({k[len(name):]: v for k, v in w.items() if k.startswith(name)})
            return layer
        def dense(name, x): return torch.nn.functional.linear(x, w[name + '.weight'], w[name + '.bias'])
        lengths = (source != 0).sum(1)
        both = torch.nn.GRU(4, 5, batch_first=True, bidirectional=True).double()
        both.load_state_dict({k[len(n):] + end: v for n, end in (('forwards.gru.', ''), ('backwards.gru.', '_reverse'))
                              for k, v in w.items() if k.startswith(n)})
        packed = torch.nn.utils.rnn.pack_padded_sequence(w['sourceTable.weight'][source], lengths, batch_first=True, enforce_sorted=False)
        states, last = both(packed)
        memory, _ = torch.nn.utils.rnn.pad_packed_sequence(states, batch_first=True)
        state = torch.tanh(dense('start', last[1]))
        keys = dense('attention.key', memory)
        cell = torch.nn.GRUCell(4 + 10, 5).double()
        cell.load_state_dict({k[len('decoder.gru.'):-3]: v for k, v in w.items() if k.startswith('decoder.gru.')})
        outputs = []
        for t in range(target.shape[1]):
            word = w['table.weight'][target[:, t]]
            energy = torch.tanh(keys + dense('attention.query', state)[:, None]) @ w['attention.energy']
            weights = torch.softmax(energy.masked_fill(source == 0, -float('inf')), 1)
            seen = (weights[:, :, None] * memory).sum(1)
            state = cell(torch.cat([word, seen], 1), state)
            outputs.append(torch.tanh(dense('readout', torch.cat([state, word, seen], 1))) @ w['table.weight'].T)
        print(' '.join(map(repr, torch.stack(outputs, 1).flatten().tolist() + weights.flatten().tolist())))
        """;

    [TestMethod]
    public void ScoresAndAttentionEqualPyTorch()
    {
        using var scope = NewDisposeScope();
        var architecture = new TranslationArchitecture
        {
            VocabularySize = 11, SourceVocabularySize = 13, SharedVocabulary = false,
            Network = new RecurrentAttentionTranslation { EmbeddingSize = 4, StateSize = 5, AttentionSize = 6 },
        };
        using var network = (TranslationNetwork)architecture.Create(seed: 5);
        network.to(ScalarType.Float64);
        network.eval();
        var source = TokenTensor.Of([[4, 5, 6, 7, 8], [9, 12], [3]], null, 2, 0, CPU);
        var target = TokenTensor.Of([[5, 4, 9, 10], [6, 7, 3, 9], [8, 3, 7, 3]], 1, null, 0, CPU);
        string weights = Path.Combine(Support.TemporaryFolder(), "weights.safetensors");
        using (var file = File.Create(weights))
            SafeTensors.Write(file, network.state_dict().Select(e => (e.Key, e.Value)).Concat([("source", source), ("target", target)]));
        double[] expected = [.. Support.Python(Script, weights).Split(' ').Select(v => double.Parse(v, CultureInfo.InvariantCulture))];

        var recorder = new AttentionRecorder();
        var scores = network.Output.Scores(network.States(source, target, recorder));
        var actual = cat([scores.flatten(), recorder.Cross[0].select(1, 4).flatten()]);
        Assert.AreEqual(expected.Length, actual.numel());
        for (int i = 0; i < expected.Length; i++) Assert.AreEqual(expected[i], actual[i].item<double>(), 1e-12, $"{i}");
    }
}
