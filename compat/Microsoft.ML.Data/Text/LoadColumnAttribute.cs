using System;
using System.Collections.Generic;
using System.Linq;

namespace Microsoft.ML.Data;

/// <summary>Says from which fields of a line of text a member is read.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class LoadColumnAttribute : Attribute
{
    internal readonly List<TextLoader.Range> Sources;

    public LoadColumnAttribute(int fieldIndex) => Sources = [new(fieldIndex)];

    public LoadColumnAttribute(int start, int end) => Sources = [new(start, end)];

    public LoadColumnAttribute(int[] columnIndexes) => Sources = columnIndexes.Select(index => new TextLoader.Range(index)).ToList();
}
