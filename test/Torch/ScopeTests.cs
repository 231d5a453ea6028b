using static TorchSharp.torch;

namespace TorchSharp.Reference.Tests;

[TestClass]
public class ScopeTests
{
    [TestMethod]
    public void A_scope_disposes_what_was_made_in_it()
    {
        Tensor inner, outer;
        using (NewDisposeScope())
        {
            using (var scope = NewDisposeScope())
            {
                inner = ones(3);
                outer = (inner + 1).MoveToOuterDisposeScope();
                Assert.AreEqual(1, scope.DisposablesCount);
            }
            Assert.IsTrue(inner.IsInvalid);
            Assert.IsFalse(outer.IsInvalid);
        }
        Assert.IsTrue(outer.IsInvalid);
    }

    [TestMethod]
    public void Detached_tensors_stay_until_disposed()
    {
        Tensor kept;
        using (NewDisposeScope()) kept = ones(3).DetachFromDisposeScope();
        Assert.AreEqual(3f, kept.sum().item<float>());
        kept.Dispose();
        kept.Dispose();
        Assert.IsTrue(kept.IsInvalid);
    }

    [TestMethod]
    public void Scopes_take_in_hand_out_and_keep()
    {
        var loose = ones(1);
        using var outer = NewDisposeScope();
        using var scope = NewDisposeScope();
        scope.Attach(loose);
        Assert.IsTrue(scope.Contains(loose));
        var (a, b, c) = (ones(2), ones(3), ones(4));
        scope.MoveToOuter(a, b);
        Assert.IsTrue(outer.Contains(a) && outer.Contains(b) && !scope.Contains(a));
        scope.DisposeEverythingBut(c);
        Assert.IsTrue(loose.IsInvalid);
        Assert.IsFalse(c.IsInvalid);
        Assert.AreEqual(1, scope.DisposablesCount);
        scope.Detach(c);
        scope.DisposeEverything();
        Assert.IsFalse(c.IsInvalid);
        c.Dispose();
    }

    [TestMethod]
    public void Many_disposed_one_by_one_leave_the_scope_empty()
    {
        using var scope = NewDisposeScope();
        var tensors = Enumerable.Range(0, 1000).Select(k => full(1, (float)k)).ToList();
        foreach (var k in Enumerable.Range(0, 1000).Where(k => k % 3 != 0)) tensors[k].Dispose();
        Assert.AreEqual(334, scope.DisposablesCount);
        Assert.IsTrue(Enumerable.Range(0, 334).All(k => tensors[3 * k].item<float>() == 3 * k && scope.Contains(tensors[3 * k])));
    }

    [TestMethod]
    public void Scopes_belong_to_their_thread()
    {
        using var scope = NewDisposeScope();
        Tensor? elsewhere = null;
        var thread = new Thread(() => elsewhere = ones(1));
        thread.Start();
        thread.Join();
        Assert.AreEqual(0, scope.DisposablesCount);
        elsewhere!.Dispose();
    }

    [TestMethod]
    public void A_disposed_scope_says_so()
    {
        var scope = NewDisposeScope();
        scope.Dispose();
        scope.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => scope.DisposablesCount);
        Assert.ThrowsExactly<ObjectDisposedException>(() => scope.MoveToOuter(ones(1)));
    }

    [TestMethod]
    public void Statistics_count_what_happened()
    {
        var thread = new Thread(() =>
        {
            var statistics = DisposeScopeManager.Statistics;
            using (NewDisposeScope())
            {
                ones(1);
                ones(1);
                ones(1).DetachFromDisposeScope().Dispose();
            }
            Assert.AreEqual(3, statistics.CreatedInScopeCount);
            Assert.AreEqual(2, statistics.DisposedInScopeCount);
            Assert.AreEqual(1, statistics.DetachedFromScopeCount);
            Assert.AreEqual(0, statistics.ThreadTotalLiveCount);
        });
        thread.Start();
        thread.Join();
    }

    [TestMethod]
    public void A_parameter_takes_its_tensor_over()
    {
        using var scope = NewDisposeScope();
        var data = ones(3);
        var parameter = nn.Parameter(data);
        Assert.IsTrue(data.IsInvalid);
        Assert.IsTrue(parameter.requires_grad && parameter.is_leaf);
        var linear = nn.Linear(2, 2);
        linear.weight!.Dispose();
        Assert.AreEqual(2, linear.call(ones(1, 2)).size(1));
    }
}
