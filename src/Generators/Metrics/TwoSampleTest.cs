using Extensions.ML.Trainers;
using static TorchSharp.torch;

namespace Extensions.ML.Generators;

/// <summary>
/// The classifier two-sample test (Lopez-Paz and Oquab, "Revisiting Classifier Two-Sample Tests", ICLR 2017): a network learns to tell real
/// from generated rows on half of them, and is judged on the other half. Where both are of one distribution it can only guess.
/// </summary>
/// <param name="Accuracy">Share of the held-out rows told rightly; 0.5 where the samples cannot be told apart, 1 where they can.</param>
/// <param name="AreaUnderRoc">How often the network finds a generated row more likely generated than a real one; 0.5 is a guess.</param>
/// <param name="PValue">Probability that guesses are right at least as often as the network was, 0 to 1. Small values say that the samples are
/// of different distributions.</param>
/// <param name="Rows">Rows judged, half of them real.</param>
sealed record TwoSampleTest(double Accuracy, double AreaUnderRoc, double PValue, int Rows)
{
    const int HiddenSize = 64, CodeSize = 16, FewestSteps = 1500, ScoredRows = 1024;

    /// <summary>Tests two samples; of the larger one, as many rows are used as the smaller has.</summary>
    /// <param name="real">At least 20 rows.</param>
    /// <param name="generated">At least 20 rows, of the same width.</param>
    /// <param name="seed">Decides the split, the first weights and the order of training.</param>
    /// <param name="cancellation">Stops the training.</param>
    /// <exception cref="ArgumentException">The samples differ in width, or one has too few rows.</exception>
    public static TwoSampleTest Between(FeatureMatrix real, FeatureMatrix generated, int seed = 1, CancellationToken cancellation = default)
    {
        FeatureMatrix.RequireComparable(real, generated, least: 20);
        var random = new SeededRandom(seed);
        int each = Math.Min(real.Count, generated.Count), trained = each / 2;
        FeatureMatrix[] classes = [real.Draw(each, random), generated.Draw(each, random)];

        using var model = Train(new LabelledHalf(classes, trained), seed, cancellation);
        int held = each - trained;
        var scores = new float[2 * held];
        for (int c = 0; c < 2; c++) Score(model, classes[c], trained, scores.AsSpan(c * held, held));
        var isGenerated = new bool[2 * held];
        isGenerated.AsSpan(held).Fill(true);

        // A score of exactly 0 is a guess, right by half.
        double right = scores.Zip(isGenerated, (score, label) => score == 0 ? 0.5 : score > 0 == label ? 1 : 0).Sum();
        return new TwoSampleTest(right / scores.Length, DetectionCurve.Of(scores, isGenerated).AreaUnderRoc(),
            GuessedAtLeast((int)right, scores.Length), scores.Length);
    }

    static ClassifierModel Train(LabelledHalf rows, int seed, CancellationToken cancellation)
    {
        var architecture = new ClassifierArchitecture
        {
            Autoencoder = new AutoencoderArchitecture
            {
                InputSize = rows.Width - 1, CodeSize = CodeSize,
                Network = new DenseNetwork { HiddenSizes = [HiddenSize], CodeActivation = Activation.Relu },
            },
            Outputs = 1,
        };
        var dataOptions = new DataOptions { Scaling = FeatureScaling.Standardize, TargetSlots = 1, ValidationFraction = 0.1, Seed = seed };
        using var data = TrainingData.Load(rows, dataOptions, CPU, cancellation);
        const int BatchSize = 128;
        int stepsOfEpoch = (int)Math.Max(1, data.Training.RowCount / BatchSize);
        var options = new TrainingOptions
        {
            BatchSize = BatchSize, Epochs = Math.Max(20, FewestSteps / stepsOfEpoch), Patience = Math.Max(4, 300 / stepsOfEpoch), Seed = seed,
            Optimizer = new AdamW { WeightDecay = 0.01 },
        };
        return ClassifierModel.Train(architecture, null, data, weighted: false, options, new ClassifierTraining(), cancellation);
    }

    static void Score(ClassifierModel model, FeatureMatrix rows, int first, Span<float> scores)
    {
        using var block = new FeatureBlock(ScoredRows, rows.Width);
        for (; scores.Length > 0; first += ScoredRows)
        {
            int count = Math.Min(ScoredRows, scores.Length);
            for (int i = 0; i < count; i++) rows[first + i].CopyTo(block[i]);
            model.Score(block, count, scores[..count]);
            scores = scores[count..];
        }
    }

    /// <summary>The probability that at least so many of n fair coins fall on one side: the upper tail of the binomial distribution.</summary>
    internal static double GuessedAtLeast(int right, int count)
    {
        // ln C(n, k) from k = 0 on, by the ratio of neighbouring coefficients.
        double logCoefficient = 0, tail = 0;
        for (int k = 0; k <= count; k++)
        {
            if (k >= right) tail += Math.Exp(logCoefficient - count * Math.Log(2));
            logCoefficient += Math.Log(count - k) - Math.Log(k + 1);
        }
        return Math.Min(1, tail);
    }

    /// <summary>The first rows of both classes in turns, each with its class behind the features.</summary>
    sealed class LabelledHalf(FeatureMatrix[] classes, int each) : IRowSource
    {
        public int Width => classes[0].Width + 1;
        public long? Count => 2 * each;
        public IRowReader Open() => new Reader(classes, each);

        sealed class Reader(FeatureMatrix[] classes, int each) : IRowReader
        {
            int _next;

            public bool TryRead(Span<float> row)
            {
                if (_next == 2 * each) return false;
                classes[_next % 2][_next / 2].CopyTo(row);
                row[^1] = _next % 2;
                _next++;
                return true;
            }

            public void Dispose()
            {
            }
        }
    }
}
