using static TorchSharp.torch;

namespace TorchSharp.Reference.Tests;

[TestClass]
public class SmokeTests
{
    [TestMethod]
    public void A_network_learns()
    {
        manual_seed(1);
        using var scope = NewDisposeScope();
        var x = rand(64, 20);
        using var net = nn.Sequential(nn.Linear(20, 8), nn.ReLU(), nn.Linear(8, 20));
        using var optimizer = optim.Adam(net.parameters(), 0.01);
        var losses = new List<float>();
        for (var step = 0; step < 100; step++)
        {
            optimizer.zero_grad();
            var loss = nn.functional.mse_loss(net.call(x), x);
            loss.backward();
            optimizer.step();
            losses.Add(loss.item<float>());
        }
        Assert.IsTrue(losses[^1] < losses[0] / 2, $"{losses[0]} -> {losses[^1]}");
    }
}
