using Microsoft.ML;
using Microsoft.ML.Data;

var ml = new MLContext(seed: 1);
var random = new Random(1);
var rows = Enumerable.Range(0, 500).Select(_ => random.NextSingle()).Select(x => new Row { Features = [x, 1 - x, x * x, 2 * x] }).ToArray();
rows[42].Features = [0.9f, 0.9f, 0, 0];                                        // each value is common, all four together are not
var data = ml.Data.LoadFromEnumerable(rows);
var model = ml.AnomalyDetection.Trainers.Autoencoder(contamination: 0.01).Fit(data);
ml.Model.Save(model, data.Schema, "model.zip");
var scores = ml.Model.Load("model.zip", out _).Transform(data).GetColumn<float>("Score").ToArray();
var first = Array.IndexOf(scores, scores.Max());
Console.WriteLine($"The least usual row is {first}, with the score {scores[first]:F2}; 42 was made so.");
return first == 42 && scores[first] > 0 ? 0 : 1;

class Row
{
    [VectorType(4)]
    public float[] Features { get; set; } = [];
}
