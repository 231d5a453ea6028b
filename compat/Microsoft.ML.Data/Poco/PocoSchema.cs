using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A member of a class and the column that it stands for.</summary>
sealed record PocoColumn(string Name, DataViewType Type, MemberInfo Member, DataViewSchema.Annotations Annotations)
{
    public Type MemberType => PocoSchema.TypeOf(Member);
}

/// <summary>The mapping between classes and schemas.</summary>
static class PocoSchema
{
    public static Type TypeOf(MemberInfo member) => member is FieldInfo field ? field.FieldType : ((PropertyInfo)member).PropertyType;

    public static void GetItemType(MemberInfo member, out bool isVector, out Type itemType)
        => GetItemType(member.Name, TypeOf(member), out isVector, out itemType, member.GetCustomAttribute<DataViewTypeAttribute>());

    /// <summary>Arrays and VBuffers are vectors; strings are stored as memory. A type that no column can have throws.</summary>
    public static void GetItemType(string name, Type type, out bool isVector, out Type itemType, DataViewTypeAttribute attribute = null)
    {
        isVector = type.IsArray || type.IsGenericType && type.GetGenericTypeDefinition() == typeof(VBuffer<>);
        itemType = type.IsArray ? type.GetElementType() : isVector ? type.GetGenericArguments()[0] : type;
        if (itemType == typeof(string))
            itemType = typeof(ReadOnlyMemory<char>);
        if (!itemType.TryGetDataKind(out _) && DataViewTypeManager.Find(itemType, attribute) is null)
            throw Contracts.ExceptParam("rawType", "Could not determine an IDataView type and registered custom types for member {0}", name);
    }

    /// <summary>The columns of a class; of the definition if there is one, else of all members of the direction.</summary>
    public static PocoColumn[] ColumnsOf(Type userType, SchemaDefinition definition, SchemaDefinition.Direction direction)
        => (definition ?? SchemaDefinition.Create(userType, direction)).Select(column => Bind(userType, column)).ToArray();

    static PocoColumn Bind(Type userType, SchemaDefinition.Column column)
    {
        const string parameter = "userSchemaDefinition";
        if (column.MemberName is null)
            throw Contracts.ExceptParam(parameter, "Null field name detected in schema definition");
        var member = (MemberInfo)userType.GetField(column.MemberName) ?? userType.GetProperty(column.MemberName)
            ?? throw Contracts.ExceptParam(parameter, "No field or property with name '{0}' found in type '{1}'", column.MemberName, userType.FullName);
        GetItemType(member, out var isVector, out var itemType);
        var name = string.IsNullOrEmpty(column.ColumnName) ? column.MemberName : column.ColumnName;
        var type = column.ColumnType;
        if (type is null)
        {
            var inferred = ColumnTypeExtensions.PrimitiveTypeFromType(itemType);
            type = isVector ? new VectorDataViewType(inferred) : inferred;
        }
        if (isVector != type is VectorDataViewType)
            throw Contracts.ExceptParam(parameter, "Column '{0}' is supposed to be {1}, but type of associated field '{2}' is {3}",
                name, isVector ? "scalar" : "vector", column.MemberName, isVector ? "vector" : "scalar");
        if (type.GetItemType().RawType != itemType)
            throw Contracts.ExceptParam(parameter, "Column '{0}' is supposed to have item type {1}, but associated field has type {2}",
                name, type.GetItemType().RawType, itemType);
        return new(name, type, member, column.Annotations);
    }

    public static DataViewSchema ToSchema(IEnumerable<PocoColumn> columns)
    {
        var builder = new DataViewSchema.Builder();
        foreach (var column in columns)
            builder.AddColumn(column.Name, column.Type, column.Annotations);
        return builder.ToSchema();
    }

    /// <summary>The definition of a class with the types and annotations of a schema, which may say more than the members do.</summary>
    public static SchemaDefinition DefinitionOf<TRow>(IExceptionContext ctx, DataViewSchema schema)
    {
        var definition = SchemaDefinition.Create(typeof(TRow), SchemaDefinition.Direction.Read);
        foreach (var column in schema)
        {
            var member = definition[column.Name] ?? throw ctx.Except($"Type should contain a member named {column.Name}");
            member.ColumnType = column.Type;
            member.CopyAnnotations(column.Annotations);
        }
        return definition;
    }
}
