using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>How often each true class (row) was taken for each class (column).</summary>
public sealed class ConfusionMatrix
{
    readonly ImmutableArray<ReadOnlyMemory<char>> _names;
    readonly bool _isBinary;

    public IReadOnlyList<double> PerClassPrecision { get; }
    public IReadOnlyList<double> PerClassRecall { get; }
    public IReadOnlyList<IReadOnlyList<double>> Counts { get; }
    public int NumberOfClasses => Counts.Count;

    internal ConfusionMatrix(double[][] counts, ReadOnlyMemory<char>[] names, bool isBinary)
    {
        _names = [.. names];
        _isBinary = isBinary;
        Counts = Array.AsReadOnly(Array.ConvertAll(counts, row => (IReadOnlyList<double>)Array.AsReadOnly(row)));
        PerClassRecall = Shares(i => counts[i].Sum());
        PerClassPrecision = Shares(i => counts.Sum(row => row[i]));

        ImmutableArray<double> Shares(Func<int, double> total)
            => [.. Enumerable.Range(0, counts.Length).Select(i => total(i) is > 0 and var sum ? counts[i][i] / sum : 0)];
    }

    public double GetCountForClassPair(int predictedClassIndicatorIndex, int actualClassIndicatorIndex)
    {
        CheckIndex(predictedClassIndicatorIndex, nameof(predictedClassIndicatorIndex));
        CheckIndex(actualClassIndicatorIndex, nameof(actualClassIndicatorIndex));
        return Counts[actualClassIndicatorIndex][predictedClassIndicatorIndex];
    }

    void CheckIndex(int index, string name)
        => Contracts.CheckParam(0 <= index && index < NumberOfClasses, name,
            "Invalid index. Should be non-negative, less than the number of classes.");

    public string GetFormattedConfusionTable()
    {
        var width = NumberOfClasses == 2 ? 8 : 5;
        var nameWidth = _names.Max(name => name.Length);
        // Names that do not fit over the columns give way to class numbers, which the row heads then show too.
        var numbered = nameWidth > width;
        var digits = numbered ? (NumberOfClasses - 1).ToString(CultureInfo.InvariantCulture).Length : 0;
        var headWidth = Math.Max("PREDICTED".Length, numbered ? nameWidth + digits + 2 : nameWidth);
        var rule = $"||{new string('=', (NumberOfClasses > 2 ? 8 : 11) * NumberOfClasses)}";

        var table = new StringBuilder();
        if (_isBinary && NumberOfClasses == 2)
        {
            var (positives, negatives) = (Counts[0].Sum(), Counts[1].Sum());
            table.Append($"TEST {_names[0].ToString().ToUpper()} RATIO:\t{positives / (positives + negatives):N4} ");
            table.Append($"({positives:F1}/({positives:F1}+{negatives:F1}))");
        }
        table.AppendLine();
        table.AppendLine("Confusion table");
        Line("", rule);
        Line("PREDICTED", "||", Cells(i => " " + (numbered ? i.ToString() : _names[i].ToString()).PadLeft(width) + " |"), " Recall");
        Line("TRUTH", rule);
        for (var i = 0; i < NumberOfClasses; i++)
        {
            var (row, recall, number) = (Counts[i], PerClassRecall[i], numbered ? $"{i.ToString().PadLeft(digits)}. " : "");
            table.Append(number).Append(_names[i].ToString().PadLeft(headWidth - number.Length)).Append(" ||").Append(Cells(j => $" {row[j].ToString("N0").PadLeft(width)} |")).AppendLine($" {recall,5:F4}");
        }
        Line("", rule);
        Line("Precision", "||", Cells(i => $"{PerClassPrecision[i].ToString("N4").PadLeft(width + 1)} |"));
        return table.ToString();

        void Line(string head, params string[] parts) => table.Append(head.PadRight(headWidth)).Append(' ').AppendLine(string.Concat(parts));
        string Cells(Func<int, string> cell) => string.Concat(Enumerable.Range(0, NumberOfClasses).Select(cell));
    }
}
