namespace Extensions.ML.Generators;

/// <summary>
/// What a detector finds at every threshold: the receiver operating characteristic and the precision-recall curve of scored rows
/// (Davis and Goadrich, "The Relationship Between Precision-Recall and ROC Curves", ICML 2006). Rows of equal score move together.
/// </summary>
public sealed class DetectionCurve
{
    readonly Point[] _points;

    /// <summary>One threshold: rows with at least this score are reported.</summary>
    /// <param name="Threshold">The score; infinite at the first point, where nothing is reported.</param>
    /// <param name="FalsePositiveRate">Share of the normal rows reported, 0 to 1.</param>
    /// <param name="Recall">Share of the anomalies reported, also called the true positive rate, 0 to 1.</param>
    /// <param name="Precision">Share of anomalies among the reported rows, 0 to 1; 1 where nothing is reported.</param>
    public readonly record struct Point(float Threshold, double FalsePositiveRate, double Recall, double Precision);

    DetectionCurve(Point[] points) => _points = points;

    /// <summary>From no row reported to all rows reported.</summary>
    public IReadOnlyList<Point> Points => _points;

    /// <summary>Draws the curve of scored rows.</summary>
    /// <param name="scores">Higher is more anomalous; no NaN.</param>
    /// <param name="anomalous">Which rows are anomalies; as many as scores, both kinds occurring.</param>
    /// <exception cref="ArgumentException">The lengths differ, a score is NaN, or one kind is missing.</exception>
    public static DetectionCurve Of(ReadOnlySpan<float> scores, ReadOnlySpan<bool> anomalous)
    {
        if (scores.Length != anomalous.Length)
            throw new ArgumentException($"Got {scores.Length} scores and {anomalous.Length} labels; as many are expected.");
        var sorted = scores.ToArray();
        var labels = anomalous.ToArray();
        var anomalies = labels.Count(label => label);
        var normal = labels.Length - anomalies;
        if (anomalies == 0 || normal == 0)
            throw new ArgumentException($"Got {anomalies} anomalies and {normal} normal rows; at least one of each is expected.");
        if (Array.FindIndex(sorted, float.IsNaN) is >= 0 and var row)
            throw new ArgumentException($"The score of row {row} is NaN.");
        Array.Sort(sorted, labels); // ascending: read from the end

        var points = new List<Point> { new(float.PositiveInfinity, 0, 0, 1) };
        int found = 0, reported = 0;
        for (var i = sorted.Length - 1; i >= 0; i--)
        {
            found += labels[i] ? 1 : 0;
            reported++;
            if (i == 0 || sorted[i - 1] != sorted[i])
                points.Add(new(sorted[i], (reported - found) / (double)normal, found / (double)anomalies, found / (double)reported));
        }
        return new([.. points]);
    }

    /// <summary>
    /// Area under the receiver operating characteristic: how often an anomaly scores above a normal row, ties counted half.
    /// </summary>
    public double AreaUnderRoc()
    {
        double area = 0;
        for (var i = 1; i < _points.Length; i++)
            area += (_points[i].FalsePositiveRate - _points[i - 1].FalsePositiveRate) * (_points[i].Recall + _points[i - 1].Recall) / 2;
        return area;
    }

    /// <summary>Average precision: the precision at each threshold, weighted by the recall gained there. No interpolation.</summary>
    public double AveragePrecision()
    {
        double sum = 0;
        for (var i = 1; i < _points.Length; i++)
            sum += (_points[i].Recall - _points[i - 1].Recall) * _points[i].Precision;
        return sum;
    }
}
