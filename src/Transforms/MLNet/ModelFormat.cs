using System.Text.Json;
using System.Text.Json.Serialization;
using Extensions.ML.Generators;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Extensions.ML;

/// <summary>
/// How a transformer stands in ML.NET's model zip: its entry holds <c>model.json</c> (what it is) and
/// <c>weights.safetensors</c> (what it learned). Nothing that can be executed is stored, and no type is named.
/// </summary>
/// <param name="modelSignature">Exactly eight characters.</param>
/// <param name="loaderSignature">At most 24 characters; the same as in the <c>LoadableClass</c> attribute.</param>
sealed class ModelFormat(string modelSignature, string loaderSignature)
{
    const string DescriptionEntry = "model.json";
    const string WeightsEntry = "weights.safetensors";
    const int MaximumDescriptionBytes = 64 << 20;

    static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        MaxDepth = 16,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(allowIntegerValues: false), new TokenizerConverter() },
    };

    // The simple assembly name: with the full one, a file of a newer release would not open in an older one.
    VersionInfo Version => new(
        modelSignature: modelSignature,
        verWrittenCur: 0x00010001,
        verReadableCur: 0x00010001,
        verWeCanReadBack: 0x00010001,
        loaderAssemblyName: typeof(ModelFormat).Assembly.GetName().Name,
        loaderSignature: loaderSignature);

    /// <summary>Writes a transformer into its entry.</summary>
    public void Save<TDescription>(ModelSaveContext context, TDescription description, Action<Stream>? writeWeights = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.CheckAtModel();
        context.SetVersionInfo(Version);
        context.SaveBinaryStream(DescriptionEntry, writer => writer.Write(JsonSerializer.SerializeToUtf8Bytes(description, s_json)));
        if (writeWeights != null)
            context.SaveBinaryStream(WeightsEntry, writer => writeWeights(writer.BaseStream));
    }

    /// <summary>Reads a transformer that learned nothing.</summary>
    /// <exception cref="InvalidDataException">The entry is damaged; the message says where.</exception>
    public TTransformer Load<TDescription, TTransformer>(ModelLoadContext context, Func<TDescription, TTransformer> create)
        where TTransformer : class => Load<TDescription, TTransformer>(context, (description, _) => create(description), hasWeights: false);

    /// <summary>Reads a transformer from its entry.</summary>
    /// <param name="context">Where the entry stands.</param>
    /// <param name="create">Makes it from the description and the stream of weights.</param>
    /// <exception cref="InvalidDataException">The entry is damaged; the message says where.</exception>
    public TTransformer Load<TDescription, TTransformer>(ModelLoadContext context, Func<TDescription, Stream, TTransformer> create)
        where TTransformer : class => Load(context, create, hasWeights: true);

    TTransformer Load<TDescription, TTransformer>(ModelLoadContext context, Func<TDescription, Stream, TTransformer> create, bool hasWeights)
        where TTransformer : class
    {
        context.CheckAtModel(Version);
        TDescription? description = default;
        TTransformer? transformer = null;
        try
        {
            if (!context.TryLoadBinaryStream(DescriptionEntry, reader => description = ReadDescription<TDescription>(reader.BaseStream)))
                throw Damaged($"the part '{DescriptionEntry}' is missing");
            if (!hasWeights)
                return create(description!, Stream.Null);
            if (!context.TryLoadBinaryStream(WeightsEntry, reader => transformer = create(description!, reader.BaseStream)))
                throw Damaged($"the part '{WeightsEntry}' is missing");
            return transformer!;
        }
        catch (Exception e) when (e is JsonException or FormatException or NotSupportedException or ArgumentException or OverflowException or EndOfStreamException)
        {
            throw Damaged(e.Message, e);
        }
    }

    TDescription ReadDescription<TDescription>(Stream stream)
    {
        // Read up to the limit rather than trust a length from the file.
        using var bytes = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            if (bytes.Length + read > MaximumDescriptionBytes)
                throw Damaged($"the part '{DescriptionEntry}' is larger than {MaximumDescriptionBytes:N0} bytes");
            bytes.Write(buffer, 0, read);
        }
        var json = bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
        CheckLists(json);
        return JsonSerializer.Deserialize<TDescription>(json, s_json) ?? throw Damaged($"the part '{DescriptionEntry}' is empty");
    }

    /// <summary>Throws where a list holds null: that a property must not be null the serializer sees, that an element must not it does not.</summary>
    void CheckLists(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 32 });
        for (var before = JsonTokenType.None; reader.Read(); before = reader.TokenType)
            if (reader.TokenType == JsonTokenType.Null && before != JsonTokenType.PropertyName)
                throw Damaged($"the part '{DescriptionEntry}' has null in a list");
    }

    /// <summary>A tokenizer stands in the description as the object of its <c>tokenizer.json</c>.</summary>
    sealed class TokenizerConverter : JsonConverter<Tokenizer>
    {
        public override Tokenizer Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var json = JsonDocument.ParseValue(ref reader);
            return Tokenizer.Parse(json.RootElement);
        }

        public override void Write(Utf8JsonWriter writer, Tokenizer value, JsonSerializerOptions options) => value.Write(writer);
    }

    InvalidDataException Damaged(string what, Exception? inner = null) =>
        new($"The model file is damaged or not one of {loaderSignature}: {what}.", inner);
}
