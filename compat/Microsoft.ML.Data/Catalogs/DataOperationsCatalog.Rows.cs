using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Data;
using Microsoft.ML.Data.Conversion;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

public sealed partial class DataOperationsCatalog
{
    public IDataView BootstrapSample(IDataView input, int? seed = null, bool complement = false)
    {
        _env.CheckValue(input, nameof(input));
        return new BootstrapSampler(_env, input, (uint?)seed, complement);
    }

    public IDataView FilterRowsByColumn(
        IDataView input, string columnName, double lowerBound = double.NegativeInfinity, double upperBound = double.PositiveInfinity)
    {
        _env.CheckValue(input, nameof(input));
        _env.CheckNonEmpty(columnName, nameof(columnName));
        _env.CheckParam(lowerBound < upperBound, nameof(upperBound), "Must be less than lowerBound");
        var column = input.Schema[columnName];
        if (column.Type is not NumberDataViewType)
            throw _env.ExceptSchemaMismatch(nameof(columnName), "filter", columnName, "number", column.Type.ToString());
        return new ValueRange(lowerBound, upperBound, IncludesMax: false).Filter(_env, input, column);
    }

    public IDataView FilterRowsByKeyColumnFraction(IDataView input, string columnName, double lowerBound = 0, double upperBound = 1)
    {
        _env.CheckValue(input, nameof(input));
        _env.CheckNonEmpty(columnName, nameof(columnName));
        _env.CheckParam(0 <= lowerBound && lowerBound <= 1, nameof(lowerBound), "Must be in [0, 1]");
        _env.CheckParam(0 <= upperBound && upperBound <= 1, nameof(upperBound), "Must be in [0, 1]");
        _env.CheckParam(lowerBound <= upperBound, nameof(upperBound), "Must be no less than lowerBound");
        var column = input.Schema[columnName];
        if (column.Type is not KeyDataViewType)
            throw _env.ExceptSchemaMismatch(nameof(columnName), "filter", columnName, "KeyType", column.Type.ToString());
        return new ValueRange(lowerBound, upperBound, IncludesMax: false).Filter(_env, input, column);
    }

    public IDataView FilterRowsByMissingValues(IDataView input, params string[] columns)
    {
        _env.CheckValue(input, nameof(input));
        _env.CheckUserArg(Utils.Size(columns) > 0, nameof(columns));
        var found = new List<DataViewSchema.Column>();
        foreach (var name in columns)
        {
            var column = input.Schema.GetColumnOrNull(name) ?? throw _env.ExceptUserArg("Columns", "Source column '{0}' not found", name);
            if (found.Any(other => other.Index == column.Index))
                throw _env.ExceptUserArg("Columns", "Source column '{0}' specified multiple times", name);
            if (!MissingValues.Exist(column.Type.GetItemType()))
                throw _env.ExceptUserArg("Columns",
                    $"Column '{name}' has type {column.Type} which does not support missing values, so we cannot filter on them");
            found.Add(column);
        }
        return new RowFilter(_env, "MissingValueFilter", input, found.Select(column => column.Index).ToArray(), row =>
        {
            var tests = found.Select(column => column.Type is VectorDataViewType vector
                ? Utils.MarshalInvoke(HasMissingItem<int>, vector.ItemType.RawType, row, column)
                : Utils.MarshalInvoke(IsMissing<int>, column.Type.RawType, row, column)).ToArray();
            return () => !tests.Any(test => test());
        });
    }

    static Func<bool> IsMissing<T>(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<T>(column);
        var test = MissingValues.TestOrNull<T>(column.Type);
        T value = default;
        return () =>
        {
            getter(ref value);
            return test(value);
        };
    }

    static Func<bool> HasMissingItem<T>(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<VBuffer<T>>(column);
        var test = MissingValues.TestOrNull<T>(column.Type.GetItemType());
        VBuffer<T> vector = default;
        return () =>
        {
            getter(ref vector);
            // The items that a sparse vector of keys does not store are missing.
            return vector.Items(all: true).Any(item => test(item.Value));
        };
    }

    public IDataView ShuffleRows(IDataView input, int? seed = null, int shufflePoolSize = 1000, bool shuffleSource = true)
    {
        _env.CheckValue(input, nameof(input));
        _env.CheckUserArg(shufflePoolSize > 0, nameof(shufflePoolSize), "Must be positive");
        return new RowShuffler(_env, input, shufflePoolSize, shuffleSource, seed);
    }

    public IDataView SkipRows(IDataView input, long count)
    {
        _env.CheckValue(input, nameof(input));
        _env.CheckUserArg(count > 0, nameof(count), "Must be greater than zero.");
        return new SkipTakeFilter(_env, input, skip: count);
    }

    public IDataView TakeRows(IDataView input, long count)
    {
        _env.CheckValue(input, nameof(input));
        _env.CheckUserArg(count > 0, nameof(count), "Must be greater than zero.");
        return new SkipTakeFilter(_env, input, take: count);
    }

    public TrainTestData TrainTestSplit(IDataView data, double testFraction = 0.1, string samplingKeyColumnName = null, int? seed = null)
    {
        _env.CheckValue(data, nameof(data));
        _env.CheckParam(0 < testFraction && testFraction < 1, nameof(testFraction), "Must be between 0 and 1 exclusive");
        return Split(_env, new(_env, data, samplingKeyColumnName, seed), new(0, testFraction, IncludesMax: false));
    }

    public IReadOnlyList<TrainTestData> CrossValidationSplit(
        IDataView data, int numberOfFolds = 5, string samplingKeyColumnName = null, int? seed = null)
    {
        _env.CheckValue(data, nameof(data));
        _env.CheckParam(numberOfFolds > 1, nameof(numberOfFolds), "Must be more than 1");
        return CrossValidationFolds(_env, data, numberOfFolds, samplingKeyColumnName, seed).ToArray();
    }

    /// <summary>Rows exactly on a bound between two folds are in both test sets.</summary>
    internal static IEnumerable<TrainTestData> CrossValidationFolds(
        IHostEnvironment env, IDataView data, int numberOfFolds, string samplingKeyColumnName, int? seed)
    {
        var key = new SamplingKey(env, data, samplingKeyColumnName, seed);
        for (var fold = 0; fold < numberOfFolds; fold++)
            yield return Split(env, key, new((double)fold / numberOfFolds, (double)(fold + 1) / numberOfFolds, IncludesMax: true));
    }

    static TrainTestData Split(IHostEnvironment env, SamplingKey key, ValueRange test)
    {
        var (trainSet, testSet) = (key.Rows(test with { Complement = true }), key.Rows(test));
        // The real one registers two more, which drop a column: the random streams of later components depend on how many there were.
        env.Register("ColumnSelectingTransformer");
        env.Register("ColumnSelectingTransformer");
        return new(trainSet, testSet);
    }

    public struct TrainTestData
    {
        public readonly IDataView TrainSet;
        public readonly IDataView TestSet;

        internal TrainTestData(IDataView trainSet, IDataView testSet) => (TrainSet, TestSet) = (trainSet, testSet);
    }
}
