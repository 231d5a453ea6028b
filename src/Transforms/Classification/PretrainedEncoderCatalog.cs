using Extensions.ML;

namespace Microsoft.ML;

/// <summary>Classifiers over a pretrained encoder in the catalogs of <see cref="MLContext"/>.</summary>
public static class PretrainedEncoderCatalog
{
    /// <summary>Tells several classes apart from few labels, by an encoder that was trained without labels.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="encoder">An embedding fitted on all rows; it stays as it is. <see langword="null"/>: the network starts from its first
    /// weights.</param>
    /// <param name="labelColumnName">Name of the label column, a Key of UInt32.</param>
    /// <param name="featureColumnName">Name of the feature column, a vector of Single as the encoder was trained on.</param>
    /// <param name="fineTune">Whether the encoder's weights are trained too; else they stay as they are.</param>
    /// <param name="epochs">Passes over the labelled rows, at least 1; <see langword="null"/> for as many as their number asks for.</param>
    public static PretrainedEncoderMulticlassTrainer PretrainedEncoder(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        AutoencoderEmbeddingTransformer? encoder, string labelColumnName = "Label", string featureColumnName = "Features", bool fineTune = true,
        int? epochs = null) =>
        catalog.PretrainedEncoder(new PretrainedEncoderMulticlassTrainer.Options
        {
            Encoder = encoder?.Model,
            LabelColumnName = labelColumnName,
            FeatureColumnName = featureColumnName,
            FineTune = fineTune,
            Epochs = epochs,
        });

    /// <summary>Tells several classes apart from few labels, by an encoder that was trained without labels.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">All settings.</param>
    public static PretrainedEncoderMulticlassTrainer PretrainedEncoder(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        PretrainedEncoderMulticlassTrainer.Options options) =>
        new(HostAccess.Environment(catalog), options);

    /// <summary>Tells two classes apart from few labels, by an encoder that was trained without labels.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="encoder">An embedding fitted on all rows; it stays as it is. <see langword="null"/>: the network starts from its first
    /// weights.</param>
    /// <param name="labelColumnName">Name of the label column, Boolean.</param>
    /// <param name="featureColumnName">Name of the feature column, a vector of Single as the encoder was trained on.</param>
    /// <param name="fineTune">Whether the encoder's weights are trained too; else they stay as they are.</param>
    /// <param name="epochs">Passes over the labelled rows, at least 1; <see langword="null"/> for as many as their number asks for.</param>
    public static PretrainedEncoderBinaryTrainer PretrainedEncoder(this BinaryClassificationCatalog.BinaryClassificationTrainers catalog,
        AutoencoderEmbeddingTransformer? encoder, string labelColumnName = "Label", string featureColumnName = "Features", bool fineTune = true,
        int? epochs = null) =>
        catalog.PretrainedEncoder(new PretrainedEncoderBinaryTrainer.Options
        {
            Encoder = encoder?.Model,
            LabelColumnName = labelColumnName,
            FeatureColumnName = featureColumnName,
            FineTune = fineTune,
            Epochs = epochs,
        });

    /// <summary>Tells two classes apart from few labels, by an encoder that was trained without labels.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">All settings.</param>
    public static PretrainedEncoderBinaryTrainer PretrainedEncoder(this BinaryClassificationCatalog.BinaryClassificationTrainers catalog,
        PretrainedEncoderBinaryTrainer.Options options) =>
        new(HostAccess.Environment(catalog), options);
}
