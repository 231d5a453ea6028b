using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Extensions.ML.Trainers;

/// <summary>The one training loop, for every family of networks.</summary>
public static class TrainingLoop
{
    /// <summary>
    /// Trains a module until the epochs are over or the monitored loss no longer becomes better. The same weights, data, options and seed
    /// give bit-identical results on a CPU, also when the run was interrupted and resumed from its checkpoint.
    /// </summary>
    /// <param name="module">The network; moved to the device, and left there in evaluation mode.</param>
    /// <param name="objective">The mean loss over the rows of a batch as a scalar tensor; gradients flow from it to the module.</param>
    /// <param name="training">The training rows.</param>
    /// <param name="validation">The validation rows, or <see langword="null"/>.</param>
    /// <param name="options">How to train.</param>
    /// <param name="cancellation">Stops after the step under way.</param>
    /// <returns>What happened.</returns>
    /// <exception cref="OperationCanceledException">Training was cancelled; the checkpoint, where a folder is set, holds everything done so
    /// far.</exception>
    /// <exception cref="TrainingException">The loss became NaN or infinite, memory ran out, or the checkpoint is of another
    /// training.</exception>
    public static TrainingHistory Run(nn.Module module, Func<Batch, Tensor> objective, IBatchSource training, IBatchSource? validation,
        TrainingOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(objective);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(options);
        cancellation.ThrowIfCancellationRequested();
        TorchEngine.Start();
        try
        {
            using var random = new GlobalRandom();
            using var gradients = enable_grad();
            using var run = new TrainingRun(module, objective, training, validation, options);
            return run.Execute(cancellation);
        }
        catch (ExternalException e)
        {
            throw TorchEngine.Explain(e, "in training");
        }
        finally
        {
            module.eval();
        }
    }
}
