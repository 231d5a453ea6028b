using Microsoft.ML.Runtime;

namespace Microsoft.ML;

public sealed partial class RankingCatalog : TrainCatalogBase
{
    internal RankingCatalog(IHostEnvironment env) : base(env) => Trainers = new(this);

    public RankingTrainers Trainers { get; }

    public sealed class RankingTrainers : CatalogInstantiatorBase
    {
        internal RankingTrainers(RankingCatalog catalog) : base(catalog) { }
    }
}
