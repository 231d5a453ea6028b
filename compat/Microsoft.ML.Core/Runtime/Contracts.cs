using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace Microsoft.ML.Runtime;

/// <summary>Where an exception comes from; marks it on its way.</summary>
public interface IExceptionContext
{
    string ContextDescription { get; }
    TException Process<TException>(TException ex) where TException : Exception;
}

/// <summary>
/// Except* makes (does not throw) an exception, Check* throws it when a condition fails. Each exists with a context in front,
/// which may be null, and without.
/// </summary>
static class Contracts
{
    const string IsMarkedKey = "ML_IsMarked";

    public static TException Process<TException>(this TException ex, IExceptionContext ctx = null) where TException : Exception
        => ctx is null ? Mark(ex) : ctx.Process(ex);

    /// <summary>Marks an exception as one that the library made on purpose.</summary>
    public static TException Mark<TException>(TException ex) where TException : Exception
    {
        ex.Data[IsMarkedKey] = 1;
        return ex;
    }

    public static bool IsMarked(this Exception ex) => ex.Data.Contains(IsMarkedKey);

    static string Format(string message, object[] args)
        => args.Length == 0 ? message : string.Format(CultureInfo.InvariantCulture, message, args);

    public static Exception Except(string message, params object[] args) => Except((IExceptionContext)null, message, args);
    public static Exception Except(this IExceptionContext ctx, string message, params object[] args)
        => new InvalidOperationException(Format(message, args)).Process(ctx);
    public static Exception Except(Exception inner, string message, params object[] args)
        => Except((IExceptionContext)null, inner, message, args);
    public static Exception Except(this IExceptionContext ctx, Exception inner, string message, params object[] args)
        => new InvalidOperationException(Format(message, args), inner).Process(ctx);

    public static Exception ExceptUserArg(string name, string message, params object[] args)
        => ExceptParam((IExceptionContext)null, name, message, args);
    public static Exception ExceptUserArg(this IExceptionContext ctx, string name, string message, params object[] args)
        => ExceptParam(ctx, name, message, args);

    public static Exception ExceptParam(string paramName) => ExceptParam((IExceptionContext)null, paramName);
    public static Exception ExceptParam(this IExceptionContext ctx, string paramName)
        => new ArgumentOutOfRangeException(paramName).Process(ctx);
    public static Exception ExceptParam(string paramName, string message, params object[] args)
        => ExceptParam((IExceptionContext)null, paramName, message, args);
    public static Exception ExceptParam(this IExceptionContext ctx, string paramName, string message, params object[] args)
        => new ArgumentOutOfRangeException(paramName, Format(message, args)).Process(ctx);

    public static Exception ExceptValue(string paramName) => ExceptValue((IExceptionContext)null, paramName);
    public static Exception ExceptValue(this IExceptionContext ctx, string paramName) => new ArgumentNullException(paramName).Process(ctx);
    public static Exception ExceptValue(this IExceptionContext ctx, string paramName, string message)
        => new ArgumentNullException(paramName, message).Process(ctx);

    public static Exception ExceptEmpty(this IExceptionContext ctx, string paramName, string message = null)
        => ExceptParam(ctx, paramName, message ?? $"{paramName} cannot be null or empty");

    public static Exception ExceptWhiteSpace(this IExceptionContext ctx, string paramName, string message = null)
        => ExceptParam(ctx, paramName, message ?? $"{paramName} cannot be null or white space");

    public static Exception ExceptDecode() => new FormatException().Process();
    public static Exception ExceptDecode(string message, params object[] args) => ExceptDecode((IExceptionContext)null, message, args);
    public static Exception ExceptDecode(this IExceptionContext ctx, string message, params object[] args)
        => new FormatException(Format(message, args)).Process(ctx);
    public static Exception ExceptDecode(this IExceptionContext ctx, Exception inner, string message, params object[] args)
        => new FormatException(Format(message, args), inner).Process(ctx);

    public static Exception ExceptIO(this IExceptionContext ctx, string message, params object[] args)
        => new IOException(Format(message, args)).Process(ctx);

    public static Exception ExceptNotSupp(string message, params object[] args) => ExceptNotSupp((IExceptionContext)null, message, args);
    public static Exception ExceptNotSupp(this IExceptionContext ctx, string message, params object[] args)
        => new NotSupportedException(Format(message, args)).Process(ctx);

    public static Exception ExceptSchemaMismatch(
        string paramName, string columnRole, string columnName, string expectedType = null, string actualType = null)
        => ExceptSchemaMismatch(null, paramName, columnRole, columnName, expectedType, actualType);
    public static Exception ExceptSchemaMismatch(
        this IExceptionContext ctx, string paramName, string columnRole, string columnName, string expectedType = null, string actualType = null)
        => ExceptParam(ctx, paramName, actualType is null
            ? $"Could not find {columnRole} column '{columnName}'"
            : $"Schema mismatch for {columnRole} column '{columnName}': expected {expectedType}, got {actualType}");

    public static void Check(bool holds) => Check(null, holds);
    public static void Check(this IExceptionContext ctx, bool holds)
    {
        if (!holds)
            throw new InvalidOperationException().Process(ctx);
    }

    public static void Check(bool holds, string message) => Check(null, holds, message);
    public static void Check(this IExceptionContext ctx, bool holds, string message)
    {
        if (!holds)
            throw Except(ctx, message);
    }

    public static void CheckUserArg(bool holds, string name, string message = null) => CheckUserArg(null, holds, name, message);
    public static void CheckUserArg(this IExceptionContext ctx, bool holds, string name, string message = null)
        => CheckParam(ctx, holds, name, message);

    public static void CheckParam(bool holds, string paramName, string message = null) => CheckParam(null, holds, paramName, message);
    public static void CheckParam(this IExceptionContext ctx, bool holds, string paramName, string message = null)
    {
        if (!holds)
            throw message is null ? ExceptParam(ctx, paramName) : ExceptParam(ctx, paramName, message);
    }

    public static T CheckRef<T>(T value, string paramName) where T : class => value ?? throw ExceptValue(paramName);
    public static T CheckRef<T>(this IExceptionContext ctx, T value, string paramName) where T : class => value ?? throw ExceptValue(ctx, paramName);

    public static void CheckValue<T>(T value, string paramName) where T : class => CheckRef(value, paramName);
    public static void CheckValue<T>(this IExceptionContext ctx, T value, string paramName) where T : class => CheckRef(ctx, value, paramName);
    public static void CheckValue<T>(this IExceptionContext ctx, T value, string paramName, string message) where T : class
    {
        if (value is null)
            throw ExceptValue(ctx, paramName, message);
    }

    public static string CheckNonEmpty(string text, string paramName, string message = null)
        => CheckNonEmpty(null, text, paramName, message);
    public static string CheckNonEmpty(this IExceptionContext ctx, string text, string paramName, string message = null)
        => string.IsNullOrEmpty(text) ? throw ExceptEmpty(ctx, paramName, message) : text;

    public static T[] CheckNonEmpty<T>(this IExceptionContext ctx, T[] items, string paramName, string message = null)
        => items is null or [] ? throw ExceptEmpty(ctx, paramName, message) : items;

    public static string CheckNonWhiteSpace(string text, string paramName, string message = null)
        => CheckNonWhiteSpace(null, text, paramName, message);
    public static string CheckNonWhiteSpace(this IExceptionContext ctx, string text, string paramName, string message = null)
        => string.IsNullOrWhiteSpace(text) ? throw ExceptWhiteSpace(ctx, paramName, message) : text;

    public static void CheckDecode(bool holds) => CheckDecode(null, holds);
    public static void CheckDecode(this IExceptionContext ctx, bool holds)
    {
        if (!holds)
            throw new FormatException().Process(ctx);
    }

    public static void CheckDecode(bool holds, string message) => CheckDecode(null, holds, message);
    public static void CheckDecode(this IExceptionContext ctx, bool holds, string message)
    {
        if (!holds)
            throw ExceptDecode(ctx, message);
    }

    /// <summary>Throws once the context was told to cancel.</summary>
    public static void CheckAlive(this IHostEnvironment env)
    {
        if (env is ICancelable { IsCanceled: true })
            throw new OperationCanceledException("Operation was canceled.").Process(env);
    }
}
