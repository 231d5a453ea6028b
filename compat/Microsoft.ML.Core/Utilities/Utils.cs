using System;
using System.Collections.Generic;
using System.Reflection;

namespace Microsoft.ML.Internal.Utilities;

static class Utils
{
    public static int Size<T>(T[] items) => items?.Length ?? 0;

    public static T[] AppendElement<T>(this T[] items, T item) => [.. items ?? [], item];

    // Calls the generic method behind a delegate (written with any type argument) with another type argument, as in
    //     Utils.MarshalInvoke(MakeGetter<int>, type.RawType, input, column).
    // What the method throws arrives in a TargetInvocationException.

    public static TResult MarshalInvoke<TResult>(Func<TResult> method, Type type) => (TResult)Invoke(method, [type]);

    public static TResult MarshalInvoke<T1, TResult>(Func<T1, TResult> method, Type type, T1 arg1) => (TResult)Invoke(method, [type], arg1);

    public static TResult MarshalInvoke<T1, T2, TResult>(Func<T1, T2, TResult> method, Type type, T1 arg1, T2 arg2)
        => (TResult)Invoke(method, [type], arg1, arg2);

    public static TResult MarshalInvoke<T1, T2, T3, TResult>(Func<T1, T2, T3, TResult> method, Type type, T1 arg1, T2 arg2, T3 arg3)
        => (TResult)Invoke(method, [type], arg1, arg2, arg3);

    public static TResult MarshalInvoke<T1, T2, T3, T4, TResult>(Func<T1, T2, T3, T4, TResult> method, Type type, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
        => (TResult)Invoke(method, [type], arg1, arg2, arg3, arg4);

    /// <summary>The same with two type arguments.</summary>
    public static TResult MarshalInvoke<T1, T2, TResult>(Func<T1, T2, TResult> method, Type type1, Type type2, T1 arg1, T2 arg2)
        => (TResult)Invoke(method, [type1, type2], arg1, arg2);

    public static void MarshalActionInvoke<T1>(Action<T1> method, Type type, T1 arg1) => Invoke(method, [type], arg1);

    public static void MarshalActionInvoke<T1, T2>(Action<T1, T2> method, Type type, T1 arg1, T2 arg2)
        => Invoke(method, [type], arg1, arg2);

    public static void MarshalActionInvoke<T1, T2, T3>(Action<T1, T2, T3> method, Type type, T1 arg1, T2 arg2, T3 arg3)
        => Invoke(method, [type], arg1, arg2, arg3);

    static object Invoke(Delegate method, Type[] types, params object[] args)
        => method.Method.GetGenericMethodDefinition().MakeGenericMethod(types).Invoke(method.Target, args);
}
