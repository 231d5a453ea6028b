using Extensions.ML.Trainers;
using Samples.Data;

namespace Benchmarks.Throughput;

/// <summary>A network, the rows that it learns, and how peers/networks.py is asked for the same network.</summary>
/// <param name="Name">For the names of rows.</param>
/// <param name="Description">Its sizes.</param>
/// <param name="Train">Trains the network here, from its first weights.</param>
/// <param name="Peer">The class there, <c>kind</c>, and its arguments.</param>
/// <param name="Rows">What it learns: values from 0 to 1, behind which a class may stand; or tokens.</param>
/// <param name="BatchSize">Rows in a step.</param>
sealed record Workload(string Name, string Description, Func<TrainingData, TrainingOptions, IDisposable> Train, object Peer, float[][] Rows,
    int BatchSize)
{
    const int Side = 28, Pixels = Side * Side, Steps = 48, StepSize = 3, Columns = 30;
    const int Code = 64, Small = 16, Hidden = 256, Classes = 10;

    /// <summary>The network that fits and scoring are measured with, too.</summary>
    public static AutoencoderArchitecture DenseArchitecture { get; } =
        Of(Pixels, Code, new DenseNetwork { HiddenSizes = [Hidden] }, Activation.Sigmoid);

    /// <summary>The training of <see cref="DenseArchitecture"/>.</summary>
    public static Workload Dense(BenchmarkOptions options)
    {
        const int batch = 256;
        return new("dense", $"{Pixels}-{Hidden}-{Code}-{Hidden}-{Pixels}", Training(DenseArchitecture),
            new { kind = "Dense", width = Pixels, hidden = Hidden, code = Code }, Digits(options, 15 * batch), batch);
    }

    /// <summary>The other autoencoders, as they are by default where their sizes do not say otherwise.</summary>
    public static IEnumerable<Workload> Autoencoders(BenchmarkOptions options)
    {
        const int batch = 128, rows = 10 * batch;
        var (seed, digits) = (options.Seeds[0], Digits(options, rows));
        var convolutional = new ConvolutionalNetwork();
        yield return new("convolutional", $"grey images of {Side} x {Side}, {string.Join(" and ", convolutional.Filters)} filters, code {Code}",
            Training(Of(Pixels, Code, convolutional, Activation.Sigmoid)),
            new { kind = "Convolutional", side = Side, filters = convolutional.Filters, code = Code }, digits, batch);

        var windows = Windows(seed, rows);
        foreach (var design in new[] { new RecurrentNetwork(), new RecurrentNetwork { Cell = RecurrentCell.Gru } })
        {
            var (cell, state) = (design.Cell.ToString().ToUpperInvariant(), design.StateSize);
            yield return new(cell, $"windows of {Steps} steps of {StepSize} values, state {state}, code {Small}",
                Training(Of(Steps * StepSize, Small, design with { StepSize = StepSize })),
                new { kind = "Recurrent", cell, steps = Steps, step = StepSize, state, code = Small }, windows, batch);
        }

        var table = new MaskedTransformerNetwork { MaskRatio = 0.5, FeedForwardSize = 256 };
        var (size, heads, layers, decoder_layers, hidden) = (table.TokenSize, table.Heads, table.Layers, table.DecoderLayers, table.FeedForwardSize);
        var blocks = $"{layers} and {decoder_layers} blocks, {size} wide, code";
        yield return new("masked table", $"{Columns} columns, half of them hidden, {blocks} {Small}", Training(Of(Columns, Small, table)),
            new { kind = "MaskedTable", tokens = Columns, size, heads, layers, decoder_layers, hidden, masked = table.MaskRatio, code = Small },
            Made(seed, rows, Columns, (random, _) => random.NextSingle()), batch);

        const int patch = 4;
        var patches = table with { MaskRatio = 0.75, PatchSize = patch };
        yield return new("masked patches", $"{Pixels / patch / patch} patches of {patch} x {patch}, three quarters hidden, {blocks} {Code}",
            Training(Of(Pixels, Code, patches, Activation.Sigmoid)),
            new { kind = "MaskedImages", side = Side, patch, size, heads, layers, decoder_layers, hidden, masked = patches.MaskRatio, code = Code },
            digits, batch);
    }

    /// <summary>Generators of digits, as they are by default; the last two draw a digit that is asked for by its class.</summary>
    public static IEnumerable<Workload> Generators(BenchmarkOptions options)
    {
        const int batch = 128, smallBatch = 64, hidden = 400, latent = 20;
        var variational = new VariationalArchitecture
        {
            InputSize = Pixels, LatentSize = latent, Network = new DenseNetwork(), FeatureSize = hidden, Likelihood = NumberLikelihood.Bernoulli,
        };
        yield return new("VAE", $"{Pixels}-{hidden}-{latent}-{hidden}-{Pixels}",
            (data, training) => VariationalModel.Train(variational, data, training, new VariationalTraining()),
            new { kind = "Variational", width = Pixels, hidden, latent }, Digits(options, 40 * batch), batch);

        var (shares, digits) = (Enumerable.Repeat(1.0 / Classes, Classes).ToArray(), LabelledDigits(options, 10 * batch));
        // At the end of an epoch it is also judged by 500 rows that it draws: about a step more, which the peer does without.
        var gan = new ConvolutionalGan { Filters = [32, 64] }; // the default at this size
        var adversarial = new AdversarialArchitecture
        {
            InputSize = Pixels, ClassShares = shares, Network = gan, OutputActivation = Activation.Sigmoid,
        };
        var (filters, kernel) = (gan.Filters, gan.KernelSize);
        yield return new("DCGAN", $"grey images of {Side} x {Side}, {string.Join(" and ", filters)} filters, both players",
            (data, training) => AdversarialModel.Train(adversarial, data, training, new AdversarialTraining()),
            new { kind = "Adversarial", side = Side, filters, kernel, latent = adversarial.LatentSize, classes = Classes },
            digits, smallBatch);

        var unet = new UNet();
        var diffusion = new DiffusionArchitecture { InputSize = Pixels, ClassShares = shares, Network = unet, UnitRange = true };
        var (patch, embedding) = (unet.PatchSize, unet.EmbeddingSize);
        yield return new("U-Net", $"diffusion of grey images of {Side} x {Side}, {string.Join(" and ", unet.Filters)} filters",
            (data, training) => DiffusionModel.Train(diffusion, autoencoder: null, data, training),
            new { kind = "Diffusion", side = Side, patch, filters = unet.Filters, embedding, classes = Classes },
            digits[..(5 * batch)], batch);
    }

    /// <summary>A transformer that translates, of the default sizes but as PyTorch's <c>nn.Transformer</c> has it, over made-up pairs of the length
    /// of a caption; all of one length, so that nobody pads.</summary>
    public static Workload Translation(BenchmarkOptions options)
    {
        const int batch = 80, length = 14, vocabulary = 8000, special = 3;
        var network = new TransformerTranslation { Activation = Activation.Relu, RotaryPositions = false };
        var architecture = new TranslationArchitecture { VocabularySize = vocabulary, SourceVocabularySize = vocabulary, Network = network };
        var rows = Made(options.Seeds[0], 15 * batch, 2 * length, (random, _) => random.Next(special, vocabulary));
        var pairs = new SequencePairs([.. rows.Select(row => (Tokens(row[..length]), Tokens(row[length..])))], []);
        var how = new TranslationTraining();
        var (width, heads, layers, hidden, dropout) = (network.Width, network.Heads, network.EncoderLayers, network.FeedForwardSize, network.Dropout);
        return new("translation", $"{layers} and {layers} blocks, {width} wide, {vocabulary:n0} tokens, pairs of {length} tokens",
            // A batch is measured in tokens, End among them.
            (_, training) => TranslationModel.Train(architecture, pairs, training with { BatchSize = batch * (length + 1) }, how),
            new { kind = "Translation", vocabulary, length, width, heads, layers, hidden, dropout, smoothing = how.LabelSmoothing }, rows, batch);

        static int[] Tokens(float[] row) => Array.ConvertAll(row, token => (int)token);
    }

    static Func<TrainingData, TrainingOptions, IDisposable> Training(AutoencoderArchitecture architecture) =>
        (data, training) => AutoencoderModel.Train(architecture, data, training);

    static AutoencoderArchitecture Of(int width, int code, NetworkDesign network, Activation output = Activation.Identity) =>
        new() { InputSize = width, CodeSize = code, Network = network, OutputActivation = output };

    static float[][] Digits(BenchmarkOptions options, int count) => options.Data is { } folder
        ? Idx.ReadImages(Path.Combine(folder, "mnist", "train-images-idx3-ubyte.gz"), count)
        : Made(options.Seeds[0], count, Pixels, (random, _) => random.NextSingle());

    /// <returns>Digits with their class, from 0, behind the pixels.</returns>
    static float[][] LabelledDigits(BenchmarkOptions options, int count)
    {
        var labels = options.Data is { } folder ? Idx.ReadLabels(Path.Combine(folder, "mnist", "train-labels-idx1-ubyte.gz"), count)
            : [.. Enumerable.Range(0, count).Select(row => (byte)(row % Classes))];
        return [.. Digits(options, count).Zip(labels, (pixels, label) => (float[])[.. pixels, label])];
    }

    static float[][] Windows(int seed, int count) => Made(seed, count, Steps * StepSize,
        (random, slot) => 0.5f + 0.4f * MathF.Sin(0.2f * (slot / StepSize) * (1 + slot % StepSize)) + 0.1f * random.NextSingle());

    static float[][] Made(int seed, int count, int width, Func<Random, int, float> value)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, width).Select(slot => value(random, slot)).ToArray())];
    }
}
