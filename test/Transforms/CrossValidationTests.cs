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

    /// <summary>Tensors are counted: none more after a second cross-validation than after the first, and that without the garbage collector.</summary>
    [TestMethod]
    [DynamicData(nameof(Names))]
    public void DisposedModelsLeaveNoTensor(string name)
    {
        Collect(); // what other tests left
        Round();
        var before = Tensor.TotalCount;
        Round();
        Assert.AreEqual(before, Tensor.TotalCount);

        void Round()
        {
            var models = CrossValidate(_ml, name);
            Assert.HasCount(Folds, models);
            foreach (var model in models) (model as IDisposable)?.Dispose();
        }
    }

    /// <summary>Models that are forgotten are freed by the garbage collector.</summary>
    [TestMethod]
    public void ForgottenModelsAreFinalized()
    {
        Round("embedding, dense");
        foreach (var name in Components.All.Keys)
        {
            Collect();
            var before = Tensor.TotalCount;
            Round(name);
            Collect();
            Assert.IsLessThanOrEqualTo(before, Tensor.TotalCount, name);
        }

        // By itself, so that nothing of it is left in this method's frame.
        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Round(string name) => CrossValidate(new MLContext(seed: 1), name);
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
        Round();
        var before = Tensor.TotalCount;
        Round();
        Assert.AreEqual(before, Tensor.TotalCount);

        void Round()
        {
            foreach (var result in _ml.MulticlassClassification.CrossValidate(data, pipeline, Folds, "Class")) ((IDisposable)result.Model).Dispose();
        }
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
                foreach (var model in CrossValidate(_ml, name))
                    ((IDisposable)model).Dispose();
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
