using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers.Tests;

/// <summary>What is particular to images: the layers, and the distortion.</summary>
[TestClass]
public class ConvolutionTests
{
    /// <summary>Code and reconstruction of an image of odd size as PyTorch gives them with these weights.</summary>
    [TestMethod]
    [DataRow(Upsampling.TransposedConvolution)]
    [DataRow(Upsampling.ResizeConvolution)]
    public void EqualsPyTorch(Upsampling upsampling)
    {
        using var scope = NewDisposeScope();
        var design = new ConvolutionalNetwork { Channels = 3, Height = 9, Width = 6, Filters = [4, 5], Upsampling = upsampling, Distortion = null };
        using var network = new AutoencoderArchitecture { InputSize = 162, CodeSize = 4, Network = design, OutputActivation = Activation.Sigmoid }.Create(seed: 5);
        network.to(ScalarType.Float64);
        var x = tensor(Support.Normal(3 * 162, 3), [3, 162]).to(ScalarType.Float64);
        network.train();
        network.forward(x); // running means that are not those of the start
        network.eval();
        string weights = Path.Combine(Support.TemporaryFolder(), "weights.safetensors");
        using (var file = File.Create(weights))
            SafeTensors.Write(file, network.state_dict().Select(e => (e.Key, e.Value)).Append(("x", x)));
        string printed = Support.Python(Support.ReadScript + """
            F = torch.nn.functional
            def norm(x, name):
                name += '.normalization.'
                return F.relu(F.batch_norm(x, w[name + 'running_mean'], w[name + 'running_var'], w[name + 'weight'], w[name + 'bias']))
            linear = lambda x, name: F.linear(x, w[name + '.weight'], w[name + '.bias'])
            def up(x, name, size):
                if sys.argv[2] == 'ResizeConvolution':
                    return F.conv2d(F.interpolate(x, size), w[name + '.weight'], w.get(name + '.bias'), padding=1)
                return F.conv_transpose2d(x, w[name + '.weight'], w.get(name + '.bias'), 2, 1,
                                          [size[0] - 2 * x.shape[2] + 1, size[1] - 2 * x.shape[3] + 1])
            x = w['x'].view(-1, 3, 9, 6)
            for i in '01': x = norm(F.conv2d(x, w[f'down.{i}.weight'], None, 2, 1), f'down.{i}')
            x = F.relu(linear(linear(x.permute(0, 2, 3, 1).flatten(1), 'toCode'), 'fromCode')).view(-1, 3, 2, 5).permute(0, 3, 1, 2)
            x = torch.sigmoid(up(norm(up(x, 'up.0', [5, 3]), 'up.0'), 'up.1', [9, 6]))
            print(' '.join(map(repr, x.flatten().tolist())))
            """, weights, $"{upsampling}");
        double[] expected = [.. printed.Split(' ').Select(v => double.Parse(v, CultureInfo.InvariantCulture))];
        var actual = network.forward(x).flatten();
        Assert.HasCount((int)actual.numel(), expected);
        for (int i = 0; i < expected.Length; i++) Assert.AreEqual(expected[i], actual[i].item<double>(), 1e-12);
    }

    [TestMethod]
    public void NoDistortionLeavesAnImageAsItIs()
    {
        using var scope = NewDisposeScope();
        var images = tensor(Support.Normal(2 * 3 * 35, 3), [2, 3, 5, 7]).to(ScalarType.Float64);
        var same = new ImageDistortion { Rotation = 0, Shift = 0, Scaling = 0, Shear = 0 }.Apply(images);
        Assert.IsTrue(images.allclose(same, 1e-9, 1e-9));
    }

    [TestMethod]
    [DataRow(1, 1, 1)]
    [DataRow(3, 5, 8)]
    [DataRow(1, 28, 28)]
    public void TheGridIsThatOfTheEngine(int channels, int height, int width)
    {
        using var scope = NewDisposeScope();
        var images = zeros(4, channels, height, width, dtype: ScalarType.Float64);
        var maps = tensor(Support.Normal(4 * 6, 5), [4, 2, 3]).to(ScalarType.Float64);
        var expected = nn.functional.affine_grid(maps, images.shape, align_corners: false);
        Assert.IsTrue(expected.allclose(ImageDistortion.Grid(maps, images), 1e-14, 1e-14));
    }

    /// <summary>On a plane, an affine map gives another plane, whose slopes tell the map: within the limits, different for each image, and
    /// reaching far into them.</summary>
    [TestMethod]
    public void DistortionsStayWithinTheirLimits()
    {
        const int Size = 41, Images = 400;
        using var random = new GlobalRandom();
        using var scope = NewDisposeScope();
        manual_seed(3);
        // Value: the column, from the centre.
        var columns = (arange(Size, dtype: ScalarType.Float64) - Size / 2).view(1, 1, 1, Size).expand(Images, 1, Size, Size);
        double[] Measure(ImageDistortion distortion, Func<Tensor, Tensor> measure) =>
            [.. measure(distortion.Apply(columns).squeeze(1).narrow(1, 15, 11).narrow(2, 15, 11)).data<double>()];
        var none = new ImageDistortion { Rotation = 0, Shift = 0, Scaling = 0, Shear = 0 };
        Tensor Centre(Tensor image) => image.select(1, 5).select(1, 5);
        Tensor Across(Tensor image) => (image.select(2, 10) - image.select(2, 0)).select(1, 5) / 10;
        Tensor Down(Tensor image) => (image.select(1, 10) - image.select(1, 0)).select(1, 5) / 10;

        AssertUniform(0, 0.1 * Size, Measure(none with { Shift = 0.1 }, Centre));
        AssertUniform(1, 0.2, Measure(none with { Scaling = 0.2 }, Across));
        AssertUniform(0, 0.25, Measure(none with { Shear = 0.25 }, Down));
        AssertUniform(0, 20 * Math.PI / 180, Measure(none with { Rotation = 20 }, image => Down(image).asin()));

        static void AssertUniform(double middle, double limit, double[] values)
        {
            foreach (double value in values) Assert.AreEqual(middle, value, limit * 1.000001);
            // Standard deviation of the mean: limit / sqrt(3 x 400), 0.029 of the limit.
            Assert.AreEqual(middle, values.Average(), 0.15 * limit);
            Assert.AreEqual(1 / 3.0, values.Average(v => (v - middle) * (v - middle)) / limit / limit, 0.08);
        }
    }

    /// <summary>Distorted images are trained on; what is remembered for scoring are the means of images as they are, of a quarter of each
    /// batch.</summary>
    [TestMethod]
    public void NormalizationsRememberStraightImages()
    {
        using var random = new GlobalRandom();
        using var scope = NewDisposeScope();
        var distortion = new ImageDistortion();
        var design = new ConvolutionalNetwork { Height = 6, Width = 5, Filters = [3, 4], Distortion = distortion };
        var architecture = new AutoencoderArchitecture { InputSize = 30, CodeSize = 4, Network = design };
        using var bent = architecture.Create(seed: 5);
        using var straight = (architecture with { Network = design with { Distortion = null } }).Create(seed: 5);
        using var reference = (architecture with { Network = design with { Distortion = null } }).Create(seed: 5);
        for (int step = 0; step < 3; step++)
        {
            var x = tensor(Support.Normal(10 * 30, step), [10, 30]);
            manual_seed(step);
            var loss = bent.TrainingLoss(x, x, architecture.RowLoss, null);
            straight.TrainingLoss(x.narrow(0, 0, 3), x.narrow(0, 0, 3), architecture.RowLoss, null);
            manual_seed(step);
            var expected = reference.TrainingLoss(distortion.Apply(x, new ImageShape(1, 6, 5)), x, architecture.RowLoss, null);
            Assert.AreEqual(expected.item<float>(), loss.item<float>());
            loss.backward();
        }
        var remembered = straight.state_dict();
        foreach (var (name, value) in bent.state_dict()) CollectionAssert.AreEqual(Support.ToArray(remembered[name]), Support.ToArray(value), name);
    }

    /// <summary>One row over one pixel has no variance: the last batch of an epoch may be such.</summary>
    [TestMethod]
    public void ABatchOfOneValueIsNormalisedAsInScoring()
    {
        using var scope = NewDisposeScope();
        using var normalization = new BatchNormalization(2);
        normalization.train();
        var x = tensor(new float[] { 3, -1 }, [1, 2, 1, 1]);
        CollectionAssert.AreEqual(Support.ToArray(x / MathF.Sqrt(1 + 1e-5f)), Support.ToArray(normalization.forward(x)));
    }
}
