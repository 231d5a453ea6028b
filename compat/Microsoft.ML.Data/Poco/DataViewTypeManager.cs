using System;
using System.Collections.Generic;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The column types that other packages bring, by the .NET type of their values and the attribute of the member.</summary>
public static class DataViewTypeManager
{
    static readonly Dictionary<(Type, DataViewTypeAttribute), DataViewType> Types = [];

    public static void Register(DataViewType dataViewType, Type type, DataViewTypeAttribute typeAttribute = null)
    {
        if (type.TryGetDataKind(out _))
            throw Contracts.ExceptParam(nameof(type),
                $"Type {type} has been registered as ML.NET's default supported type, so it can't not be registered again.");
        lock (Types)
            if (!Types.TryAdd((type, typeAttribute), dataViewType) && !Types[(type, typeAttribute)].Equals(dataViewType))
                throw Contracts.ExceptParam(nameof(type), $"Repeated type register. The raw type {type} "
                    + $"has been associated with {Types[(type, typeAttribute)]} so it cannot be associated with {dataViewType}.");
    }

    /// <returns>The type registered for members of this type and attribute, or null.</returns>
    internal static DataViewType Find(Type type, DataViewTypeAttribute typeAttribute)
    {
        lock (Types)
            return Types.GetValueOrDefault((type, typeAttribute));
    }
}
