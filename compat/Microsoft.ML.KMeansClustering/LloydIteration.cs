using System;
using System.Collections.Generic;
using System.Numerics.Tensors;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

/// <summary>
/// Lloyd's algorithm with the global filter of Yinyang k-means (Ding et al., ICML 2015): a row whose centroid is nearer than any
/// other can have come is not looked at.
/// </summary>
sealed class LloydIteration
{
    readonly List<float[]> _rows;
    readonly int _k;
    readonly float[] _squares; // of the centroids
    readonly float[][] _sums; // of the rows of each cluster
    readonly int[] _sizes;
    readonly float[] _moves; // of the centroids in the last step
    float[][] _centroids;
    float _longestMove;

    readonly int[] _cluster; // of each row
    readonly float[] _own; // bound above the distance to its own centroid
    readonly float[] _other; // bound below the distance to any other

    public LloydIteration(List<float[]> rows, float[][] centroids)
    {
        (_rows, _k, _centroids) = (rows, centroids.Length, centroids);
        _squares = Array.ConvertAll(centroids, centroid => TensorPrimitives.SumOfSquares<float>(centroid));
        _sums = Array.ConvertAll(centroids, centroid => new float[centroid.Length]);
        (_sizes, _moves) = (new int[_k], new float[_k]);
        (_cluster, _own, _other) = (new int[rows.Count], new float[rows.Count], new float[rows.Count]);
    }

    /// <summary>Iterates until the mean score changes by less than the tolerance.</summary>
    public float[][] Run(IHost host, float tolerance, int maximumIterations)
    {
        var score = double.PositiveInfinity;
        for (var iteration = 0; iteration < maximumIterations; iteration++)
        {
            host.CheckAlive();
            var previous = score;
            score = Assign(first: iteration == 0);
            MoveCentroids();
            if (Math.Abs(previous - score) < tolerance)
                break;
        }
        return _centroids;
    }

    /// <summary>Gives each row its cluster. In the mean score, as in the real one, filtered rows count as 0.</summary>
    double Assign(bool first)
    {
        Array.Clear(_sizes);
        double score = 0;
        for (var i = 0; i < _rows.Count; i++)
        {
            var previous = _cluster[i];
            if (!first)
            {
                _own[i] += _moves[previous];
                _other[i] -= _longestMove;
                if (_own[i] < _other[i])
                {
                    _sizes[previous]++;
                    continue;
                }
            }

            var row = _rows[i];
            var (nearest, distance, second) = Nearest(row);
            var square = TensorPrimitives.SumOfSquares<float>(row);
            _own[i] = MathF.Sqrt(square + distance);
            _other[i] = MathF.Sqrt(square + second);
            if (first || previous != nearest)
                TensorPrimitives.Add(_sums[nearest], row, _sums[nearest]);
            if (!first && previous != nearest)
                TensorPrimitives.Subtract(_sums[previous], row, _sums[previous]);
            _cluster[i] = nearest;
            _sizes[nearest]++;
            score += distance;
        }
        return score / _rows.Count;
    }

    /// <summary>The nearest centroid (the last of equal ones), and distance² - row² to it and to the second.</summary>
    (int Cluster, float Distance, float Second) Nearest(float[] row)
    {
        var cluster = 0;
        float least = float.PositiveInfinity, second = float.PositiveInfinity;
        for (var j = 0; j < _k; j++)
        {
            var distance = -2 * TensorPrimitives.Dot<float>(row, _centroids[j]) + _squares[j];
            if (distance <= least)
                (second, least, cluster) = (least, distance, j);
            else if (distance < second)
                second = distance;
        }
        return (cluster, least, second);
    }

    void MoveCentroids()
    {
        _longestMove = 0;
        for (var j = 0; j < _k; j++)
        {
            var next = (float[])_sums[j].Clone();
            if (_sizes[j] > 1)
                TensorPrimitives.Multiply(next, (float)(1.0 / _sizes[j]), next);
            _moves[j] = TensorPrimitives.Distance<float>(next, _centroids[j]);
            _longestMove = Math.Max(_longestMove, _moves[j]);
            _squares[j] = TensorPrimitives.SumOfSquares<float>(next);
            _centroids[j] = next;
        }
    }
}
