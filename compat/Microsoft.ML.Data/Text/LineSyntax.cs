using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>How a line is written: the settings of <see cref="TextLoader.Options"/>, checked.</summary>
sealed record LineSyntax
{
    [Flags]
    public enum Flags : uint { TrimWhitespace = 1, HasHeader = 2, Quoting = 4, Sparse = 8, Multilines = 16, EmptyRealIsNaN = 32 }

    public required Flags Features { get; init; }
    public required char[] Separators { get; init; }
    public required char Escape { get; init; }
    public required char DecimalMarker { get; init; }

    /// <summary>Number of fields of a line, or 0 if lines tell it themselves.</summary>
    public required int InputSize { get; init; }

    public bool TrimWhitespace => Features.HasFlag(Flags.TrimWhitespace);
    public bool HasHeader => Features.HasFlag(Flags.HasHeader);
    public bool Quoting => Features.HasFlag(Flags.Quoting);
    public bool Sparse => Features.HasFlag(Flags.Sparse);
    public bool Multilines => Features.HasFlag(Flags.Multilines);
    public bool EmptyRealIsNaN => Features.HasFlag(Flags.EmptyRealIsNaN);

    public bool IsSeparator(char c) => Array.IndexOf(Separators, c) >= 0;

    public static LineSyntax Create(TextLoader.Options options, bool headerIsElsewhere, IExceptionContext context)
    {
        var features = default(Flags);
        void Set(bool on, Flags flag) => features |= on ? flag : 0;
        Set(options.TrimWhitespace, Flags.TrimWhitespace);
        Set(options.HasHeader && !headerIsElsewhere, Flags.HasHeader);
        Set(options.AllowQuoting, Flags.Quoting);
        Set(options.AllowSparse, Flags.Sparse);
        Set(options.AllowQuoting && options.ReadMultilines, Flags.Multilines);
        Set(options.MissingRealsAsNaNs, Flags.EmptyRealIsNaN);

        context.CheckUserArg(!(options.MaxRows < 0), nameof(options.MaxRows));
        context.Check(!(options.InputSize < 0), "inputSize");
        var separators = options.Separators.Distinct().ToArray();
        foreach (var separator in separators)
            CheckSeparator(separator, options.AllowSparse, context);

        if (options.DecimalMarker is not ('.' or ','))
            throw context.ExceptUserArg(nameof(options.DecimalMarker),
                "Decimal marker cannot be the '{0}' character. It must be '.' or ','.", options.DecimalMarker);
        if (!options.AllowQuoting && options.DecimalMarker == ',' && separators.Contains(','))
            throw context.ExceptUserArg(nameof(options.AllowQuoting),
                "Quoting must be allowed if decimal marker and separator are the ',' character.");
        if (separators.Contains(options.EscapeChar))
            throw context.ExceptUserArg(nameof(options.EscapeChar),
                "EscapeChar '{0}' can't be used both as EscapeChar and separator", options.EscapeChar);

        return new()
        {
            Features = features,
            Separators = separators,
            Escape = options.EscapeChar,
            DecimalMarker = options.DecimalMarker,
            InputSize = Math.Min(options.InputSize ?? 0, Segment.OpenEnd - 1),
        };
    }

    static void CheckSeparator(char separator, bool allowSparse, IExceptionContext context)
    {
        context.CheckUserArg(separator != ':' || !allowSparse, "Separator", "When the separator is colon, turn off allowSparse");
        if (separator != '\t' && (separator < ' ' || char.IsAsciiDigit(separator) || separator == '"'))
            throw context.ExceptUserArg("Separator", "Illegal separator: '{0}'", separator);
    }

    public void Save(ModelSaveContext ctx)
    {
        ctx.Writer.Write((uint)Features);
        ctx.Writer.Write(InputSize);
        ctx.Writer.Write(Separators.Length);
        ctx.Writer.Write(Separators);
        ctx.Writer.Write(Escape);
        ctx.Writer.Write(DecimalMarker);
    }

    public static LineSyntax Load(ModelLoadContext ctx)
    {
        var features = (Flags)ctx.Reader.ReadUInt32();
        var inputSize = ctx.Reader.ReadInt32();
        var count = ctx.Reader.ReadInt32();
        Contracts.CheckDecode(inputSize >= 0 && count is > 0 and <= char.MaxValue);
        var separators = ctx.Reader.ReadChars(count);
        var syntax = new LineSyntax
        {
            Features = features,
            InputSize = inputSize,
            Separators = separators,
            Escape = ctx.Reader.ReadChar(),
            DecimalMarker = ctx.Reader.ReadChar(),
        };
        Contracts.CheckDecode(separators.Length == count && !syntax.IsSeparator(syntax.Escape) && syntax.DecimalMarker is '.' or ',');
        return syntax;
    }
}
