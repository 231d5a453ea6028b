using Extensions.ML.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.ML;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Serving of ML.NET models in the services of a host.</summary>
public static class ExtensionsMLServices
{
    /// <summary>Serves models as a section of the configuration says, which is checked when the host starts.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configuration">The section; names are those of <see cref="ExtensionsMLOptions"/>.</param>
    /// <returns>Adds the models.</returns>
    public static ExtensionsMLBuilder AddExtensionsML(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return Add(services, options => options.Bind(configuration));
    }

    /// <summary>Serves models.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Sets the options, which are checked when the host starts.</param>
    /// <returns>Adds the models.</returns>
    public static ExtensionsMLBuilder AddExtensionsML(this IServiceCollection services, Action<ExtensionsMLOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Add(services, options => options.Configure(configure));
    }

    static ExtensionsMLBuilder Add(IServiceCollection services, Action<OptionsBuilder<ExtensionsMLOptions>> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        configure(services.AddOptions<ExtensionsMLOptions>().ValidateOnStart());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ExtensionsMLOptions>, OptionsValidation>());
        services.TryAddSingleton(provider => HostedContext.Create(
            provider.GetRequiredService<IOptions<ExtensionsMLOptions>>().Value, provider.GetRequiredService<ILoggerFactory>()));
        services.TryAddSingleton<ModelPaths>();
        services.TryAddSingleton<ServingMetrics>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ModelHost>());
        if (!services.Any(service => service.ServiceType == typeof(ModelHealth)))
        {
            services.AddSingleton<ModelHealth>();
            services.AddHealthChecks().AddCheck<ModelHealth>("models", tags: ["ready"]);
        }
        return new ExtensionsMLBuilder(services);
    }
}
