// libtorch as a C library: handles of tensors, any ATen operator by the name of its schema, gradients. No science here.
//
// A function that can fail returns a negative number or null and leaves libtorch's text in torch_error(), one for each thread.
// A handle is a c10 reference: torch_free gives it back at once, torch_live counts those not given back.
// ./engine builds this file with g++ against the libtorch that it finds; it must compile with libtorch 1.13 and with 2.x.

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/version.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <atomic>
#include <cstring>
#include <string>
#include <vector>

namespace {

enum Tag : int32_t { NONE, TENSOR, TENSORS, OPTIONAL_TENSORS, INT, INTS, DOUBLE, DOUBLES, BOOL, STRING };

// One argument or result. Lists have `count` elements at `pointer`: handles (null = absent), int64_t or double.
struct Argument {
    int32_t tag;
    int32_t count;
    union {
        int64_t integer;
        double real;
        void* pointer;
    };
};
static_assert(sizeof(Argument) == 16, "the callers lay it out in 16 bytes");

#ifdef __GLIBC__
// Every operator of libtorch allocates what it returns. By default the C library asks the system for each large block and gives it back, and the system clears its pages each time:
// a fifth of the time of a convolutional network. On the main thread, blocks that are freed are kept for the next operators instead, until torch_trim.
[[maybe_unused]] const bool keeps_memory = mallopt(M_MMAP_MAX, 0) && mallopt(M_TRIM_THRESHOLD, 0x7fffffff);
#endif

std::atomic<int64_t> live{0};
thread_local std::string error;

void* hand_out(at::Tensor tensor) {
    auto* handle = new at::Tensor(std::move(tensor));
    live++;
    return handle;
}

at::Tensor& tensor_of(void* handle) { return *static_cast<at::Tensor*>(handle); }

// Runs `body`; what it throws becomes text and `failed`.
template <class R, class F>
R guarded(R failed, F&& body) noexcept {
    try {
        return body();
    } catch (const c10::Error& e) {
        error = e.what_without_backtrace();
    } catch (const std::exception& e) {
        error = e.what();
    } catch (...) {
        error = "an exception that says nothing";
    }
    return failed;
}

// An argument as its schema wants it: a whole number may stand for a real one, a text for a device, one number for a list.
c10::IValue value_of(const Argument& argument, const c10::Argument& wanted) {
    auto type = wanted.type();
    if (auto optional = type->cast<c10::OptionalType>()) {
        type = optional->getElementType();
    }
    switch (argument.tag) {
        case TENSOR:
            return argument.pointer ? c10::IValue(tensor_of(argument.pointer)) : c10::IValue(at::Tensor());
        case TENSORS: {
            c10::List<at::Tensor> list;
            for (int32_t k = 0; k < argument.count; k++) {
                list.push_back(tensor_of(static_cast<void**>(argument.pointer)[k]));
            }
            return list;
        }
        case OPTIONAL_TENSORS: {
            c10::impl::GenericList list(c10::OptionalType::create(c10::TensorType::get()));
            for (int32_t k = 0; k < argument.count; k++) {
                auto* handle = static_cast<void**>(argument.pointer)[k];
                list.push_back(handle ? c10::IValue(tensor_of(handle)) : c10::IValue());
            }
            return list;
        }
        case INT:
            if (type->kind() == c10::TypeKind::FloatType) {
                return static_cast<double>(argument.integer);
            }
            if (type->kind() == c10::TypeKind::ListType) {
                return c10::List<int64_t>({argument.integer});
            }
            return argument.integer;
        case INTS: {
            c10::List<int64_t> list;
            for (int32_t k = 0; k < argument.count; k++) {
                list.push_back(static_cast<int64_t*>(argument.pointer)[k]);
            }
            return list;
        }
        case DOUBLE:
            return argument.real;
        case DOUBLES: {
            c10::List<double> list;
            for (int32_t k = 0; k < argument.count; k++) {
                list.push_back(static_cast<double*>(argument.pointer)[k]);
            }
            return list;
        }
        case BOOL:
            return argument.integer != 0;
        case STRING: {
            std::string text(static_cast<char*>(argument.pointer), static_cast<size_t>(argument.count));
            return type->kind() == c10::TypeKind::DeviceObjType ? c10::IValue(c10::Device(text)) : c10::IValue(text);
        }
        default:
            return c10::IValue();
    }
}

struct Results {
    Argument* slots;
    int32_t capacity;
    int32_t count = 0;

    Argument& next() {
        TORCH_CHECK(count < capacity, "more than ", capacity, " results");
        return slots[count++];
    }

    // A list of tensors takes one slot for each.
    void add(const c10::IValue& value) {
        if (value.isTensorList()) {
            for (at::Tensor tensor : value.toTensorList()) {
                add(tensor);
            }
        } else if (value.isTensor()) {
            auto& slot = next();
            slot.tag = TENSOR;
            slot.pointer = value.toTensor().defined() ? hand_out(value.toTensor()) : nullptr;
        } else if (value.isInt()) {
            auto& slot = next();
            slot.tag = INT;
            slot.integer = value.toInt();
        } else if (value.isDouble()) {
            auto& slot = next();
            slot.tag = DOUBLE;
            slot.real = value.toDouble();
        } else if (value.isBool()) {
            auto& slot = next();
            slot.tag = BOOL;
            slot.integer = value.toBool();
        } else {
            TORCH_CHECK(false, "a result of the kind ", value.tagKind(), " has no place here");
        }
    }
};

std::vector<at::Tensor> tensors_of(void** handles, int32_t count) {
    std::vector<at::Tensor> tensors;
    for (int32_t k = 0; k < count; k++) {
        tensors.push_back(handles[k] ? tensor_of(handles[k]) : at::Tensor());
    }
    return tensors;
}

}  // namespace

#define EXPORT extern "C" __attribute__((visibility("default")))

EXPORT const char* torch_error() { return error.c_str(); }
EXPORT const char* torch_version() { return TORCH_VERSION; }
EXPORT int64_t torch_live() { return live; }

// Gives back to the system what was freed.
EXPORT void torch_trim() {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

EXPORT int32_t torch_threads(int32_t count) {
    return guarded(-1, [&] {
        if (count > 0) {
            at::set_num_threads(count);
        }
        return at::get_num_threads();
    });
}

// Switches the recording of gradients on this thread; returns what it was.
EXPORT int32_t torch_grad_mode(int32_t on) {
    const bool before = c10::GradMode::is_enabled();
    c10::GradMode::set_enabled(on != 0);
    return before;
}

// A copy of `data` (null: not initialised) of the given sizes and c10 element type on a device ("cpu", "cuda:0").
EXPORT void* torch_tensor(const void* data, const int64_t* sizes, int32_t dimensions, int32_t type, const char* device) {
    return guarded<void*>(nullptr, [&] {
        auto host = at::empty(at::IntArrayRef(sizes, static_cast<size_t>(dimensions)), at::TensorOptions(static_cast<at::ScalarType>(type)));
        if (data && host.nbytes() > 0) {
            std::memcpy(host.data_ptr(), data, host.nbytes());
        }
        const c10::Device where{std::string(device)};
        return hand_out(where.is_cpu() ? host : host.to(where));
    });
}

// Whether there is a CUDA device and libtorch is built for it; then it rounds no factor to 10 bits (TF32) and repeats its results from then on.
EXPORT int32_t torch_cuda() {
    return guarded(-1, [] {
        if (!at::hasCUDA()) {
            return 0;
        }
        auto& context = at::globalContext();
        context.setAllowTF32CuBLAS(false);
        context.setAllowTF32CuDNN(false);
        context.setDeterministicCuDNN(true);
        // With a warning where an operator has no other way.
        context.setDeterministicAlgorithms(true, true);
        return 1;
    });
}

EXPORT void torch_free(void* handle) {
    delete static_cast<at::Tensor*>(handle);
    live--;
}

EXPORT int32_t torch_dimensions(void* handle) { return static_cast<int32_t>(tensor_of(handle).dim()); }
EXPORT int32_t torch_type(void* handle) { return static_cast<int32_t>(tensor_of(handle).scalar_type()); }
EXPORT void* torch_data(void* handle) { return guarded<void*>(nullptr, [&] { return tensor_of(handle).data_ptr(); }); }

EXPORT void torch_shape(void* handle, int64_t* sizes, int64_t* strides) {
    const auto& tensor = tensor_of(handle);
    for (int64_t k = 0; k < tensor.dim(); k++) {
        sizes[k] = tensor.size(k);
        strides[k] = tensor.stride(k);
    }
}

// The index of the CUDA device that holds it, -1 for the processor, -2 for anything else.
EXPORT int32_t torch_device(void* handle) {
    const auto device = tensor_of(handle).device();
    return device.is_cpu() ? -1 : device.is_cuda() ? device.index() : -2;
}

// All elements in row-major order, to memory of the host.
EXPORT int32_t torch_read(void* handle, void* data, int64_t bytes) {
    return guarded(-1, [&] {
        auto host = tensor_of(handle).detach().to(at::kCPU).contiguous();
        TORCH_CHECK(static_cast<int64_t>(host.nbytes()) == bytes, "the tensor has ", host.nbytes(), " bytes, asked for ", bytes);
        if (bytes > 0) {
            std::memcpy(data, host.data_ptr(), host.nbytes());
        }
        return 0;
    });
}

EXPORT int32_t torch_requires_grad(void* handle, int32_t value) {
    return guarded(-1, [&] {
        if (value >= 0) {
            tensor_of(handle).set_requires_grad(value != 0);
        }
        return static_cast<int32_t>(tensor_of(handle).requires_grad());
    });
}

// "aten::add", "Tensor": to be asked for once and kept; never freed.
EXPORT void* torch_operator(const char* name, const char* overload) {
    return guarded<void*>(nullptr, [&] { return new c10::OperatorHandle(c10::Dispatcher::singleton().findSchemaOrThrow(name, overload)); });
}

// Arguments in the schema's order; those left out at the end have their defaults. Returns the number of results.
EXPORT int32_t torch_call(void* handle, const Argument* arguments, int32_t count, Argument* results, int32_t capacity) {
    return guarded(-1, [&] {
        const auto& op = *static_cast<c10::OperatorHandle*>(handle);
        const auto& schema = op.schema();
        TORCH_CHECK(static_cast<size_t>(count) <= schema.arguments().size(), count, " arguments are too many for ", schema);
        std::vector<c10::IValue> stack;
        stack.reserve(schema.arguments().size());
        for (size_t k = 0; k < schema.arguments().size(); k++) {
            const auto& wanted = schema.arguments()[k];
            if (k < static_cast<size_t>(count)) {
                stack.push_back(value_of(arguments[k], wanted));
            } else {
                TORCH_CHECK(wanted.default_value(), "the argument ", wanted.name(), " is missing for ", schema);
                stack.push_back(*wanted.default_value());
            }
        }
        op.callBoxed(&stack);
        Results out{results, capacity};
        for (const auto& value : stack) {
            out.add(value);
        }
        return out.count;
    });
}

// torch::autograd::grad: d(sum of outputs · weights)/d(inputs). Weights may be null handles for scalar outputs; a gradient
// of an input that the outputs do not depend on is a null handle where `allow_unused`, else an error.
EXPORT int32_t torch_grad(
    void** outputs, void** weights, int32_t output_count, void** inputs, int32_t input_count, int32_t retain_graph, int32_t create_graph, int32_t allow_unused,
    void** gradients) {
    return guarded(-1, [&] {
        auto found = torch::autograd::grad(
            tensors_of(outputs, output_count), tensors_of(inputs, input_count), tensors_of(weights, output_count), retain_graph != 0, create_graph != 0,
            allow_unused != 0);
        for (int32_t k = 0; k < input_count; k++) {
            gradients[k] = found[static_cast<size_t>(k)].defined() ? hand_out(found[static_cast<size_t>(k)]) : nullptr;
        }
        return 0;
    });
}
