using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

/// <summary>Base of trained models: registers a host, and saves. Override SaveCore to set the version and write.</summary>
public abstract class ModelParametersBase<TOutput> : ICanSaveModel
{
    private protected readonly IHost Host;

    private protected ModelParametersBase(IHostEnvironment env, string name) => Host = env.Register(name);

    private protected abstract void SaveCore(ModelSaveContext ctx);

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        Host.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel();
        SaveCore(ctx);
    }
}
