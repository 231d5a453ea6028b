using System.Globalization;
using Extensions.ML;
using Extensions.ML.Generators;
using Microsoft.ML;
using Samples.Output;

namespace Benchmarks.Generation;

/// <summary>What fewer steps of the same diffusion model cost in quality and save in time.</summary>
static class DiffusionSteps
{
    /// <param name="ml">The context.</param>
    /// <param name="judge">Sees the digits.</param>
    /// <param name="real">Real digits as the judge sees them.</param>
    /// <param name="model">Has learned digits by diffusion.</param>
    /// <param name="few">Few steps.</param>
    /// <param name="count">Digits to draw in each way.</param>
    /// <param name="figures">Where the figures go.</param>
    public static Table Compare(MLContext ml, DigitJudge judge, IDataView real, GeneratorTransformer model, DiffusionSampling few, int count,
        Dictionary<string, double> figures)
    {
        (string Name, DiffusionSampling Options)[] ways =
        [
            ("ddim.25", few),
            ("ancestral.1000", few with { Sampler = DiffusionSampler.Ancestral, Steps = 1000 }),
        ];
        var measured = Array.ConvertAll(ways, way =>
        {
            IDataView? digits = null;
            var time = Timing.Of(() => digits = ml.Data.LoadFromEnumerable(
                ml.Data.CreateEnumerable<DigitSet.Picture>(ml.Generation.Sample(model, count, options: way.Options), reuseRowObject: false).ToArray()));
            var distance = ml.Generation.Evaluate(real, judge.Features(digits!)).FrechetDistance;
            figures[$"digits.diffusion.{way.Name}.seconds"] = time.Processor;
            figures[$"digits.diffusion.{way.Name}.frechet"] = distance;
            return (time.Processor, Distance: distance);
        });
        figures["digits.diffusion.speedup"] = measured[1].Processor / measured[0].Processor;
        figures["digits.diffusion.frechet.ratio"] = measured[0].Distance / measured[1].Distance;
        return new("Steps of diffusion", ["Sampler", "Seconds", "Fréchet"],
            [.. ways.Zip(measured, (way, found) => new[]
            {
                way.Name, found.Processor.ToString("F1", CultureInfo.InvariantCulture), found.Distance.ToString("F3", CultureInfo.InvariantCulture),
            })], $"{count:N0} digits each; processor time.");
    }
}
