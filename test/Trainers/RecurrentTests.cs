using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

/// <summary>What is particular to sequences: padding, and the recurrences themselves.</summary>
[TestClass]
public class RecurrentTests
{
    const int StepSize = 3, Flag = 1, CodeSize = 2;

    static AutoencoderNetwork Create(int steps, RecurrentCell cell, bool masked = true)
    {
        var design = new RecurrentNetwork { StepSize = StepSize, StateSize = 4, Layers = 2, Cell = cell, MaskSlot = masked ? Flag : null };
        var network = new AutoencoderArchitecture { InputSize = steps * StepSize, CodeSize = CodeSize, Network = design }.Create(seed: 9);
        network.to(ScalarType.Float64);
        return network;
    }

    /// <summary>A window whose steps hold numbers and the flags given.</summary>
    static Tensor Window(string flags, int seed)
    {
        double[] values = [.. Support.Normal(flags.Length * StepSize, seed).Select(v => (double)v)];
        for (int i = 0; i < flags.Length; i++) values[i * StepSize + Flag] = flags[i] - '0';
        return tensor(values, [1, values.Length]);
    }

    static Tensor Steps(Tensor window, params int[] steps) => cat([.. steps.Select(i => window.narrow(1, i * StepSize, StepSize))], 1);

    static void AssertEqual(Tensor expected, Tensor actual) => Assert.IsTrue(expected.allclose(actual, 1e-12, 1e-12));

    /// <summary>Padding before, between and behind the steps gives the code of the window that lacks it, whatever stands in the padding.</summary>
    [TestMethod]
    [DataRow(RecurrentCell.Lstm)]
    [DataRow(RecurrentCell.Gru)]
    public void PaddingMovesNoState(RecurrentCell cell)
    {
        using var scope = NewDisposeScope();
        using var five = Create(5, cell);
        using var three = Create(3, cell);
        var window = Window("01011", 1);
        var expected = three.encode(Steps(window, 1, 3, 4));
        AssertEqual(expected, five.encode(window));
        AssertEqual(expected, five.encode(Steps(window, 1, 3, 4, 0, 2)));
        var other = window.clone();
        other.narrow(1, 0, Flag).fill_(1000);
        AssertEqual(expected, five.encode(other));
        Assert.IsTrue(five.encode(Window("00000", 1)).isfinite().all().item<bool>());
    }

    /// <summary>No gradient comes from padding: neither through the state nor through the loss; the flags count at every step.</summary>
    [TestMethod]
    public void PaddingCountsInNoLoss()
    {
        using var scope = NewDisposeScope();
        using var network = Create(4, RecurrentCell.Lstm);
        var input = Window("1100", 2).requires_grad_();
        var target = Window("1100", 2).requires_grad_();
        network.TrainingLoss(input, target, ReconstructionLoss.MeanSquaredError, null).backward();
        for (int slot = 0; slot < 4 * StepSize; slot++)
        {
            bool present = slot / StepSize < 2, flag = slot % StepSize == Flag;
            if (!flag) Assert.AreEqual(present, input.grad![0, slot].item<double>() != 0, $"input {slot}");
            Assert.AreEqual(present || flag, target.grad![0, slot].item<double>() != 0, $"target {slot}");
        }

        // In scoring the row's error is the mean over what counts, and each slot has its share in it.
        var output = network.forward(target);
        var shares = new RowLoss(ReconstructionLoss.MeanSquaredError).PerSlot(output, target, network.Counted(target));
        double sum = 0;
        for (int slot = 0; slot < 4 * StepSize; slot++)
        {
            bool counts = slot / StepSize < 2 || slot % StepSize == Flag;
            double distance = (output[0, slot] - target[0, slot]).square().item<double>();
            Assert.AreEqual(counts ? distance / (2 * StepSize + 2) : 0, shares[0, slot].item<double>(), 1e-12);
            sum += counts ? distance : 0;
        }
        Assert.AreEqual(sum / (2 * StepSize + 2), shares.sum().item<double>(), 1e-12);
    }

    /// <summary>Code and reconstruction as PyTorch's own modules give them with these weights.</summary>
    [TestMethod]
    [DataRow(RecurrentCell.Lstm, "LSTM")]
    [DataRow(RecurrentCell.Gru, "GRU")]
    public void EqualsPyTorch(RecurrentCell cell, string module)
    {
        using var scope = NewDisposeScope();
        using var network = Create(4, cell, masked: false);
        var x = Window("1010", 3);
        var rebuilt = network.forward(x);
        string weights = Path.Combine(Support.TemporaryFolder(), "weights.safetensors");
        using (var file = File.Create(weights))
            SafeTensors.Write(file, network.state_dict().Select(e => (e.Key, e.Value)).Append(("x", x)));
        string printed = Support.Python(Support.ReadScript + """
            from torch import nn
            def layers(name, size):
                cell = getattr(nn, sys.argv[2])(size, 4, 2, batch_first=True).double()
                cell.load_state_dict({k.split('.')[-1]: v for k, v in w.items() if k.startswith(name)})
                return cell
            linear = lambda name, x: nn.functional.linear(x, w[name + '.weight'], w[name + '.bias'])
            code = linear('toCode', layers('encoder', 3)(w['x'].view(1, 4, 3))[0][:, -1])
            out = linear('toStep', layers('decoder', 2)(code[:, None].repeat(1, 4, 1))[0]).flip(1)
            print(' '.join(map(repr, out.flatten().tolist())))
            """, weights, module);
        double[] expected = [.. printed.Split(' ').Select(v => double.Parse(v, CultureInfo.InvariantCulture))];
        for (int i = 0; i < expected.Length; i++) Assert.AreEqual(expected[i], rebuilt[0, i].item<double>(), 1e-12);
    }
}
