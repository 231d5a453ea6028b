using Extensions.ML.Trainers;
using Samples.Charts;
using Samples.Maps;
using Samples.Output;

namespace ImageEmbedding;

/// <summary>What the code space looks like, in pictures.</summary>
sealed class Report(SampleOptions options, Pictures pictures, Embedded[] embedded, AutoencoderModel model)
{
    static readonly string[] Digits = [.. Enumerable.Range(0, 10).Select(digit => $"{digit}")];

    readonly int[] labels = Array.ConvertAll(embedded, picture => (int)picture.Label);
    readonly HtmlReport page = new(options.Out, "Pictures as codes",
        $"An autoencoder learned to write {pictures.Training.Length:N0} pictures, loaded from PNG files and without labels, down in "
        + $"{embedded[0].Embedding.Length} numbers each. Data: {(options.Data == null ? "digits drawn by this program" : "MNIST digits")}. "
        + $"Everything below is about {embedded.Length:N0} test pictures that it has not seen.");

    public void Write(TimeSpan fitTime)
    {
        var codes = Array.ConvertAll(embedded, picture => picture.Embedding);
        var principal = PrincipalComponents.Of(codes);
        var (neighbours, _) = Screen.Work("t-SNE", () => TSne.Map(codes));

        var results = Results(codes, neighbours, fitTime);
        Screen.Show(results);
        page.Section("Reconstructions", "What the numbers keep of a picture: each is drawn again from its code alone. In training the pictures were "
            + "turned, moved, scaled and slanted at random, and the network had to draw them as they were: the code says what a picture shows rather "
            + "than how it stands, and pictures come back straightened.");
        page.Add(results);
        page.Add(("reconstructions.png", ImageGrid.Of("Pictures and their reconstructions",
            $"Test pictures, and how they are drawn again from {codes[0].Length} numbers", Pictures.Side,
            [("original", [.. embedded.Take(12).Select(picture => picture.Pixels)]), ("redrawn", [.. embedded.Take(12).Select(picture => picture.Reconstruction)])]),
            "The network did not see these pictures in training."));
        AddMaps(principal, neighbours);
        AddUnits();
        AddSaliency();
        page.Section("Training", "");
        page.Add(("learning.png", LineChart.LearningCurves("Learning curves", model.History),
            "The error on pictures kept out of training, beside the training error, in which pictures are distorted."));
        page.Save();
        Screen.Line($"The report: {page.Path}");
    }

    Table Results(float[][] codes, (double X, double Y)[] neighbours, TimeSpan fitTime)
    {
        var error = embedded.Average(Error);
        string Agreement(IReadOnlyList<float[]> points) => $"{Codes.NeighbourAgreement(points, labels):P1}";
        return new("Nearest neighbours of the same digit", ["Where", "Numbers a picture", "Same digit"],
        [
            ["pixels", $"{Pictures.Side * Pictures.Side}", Agreement(Array.ConvertAll(embedded, picture => picture.Pixels))],
            ["code", $"{codes[0].Length}", Agreement(codes)],
            ["map by t-SNE", "2", Agreement(Array.ConvertAll(neighbours, place => new[] { (float)place.X, (float)place.Y }))],
        ], $"Reconstruction error {error:F5} (mean squared, pixels 0..1); fitted in {fitTime.TotalSeconds:F1} s, the PNG files read included.");
    }

    void AddMaps(PrincipalComponents principal, (double X, double Y)[] neighbours)
    {
        page.Section("The code space", "Every dot is a test picture, its colour the digit, which the network was never told.");
        page.Add(
            ("map-pca.png", ScatterMap.Of("Principal components", "The codes along the two directions in which they differ most", principal.Places, labels,
                Digits, ($"first component ({principal.Shares.X:P0} of the variance)", $"second component ({principal.Shares.Y:P0})")),
                "The same projection for all dots: distances are true, but most directions of the code are not seen."),
            ("map-tsne.png", ScatterMap.Of("t-SNE", "Neighbours in the code space stay neighbours", neighbours, labels, Digits),
                "Perplexity 30. Which dots lie together means something; distances between clusters and their sizes mean little."));
    }

    void AddUnits()
    {
        var units = Codes.Units(embedded);
        float[] steps = [-3, -2, -1, 0, 1, 2, 3];
        page.Section("What the units of the code respond to", "Units in order of how much they vary.");
        page.Add(
            ("units-decoded.png", ImageGrid.Of("What the decoder makes of a unit", "One unit from 3 standard deviations below its mean to 3 above", Pictures.Side,
                [.. units.Take(8).Select(unit => (unit.Name, (IReadOnlyList<float[]>)Codes.Decoded(model, units, unit, steps)))]),
                "All other units are at their means, so the middle column is the same picture."),
            ("units-strongest.png", ImageGrid.Of("What a unit answers to", "The test pictures on which it is strongest", Pictures.Side,
                [.. units.Take(8).Select(unit => (unit.Name, (IReadOnlyList<float[]>)
                    [.. embedded.Zip(unit.Values).OrderByDescending(pair => pair.Second).Take(steps.Length).Select(pair => pair.First.Pixels)]))]),
                "One row a unit."),
            ("units-pixels.png", ImageTiles.Of("Pixels that go with a unit", "Mean of pixel times unit, the unit scaled to unit variance", Pictures.Side,
                [.. units.Select(unit => (unit.Name, Codes.Response(embedded, unit)))]),
                "Red: where there is ink when the unit is high. Blue: where there is ink when it is low."),
            ("units-digits.png", HeatMap.Of("Units and digits", "Mean of each unit over the pictures of each digit, in standard deviations", ("Digit", Digits),
                ("Unit", [.. units.Select(unit => $"{unit.Index}")]),
                [.. Enumerable.Range(0, 10).Select(digit => units.Select(unit =>
                    unit.Values.Where((_, i) => labels[i] == digit).DefaultIfEmpty().Average()).ToArray())], signed: true),
                "A row of strong colours: a digit that the code tells apart."));
    }

    void AddSaliency()
    {
        var worst = embedded.OrderByDescending(Error).Take(5).ToArray();
        page.Section("What makes a picture hard to draw", "The gradient of a picture's error by its pixels, for the pictures with the largest errors.");
        page.Add(("saliency.png", SaliencyGrid.Of("Saliency", "Red: more ink there would raise the error. Blue: it would lower it", Pictures.Side,
            [.. worst.Zip(Codes.Saliencies(model, worst), (picture, saliency) => ($"{picture.Label}, error {Error(picture):F3}", picture.Pixels, saliency))]),
            "The error is the mean squared difference between a picture and its reconstruction."));
    }

    static double Error(Embedded picture) => picture.Pixels.Zip(picture.Reconstruction, (pixel, drawn) => (pixel - drawn) * (pixel - drawn)).Average();
}
