using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Areas under curves over a falling score threshold.</summary>
static class RankCurves
{
    /// <summary>
    /// Area under the ROC curve, as the share of (positive, negative) pairs in the right order; a tie is half a pair
    /// (Hanley and McNeil, Radiology 143, 1982). Sorts both lists.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">One of the lists is empty.</exception>
    public static double AreaUnderRoc(List<float> positives, List<float> negatives)
    {
        // The parameter names are those of the real message.
        Contracts.CheckParam(positives.Count > 0, "PosSample", "AUC is not defined when there is no positive class in the data");
        Contracts.CheckParam(negatives.Count > 0, "NegSample", "AUC is not defined when there is no negative class in the data");

        positives.Sort();
        negatives.Sort();
        var pairs = 0.0;
        int below = 0, notAbove = 0;
        foreach (var positive in CollectionsMarshal.AsSpan(positives))
        {
            while (below < negatives.Count && negatives[below] < positive)
                below++;
            while (notAbove < negatives.Count && negatives[notAbove] <= positive)
                notAbove++;
            pairs += 0.5 * (below + notAbove);
        }
        return pairs / ((double)positives.Count * negatives.Count);
    }

    /// <summary>
    /// Area under the precision-recall curve by trapezia from one positive to the next, starting at precision 1; ties are
    /// taken in the order given.
    /// </summary>
    public static double AreaUnderPrecisionRecall(IReadOnlyList<(float Score, bool Positive)> rows)
    {
        var positives = rows.Count(row => row.Positive);
        double area = 0, recall = 0, precision = 1;
        int seen = 0, found = 0;
        foreach (var (_, positive) in rows.OrderByDescending(row => row.Score))
        {
            seen++;
            if (!positive)
            {
                precision = (double)found / seen;
                continue;
            }
            found++;
            var (nextRecall, nextPrecision) = ((double)found / positives, (double)found / seen);
            area += (nextRecall - recall) * (precision + nextPrecision) / 2;
            (recall, precision) = (nextRecall, nextPrecision);
        }
        return area;
    }
}
