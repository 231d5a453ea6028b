using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

public sealed class TransformsCatalog : IInternalCatalog
{
    readonly IHostEnvironment _env;

    internal TransformsCatalog(IHostEnvironment env)
    {
        _env = env;
        Categorical = new(this);
        Conversion = new(this);
        Text = new(this);
        FeatureSelection = new(this);
    }

    IHostEnvironment IInternalCatalog.Environment => _env;

    public CategoricalTransforms Categorical { get; }
    public ConversionTransforms Conversion { get; }
    public TextTransforms Text { get; }
    public FeatureSelectionTransforms FeatureSelection { get; }

    public sealed class CategoricalTransforms : IInternalCatalog
    {
        readonly IHostEnvironment _env;
        internal CategoricalTransforms(TransformsCatalog owner) => _env = owner._env;
        IHostEnvironment IInternalCatalog.Environment => _env;
    }

    public sealed class ConversionTransforms : IInternalCatalog
    {
        readonly IHostEnvironment _env;
        internal ConversionTransforms(TransformsCatalog owner) => _env = owner._env;
        IHostEnvironment IInternalCatalog.Environment => _env;
    }

    public sealed class TextTransforms : IInternalCatalog
    {
        readonly IHostEnvironment _env;
        internal TextTransforms(TransformsCatalog owner) => _env = owner._env;
        IHostEnvironment IInternalCatalog.Environment => _env;
    }

    public sealed class FeatureSelectionTransforms : IInternalCatalog
    {
        readonly IHostEnvironment _env;
        internal FeatureSelectionTransforms(TransformsCatalog owner) => _env = owner._env;
        IHostEnvironment IInternalCatalog.Environment => _env;
    }
}
