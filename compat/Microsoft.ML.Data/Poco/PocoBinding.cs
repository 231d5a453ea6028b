using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The members of a class bound to the columns of a schema: Bind gives what copies the current row into an object.</summary>
sealed class PocoBinding<TRow> where TRow : class
{
    readonly IHost _host;
    readonly (PocoColumn Member, DataViewSchema.Column Source)[] _pairs;

    public PocoBinding(IHostEnvironment env, DataViewSchema schema, bool ignoreMissingColumns, SchemaDefinition definition)
    {
        var members = PocoSchema.ColumnsOf(typeof(TRow), definition, SchemaDefinition.Direction.Write);
        _host = env.Register("TypedCursorable");
        var pairs = new List<(PocoColumn, DataViewSchema.Column)>();
        foreach (var member in members)
        {
            if (schema.GetColumnOrNull(member.Name) is not { } source)
            {
                if (ignoreMissingColumns)
                    continue;
                throw _host.ExceptSchemaMismatch("Schema", "", member.Name);
            }
            PocoSchema.GetItemType(member.Member, out var isVector, out var itemType);
            if (isVector != source.Type is VectorDataViewType || source.Type.GetItemType().RawType != itemType)
                throw _host.Except("Can't bind the IDataView column '{0}' of type '{1}' to field or property '{2}' of type '{3}'.",
                    member.Name, source.Type, member.Member.Name, member.MemberType.FullName);
            pairs.Add((member, source));
        }
        _pairs = pairs.ToArray();
    }

    public IEnumerable<DataViewSchema.Column> Columns => _pairs.Select(pair => pair.Source);

    public Action<TRow> Bind(DataViewRow input)
    {
        var setters = _pairs.Select(pair => PocoValues.MakeSetter<TRow>(input, pair.Source, pair.Member)).ToArray();
        return row =>
        {
            foreach (var setter in setters)
                setter(row);
        };
    }
}
