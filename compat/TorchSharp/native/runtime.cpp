// Tensors' cheap properties, autograd, names, random numbers, devices and threads: what is no operator.

#include <ATen/Context.h>
#include <ATen/NamedTensorUtils.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/csrc/autograd/autograd.h>

#include "shim.h"

namespace {

void* release(const at::Generator& generator) {
    auto pointer = generator.getIntrusivePtr();
    return pointer.release();
}

}  // namespace

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
