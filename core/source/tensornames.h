#pragma once

#include <string_view>

#include "source/nameset.h"

namespace TorchLift {

// Functions of torch 1.0.0 and methods of its Tensor, by what they give; names without a trailing
// underscore.

/// Give a mask.
[[nodiscard]] const NameSet &comparisons();
/// Keep shape and kind of their input.
[[nodiscard]] const NameSet &elementwise();
/// Keep the kind of number, not the shape.
[[nodiscard]] const NameSet &keepingElement();

/// Functions and methods whose result is laid out anew in 1.0 and has its input's strides in the
/// target: Strides::Kept.
[[nodiscard]] const NameSet &keepingStrides();

/// Functions, methods and attributes whose result has its input's strides in both.
[[nodiscard]] const NameSet &leavingStrides();
/// Take away one dimension, or all.
[[nodiscard]] const NameSet &reductions();
/// Give a tensor without dimensions.
[[nodiscard]] const NameSet &alwaysScalar();
/// Give several tensors, as a tuple.
[[nodiscard]] const NameSet &severalTensors();
/// Give a list of tensors.
[[nodiscard]] const NameSet &listsOfTensors();
/// Give a number of Python.
[[nodiscard]] const NameSet &numbers();
/// Give a truth value of Python.
[[nodiscard]] const NameSet &booleans();
/// Make a tensor from sizes.
[[nodiscard]] const NameSet &factories();
/// Functions of torch whose result is no tensor.
[[nodiscard]] const NameSet &noTensorFunctions();

[[nodiscard]] bool isIn(const NameSet &names, std::string_view name);

} // namespace TorchLift
