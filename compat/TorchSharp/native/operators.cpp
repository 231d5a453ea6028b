// Every operator is called through the boxed dispatcher, so a new operator needs nothing here.

#include <ATen/ScalarOps.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include "shim.h"

namespace {

using c10::IValue;
using OptionalTensor = Optional<at::Tensor>;

// An argument or a result as C# writes and reads it.
enum Tag : int32_t { None, Missing, TensorTag, Int, Double, Bool, Ints, Doubles, Tensors, String, DeviceTag, GeneratorTag };
struct Cell {
    int32_t tag;
    int32_t n;  // list length; of a result tensor: kilobytes of storage that it alone owns
    union { int64_t i; double d; void* p; };
};

enum class Kind : uint8_t { Tensor, Tensors, OptionalTensors, Int, Ints, Float, Floats, Bool, Bools, Other };
struct Formal {
    Kind kind;
    bool optional;
    int repeat;  // length of a fixed-size list such as int[2], which one number may fill
    IValue fallback;
    bool has_fallback;
};
struct Operator {
    c10::OperatorHandle handle;
    std::vector<Formal> formals;
};

Formal formal_of(const c10::Argument& argument) {
    auto type = argument.type();
    Formal formal{Kind::Other, false, argument.N() ? static_cast<int>(*argument.N()) : 1, IValue(), false};
    if (auto optional = type->cast<c10::OptionalType>()) {
        formal.optional = true;
        type = optional->getElementType();
    }
    if (argument.default_value()) {
        formal.fallback = *argument.default_value();
        formal.has_fallback = true;
    }
    switch (type->kind()) {
        case c10::TypeKind::TensorType: formal.kind = Kind::Tensor; break;
        case c10::TypeKind::IntType: formal.kind = Kind::Int; break;
        case c10::TypeKind::FloatType: formal.kind = Kind::Float; break;
        case c10::TypeKind::BoolType: formal.kind = Kind::Bool; break;
        case c10::TypeKind::ListType: {
            auto element = type->expectRef<c10::ListType>().getElementType();
            switch (element->kind()) {
                case c10::TypeKind::TensorType: formal.kind = Kind::Tensors; break;
                case c10::TypeKind::OptionalType: formal.kind = Kind::OptionalTensors; break;
                case c10::TypeKind::IntType: formal.kind = Kind::Ints; break;
                case c10::TypeKind::FloatType: formal.kind = Kind::Floats; break;
                case c10::TypeKind::BoolType: formal.kind = Kind::Bools; break;
                default: break;
            }
            break;
        }
        default: break;
    }
    return formal;
}

// Numbers follow the schema, as they do in Python: an int serves as float, Tensor or int[n].
IValue number(const Formal& formal, const Cell& cell) {
    const auto scalar = cell.tag == Double ? c10::Scalar(cell.d) : cell.tag == Int ? c10::Scalar(cell.i) : c10::Scalar(cell.i != 0);
    switch (formal.kind) {
        case Kind::Float: return scalar.toDouble();
        case Kind::Int: return scalar.toLong();
        case Kind::Bool: return scalar.toBool();
        case Kind::Ints: {
            c10::List<int64_t> list;
            for (int k = 0; k < formal.repeat; k++) list.push_back(scalar.toLong());
            return list;
        }
        case Kind::Tensor: {
            auto tensor = at::scalar_to_tensor(scalar);
            tensor.unsafeGetTensorImpl()->set_wrapped_number(true);
            return tensor;
        }
        default: return scalar;
    }
}

IValue argument(const Formal& formal, const Cell& cell) {
    switch (cell.tag) {
        case None: return formal.kind == Kind::Tensor && !formal.optional ? IValue(at::Tensor()) : IValue();
        case Missing:
            TORCH_CHECK(formal.has_fallback, "a required argument is missing");
            return formal.fallback;
        case TensorTag: return borrow(static_cast<Handle>(cell.p));
        case Int:
        case Double:
        case Bool: return number(formal, cell);
        case Ints: {
            auto values = static_cast<const int64_t*>(cell.p);
            if (formal.kind == Kind::Bools) {
                c10::List<bool> list;
                for (int k = 0; k < cell.n; k++) list.push_back(values[k] != 0);
                return list;
            }
            c10::List<int64_t> list;
            list.reserve(cell.n);
            for (int k = 0; k < cell.n; k++) list.push_back(values[k]);
            return list;
        }
        case Doubles: {
            auto values = static_cast<const double*>(cell.p);
            c10::List<double> list;
            list.reserve(cell.n);
            for (int k = 0; k < cell.n; k++) list.push_back(values[k]);
            return list;
        }
        case Tensors: {
            auto handles = static_cast<Handle*>(cell.p);
            if (formal.kind == Kind::OptionalTensors) {
                c10::List<OptionalTensor> list;
                for (int k = 0; k < cell.n; k++) list.push_back(handles[k] ? OptionalTensor(borrow(handles[k])) : OptionalTensor());
                return list;
            }
            c10::List<at::Tensor> list;
            list.reserve(cell.n);
            for (int k = 0; k < cell.n; k++) list.push_back(borrow(handles[k]));
            return list;
        }
        case String: return std::string(static_cast<const char*>(cell.p), cell.n);
        case DeviceTag: return device_of(cell.i);
        case GeneratorTag: return borrow_generator(cell.p);
        default: TORCH_CHECK(false, "unknown argument tag ", cell.tag);
    }
}

int32_t owned_kilobytes(const at::Tensor& tensor) {
    if (!tensor.defined() || !tensor.has_storage()) return 0;
    const auto& storage = tensor.storage();
    return storage.use_count() == 1 ? static_cast<int32_t>(std::min<size_t>(storage.nbytes() >> 10, INT32_MAX)) : 0;
}

Cell result(IValue&& value) {
    Cell cell{None, 0, {0}};
    if (value.isTensor()) {
        auto tensor = std::move(value).toTensor();
        cell.tag = TensorTag;
        cell.n = owned_kilobytes(tensor);
        cell.p = release(std::move(tensor));
    } else if (value.isTensorList()) {
        auto tensors = value.toTensorVector();
        auto handles = static_cast<Handle*>(malloc(sizeof(Handle) * std::max<size_t>(tensors.size(), 1)));
        for (size_t k = 0; k < tensors.size(); k++) handles[k] = release(std::move(tensors[k]));
        cell.tag = Tensors;
        cell.n = static_cast<int32_t>(tensors.size());
        cell.p = handles;
    } else if (value.isBool()) {
        cell.tag = Bool;
        cell.i = value.toBool();
    } else if (value.isInt()) {
        cell.tag = Int;
        cell.i = value.toInt();
    } else if (value.isDouble()) {
        cell.tag = Double;
        cell.d = value.toDouble();
    }
    return cell;
}

}  // namespace

EXPORT const char* ts_find(const char* name, const char* overload, Operator** found) {
    return guarded([&] {
        auto handle = c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
        auto op = new Operator{handle, {}};
        for (const auto& argument : handle.schema().arguments()) op->formals.push_back(formal_of(argument));
        *found = op;
    });
}

EXPORT int32_t ts_exists(const char* name, const char* overload) {
    return c10::Dispatcher::singleton().findSchema({name, overload}).has_value();
}

EXPORT const char* ts_call(const Operator* op, const Cell* arguments, int32_t count, Cell* results, int32_t* result_count) {
    return guarded([&] {
        const auto& formals = op->formals;
        TORCH_CHECK(static_cast<size_t>(count) <= formals.size(), op->handle.operator_name(), " takes at most ", formals.size(),
                    " arguments, not ", count);
        torch::jit::Stack stack;
        stack.reserve(std::max<size_t>(formals.size(), 4));
        for (size_t k = 0; k < formals.size(); k++)
            stack.push_back(argument(formals[k], k < static_cast<size_t>(count) ? arguments[k] : Cell{Missing, 0, {0}}));
        op->handle.callBoxed(stack);
        TORCH_CHECK(stack.size() <= static_cast<size_t>(*result_count), op->handle.operator_name(), " has ", stack.size(), " results");
        *result_count = static_cast<int32_t>(stack.size());
        for (size_t k = 0; k < stack.size(); k++) results[k] = result(std::move(stack[k]));
    });
}

EXPORT void ts_free(void* p) { free(p); }

