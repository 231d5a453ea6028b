using Extensions.ML.Trainers;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>Learns to translate with the transformer of "Attention Is All You Need".</summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// | | |
/// |-|-|
/// | Machine learning task | Translation |
/// | Is normalization required? | No, text is taken as it is |
/// | Is caching required? | No, the data is read once into memory |
/// | Input columns | Source and target: text |
/// | Output columns | `Translation`: text; `LogProbabilities`: vector of Single of variable size; `Score`: Single; on request tokens, attention and the n best translations |
/// | Required NuGet in addition to Microsoft.ML | Extensions.ML.Transforms, TorchSharp-cpu or TorchSharp-cuda |
/// | Exportable to ONNX | Yes, encoder and decoder each, by `SaveAsOnnx` |
///
/// An encoder reads the source, a decoder writes the target token by token and looks back at both (Vaswani et al., "Attention Is All You Need",
/// NeurIPS 2017). Training maximises the likelihood of the targets with smoothed labels; the learning rate rises over 800 steps, then falls to 0
/// along a cosine. Translations are found by beam search.
/// ]]></format>
/// </remarks>
public sealed class TransformerTranslationTrainer : TranslationTrainer
{
    /// <summary>All settings of the trainer. Default <see cref="TrainerOptions.Optimizer"/>: <see cref="Adam"/> with learning rate 0.0032,
    /// β₂ = 0.98; default <see cref="TrainerOptions.Schedule"/>: <see cref="CosineSchedule"/> with 800 steps of warm-up.</summary>
    public sealed class Options : TranslationOptions
    {
        /// <summary>The default settings.</summary>
        public Options()
        {
            Optimizer = new Adam { LearningRate = 0.0032, Beta2 = 0.98 };
            Schedule = new CosineSchedule { WarmupSteps = 800 };
        }

        /// <summary>The network. Default: 192 wide with 4 heads, 3 blocks on each side, before each a normalization.</summary>
        public TransformerTranslation Network { get; set; } = new();

        internal override TranslationDesign Design => Network;
    }

    internal TransformerTranslationTrainer(IHostEnvironment env, Options options) : base(env, options)
    {
    }
}
