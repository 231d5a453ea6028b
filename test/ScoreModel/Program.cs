// Another process, which knows nothing of how a model was made: ScoreModel MODEL.zip COLUMN WIDTH ROWS
// Loads the model, scores the rows that ScoreModel.Rows makes and prints the column's values, one row a line.
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

var ml = new MLContext();
var model = ml.Model.Load(args[0], out _);
var width = int.Parse(args[2], CultureInfo.InvariantCulture);
var rows = Enumerable.Range(0, int.Parse(args[3], CultureInfo.InvariantCulture))
    .Select(i => new Row { Features = Enumerable.Range(0, width).Select(j => (i * 31 + j * 17) % 101 / 100f).ToArray() });

var schema = SchemaDefinition.Create(typeof(Row));
schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, width);
var scored = model.Transform(ml.Data.LoadFromEnumerable(rows, schema));
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
