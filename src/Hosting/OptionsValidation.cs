using Extensions.ML.Trainers;
using Microsoft.Extensions.Options;

namespace Extensions.ML.Hosting;

/// <summary>Says at start what is wrong with the options, all of it at once and by the names that stand in the configuration.</summary>
sealed class OptionsValidation(IEnumerable<ServedModel> models) : IValidateOptions<ExtensionsMLOptions>
{
    public ValidateOptionsResult Validate(string? name, ExtensionsMLOptions options)
    {
        var wrong = new List<string>();
        Require(options.Threads is not < 1, $"Threads is {options.Threads}; at least 1 is expected.");
        Require(IsDevice(options.Device), $"Device is '{options.Device}'; cpu, cuda or cuda:N is expected.");
        foreach (var model in models.Select(model => model.Name))
        {
            var configured = options.Models.Count == 0 ? "none" : string.Join(", ", options.Models.Keys);
            Require(options.Models.ContainsKey(model), $"Models has no '{model}', which is registered; configured: {configured}.");
        }
        foreach (var (model, settings) in options.Models)
        {
            Require(!string.IsNullOrWhiteSpace(settings.Path), $"Models:{model}:Path is missing.");
            AtLeast(settings.MaxBatchSize, 1, $"{model}:{nameof(settings.MaxBatchSize)}");
            AtLeast(settings.QueueCapacity, 1, $"{model}:{nameof(settings.QueueCapacity)}");
            AtLeast(settings.Workers, 1, $"{model}:{nameof(settings.Workers)}");
            Between(settings.MaxBatchDelay, TimeSpan.Zero, TimeSpan.FromSeconds(1), $"{model}:{nameof(settings.MaxBatchDelay)}");
            Between(settings.PollingInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1), $"{model}:{nameof(settings.PollingInterval)}");
            Between(settings.SettleTime, TimeSpan.Zero, TimeSpan.FromMinutes(10), $"{model}:{nameof(settings.SettleTime)}");
        }
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);

        void Require(bool condition, string otherwise)
        {
            if (!condition)
                wrong.Add(otherwise);
        }
        void AtLeast(int value, int least, string place) => Require(value >= least, $"Models:{place} is {value}; at least {least} is expected.");
        void Between(TimeSpan value, TimeSpan least, TimeSpan most, string place) =>
            Require(value >= least && value <= most, $"Models:{place} is {value}; {least} to {most} is expected.");
    }

    static bool IsDevice(string device) => device is "cpu" or "cuda"
        || device.StartsWith("cuda:", StringComparison.Ordinal) && ushort.TryParse(device.AsSpan(5), out _);
}
