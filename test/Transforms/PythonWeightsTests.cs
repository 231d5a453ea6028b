using System.Globalization;
using Extensions.ML.Trainers;
using Microsoft.ML;
using TorchSharp;

namespace Extensions.ML.Transforms.Tests;

/// <summary>Weights on their way to PyTorch and back, by tools/weights.py.</summary>
[TestClass]
public class PythonWeightsTests
{
    const int Width = 8;
    static readonly string s_tools = Path.Combine(AppContext.BaseDirectory, "tools");
    readonly MLContext _ml = new(seed: 3);
    readonly string _folder = Directory.CreateTempSubdirectory("weights").FullName;

    string File(string name) => Path.Combine(_folder, name);

    [TestCleanup]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    IDataView Rows() => _ml.ToView(Samples.NearPlane(200, Width), Width);

    AutoencoderEmbeddingEstimator.Options Options() => new()
    {
        InputColumnName = "Features", EmbeddingSize = 3, Epochs = 2, Network = new DenseNetwork { HiddenSizes = [10, 6] },
    };

    string Save(ITransformer model, IDataView data)
    {
        using (var file = new StreamWriter(File("rows.csv")))
            foreach (var row in data.Vectors("Features")) file.WriteLine(string.Join(',', row.Select(value => value.ToString("R", CultureInfo.InvariantCulture))));
        _ml.Model.Save(model, data.Schema, File("model.zip"));
        return File("model.zip");
    }

    /// <summary>Runs Python beside the tool.</summary>
    string Run(string script)
    {
        if (PythonProcess.Find("torch, numpy") is not { } python)
        {
            Assert.Inconclusive("There is no Python 3 with torch and numpy (Debian: python3-torch), so that weights cannot be read there.");
            return "";
        }
        var (output, error) = PythonProcess.Run(python, $"""
            import os, sys
            sys.path.insert(0, {Quote(s_tools)})
            os.chdir({Quote(_folder)})
            sys.dont_write_bytecode = True
            import torch, numpy, weights
            {script}
            """);
        Assert.AreEqual("", error);
        return output;

        static string Quote(string path) => "r\"" + path + "\"";
    }

    static float[][] Parse(string rows) => [.. rows.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(row => row.Split(',').Select(value => float.Parse(value, CultureInfo.InvariantCulture)).ToArray())];

    static void AssertEqual(float[][] expected, float[][] found)
    {
        Assert.HasCount(expected.Length, found);
        var scale = expected.Max(row => row.Max(Math.Abs));
        foreach (var (a, b) in expected.Zip(found))
            foreach (var (x, y) in a.Zip(b)) Assert.AreEqual(x, y, 1e-5 * scale);
    }

    [TestMethod]
    public void PyTorchEncodesTheSame()
    {
        var data = Rows();
        using var model = _ml.Transforms.AutoencoderEmbedding(Options()).Fit(data);
        Save(model, data);
        var codes = Parse(Run("""
            sys.argv = ["weights.py", "encode", "model.zip", "rows.csv"]
            weights.main()
            """));
        AssertEqual(model.Transform(data).Vectors("Embedding"), codes);
    }

    /// <summary>PyTorch trains the network of a model file on; the model with these weights gives the codes that PyTorch has.</summary>
    [TestMethod]
    public void WeightsOfPyTorchScoreTheSameHere()
    {
        var data = Rows();
        using var model = _ml.Transforms.AutoencoderEmbedding(Options()).Fit(data);
        Save(model, data);
        var codes = Parse(Run("""
            network, scaled = weights.dense_autoencoder("model.zip")
            x = scaled(torch.from_numpy(numpy.loadtxt("rows.csv", delimiter=",", dtype=numpy.float32)))
            optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
            for step in range(20):
                optimizer.zero_grad()
                (network(x) - x).square().mean().backward()
                optimizer.step()
            torch.save(network.state_dict(), "trained.pt")
            with open("trained.safetensors", "wb") as file:
                file.write(weights.write_safetensors(network.state_dict()))
            sys.argv = ["weights.py", "import", "model.zip", "trained.pt", "trained.zip"]
            weights.main()
            numpy.savetxt(sys.stdout, network.encode(x).detach().numpy(), delimiter=",", fmt="%.9g")
            """));
        var loaded = _ml.Model.Load(File("trained.zip"), out _);
        var found = loaded.Transform(data).Vectors("Embedding");
        AssertEqual(codes, found);
        Assert.IsGreaterThan(0.01, found.Zip(model.Transform(data).Vectors("Embedding")).Max(rows => rows.First.Zip(rows.Second, (a, b) => Math.Abs(a - b)).Max()));
        ((IDisposable)loaded).Dispose();

        // The same weights by name as the first ones of a training whose steps are of no size.
        var options = Options();
        (options.InitialWeights, options.Epochs, options.Optimizer) = (File("trained.safetensors"), 1, new Sgd { LearningRate = 1e-30 });
        using var begun = _ml.Transforms.AutoencoderEmbedding(options).Fit(data);
        AssertEqual(codes, begun.Transform(data).Vectors("Embedding"));
    }

    [TestMethod]
    public void WeightsOfAnotherNetworkAreRefused()
    {
        var data = Rows();
        using var model = _ml.Transforms.AutoencoderEmbedding(Options()).Fit(data);
        using (var file = System.IO.File.Create(File("other.safetensors"))) model.Model.SaveWeights(file);
        var options = Options();
        options.InitialWeights = File("other.safetensors");
        using (_ml.Transforms.AutoencoderEmbedding(options).Fit(data)) { }
        options.EmbeddingSize = 4;
        Assert.Contains("expected", Assert.ThrowsExactly<InvalidDataException>(() => _ml.Transforms.AutoencoderEmbedding(options).Fit(data)).Message);

        // A part of the weights is enough; a name that the network lacks is an error.
        using var some = torch.zeros(6, 10);
        using (var file = System.IO.File.Create(File("part.safetensors"))) SafeTensors.Write(file, [("encoder.1.weight", some)]);
        using (var file = System.IO.File.Create(File("wrong.safetensors"))) SafeTensors.Write(file, [("encoder.9.weight", some)]);
        (options.InitialWeights, options.Epochs, options.Optimizer) = (File("part.safetensors"), 1, new Sgd { LearningRate = 1e-30 });
        using var begun = _ml.Transforms.AutoencoderEmbedding(options).Fit(data);
        Assert.HasCount(1, begun.Transform(data).Vectors("Embedding").Select(row => string.Join(' ', row)).Distinct(), "a layer of zeros gives one code");
        options.InitialWeights = File("wrong.safetensors");
        Assert.Contains("encoder.9.weight", Assert.ThrowsExactly<InvalidDataException>(() => _ml.Transforms.AutoencoderEmbedding(options).Fit(data)).Message);
    }
}
