// What the native files share. Each exports functions in C for C#; together they are libtorch's whole interface to it.
// They compile against libtorch 1.13 and later.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/function_schema.h>

#include <string>
#include <utility>
#include <vector>

#define EXPORT extern "C" __attribute__((visibility("default")))

using Handle = c10::TensorImpl*;  // with one reference of C#'s own

// std::optional, or c10's own before libtorch 2.1: whichever the headers speak.
template <class T, template <class> class Template, class U>
Template<T> rebind(const Template<U>&);
template <class T>
using Optional = decltype(rebind<T>(std::declval<c10::Argument>().N()));

inline thread_local std::string error_text;

// Runs the body of an exported function: no exception leaves native code, its text does.
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

inline at::Tensor borrow(Handle handle) {
    return handle ? at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(handle)) : at::Tensor();
}
inline std::vector<at::Tensor> borrow(Handle* handles, int64_t n) {
    std::vector<at::Tensor> tensors;
    tensors.reserve(n);
    for (int64_t k = 0; k < n; k++) tensors.push_back(borrow(handles[k]));
    return tensors;
}
inline Handle release(at::Tensor tensor) { return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr; }

inline at::Generator borrow_generator(void* p) {
    return at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(static_cast<c10::GeneratorImpl*>(p)));
}

// As C# writes a device: its kind above, its index in the lower sixteen bits.
inline c10::Device device_of(int64_t bits) {
    return c10::Device(static_cast<c10::DeviceType>(bits >> 16), static_cast<c10::DeviceIndex>(static_cast<int16_t>(bits & 0xffff)));
}
