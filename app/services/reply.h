#pragma once

#include <utility>

#include "base/result.h"

namespace TorchLift {

/// A Result on its way between threads as a signal's argument. Qt's meta types ask every
/// argument for operator==, and tl::expected claims one that does not compile for most values.
template <class T>
struct Reply
{
    Result<T> result;

    Reply() = default;
    Reply(Result<T> value) // implicit: a worker emits what it computed
        : result(std::move(value))
    {}
    Reply(tl::unexpected<Error> error)
        : result(std::move(error))
    {}
    Reply(T value)
        : result(std::move(value))
    {}
    operator const Result<T> &() const { return result; }
};

template <>
struct Reply<void>
{
    Result<void> result;

    Reply() = default;
    Reply(Result<void> value)
        : result(std::move(value))
    {}
    operator const Result<void> &() const { return result; }
};

} // namespace TorchLift
