using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Reference.Tests;

/// <summary>Recurrent layers in single precision, which may be computed in a way of their own, against those in double precision.</summary>
[TestClass]
public class RecurrenceTests
{
    const int Rows = 67, Steps = 5, Inputs = 3, Hidden = 9; // rows for two threads and a rest; states that fill no vector

    /// <summary>A single row of a single step: nothing is expanded that could be written over.</summary>
    [TestMethod]
    public void OneStepOfOneRowLeavesTheWeightsAsTheyAre()
    {
        using var gru = Sample.Fill(nn.GRU(Inputs, Hidden));
        using var lstm = Sample.Fill(nn.LSTM(Inputs, Hidden));
        var x = Sample.Wave([1, 1, Inputs], 1).to(ScalarType.Float32);
        var (first, firstCell) = (gru.forward(x).Item1.clone(), lstm.forward(x).Item1.clone());
        Assert.IsTrue(first.eq(gru.forward(x).Item1).all().item<bool>());
        Assert.IsTrue(firstCell.eq(lstm.forward(x).Item1).all().item<bool>());
    }

    /// <summary>States, gradients by input, start and weights, and gradients of gradients.</summary>
    [TestMethod]
    [DataRow("LSTM", 1, true, false)]
    [DataRow("LSTM", 2, false, true)]
    [DataRow("GRU", 1, true, false)]
    [DataRow("GRU", 2, false, true)]
    public void EqualsDoublePrecision(string cell, int layers, bool batchFirst, bool started)
    {
        int threads = get_num_threads();
        try
        {
            foreach (int count in new[] { 1, 2 })
            {
                set_num_threads(count);
                foreach (var use in new[] { "states", "ends", "both" })
                {
                    var (expected, single) = (Run(ScalarType.Float64, use), Run(ScalarType.Float32, use));
                    Assert.HasCount(expected.Length, single);
                    for (int i = 0; i < expected.Length; i++)
                        Assert.IsLessThan(2e-5, ((single[i].to(ScalarType.Float64) - expected[i]).abs().max() / expected[i].abs().max()).item<double>(),
                            $"part {i}, {use}, {count} threads");
                }
            }
        }
        finally
        {
            set_num_threads(threads);
        }

        Tensor[] Run(ScalarType type, string use)
        {
            Tensor Leaf(double frequency, params long[] shape) => Sample.Wave(shape, frequency).to(type).detach().requires_grad_();
            var x = Leaf(1, batchFirst ? [Rows, Steps, Inputs] : [Steps, Rows, Inputs]);
            Tensor[] starts = started ? [Leaf(1.3, layers, Rows, Hidden), Leaf(1.7, layers, Rows, Hidden)] : [];
            nn.Module module;
            Tensor states;
            Tensor[] ends;
            if (cell == "LSTM")
            {
                var lstm = nn.LSTM(Inputs, Hidden, layers, batchFirst: batchFirst);
                module = Sample.Fill(lstm.to(type));
                (states, var last, var lastCell) = lstm.forward(x, started ? (starts[0], starts[1]) : null);
                ends = [last, lastCell];
            }
            else
            {
                starts = started ? [starts[0]] : [];
                var gru = nn.GRU(Inputs, Hidden, layers, batchFirst: batchFirst);
                module = Sample.Fill(gru.to(type));
                (states, var last) = gru.forward(x, started ? starts[0] : null!);
                ends = [last];
            }
            Tensor loss = zeros(1, dtype: type).sum();
            if (use != "ends") loss = loss + (states * Sample.Wave(states.shape, 0.9).to(type)).sum();
            if (use != "states") foreach (var end in ends) loss = loss + (end.square() * Sample.Wave(end.shape, 1.1).to(type)).sum();
            Tensor[] leaves = [x, .. starts, .. module.parameters()];
            var once = autograd.grad([loss], leaves, retain_graph: true);
            var gradients = autograd.grad([loss], leaves, retain_graph: true, create_graph: true);
            var twice = autograd.grad([gradients.Select(g => g.square().sum()).Aggregate((a, b) => a + b)], [x, .. module.parameters()]);
            return [states.detach(), .. ends.Select(e => e.detach()), .. once, .. gradients.Select(g => g.detach()), .. twice];
        }
    }

    [TestMethod]
    public void LargeValuesSaturate()
    {
        var lstm = nn.LSTM(1, 2);
        using var unrecorded = no_grad();
        var (states, _, cells) = lstm.forward(tensor(new float[] { 1e30f, -1e30f, float.MaxValue }, [3, 1, 1]));
        Assert.IsTrue(states.isfinite().all().item<bool>() && cells.isfinite().all().item<bool>());
        (states, _, _) = lstm.forward(tensor(new float[] { 1, float.NaN, 1 }, [3, 1, 1]));
        Assert.IsTrue(states.select(0, 0).isfinite().all().item<bool>() && states.select(0, 1).isnan().all().item<bool>());
    }
}
