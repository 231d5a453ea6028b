using System;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Linq;
using System.Reflection;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What one group of parameters is optimised with: the nullable fields of the derived class, stored in their order.</summary>
public class OptimizerOptions
{
    public double? LearningRate { get; set; }

    public double InitialLearningRate { get; set; }

    FieldInfo[] Fields() => Ordered.Fields(GetType());

    /// <summary>Takes from <paramref name="defaults"/> what is not set.</summary>
    internal void FillFrom(OptimizerOptions defaults)
    {
        LearningRate ??= defaults.LearningRate;
        foreach (var field in Fields()) field.SetValue(this, field.GetValue(this) ?? field.GetValue(defaults));
    }

    public virtual void SaveStateDict(BinaryWriter writer)
    {
        writer.Write(InitialLearningRate);
        writer.Write(LearningRate.Value);
        foreach (var field in Fields())
            if (field.GetValue(this) is double number) writer.Write(number);
            else writer.Write((bool)field.GetValue(this));
    }

    public virtual void LoadStateDict(BinaryReader reader)
    {
        InitialLearningRate = reader.ReadDouble();
        LearningRate = reader.ReadDouble();
        foreach (var field in Fields())
            field.SetValue(this, field.FieldType == typeof(double?) ? reader.ReadDouble() : reader.ReadBoolean());
    }

    public virtual void LoadStateDict(OptimizerOptions source)
    {
        InitialLearningRate = source.InitialLearningRate;
        LearningRate = source.LearningRate;
        foreach (var field in Fields()) field.SetValue(this, field.GetValue(source));
    }
}

/// <summary>What an optimizer remembers of one parameter: the public fields of the derived class, stored in their order.
/// A tensor marked <see cref="MaybeNullAttribute"/> is stored after a flag that tells whether it is there.</summary>
public abstract class OptimizerState
{
    protected Parameter _parameter;

    protected OptimizerState(Parameter parameter) => _parameter = parameter;

    FieldInfo[] Fields() => Ordered.Fields(GetType());

    static bool Optional(FieldInfo field) => field.IsDefined(typeof(MaybeNullAttribute));

    public abstract void Initialize(OptimizerOptions options);

    public virtual void SaveStateDict(BinaryWriter writer)
    {
        foreach (var field in Fields())
            if (field.FieldType == typeof(long)) writer.Write((long)field.GetValue(this));
            else if (Optional(field)) SaveConditionalStateTensor(writer, (Tensor)field.GetValue(this));
            else ((Tensor)field.GetValue(this)).Save(writer);
    }

    public virtual void LoadStateDict(BinaryReader reader)
    {
        foreach (var field in Fields())
            if (field.FieldType == typeof(long)) field.SetValue(this, reader.ReadInt64());
            else if (Optional(field))
            {
                var tensor = (Tensor)field.GetValue(this);
                LoadConditionalStateTensor(reader, ref tensor, _parameter.device);
                field.SetValue(this, tensor?.DetachFromDisposeScope());
            }
            else ((Tensor)field.GetValue(this)).Load(reader);
    }

    public virtual void LoadStateDict(OptimizerState source)
    {
        foreach (var field in Fields())
            if (field.FieldType == typeof(long)) field.SetValue(this, field.GetValue(source));
            else
            {
                (field.GetValue(this) as Tensor)?.Dispose();
                field.SetValue(this, (field.GetValue(source) as Tensor)?.to(_parameter.device, copy: true).DetachFromDisposeScope());
            }
    }

    public virtual bool ApproximatelyEquals(OptimizerState other) => other?.GetType() == GetType() && Fields().All(field =>
        (field.GetValue(this), field.GetValue(other)) switch
        {
            (Tensor mine, Tensor theirs) => mine.allclose(theirs),
            var (mine, theirs) => Equals(mine, theirs),
        });

    public virtual void to(Device device)
    {
        foreach (var field in Fields())
            if (field.GetValue(this) is Tensor tensor) field.SetValue(this, tensor.to(device).DetachFromDisposeScope());
    }

    /// <summary>Disposes the state's tensors.</summary>
    internal void Release()
    {
        foreach (var field in Fields()) (field.GetValue(this) as Tensor)?.Dispose();
    }

    /// <summary>Zeros of the parameter's shape and kind that outlive the current scope.</summary>
    private protected Tensor Zeros() => zeros_like(_parameter).DetachFromDisposeScope();

    protected static void LoadConditionalStateTensor(BinaryReader reader, ref Tensor result, Device device)
    {
        if (reader.ReadBoolean())
        {
            TensorExtensionMethods.Load(ref result, reader);
            if (result.device_type != device.type) result = result.to(device, disposeAfter: true);
        }
        else
        {
            result?.Dispose();
            result = null;
        }
    }

    protected static void SaveConditionalStateTensor(BinaryWriter writer, Tensor tensor)
    {
        writer.Write(tensor is not null);
        tensor?.Save(writer);
    }
}

static class Ordered
{
    /// <summary>The public fields that a type declares, in their order in its source.</summary>
    internal static FieldInfo[] Fields(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).OrderBy(field => field.MetadataToken).ToArray();
}
