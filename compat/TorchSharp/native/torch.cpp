// The one native file: libtorch behind a C interface that C# can call without marshalling.
// Every operator goes through the boxed dispatcher, so a new operator needs nothing here.
// Compiles against libtorch 1.13 and later.

#include <ATen/Context.h>
#include <ATen/NamedTensorUtils.h>
#include <ATen/Parallel.h>
#include <ATen/ScalarOps.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <malloc.h>
#include <torch/csrc/autograd/autograd.h>

#include <string>
#include <utility>
#include <vector>

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace {

using c10::IValue;
using Handle = c10::TensorImpl*;
// std::optional, or c10's own before libtorch 2.1: whichever the headers speak.
template <class T, template <class> class Template, class U>
Template<T> rebind(const Template<U>&);
template <class T>
using Optional = decltype(rebind<T>(std::declval<c10::Argument>().N()));
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

thread_local std::string error_text;

template <class Body>
const char* guarded(Body&& body) noexcept {
    try {
        body();
        return nullptr;
    } catch (const c10::Error& e) {
        error_text = e.what_without_backtrace();
    } catch (const std::exception& e) {
        error_text = e.what();
    } catch (...) {
        error_text = "unknown native error";
    }
    return error_text.c_str();
}

at::Tensor borrow(Handle handle) {
    return handle ? at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(handle)) : at::Tensor();
}
std::vector<at::Tensor> borrow(Handle* handles, int64_t n) {
    std::vector<at::Tensor> tensors;
    tensors.reserve(n);
    for (int64_t k = 0; k < n; k++) tensors.push_back(borrow(handles[k]));
    return tensors;
}
Handle release(at::Tensor tensor) { return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr; }

at::Generator borrow_generator(void* p) {
    return at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(static_cast<c10::GeneratorImpl*>(p)));
}
void* release(const at::Generator& generator) {
    auto pointer = generator.getIntrusivePtr();
    return pointer.release();
}

c10::Device device_of(int64_t bits) {
    return c10::Device(static_cast<c10::DeviceType>(bits >> 16), static_cast<c10::DeviceIndex>(static_cast<int16_t>(bits & 0xffff)));
}

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

// Process-wide settings. Training allocates and frees the same large blocks again and again: keep them in one heap.
EXPORT void ts_initialize() {
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, INT32_MAX);
    mallopt(M_TOP_PAD, 64 << 20);
    mallopt(M_ARENA_MAX, 1);
}

// ---- operators

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

// ---- tensor handles and cheap properties

EXPORT void ts_retain(Handle handle) { (void)borrow(handle).unsafeReleaseTensorImpl(); }
EXPORT void ts_release(Handle handle) { (void)c10::intrusive_ptr<c10::TensorImpl>::reclaim(handle); }
EXPORT int64_t ts_ndim(Handle t) { return t->dim(); }
EXPORT int64_t ts_numel(Handle t) { return t->numel(); }
EXPORT int64_t ts_itemsize(Handle t) { return t->itemsize(); }
EXPORT int64_t ts_offset(Handle t) { return t->storage_offset(); }
EXPORT int32_t ts_dtype(Handle t) { return static_cast<int32_t>(c10::typeMetaToScalarType(t->dtype())); }
EXPORT int32_t ts_contiguous(Handle t) { return t->is_contiguous(); }
EXPORT int32_t ts_device_type(Handle t) { return static_cast<int32_t>(t->device().type()); }
EXPORT int32_t ts_device_index(Handle t) { return t->device().index(); }
EXPORT int32_t ts_requires_grad(Handle t) { return t->requires_grad(); }
EXPORT int32_t ts_is_leaf(Handle t) { return borrow(t).is_leaf(); }
EXPORT void ts_shape(Handle t, int64_t* sizes, int64_t* strides) {
    for (int64_t k = 0; k < t->dim(); k++) {
        sizes[k] = t->size(k);
        strides[k] = t->stride(k);
    }
}
EXPORT const char* ts_data(Handle t, void** data) {
    return guarded([&] { *data = borrow(t).data_ptr(); });
}

// ---- autograd

EXPORT const char* ts_set_requires_grad(Handle t, int32_t value) {
    return guarded([&] { borrow(t).set_requires_grad(value != 0); });
}
EXPORT const char* ts_retain_grad(Handle t) {
    return guarded([&] { borrow(t).retain_grad(); });
}
EXPORT Handle ts_grad(Handle t) { return release(borrow(t).grad()); }
EXPORT const char* ts_set_grad(Handle t, Handle grad) {
    return guarded([&] {
        auto tensor = borrow(t);
        auto value = borrow(grad);
        TORCH_CHECK(!value.defined() || value.sizes() == tensor.sizes(), "assigned grad has data of a different size");
        tensor.mutable_grad() = value;
    });
}
EXPORT const char* ts_backward(Handle* tensors, int64_t n, Handle* grads, int64_t grad_count, int32_t retain, int32_t create,
                               Handle* inputs, int64_t input_count) {
    return guarded([&] {
        torch::autograd::backward(borrow(tensors, n), borrow(grads, grad_count), retain != 0, create != 0, borrow(inputs, input_count));
    });
}
EXPORT const char* ts_autograd_grad(Handle* outputs, int64_t n, Handle* inputs, int64_t input_count, Handle* grads, int64_t grad_count,
                                    int32_t retain, int32_t create, int32_t allow_unused, Handle* results) {
    return guarded([&] {
        auto gradients = torch::autograd::grad(borrow(outputs, n), borrow(inputs, input_count), borrow(grads, grad_count), retain != 0,
                                               create != 0, allow_unused != 0);
        for (size_t k = 0; k < gradients.size(); k++) results[k] = release(std::move(gradients[k]));
    });
}
EXPORT int32_t ts_grad_mode() { return c10::GradMode::is_enabled(); }
EXPORT void ts_set_grad_mode(int32_t enabled) { c10::GradMode::set_enabled(enabled != 0); }
EXPORT int32_t ts_inference_mode() { return c10::InferenceMode::is_enabled(); }
EXPORT void* ts_enter_inference_mode(int32_t enabled) { return new c10::InferenceMode(enabled != 0); }
EXPORT void ts_leave_inference_mode(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }

// ---- names

EXPORT int32_t ts_has_names(Handle t) { return borrow(t).has_names(); }
EXPORT const char* ts_name(Handle t, int64_t dimension, const char** name) {
    return guarded([&] { *name = borrow(t).names()[dimension].isWildcard() ? nullptr : borrow(t).names()[dimension].symbol().toUnqualString(); });
}
EXPORT const char* ts_set_names(Handle t, const char** names, int64_t n) {
    return guarded([&] {
        auto tensor = borrow(t);
        if (names == nullptr) {
            at::internal_set_names_inplace(tensor, Optional<at::DimnameList>());
            return;
        }
        std::vector<at::Dimname> parsed;
        for (int64_t k = 0; k < n; k++)
            parsed.push_back(names[k] ? at::Dimname::fromSymbol(c10::Symbol::dimname(names[k])) : at::Dimname::wildcard());
        at::internal_set_names_inplace(tensor, Optional<at::DimnameList>(at::DimnameList(parsed)));
    });
}

// ---- random numbers

EXPORT const char* ts_manual_seed(int64_t seed) {
    return guarded([&] { at::manual_seed(static_cast<uint64_t>(seed)); });
}
EXPORT const char* ts_default_generator(int64_t device, void** generator) {
    return guarded([&] { *generator = release(at::globalContext().defaultGenerator(device_of(device))); });
}
EXPORT const char* ts_new_generator(int64_t device, int64_t seed, void** generator) {
    return guarded([&] {
        auto fresh = at::globalContext().defaultGenerator(device_of(device)).clone();
        fresh.set_current_seed(static_cast<uint64_t>(seed));
        *generator = release(fresh);
    });
}
EXPORT void ts_release_generator(void* p) { (void)c10::intrusive_ptr<c10::GeneratorImpl>::reclaim(static_cast<c10::GeneratorImpl*>(p)); }
EXPORT const char* ts_generator_seed(void* p, int64_t seed) {
    return guarded([&] {
        auto generator = borrow_generator(p);
        std::lock_guard<std::mutex> lock(generator.mutex());
        generator.set_current_seed(static_cast<uint64_t>(seed));
    });
}
EXPORT int64_t ts_generator_initial_seed(void* p) { return static_cast<int64_t>(borrow_generator(p).current_seed()); }
EXPORT const char* ts_generator_state(void* p, Handle* state) {
    return guarded([&] { *state = release(borrow_generator(p).get_state()); });
}
EXPORT const char* ts_generator_set_state(void* p, Handle state) {
    return guarded([&] { borrow_generator(p).set_state(borrow(state)); });
}

// ---- devices and threads

EXPORT int32_t ts_device_count(int32_t type) {
    auto device = static_cast<c10::DeviceType>(type);
    if (!c10::impl::hasDeviceGuardImpl(device)) return 0;
    auto count = 0;
    (void)guarded([&] { count = c10::impl::getDeviceGuardImpl(device)->deviceCount(); });
    return count;
}
EXPORT const char* ts_initialize_device(int32_t type) {
    return guarded([&] { at::globalContext().defaultGenerator(c10::Device(static_cast<c10::DeviceType>(type), 0)); });
}
EXPORT const char* ts_synchronize(int64_t bits) {
    return guarded([&] {
        auto device = device_of(bits);
        auto guard = c10::impl::getDeviceGuardImpl(device.type());
        if (!device.has_index()) device = guard->getDevice();
        guard->synchronizeStream(guard->getStream(device));
    });
}
EXPORT int32_t ts_threads() { return at::get_num_threads(); }
EXPORT void ts_set_threads(int32_t n) { at::set_num_threads(n); }
EXPORT int32_t ts_interop_threads() { return at::get_num_interop_threads(); }
EXPORT const char* ts_set_interop_threads(int32_t n) {
    return guarded([&] { at::set_num_interop_threads(n); });
}

// ---- fused optimisers

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define VECTORISED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define VECTORISED
#endif

namespace {

struct AdamStep {
    float beta1, one_minus_beta1, beta2, one_minus_beta2;
    float weight_decay;  // added to the gradient (Adam)
    float shrink;        // multiplies the parameter first (AdamW: 1 - lr * weight_decay)
    float root_correction2, eps, step_size, sign;
};

VECTORISED void adam_kernel(float* __restrict p, const float* __restrict g, float* __restrict m, float* __restrict v,
                            float* __restrict vmax, int64_t n, const AdamStep s) {
    if (vmax) {
        for (int64_t k = 0; k < n; k++) {
            float x = p[k] * s.shrink;
            const float gradient = s.sign * g[k] + s.weight_decay * x;
            m[k] = m[k] * s.beta1 + s.one_minus_beta1 * gradient;
            v[k] = v[k] * s.beta2 + s.one_minus_beta2 * gradient * gradient;
            vmax[k] = vmax[k] > v[k] ? vmax[k] : v[k];
            p[k] = x - s.step_size * (m[k] / (__builtin_sqrtf(vmax[k]) / s.root_correction2 + s.eps));
        }
    } else {
        for (int64_t k = 0; k < n; k++) {
            float x = p[k] * s.shrink;
            const float gradient = s.sign * g[k] + s.weight_decay * x;
            m[k] = m[k] * s.beta1 + s.one_minus_beta1 * gradient;
            v[k] = v[k] * s.beta2 + s.one_minus_beta2 * gradient * gradient;
            p[k] = x - s.step_size * (m[k] / (__builtin_sqrtf(v[k]) / s.root_correction2 + s.eps));
        }
    }
}

bool plain(Handle t, Handle like) {
    return t->device().is_cpu() && t->layout() == c10::kStrided && t->is_contiguous() && t->numel() == like->numel() &&
           c10::typeMetaToScalarType(t->dtype()) == at::kFloat;
}
float* floats(Handle t) { return static_cast<float*>(borrow(t).data_ptr()); }

}  // namespace

// One Adam or AdamW update of one parameter in a single pass over memory. *done is 0, and nothing changed, where the
// tensors are not contiguous single-precision CPU tensors: the caller then composes the step from operators.
EXPORT const char* ts_adam(Handle p, Handle m, Handle v, Handle vmax, int64_t step, double lr, double beta1, double beta2, double eps,
                           double weight_decay, int32_t decoupled, int32_t maximize, int32_t* done) {
    return guarded([&] {
        *done = 0;
        auto grad = borrow(p).grad();
        if (!grad.defined()) return;
        auto g = grad.unsafeGetTensorImpl();
        if (!plain(p, p) || !plain(g, p) || !plain(m, p) || !plain(v, p) || (vmax && !plain(vmax, p))) return;
        const double correction1 = 1 - std::pow(beta1, step), correction2 = 1 - std::pow(beta2, step);
        const AdamStep s{static_cast<float>(beta1), static_cast<float>(1 - beta1), static_cast<float>(beta2), static_cast<float>(1 - beta2),
                         decoupled ? 0.0f : static_cast<float>(weight_decay),
                         decoupled ? static_cast<float>(1 - lr * weight_decay) : 1.0f,
                         static_cast<float>(std::sqrt(correction2)), static_cast<float>(eps), static_cast<float>(lr / correction1),
                         maximize ? -1.0f : 1.0f};
        float *pp = floats(p), *pg = floats(g), *pm = floats(m), *pv = floats(v), *px = vmax ? floats(vmax) : nullptr;
        at::parallel_for(0, p->numel(), 1 << 15, [&](int64_t begin, int64_t end) {
            adam_kernel(pp + begin, pg + begin, pm + begin, pv + begin, px ? px + begin : nullptr, end - begin, s);
        });
        borrow(p).unsafeGetTensorImpl()->bump_version();
        *done = 1;
    });
}
