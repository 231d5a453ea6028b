using Extensions.ML.Trainers;
using Samples.Charts;
using Samples.Maps;
using Samples.Output;

namespace ImageEmbedding;

/// <summary>What the code space looks like, in pictures.</summary>
sealed class Report(SampleOptions options, Pictures pictures, Embedded[] embedded)
{
    static readonly string[] Digits = [.. Enumerable.Range(0, 10).Select(digit => $"{digit}")];

    readonly int[] labels = Array.ConvertAll(embedded, picture => (int)picture.Label);
    readonly HtmlReport page = new(options.Out, "Pictures as codes",
        $"An autoencoder learned to write {pictures.Training.Length:N0} pictures, loaded from PNG files and without labels, down in "
        + $"{embedded[0].Embedding.Length} numbers each. Data: {(options.Data == null ? "digits drawn by this program" : "MNIST digits")}. "
        + $"Everything below is about {embedded.Length:N0} test pictures that it has not seen.");

    public void Write(TrainingHistory history, TimeSpan fitTime)
    {
        var codes = Array.ConvertAll(embedded, picture => picture.Embedding);
        var principal = PrincipalComponents.Of(codes);
        var (neighbours, _) = Screen.Work("t-SNE", () => TSne.Map(codes));

        var results = Results(codes, neighbours, fitTime);
        Screen.Show(results);
        page.Section("Reconstructions", "What the numbers keep of a picture: each is drawn again from its code alone.");
        page.Add(results);
        page.Add(("reconstructions.png", ImageGrid.Of("Pictures and their reconstructions",
            $"Test pictures, and how they are drawn again from {codes[0].Length} numbers", Pictures.Side,
            [("original", [.. embedded.Take(12).Select(picture => picture.Pixels)]), ("redrawn", [.. embedded.Take(12).Select(picture => picture.Reconstruction)])]),
            "The network did not see these pictures in training."));
        AddMaps(principal, neighbours);
        AddUnits();
        page.Section("Training", "");
        page.Add(("learning.png", LineChart.LearningCurves("Learning curves", history),
            "The error on pictures kept out of training, beside the training error."));
        page.Save();
        Screen.Line($"The report: {page.Path}");
    }

    Table Results(float[][] codes, (double X, double Y)[] neighbours, TimeSpan fitTime)
    {
        var error = embedded.Average(picture => picture.Pixels.Zip(picture.Reconstruction, (pixel, drawn) => (pixel - drawn) * (pixel - drawn)).Average());
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
        var units = Codes.Standardised(embedded);
        page.Section("What the units of the code stand for", "Units in order of how much they vary.");
        page.Add(("units-strongest.png", ImageGrid.Of("What units answer to", "The test pictures on which a unit is strongest", Pictures.Side,
            [.. units.Take(8).Select(unit => ($"unit {unit.Unit}", (IReadOnlyList<float[]>)
                [.. embedded.Zip(unit.Values).OrderByDescending(pair => pair.Second).Take(12).Select(pair => pair.First.Pixels)]))]),
            "One row a unit."));
        page.Add(
            ("units-pixels.png", ImageTiles.Of("Pixels that go with a unit", "Mean of pixel times unit, the unit scaled to unit variance", Pictures.Side,
                [.. units.Select(unit => ($"unit {unit.Unit}", Codes.Response(embedded, unit.Values)))]),
                "Red: where there is ink when the unit is high. Blue: where there is ink when it is low."),
            ("units-digits.png", HeatMap.Of("Units and digits", "Mean of each unit over the pictures of each digit, in standard deviations", ("Digit", Digits),
                ("Unit", [.. units.Select(unit => $"{unit.Unit}")]),
                [.. Enumerable.Range(0, 10).Select(digit => units.Select(unit =>
                    unit.Values.Where((_, i) => labels[i] == digit).DefaultIfEmpty().Average()).ToArray())], signed: true),
                "A row of strong colours: a digit that the code tells apart."));
    }
}
