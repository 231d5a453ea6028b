using System;
using System.Collections.Generic;
using System.Linq;

namespace TorchSharp;

/// <summary>Disposes what was created while it was the innermost scope of its thread, unless moved out or detached.</summary>
public sealed class DisposeScope : IDisposable
{
    readonly DisposeScopeManager manager;
    // A tensor knows its place here, so that entering and leaving cost the same however many there are.
    List<IDisposable> items = new();
    bool disposed;

    internal DisposeScope(DisposeScopeManager manager) => (this.manager, OuterScope) = (manager, manager.CurrentDisposeScope);

    internal DisposeScope OuterScope { get; set; }

    public IReadOnlyList<IDisposable> DisposablesView { get { ThrowIfDisposed(); return items.ToArray(); } }

    public int DisposablesCount { get { ThrowIfDisposed(); return items.Count; } }

    internal void Add(IDisposable item)
    {
        if (item is torch.Tensor tensor)
        {
            if (tensor.scope == this) return;
            tensor.scope = this;
            tensor.scopeIndex = items.Count;
        }
        else if (IndexOf(item) >= 0) return;
        items.Add(item);
    }

    internal bool Remove(IDisposable item)
    {
        var index = IndexOf(item);
        if (index < 0) return false;
        var last = items[^1];
        items[index] = last;
        if (last is torch.Tensor moved) moved.scopeIndex = index;
        items.RemoveAt(items.Count - 1);
        if (item is torch.Tensor tensor) tensor.scope = null;
        return true;
    }

    int IndexOf(IDisposable item)
    {
        if (item is torch.Tensor tensor) return tensor.scope == this ? tensor.scopeIndex : -1;
        for (var k = 0; k < items.Count; k++) if (ReferenceEquals(items[k], item)) return k;
        return -1;
    }

    void ThrowIfDisposed()
    {
        if (disposed) throw new ObjectDisposedException(GetType().FullName);
    }

    public T MoveToOuter<T>(T disposable) where T : IDisposable => MoveToOther(OuterScope, disposable);

    public (T1 first, T2 second) MoveToOuter<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable =>
        MoveToOther(OuterScope, first, second);

    public (T1 first, T2 second, T3 third) MoveToOuter<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable => MoveToOther(OuterScope, first, second, third);

    public void MoveToOuter(params IDisposable[] disposables) => MoveToOther(OuterScope, (IEnumerable<IDisposable>)disposables);

    public void MoveToOuter(IEnumerable<IDisposable> disposables) => MoveToOther(OuterScope, disposables);

    public T MoveToOther<T>(DisposeScope scope, T disposable) where T : IDisposable
    {
        Move(scope, disposable);
        return disposable;
    }

    public (T1 first, T2 second) MoveToOther<T1, T2>(DisposeScope scope, T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable
    {
        Move(scope, first);
        Move(scope, second);
        return (first, second);
    }

    public (T1 first, T2 second, T3 third) MoveToOther<T1, T2, T3>(DisposeScope scope, T1 first, T2 second, T3 third)
        where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable
    {
        Move(scope, first);
        Move(scope, second);
        Move(scope, third);
        return (first, second, third);
    }

    public void MoveToOther(DisposeScope scope, params IDisposable[] disposables) =>
        MoveToOther(scope, (IEnumerable<IDisposable>)disposables);

    public void MoveToOther(DisposeScope scope, IEnumerable<IDisposable> disposables)
    {
        foreach (var disposable in disposables) Move(scope, disposable);
    }

    void Move(DisposeScope scope, IDisposable disposable)
    {
        ThrowIfDisposed();
        if (!Remove(disposable)) return;
        if (scope is null) manager.StatisticsInstance.DetachedFromScopeCount++;
        else scope.Add(disposable);
    }

    public T Detach<T>(T disposable) where T : IDisposable
    {
        Move(null, disposable);
        return disposable;
    }

    public (T1 first, T2 second) Detach<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable =>
        MoveToOther(null, first, second);

    public (T1 first, T2 second, T3 third) Detach<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable => MoveToOther(null, first, second, third);

    public void Detach(params IDisposable[] disposables) => MoveToOther(null, (IEnumerable<IDisposable>)disposables);

    public void Detach(IEnumerable<IDisposable> disposables) => MoveToOther(null, disposables);

    public void Attach(IDisposable disposable) => _ = Attach((IEnumerable<IDisposable>)[disposable]);

    public void Attach(params IDisposable[] disposables) => _ = Attach((IEnumerable<IDisposable>)disposables);

    public IReadOnlyList<IDisposable> Attach(IEnumerable<IDisposable> disposables)
    {
        ThrowIfDisposed();
        var attached = disposables.ToList();
        foreach (var disposable in attached)
        {
            if (disposable is torch.Tensor { IsInvalid: false } tensor)
            {
                if (tensor.scope is null) manager.StatisticsInstance.DetachedFromScopeCount--;
                else tensor.scope.Remove(tensor);
            }
            Add(disposable);
        }
        return attached;
    }

    public void DisposeEverything() => DisposeEverythingBut((IEnumerable<IDisposable>)[]);

    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
    {
        ThrowIfDisposed();
        var old = items;
        items = new();
        var kept = inKeep.ToHashSet(ReferenceEqualityComparer.Instance);
        foreach (var item in old)
        {
            var tensor = item as torch.Tensor;
            if (tensor is not null) tensor.scope = null;
            if (kept.Contains(item))
            {
                Add(item);
                continue;
            }
            if (tensor is null || !tensor.IsInvalid) manager.StatisticsInstance.DisposedInScopeCount++;
            item.Dispose();
        }
    }

    public void DisposeEverythingBut(params IDisposable[] keep) => DisposeEverythingBut((IEnumerable<IDisposable>)keep);

    public T DisposeEverythingBut<T>(T keep) where T : IDisposable
    {
        DisposeEverythingBut((IEnumerable<IDisposable>)[keep]);
        return keep;
    }

    public (T1 first, T2 second) DisposeEverythingBut<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable
    {
        DisposeEverythingBut((IEnumerable<IDisposable>)[first, second]);
        return (first, second);
    }

    public (T1 first, T2 second, T3 third) DisposeEverythingBut<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable
    {
        DisposeEverythingBut((IEnumerable<IDisposable>)[first, second, third]);
        return (first, second, third);
    }

    public void Dispose()
    {
        if (disposed) return;
        DisposeEverything();
        manager.Remove(this);
        disposed = true;
    }

    public void MarkAsDisposed(IDisposable disposable)
    {
        ThrowIfDisposed();
        manager.StatisticsInstance.DisposedInScopeCount++;
        Remove(disposable);
    }

    public bool Contains(IDisposable disposable) => IndexOf(disposable) >= 0;
}

/// <summary>The scopes of one thread.</summary>
public class DisposeScopeManager
{
    [ThreadStatic] static DisposeScopeManager threadSingleton;

    internal static DisposeScopeManager ThreadSingleton => threadSingleton ??= new();

    public static ThreadDisposeScopeStatistics Statistics => ThreadSingleton.StatisticsInstance;

    internal ThreadDisposeScopeStatistics StatisticsInstance { get; } = new();

    internal DisposeScope CurrentDisposeScope { get; private set; }

    internal DisposeScope NewDisposeScope() => CurrentDisposeScope = new DisposeScope(this);

    internal void Register(torch.Tensor tensor)
    {
        if (CurrentDisposeScope is null)
        {
            StatisticsInstance.CreatedOutsideScopeCount++;
            return;
        }
        StatisticsInstance.CreatedInScopeCount++;
        CurrentDisposeScope.Add(tensor);
    }

    /// <summary>Takes a scope out of the chain, wherever it stands in it.</summary>
    internal void Remove(DisposeScope scope)
    {
        if (CurrentDisposeScope == scope) CurrentDisposeScope = scope.OuterScope;
        else
            for (var inner = CurrentDisposeScope; inner is not null; inner = inner.OuterScope)
                if (inner.OuterScope == scope) inner.OuterScope = scope.OuterScope;
    }
}

/// <summary>How many tensors one thread created and how they ended.</summary>
public class ThreadDisposeScopeStatistics
{
    public long CreatedOutsideScopeCount { get; internal set; }
    public long CreatedInScopeCount { get; internal set; }
    public long DisposedInScopeCount { get; internal set; }
    public long DetachedFromScopeCount { get; internal set; }
    public long ThreadTotalLiveCount => CreatedInScopeCount - DisposedInScopeCount - DetachedFromScopeCount;

    public void Reset() => CreatedOutsideScopeCount = CreatedInScopeCount = DisposedInScopeCount = DetachedFromScopeCount = 0;
}

public static partial class torch
{
    public static DisposeScope NewDisposeScope() => DisposeScopeManager.ThreadSingleton.NewDisposeScope();

    public static DisposeScope CurrentDisposeScope => DisposeScopeManager.ThreadSingleton.CurrentDisposeScope;

    public static Tensor WrappedTensorDisposeScope(Func<Tensor> expr)
    {
        using var scope = NewDisposeScope();
        return expr().MoveToOuterDisposeScope();
    }
}
