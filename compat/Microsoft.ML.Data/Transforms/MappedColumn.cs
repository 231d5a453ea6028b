using System;
using System.Collections.Generic;
using System.Linq;

namespace Microsoft.ML.Data;

/// <summary>
/// One column that a mapper adds, bound to an input schema. <paramref name="Inputs"/> are the input columns (by index) that it needs;
/// <paramref name="MakeGetter"/> gets a row in which they are active and gives a <see cref="ValueGetter{TValue}"/> of the type's RawType.
/// </summary>
sealed record MappedColumn(
    string Name, DataViewType Type, DataViewSchema.Annotations Annotations, int[] Inputs, Func<DataViewRow, Delegate> MakeGetter);

/// <summary>
/// Input columns and added ones side by side. An added column stands right behind the input column whose name it takes (and hides), or at
/// the end.
/// </summary>
sealed class ColumnBindings
{
    readonly int[] _sources; // of an output column: the index of the input column, or ~ the index of the added one

    public ColumnBindings(DataViewSchema input, IReadOnlyList<MappedColumn> added)
    {
        Input = input;
        Added = added;
        var sources = Enumerable.Range(0, input.Count).ToList();
        for (var i = 0; i < added.Count; i++)
        {
            var namesake = sources.FindLastIndex(source => NameOf(source) == added[i].Name);
            sources.Insert(namesake < 0 ? sources.Count : namesake + 1, ~i);
        }
        _sources = sources.ToArray();

        var builder = new DataViewSchema.Builder();
        foreach (var source in _sources)
            if (source >= 0)
                builder.AddColumn(input[source].Name, input[source].Type, input[source].Annotations);
            else
                builder.AddColumn(added[~source].Name, added[~source].Type, added[~source].Annotations);
        Schema = builder.ToSchema();

        string NameOf(int source) => source >= 0 ? input[source].Name : added[~source].Name;
    }

    public DataViewSchema Input { get; }
    public DataViewSchema Schema { get; }
    public IReadOnlyList<MappedColumn> Added { get; }

    /// <summary>The index of the input column behind an output column; for an added column ~ its index among the added.</summary>
    public int SourceOf(int column) => _sources[column];

    public bool AnyAdded(bool[] active) => _sources.Where((source, i) => source < 0 && active[i]).Any();

    /// <summary>The input columns that the active output columns need.</summary>
    public IEnumerable<DataViewSchema.Column> InputsOf(bool[] active)
    {
        var needed = new bool[Input.Count];
        for (var i = 0; i < _sources.Length; i++)
            if (active[i])
                foreach (var index in _sources[i] >= 0 ? [_sources[i]] : Added[~_sources[i]].Inputs)
                    needed[index] = true;
        return Input.Where(column => needed[column.Index]).ToArray();
    }

    /// <summary>The getters of the added columns that are active, over a row of the input schema.</summary>
    public Delegate[] MakeGetters(DataViewRow input, bool[] active)
    {
        var getters = new Delegate[Added.Count];
        for (var i = 0; i < _sources.Length; i++)
            if (active[i] && _sources[i] < 0)
                getters[~_sources[i]] = Added[~_sources[i]].MakeGetter(input);
        return getters;
    }
}
