using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A schema whose columns were given roles: label, features, weight.</summary>
sealed class RoleMappedSchema
{
    public const string FeatureRole = "Feature", LabelRole = "Label", WeightRole = "Weight";

    public RoleMappedSchema(DataViewSchema schema, string label = null, string feature = null, string weight = null, bool opt = false)
    {
        Contracts.CheckValue(schema, nameof(schema));
        Schema = schema;
        Label = Find(label, LabelRole);
        Feature = Find(feature, FeatureRole);
        Weight = Find(weight, WeightRole);

        DataViewSchema.Column? Find(string name, string role)
        {
            if (string.IsNullOrWhiteSpace(name))
                return null;
            var column = schema.GetColumnOrNull(name);
            // Name and role change places in the real message too.
            return column is null && !opt ? throw Contracts.ExceptParam(nameof(schema), $"{name} column '{role}' not found") : column;
        }
    }

    public DataViewSchema Schema { get; }
    public DataViewSchema.Column? Label { get; }
    public DataViewSchema.Column? Feature { get; }
    public DataViewSchema.Column? Weight { get; }
}

sealed class RoleMappedData
{
    public RoleMappedData(IDataView data, string label = null, string feature = null, string weight = null, bool opt = false)
    {
        Contracts.CheckValue(data, nameof(data));
        Data = data;
        Schema = new(data.Schema, label, feature, weight, opt);
    }

    public IDataView Data { get; }
    public RoleMappedSchema Schema { get; }
}
