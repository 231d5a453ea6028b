using Extensions.ML.Trainers;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>Learns to translate with recurrent networks, of which the second looks at what the first made of the source.</summary>
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
/// A gated recurrent encoder that reads in both directions, and a decoder with additive attention (Bahdanau, Cho and Bengio, "Neural Machine
/// Translation by Jointly Learning to Align and Translate", ICLR 2015). Everything else is as in <see cref="TransformerTranslationTrainer"/>.
/// ]]></format>
/// </remarks>
public sealed class RecurrentTranslationTrainer : TranslationTrainer
{
    /// <summary>All settings of the trainer. Default <see cref="TrainerOptions.Optimizer"/>: <see cref="Adam"/> with learning rate 0.002; default
    /// <see cref="TrainerOptions.Schedule"/>: <see cref="CosineSchedule"/> with 500 steps of warm-up; gradients are clipped to norm 1.</summary>
    public sealed class Options : TranslationOptions
    {
        /// <summary>The default settings.</summary>
        public Options()
        {
            Optimizer = new Adam { LearningRate = 0.002 };
            Schedule = new CosineSchedule { WarmupSteps = 500 };
            Clipping = new ClipByNorm(1);
        }

        /// <summary>The network.</summary>
        public RecurrentAttentionTranslation Network { get; set; } = new();

        internal override TranslationDesign Design => Network;
    }

    internal RecurrentTranslationTrainer(IHostEnvironment env, Options options) : base(env, options)
    {
    }
}
