using System;
using System.Linq;
using System.Reflection;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>
/// What the entries of all prediction transformers hold: the model in a folder of its own, the training schema, the name of the
/// feature column; then what the kind adds.
/// </summary>
static class PredictionModels
{
    const string DirModel = "Model", TrainSchemaStream = "TrainSchema";

    public static VersionInfo Version(string modelSignature, string loaderSignature)
        => new(modelSignature, 0x00010001, 0x00010001, 0x00010001, typeof(PredictionModels).Assembly.GetName().Name, loaderSignature);

    public static void Save(ModelSaveContext ctx, object model, DataViewSchema trainSchema, string featureColumn)
    {
        ctx.SaveModel(model, DirModel);
        ctx.SaveBinaryStream(TrainSchemaStream, writer => SchemaFile.Write(writer.BaseStream, trainSchema));
        ctx.SaveNonEmptyString(featureColumn);
    }

    /// <summary>Makes a transformer whose type argument is the public type of the stored model; the rest is read after the common part.</summary>
    public static ISingleFeaturePredictionTransformer<object> Create(
        IHostEnvironment env, ModelLoadContext ctx, Type transformer, Func<object[]> readRest)
    {
        ctx.LoadModel<object, SignatureLoadModel>(env, out var model, DirModel);
        DataViewSchema trainSchema = null;
        ctx.TryLoadBinaryStream(TrainSchemaStream, reader => trainSchema = SchemaFile.Read(env, reader.BaseStream));
        env.CheckDecode(model is IScoringModel && trainSchema != null);
        var featureColumn = ctx.LoadNonEmptyString();

        var modelType = model.GetType();
        while (!modelType.IsVisible)
            modelType = modelType.BaseType;
        var constructor = transformer.MakeGenericType(modelType).GetConstructors(BindingFlags.NonPublic | BindingFlags.Instance).Single();
        return (ISingleFeaturePredictionTransformer<object>)constructor.Invoke(
            BindingFlags.DoNotWrapExceptions, null, [env, model, trainSchema, featureColumn, .. readRest()], null);
    }
}
