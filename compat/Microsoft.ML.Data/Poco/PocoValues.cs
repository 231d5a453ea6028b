using System;
using System.Reflection;
using System.Reflection.Emit;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Delegates that read and write members of objects, and convert between members and column values.</summary>
static class PocoValues
{
    /// <summary>The getter of a column of the row object that is current when it is called.</summary>
    public static Delegate MakeGetter<TRow>(IExceptionContext ctx, PocoColumn column, Func<TRow> current)
    {
        var type = column.MemberType;
        var read = Utils.MarshalInvoke(MakeReader<TRow, int>, typeof(TRow), type, column.Member, type);
        if (type.IsArray)
            return type.GetElementType() == typeof(string)
                ? FromTexts((Func<TRow, string[]>)read, current)
                : Utils.MarshalInvoke(FromArray<TRow, int>, typeof(TRow), type.GetElementType(), read, current);
        if (column.Type is VectorDataViewType vector)
            return Utils.MarshalInvoke(FromVector<TRow, int>, typeof(TRow), vector.ItemType.RawType, read, current);
        if (type == typeof(string))
            return FromText((Func<TRow, string>)read, current);
        return column.Type is KeyDataViewType key
            ? CallKey(ctx, key, read, current)
            : Utils.MarshalInvoke(FromScalar<TRow, int>, typeof(TRow), type, read, current);
    }

    static Delegate CallKey<TRow>(IExceptionContext ctx, KeyDataViewType key, Delegate read, Func<TRow> current)
    {
        return Utils.MarshalInvoke(FromKey<int>, key.RawType, read, current);

        Delegate FromKey<T>(Delegate read, Func<TRow> current)
        {
            // UInt16 is a valid key, but not here.
            ctx.Check(typeof(T) == typeof(ulong) || typeof(T) == typeof(uint) || typeof(T) == typeof(byte));
            var typed = (Func<TRow, T>)read;
            return new ValueGetter<T>((ref T value) =>
            {
                var index = Convert.ToUInt64(typed(current()));
                value = (T)Convert.ChangeType(index < key.Count ? index + 1 : 0, typeof(T));
            });
        }
    }

    static Delegate FromScalar<TRow, T>(Delegate read, Func<TRow> current)
    {
        var typed = read as Func<TRow, T>;
        return new ValueGetter<T>((ref T value) => value = typed(current()));
    }

    static ValueGetter<ReadOnlyMemory<char>> FromText<TRow>(Func<TRow, string> read, Func<TRow> current)
        => (ref ReadOnlyMemory<char> value) => value = read(current()).AsMemory();

    static ValueGetter<VBuffer<ReadOnlyMemory<char>>> FromTexts<TRow>(Func<TRow, string[]> read, Func<TRow> current)
        => (ref VBuffer<ReadOnlyMemory<char>> value) =>
        {
            var texts = read(current());
            var editor = VBufferEditor.Create(ref value, Utils.Size(texts));
            for (var i = 0; i < editor.Values.Length; i++)
                editor.Values[i] = texts[i].AsMemory();
            value = editor.Commit();
        };

    static Delegate FromArray<TRow, T>(Delegate read, Func<TRow> current)
    {
        var typed = read as Func<TRow, T[]>; // not so for T[,], which then throws at the first value
        return new ValueGetter<VBuffer<T>>((ref VBuffer<T> value) => VBufferUtils.Set(ref value, typed(current())));
    }

    static Delegate FromVector<TRow, T>(Delegate read, Func<TRow> current)
    {
        var typed = read as Func<TRow, VBuffer<T>>;
        return new ValueGetter<VBuffer<T>>((ref VBuffer<T> value) => typed(current()).CopyTo(ref value));
    }

    /// <summary>What copies a column of the current row into an object.</summary>
    public static Action<TRow> MakeSetter<TRow>(DataViewRow input, DataViewSchema.Column source, PocoColumn column)
    {
        var type = column.MemberType;
        var write = Utils.MarshalInvoke(MakeWriter<TRow, int>, typeof(TRow), type, column.Member, type);
        if (column.Type is VectorDataViewType)
        {
            // Arrays and buffers that the object already has are filled again where they fit.
            var read = Utils.MarshalInvoke(MakeReader<TRow, int>, typeof(TRow), type, column.Member, type);
            if (!type.IsArray)
                return CallVector<TRow>(nameof(ToVector), type.GetGenericArguments()[0], input, source, read, write);
            return type.GetElementType() == typeof(string)
                ? ToTexts(input.GetGetter<VBuffer<ReadOnlyMemory<char>>>(source), (Func<TRow, string[]>)read, (Action<TRow, string[]>)write)
                : CallVector<TRow>(nameof(ToArray), type.GetElementType(), input, source, read, write);
        }
        if (type == typeof(string))
            return ToText(input.GetGetter<ReadOnlyMemory<char>>(source), (Action<TRow, string>)write);
        return (Action<TRow>)typeof(PocoValues).GetMethod(nameof(ToScalar), BindingFlags.NonPublic | BindingFlags.Static)
            .MakeGenericMethod(typeof(TRow), type).Invoke(null, [input, source, write]);
    }

    static Action<TRow> CallVector<TRow>(string method, Type itemType, params object[] arguments)
        => (Action<TRow>)typeof(PocoValues).GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)
            .MakeGenericMethod(typeof(TRow), itemType).Invoke(null, arguments);

    static Action<TRow> ToScalar<TRow, T>(DataViewRow input, DataViewSchema.Column source, Delegate write)
    {
        var getter = input.GetGetter<T>(source);
        var typed = (Action<TRow, T>)write;
        T value = default;
        return row =>
        {
            getter(ref value);
            typed(row, value);
        };
    }

    static Action<TRow> ToText<TRow>(ValueGetter<ReadOnlyMemory<char>> getter, Action<TRow, string> write)
    {
        ReadOnlyMemory<char> value = default;
        return row =>
        {
            getter(ref value);
            write(row, value.ToString());
        };
    }

    static Action<TRow> ToTexts<TRow>(ValueGetter<VBuffer<ReadOnlyMemory<char>>> getter, Func<TRow, string[]> read, Action<TRow, string[]> write)
    {
        VBuffer<ReadOnlyMemory<char>> value = default;
        return row =>
        {
            getter(ref value);
            var texts = read(row);
            if (Utils.Size(texts) != value.Length)
                texts = new string[value.Length];
            foreach (var (slot, text) in value.Items(all: true))
                texts[slot] = text.ToString();
            write(row, texts);
        };
    }

    static Action<TRow> ToArray<TRow, T>(DataViewRow input, DataViewSchema.Column source, Delegate read, Delegate write)
    {
        var getter = input.GetGetter<VBuffer<T>>(source);
        var (typedRead, typedWrite) = (read as Func<TRow, T[]>, write as Action<TRow, T[]>);
        VBuffer<T> value = default;
        return row =>
        {
            var items = typedRead(row);
            getter(ref value);
            // A null array stays null where the vector is empty.
            if (Utils.Size(items) != value.Length || !value.IsDense)
                items = new T[value.Length];
            value.CopyTo(items);
            typedWrite(row, items);
        };
    }

    static Action<TRow> ToVector<TRow, T>(DataViewRow input, DataViewSchema.Column source, Delegate read, Delegate write)
    {
        var getter = input.GetGetter<VBuffer<T>>(source);
        var (typedRead, typedWrite) = ((Func<TRow, VBuffer<T>>)read, (Action<TRow, VBuffer<T>>)write);
        return row =>
        {
            var value = typedRead(row);
            getter(ref value);
            typedWrite(row, value);
        };
    }

    /// <summary>A getter of always the same value, given as a member of an object would be.</summary>
    public static Delegate ConstantGetter<T>(T value) => value switch
    {
        string text => (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> result) => result = text.AsMemory()),
        string[] => FromTexts<T>(row => (string[])(object)row, () => value),
        Array array => Utils.MarshalInvoke(ConstantArray<int>, typeof(T).GetElementType(), array),
        _ when typeof(T).IsGenericType && typeof(T).GetGenericTypeDefinition() == typeof(VBuffer<>)
            => Utils.MarshalInvoke(ConstantVector<int>, typeof(T).GetGenericArguments()[0], (object)value),
        _ => (ValueGetter<T>)((ref T result) => result = value),
    };

    static Delegate ConstantArray<T>(Array value)
        => new ValueGetter<VBuffer<T>>((ref VBuffer<T> result) => VBufferUtils.Set(ref result, (T[])value));

    static Delegate ConstantVector<T>(object value)
        => new ValueGetter<VBuffer<T>>((ref VBuffer<T> result) => ((VBuffer<T>)value).CopyTo(ref result));

    static Delegate MakeReader<TRow, T>(MemberInfo member, Type type)
    {
        if (member is PropertyInfo property)
            return property.GetGetMethod() is { } get ? get.CreateDelegate(typeof(Func<TRow, T>)) : null;
        var method = new DynamicMethod("Read", type, [typeof(TRow)], typeof(PocoValues), skipVisibility: true);
        var il = method.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, (FieldInfo)member);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate(typeof(Func<TRow, T>));
    }

    // Readonly fields are written too, which only emitted code may do.
    static Delegate MakeWriter<TRow, T>(MemberInfo member, Type type)
    {
        if (member is PropertyInfo property)
            return property.GetSetMethod().CreateDelegate(typeof(Action<TRow, T>));
        var method = new DynamicMethod("Write", typeof(void), [typeof(TRow), type], typeof(PocoValues), skipVisibility: true);
        var il = method.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Stfld, (FieldInfo)member);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate(typeof(Action<TRow, T>));
    }
}
