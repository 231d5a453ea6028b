using System.Collections.Generic;
using Microsoft.ML.Data;

namespace Microsoft.ML
{
    public interface IDataLoader<in TSource> : ICanSaveModel
    {
        IDataView Load(TSource input);
        DataViewSchema GetOutputSchema();
    }

    public interface IDataLoaderEstimator<in TSource, out TLoader> where TLoader : IDataLoader<TSource>
    {
        TLoader Fit(TSource input);
        SchemaShape GetOutputSchema();
    }

    /// <summary>A fitted step; turns one table into another, lazily.</summary>
    public interface ITransformer : ICanSaveModel
    {
        bool IsRowToRowMapper { get; }
        DataViewSchema GetOutputSchema(DataViewSchema inputSchema);
        IDataView Transform(IDataView input);
        IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema);
    }

    /// <summary>A recipe for a transformer.</summary>
    public interface IEstimator<out TTransformer> where TTransformer : ITransformer
    {
        TTransformer Fit(IDataView input);
        SchemaShape GetOutputSchema(SchemaShape inputSchema);
    }
}

namespace Microsoft.ML.Data
{
    public interface IRowToRowMapper
    {
        DataViewSchema InputSchema { get; }
        DataViewSchema OutputSchema { get; }
        IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns);

        /// <summary>The mapped row; it owns the input row and disposes it.</summary>
        DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns);
    }
}
