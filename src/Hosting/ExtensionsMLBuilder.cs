using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.ML;

namespace Extensions.ML.Hosting;

/// <summary>Adds models and trainings to a host. Begun by <c>services.AddExtensionsML</c>.</summary>
public sealed class ExtensionsMLBuilder
{
    internal ExtensionsMLBuilder(IServiceCollection services) => Services = services;

    /// <summary>Where it adds them.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Serves a model over rows of a class as a <see cref="ServedPredictor{TRow, TResult}"/>, which is asked for by its types, or by them and the name
    /// as the key (<c>[FromKeyedServices("name")]</c>).</summary>
    /// <param name="name">Names its file and limits in <see cref="ExtensionsMLOptions.Models"/>.</param>
    /// <typeparam name="TRow">Properties named as the model's input columns.</typeparam>
    /// <typeparam name="TResult">Properties named as the output columns that are wanted.</typeparam>
    public ExtensionsMLBuilder AddModel<TRow, TResult>(string name) where TRow : class, new() where TResult : class, new() =>
        Add(name, settings => new ServedPredictor<TRow, TResult>(name, settings));

    /// <summary>Serves a translator as a <see cref="ServedTranslator"/>, which is asked for by its type, or by it and the name as the key.</summary>
    /// <param name="name">Names its file and limits in <see cref="ExtensionsMLOptions.Models"/>.</param>
    public ExtensionsMLBuilder AddTranslator(string name) => Add(name, settings => new ServedTranslator(name, settings));

    /// <summary>Trains in the background when the host starts. The model replaces the file of a served one and goes live; until then, and where the training
    /// fails, the one that is there is served. When the host stops, the training is cancelled.</summary>
    /// <param name="model">Name of the served model.</param>
    /// <typeparam name="TJob">What is trained.</typeparam>
    public ExtensionsMLBuilder AddTraining<TJob>(string model) where TJob : class, ITrainingJob
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        Services.AddScoped<TJob>();
        Services.AddSingleton<IHostedService>(services => ActivatorUtilities.CreateInstance<TrainingService<TJob>>(services, model));
        return this;
    }

    ExtensionsMLBuilder Add<TModel>(string name, Func<Func<ServedModel.Settings>, TModel> create) where TModel : ServedModel
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Services.AddKeyedSingleton(name, (services, _) => create(() => Settings(services, name)));
        Services.AddSingleton(services => services.GetRequiredKeyedService<TModel>(name));
        Services.AddSingleton<ServedModel>(services => services.GetRequiredKeyedService<TModel>(name));
        return this;
    }

    // Asked for when the model starts: the validation of the options must know the models before.
    static ServedModel.Settings Settings(IServiceProvider services, string name)
    {
        var options = services.GetRequiredService<IOptions<ExtensionsMLOptions>>().Value.Models[name];
        return new(services.GetRequiredService<MLContext>(), options, services.GetRequiredService<ModelPaths>().Of(options),
            services.GetRequiredService<ServingMetrics>(), services.GetRequiredService<ILoggerFactory>().CreateLogger<ServedModel>());
    }
}

/// <summary>Where the files of models lie.</summary>
sealed class ModelPaths(IHostEnvironment? host = null)
{
    public string Of(ModelOptions options) => Path.GetFullPath(options.Path, host?.ContentRootPath ?? Environment.CurrentDirectory);
}
