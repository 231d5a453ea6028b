using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Tensor = TorchSharp.torch.Tensor;

namespace Extensions.ML.Transforms.Tests;

/// <summary>Every component in cross-validation, and what it leaves in memory.</summary>
[TestClass]
[DoNotParallelize]
public class CrossValidationTests
{
    const int Folds = 2;
    readonly MLContext _ml = new(seed: 1);

    public static IEnumerable<object[]> Names => Components.All.Keys.Select(name => new object[] { name });

    /// <summary>The models of the folds, by the task's own CrossValidate where the task has one.</summary>
    static ITransformer[] CrossValidate(MLContext ml, string name)
    {
        var data = Components.Data(ml);
        var estimator = Components.All[name](ml);
        return name switch
        {
            "classifier, several classes" => [.. ml.MulticlassClassification.CrossValidate(data, estimator, Folds, "Class").Select(Check)],
            "classifier, two classes" => [.. ml.BinaryClassification.CrossValidate(data, estimator, Folds, "Open").Select(Check)],
            _ when name.StartsWith("translator", StringComparison.Ordinal) => [.. ml.Translation.CrossValidate(data, estimator, Folds).Select(Check)],
            _ => [.. ml.Data.CrossValidationSplit(data, Folds).Select(fold =>
            {
                var model = estimator.Fit(fold.TrainSet);
                Components.Use(ml, model, fold.TestSet);
                return model;
            })],
        };

        static ITransformer Check<TMetrics>(TrainCatalogBase.CrossValidationResult<TMetrics> result) where TMetrics : class
        {
            Assert.IsNotNull(result.Metrics);
            return result.Model;
        }
    }

    /// <summary>When a model is disposed of, all that its training, its scoring and it itself held is freed: the garbage collector finds no tensor.</summary>
    [TestMethod]
    [DynamicData(nameof(Names))]
    public void DisposedModelsLeaveNoTensor(string name)
    {
        Collect(); // what other tests left
        Round(name, dispose: true);
        LeftNothing();
    }

    /// <summary>Models that are forgotten are freed by the garbage collector: of them as many tensors are left as of those that were disposed of.
    /// (TorchSharp counts a parameter once too often, so that is not none.)</summary>
    [TestMethod]
    public void ForgottenModelsAreFinalized()
    {
        foreach (var name in Components.All.Keys)
        {
            Left(dispose: true);
            Assert.AreEqual(Left(dispose: true), Left(dispose: false), name);

            long Left(bool dispose)
            {
                Collect();
                var before = Tensor.TotalCount;
                Round(name, dispose);
                Collect();
                return Tensor.TotalCount - before;
            }
        }
    }

    // By itself, so that nothing of it is left in the caller's frame.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Round(string name, bool dispose)
    {
        var models = CrossValidate(new MLContext(seed: 1), name);
        Assert.HasCount(Folds, models);
        if (!dispose) return;
        foreach (var model in models) (model as IDisposable)?.Dispose();
    }

    static void LeftNothing()
    {
        var before = Tensor.TotalCount;
        Collect();
        Assert.AreEqual(before, Tensor.TotalCount);
    }

    /// <summary>Features that are learned fold by fold, before a trainer of ML.NET.</summary>
    [TestMethod]
    public void PipelinesDisposeOfTheirParts()
    {
        var data = Components.Data(_ml);
        var pipeline = Components.All["embedding, dense"](_ml).Append(Components.All["variational encoding"](_ml))
            .Append(_ml.Transforms.Concatenate("Both", "Embedding", "Latent"))
            .Append(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Class", "Both"));
        Collect();
        foreach (var result in _ml.MulticlassClassification.CrossValidate(data, pipeline, Folds, "Class")) ((IDisposable)result.Model).Dispose();
        LeftNothing();
    }

    [TestMethod]
    public void ManagedMemoryStaysFlat()
    {
        const int rounds = 4;
        Round();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < rounds; i++) Round();
        var growth = (GC.GetTotalMemory(forceFullCollection: true) - before) / rounds;
        Assert.IsLessThan(100_000, growth, "bytes a round");

        void Round()
        {
            foreach (var name in (string[])["embedding, dense", "detector, several networks", "classifier, several classes", "generator, variational"])
                CrossValidationTests.Round(name, dispose: true);
        }
    }

    static void Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
