using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The columns that the members of a class stand for, open to changes before data are read or written.</summary>
public sealed class SchemaDefinition : List<SchemaDefinition.Column>
{
    SchemaDefinition() { }

    public Column this[string columnName]
    {
        get => Find(column => column.ColumnName == columnName);
        set
        {
            Contracts.CheckValue(value, nameof(value));
            if (value.ColumnName != columnName)
                throw Contracts.ExceptParam(nameof(columnName), "The column name is specified as '{0}' but must match the selector '{1}'.", value.ColumnName, columnName);
            var index = FindIndex(column => column.ColumnName == columnName);
            if (index < 0)
                Add(value);
            else
                this[index] = value;
        }
    }

    /// <summary>Fields first, then properties that can be read or written, as asked for; own members before inherited ones.</summary>
    public static SchemaDefinition Create(Type userType, Direction direction = Direction.Both)
    {
        Contracts.CheckValue(userType, nameof(userType));
        var definition = new SchemaDefinition();
        var names = new HashSet<string>();
        foreach (var member in Members(userType, direction).Where(IsColumn))
        {
            var name = member.GetCustomAttribute<ColumnNameAttribute>()?.Name ?? member.Name;
            if (!names.Add(name))
                throw Contracts.ExceptParam(nameof(userType), "Duplicate column name '{0}' detected, this is disallowed", name);
            definition.Add(new(member.Name, ColumnTypeOf(member), name));
        }
        return definition;
    }

    static IEnumerable<MemberInfo> Members(Type userType, Direction direction)
    {
        const BindingFlags flags = BindingFlags.Public | BindingFlags.Instance;
        return userType.GetFields(flags).Concat<MemberInfo>(userType.GetProperties(flags).Where(property =>
            (direction.HasFlag(Direction.Read) && property.GetGetMethod() != null || direction.HasFlag(Direction.Write) && property.GetSetMethod() != null)
            && property.GetIndexParameters().Length == 0));
    }

    static bool IsColumn(MemberInfo member)
        => PocoSchema.TypeOf(member) != typeof(IChannel) && member.GetCustomAttribute<NoColumnAttribute>() is null;

    static DataViewType ColumnTypeOf(MemberInfo member)
    {
        var attribute = member.GetCustomAttribute<DataViewTypeAttribute>();
        attribute?.Register();
        PocoSchema.GetItemType(member, out var isVector, out var rawType);
        if (DataViewTypeManager.Find(rawType, attribute) is { } registered)
            return registered;
        var itemType = ColumnTypeExtensions.PrimitiveTypeFromType(rawType);
        if (member.GetCustomAttribute<KeyTypeAttribute>() is { } key)
        {
            if (!KeyDataViewType.IsValidDataType(rawType))
                throw Contracts.ExceptParam("userType", "Member {0} marked with KeyType attribute, but does not appear to be a valid kind of data for a key type", member.Name);
            itemType = new KeyDataViewType(rawType, key.KeyCount.Count ?? rawType.ToMaxInt());
        }
        var vector = member.GetCustomAttribute<VectorTypeAttribute>();
        if (vector != null && !isVector)
            throw Contracts.ExceptParam("userType", $"Member {member.Name} marked with VectorTypeAttribute, but does not appear to be a vector type");
        return !isVector ? itemType : vector?.Dims is null or [] ? new VectorDataViewType(itemType) : new VectorDataViewType(itemType, vector.Dims);
    }

    [Flags]
    public enum Direction { Read = 1, Write = 2, Both = Read | Write }

    public sealed class Column
    {
        readonly Dictionary<string, (DataViewType Type, Delegate Getter)> _annotations = [];

        internal Column(string memberName, DataViewType columnType, string columnName)
            => (MemberName, ColumnType, ColumnName) = (memberName, columnType, columnName);

        public string MemberName { get; }
        public string ColumnName { get; set; }
        public DataViewType ColumnType { get; set; }

        public DataViewSchema.Annotations Annotations
        {
            get
            {
                var builder = new DataViewSchema.Annotations.Builder();
                foreach (var (kind, (type, getter)) in _annotations)
                    builder.Add(kind, type, getter);
                return builder.ToAnnotations();
            }
        }

        public void AddAnnotation<T>(string kind, T value, DataViewType annotationType)
        {
            Contracts.CheckValue(kind, nameof(kind));
            Contracts.CheckValue(annotationType, nameof(annotationType));
            if (_annotations.ContainsKey(kind))
                throw Contracts.Except("Column already contains an annotation of this kind.");
            PocoSchema.GetItemType("annotation value", typeof(T), out var isVector, out var rawType);
            if (isVector != annotationType is VectorDataViewType)
                throw Contracts.Except("Value inputted is supposed to be {0}, but type of Annotationinfo is {1}",
                    isVector ? "vector" : "scalar", isVector ? "scalar" : "vector");
            if (rawType != annotationType.GetItemType().RawType)
                throw Contracts.Except("Value inputted is supposed to have Type {0}, but type of Annotationinfo has {1}", rawType, annotationType.GetItemType().RawType);
            _annotations.Add(kind, (annotationType, PocoValues.ConstantGetter(value)));
        }

        internal void CopyAnnotations(DataViewSchema.Annotations annotations)
        {
            foreach (var column in annotations.Schema)
                _annotations[column.Name] = (column.Type, Internal.Utilities.Utils.MarshalInvoke(Getter<int>, column.Type.RawType, annotations, column));

            static Delegate Getter<T>(DataViewSchema.Annotations annotations, DataViewSchema.Column column)
                => annotations.GetGetter<T>(column);
        }
    }
}
