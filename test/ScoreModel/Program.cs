// Another process, which knows nothing of how a model was made. It loads the model, scores rows and prints a column's values, one row a line.
// ScoreModel MODEL.zip COLUMN WIDTH ROWS scores the rows of features that it makes itself;
// ScoreModel MODEL.zip COLUMN INPUT TEXT... scores these texts, in the column INPUT.
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

var ml = new MLContext();
var model = ml.Model.Load(args[0], out var input);
if (input.GetColumnOrNull(args[2]) is { Type: TextDataViewType })
{
    var schema = SchemaDefinition.Create(typeof(Texts));
    schema["Text"].ColumnName = args[2];
    schema["Other"].ColumnName = input.First(column => column.Name != args[2]).Name;
    foreach (var text in model.Transform(ml.Data.LoadFromEnumerable(args[3..].Select(text => new Texts { Text = text }), schema)).GetColumn<string>(args[1]))
        Console.WriteLine(text);
    return;
}

var width = int.Parse(args[2], CultureInfo.InvariantCulture);
var rows = Enumerable.Range(0, int.Parse(args[3], CultureInfo.InvariantCulture))
    .Select(i => new Row { Features = Enumerable.Range(0, width).Select(j => (i * 31 + j * 17) % 101 / 100f).ToArray() });

var features = SchemaDefinition.Create(typeof(Row));
features["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, width);
var scored = model.Transform(ml.Data.LoadFromEnumerable(rows, features));
var column = scored.Schema[args[1]];
if (column.Type is VectorDataViewType)
    foreach (var values in scored.GetColumn<float[]>(column))
        Console.WriteLine(string.Join(' ', values.Select(v => v.ToString("R", CultureInfo.InvariantCulture))));
else
    foreach (var value in scored.GetColumn<float>(column))
        Console.WriteLine(value.ToString("R", CultureInfo.InvariantCulture));

sealed class Row
{
    public float[] Features = [];
}

sealed class Texts
{
    public string Text = "";
    public string Other = "";
}
