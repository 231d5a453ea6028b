namespace Extensions.ML;

/// <summary>What of a model is written as an ONNX graph.</summary>
public enum OnnxPart
{
    /// <summary>What the transformer does to rows: its input columns to the columns that it adds. Of a generator: latent vectors to rows.</summary>
    Transform,

    /// <summary>Of a generator or a translator: what is given, a row or the tokens of a source, to what the network makes of it.</summary>
    Encoder,

    /// <summary>Codes or latent vectors to rows; of a translator, one step of the translation.</summary>
    Decoder,
}
