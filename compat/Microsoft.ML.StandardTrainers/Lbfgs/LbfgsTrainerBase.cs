using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics.Tensors;
using System.Threading.Tasks;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

/// <summary>
/// Base of the linear models that L-BFGS trains. Weights are laid out as the biases of all classes, then the weights of class after
/// class: [classes + classes * features].
/// </summary>
public abstract class LbfgsTrainerBase<TOptions, TTransformer, TModel> : TrainerEstimatorBase<TTransformer, TModel>
    where TTransformer : ISingleFeaturePredictionTransformer<TModel>
    where TModel : class
    where TOptions : LbfgsTrainerBase<TOptions, TTransformer, TModel>.OptionsBase, new()
{
    public abstract class OptionsBase : TrainerInputBaseWithWeight
    {
        public float L2Regularization = 1;
        public float L1Regularization = 1;
        public float OptimizationTolerance = 1e-7f;
        public int HistorySize = 20;
        public int MaximumNumberOfIterations = int.MaxValue;
        public bool Quiet = false;
        public float InitialWeightsDiameter = 0;
        public int? NumberOfThreads;
        public bool EnforceNonNegativity = false;
    }

    readonly TOptions _options;

    internal LbfgsTrainerBase(IHostEnvironment env, TOptions options, SchemaShape.Column labelColumn)
        : base(env.Register("LbfgsTrainerBase"), TrainerColumns.Features(options.FeatureColumnName), labelColumn,
            TrainerColumns.Weight(options.ExampleWeightColumnName))
    {
        _options = options;
        Host.CheckUserArg(options.NumberOfThreads is null or > 0, nameof(options.NumberOfThreads), "Must be positive (or empty for default)");
        Host.CheckUserArg(options.L2Regularization >= 0, nameof(options.L2Regularization), "Must be non-negative");
        Host.CheckUserArg(options.L1Regularization >= 0, nameof(options.L1Regularization), "Must be non-negative");
        Host.CheckUserArg(options.OptimizationTolerance > 0, nameof(options.OptimizationTolerance), "Must be positive");
        Host.CheckUserArg(options.HistorySize > 0, nameof(options.HistorySize), "Must be positive");
        Host.CheckUserArg(options.MaximumNumberOfIterations > 0, nameof(options.MaximumNumberOfIterations), "Must be positive");
    }

    public override TrainerInfo Info { get; } = new(caching: true);

    private protected abstract int ClassCount(RoleMappedData data);

    /// <summary>Adds a row's gradient to that of all weights, and gives its loss; scratch [classes] is free to use.</summary>
    private protected abstract float AccumulateRow(in TrainingRow row, float[] weights, float[] gradient, float[] scratch);

    private protected abstract float[] InitialWeights(TModel initial, int classes, int features);
    private protected abstract TModel MakeModel(float[] weights, int classes, int features);

    private protected sealed override TModel TrainModelCore(RoleMappedData data, RoleMappedData validation, TModel initial)
    {
        var features = TrainingCursor.FeatureCount(data);
        var classes = ClassCount(data);
        using var channel = Host.Start("Training");
        var threads = _options.NumberOfThreads ?? Environment.ProcessorCount;
        if (threads > 1)
        {
            channel.Info("LBFGS multi-threading will attempt to load dataset into memory. In case of out-of-memory issues, add 'numThreads=1' "
                + "to the trainer arguments and 'cache=-' to the command line arguments to turn off multi-threading.");
        }
        var rows = Load(data, channel);
        if (threads > 1 && rows.Count / threads < 10)
        {
            var fewer = Math.Max(1, rows.Count / 100);
            channel.Warning("Too few instances to use {0} threads, decreasing to {1} thread(s)", threads, fewer);
            threads = fewer;
        }

        var length = classes * (1 + features);
        var l1 = _options.L1Regularization;
        var settings = new LbfgsOptimizer.Settings(
            _options.HistorySize, _options.OptimizationTolerance, _options.MaximumNumberOfIterations,
            l1 / rows.Count, classes, _options.EnforceNonNegativity);
        var loss = new RegularizedLoss(this, rows, classes, length, threads);
        var weights = LbfgsOptimizer.Minimize(Host, channel, loss.Evaluate, Start(initial, classes, features, length), settings, _options.Quiet);
        if (l1 > 0 && !_options.Quiet)
            channel.Info("L1 regularization selected {0} of {1} weights.", classes + weights.Skip(classes).Count(weight => weight != 0), length);
        return MakeModel(weights, classes, features);
    }

    List<TrainingRow> Load(RoleMappedData data, IChannel channel)
    {
        var rows = new List<TrainingRow>();
        using var cursor = new TrainingCursor(data);
        while (cursor.MoveNext())
        {
            Host.CheckAlive();
            VBuffer<float> features = default;
            cursor.Features.CopyTo(ref features);
            rows.Add(new TrainingRow(features, cursor.Label, cursor.Weight));
        }
        channel.Check(rows.Count > 0, NoTrainingInstancesMessage);
        if (cursor.Skipped > 0)
            channel.Warning("Skipped {0} instances with missing features/label/weight during training", cursor.Skipped);
        return rows;
    }

    float[] Start(TModel initial, int classes, int features, int length)
    {
        if (initial != null)
            return InitialWeights(initial, classes, features);
        var start = new float[length];
        if (_options.InitialWeightsDiameter > 0)
            for (var i = 0; i < length; i++)
                start[i] = _options.InitialWeightsDiameter * (Host.Rand.NextSingle() - 0.5f);
        return start;
    }

    /// <summary>The mean loss plus the L2 term. Each thread sums one range of the rows: the result depends on the number of threads only.</summary>
    sealed class RegularizedLoss
    {
        readonly LbfgsTrainerBase<TOptions, TTransformer, TModel> _trainer;
        readonly List<TrainingRow> _rows;
        readonly int _classes;
        readonly float _scale;
        readonly int[] _bounds;
        readonly float[] _losses;
        readonly float[][] _gradients;

        public RegularizedLoss(
            LbfgsTrainerBase<TOptions, TTransformer, TModel> trainer, List<TrainingRow> rows, int classes, int length, int threads)
        {
            (_trainer, _rows, _classes) = (trainer, rows, classes);
            _scale = 1 / (float)rows.Sum(row => (double)row.Weight);
            _bounds = new int[threads + 1];
            for (var i = 0; i < threads; i++)
                _bounds[i + 1] = _bounds[i] + (rows.Count - _bounds[i] + threads - i - 1) / (threads - i);
            _losses = new float[threads];
            _gradients = new float[threads][];
            for (var i = 1; i < threads; i++)
                _gradients[i] = new float[length];
        }

        public float Evaluate(float[] weights, float[] gradient)
        {
            _gradients[0] = gradient;
            Parallel.For(0, _losses.Length, i => _losses[i] = Sum(i, weights));
            var loss = _losses[0];
            for (var i = 1; i < _losses.Length; i++)
            {
                loss += _losses[i];
                TensorPrimitives.Add(gradient, _gradients[i], gradient);
            }

            var penalty = _trainer._options.L2Regularization;
            double squares = 0;
            for (var i = _classes; i < weights.Length; i++)
            {
                squares += weights[i] * weights[i];
                gradient[i] += penalty * weights[i];
            }
            TensorPrimitives.Multiply(gradient, _scale, gradient);
            return (loss + (float)(squares * penalty * 0.5)) * _scale;
        }

        float Sum(int range, float[] weights)
        {
            var gradient = _gradients[range];
            Array.Clear(gradient);
            var scratch = new float[_classes];
            double loss = 0;
            for (var i = _bounds[range]; i < _bounds[range + 1]; i++)
                loss += _trainer.AccumulateRow(_rows[i], weights, gradient, scratch);
            return (float)loss;
        }
    }
}

/// <summary>A row in memory.</summary>
readonly record struct TrainingRow(VBuffer<float> Features, float Label, float Weight);
