using System;
using System.Diagnostics.Contracts;
using System.Linq;

namespace Microsoft.ML.SearchSpace;

/// <summary>A number that a search tries between two bounds. Read by <c>SearchSpace&lt;T&gt;</c> of the package Microsoft.ML.AutoML.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field, Inherited = false, AllowMultiple = false)]
public sealed class RangeAttribute : Attribute
{
    public RangeAttribute(double min, double max, bool logBase = false) : this(min, max, null, logBase) { }

    public RangeAttribute(double min, double max, double init, bool logBase = false) : this(min, max, (object)init, logBase) { }

    public RangeAttribute(int min, int max, bool logBase = false) : this(min, max, null, logBase) { }

    public RangeAttribute(int min, int max, int init, bool logBase = false) : this(min, max, (object)init, logBase) { }

    public RangeAttribute(float min, float max, bool logBase = false) : this(min, max, null, logBase) { }

    public RangeAttribute(float min, float max, float init, bool logBase = false) : this(min, max, (object)init, logBase) { }

    private RangeAttribute(object min, object max, object init, bool logBase) => (Min, Max, Init, LogBase) = (min, max, init, logBase);

    public object Min { get; }

    public object Max { get; }

    public object Init { get; }

    public bool LogBase { get; }
}

/// <summary>A value that a search takes from a list.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field, Inherited = false, AllowMultiple = false)]
public sealed class ChoiceAttribute : Attribute
{
    public ChoiceAttribute(params object[] candidates)
    {
        Contract.Assert(candidates.Select(candidate => candidate.GetType()).Distinct().Count() == 1, "multiple candidates type detected");
        Candidates = candidates;
    }

    public ChoiceAttribute(object[] candidates, object defaultValue) : this(candidates)
    {
        Contract.Assert(candidates[0].GetType() == defaultValue.GetType(), "candidates type doesn't match with defaultValue type");
        DefaultValue = defaultValue;
    }

    public object[] Candidates { get; }

    public object DefaultValue { get; }
}

/// <summary>Yes or no.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field, Inherited = false, AllowMultiple = false)]
public sealed class BooleanChoiceAttribute(bool defaultValue) : Attribute
{
    public BooleanChoiceAttribute() : this(true) { }

    public bool DefaultValue { get; } = defaultValue;
}

/// <summary>A search space within another.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field, Inherited = false, AllowMultiple = false)]
public sealed class NestOptionAttribute : Attribute;
