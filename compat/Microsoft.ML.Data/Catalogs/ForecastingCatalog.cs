using Microsoft.ML.Runtime;

namespace Microsoft.ML;

public sealed partial class ForecastingCatalog : TrainCatalogBase
{
    internal ForecastingCatalog(IHostEnvironment env) : base(env) => Trainers = new(this);

    public Forecasters Trainers { get; }

    public sealed class Forecasters : CatalogInstantiatorBase
    {
        internal Forecasters(ForecastingCatalog catalog) : base(catalog) { }
    }
}
