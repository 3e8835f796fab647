#pragma once

#include <string_view>

#include "source/argumentfacts.h"

namespace TorchLift {

/// What calling a library function or class gives ("torch.zeros", "torch.nn.Conv2d",
/// "numpy.array"). `name` must outlive the result.
[[nodiscard]] Type resultOfCall(std::string_view symbol, const ArgumentFacts &arguments);

/// What a function of NumPy, or a method of a RandomState, gives: an array.
[[nodiscard]] Type arrayOf(std::string_view function, const ArgumentFacts &arguments);

/// What a method of an array gives; Unknown for most.
[[nodiscard]] Type resultOfArrayMethod(const Type &receiver, std::string_view method,
                                       const ArgumentFacts &arguments);

/// What an operator gives of which one side is an array, in NumPy 1.
[[nodiscard]] Type resultOfArrays(std::string_view op, const Type &left, const Type &right);

/// What torch makes of an array's elements.
[[nodiscard]] ElementType elementInTensor(ElementType element);

/// What `receiver.method(arguments)` gives for a tensor.
[[nodiscard]] Type resultOfMethod(const Type &receiver, std::string_view method,
                                  const ArgumentFacts &arguments);

/// How the result of +, -, *, / and of the methods of these names lies in memory.
[[nodiscard]] Strides stridesOfArithmetic(const Type &left, const Type &right) noexcept;

/// What calling an instance of a library class gives: layers give tensors, losses scalars unless
/// they were made not to reduce (then the instance has rank 1).
[[nodiscard]] Type resultOfInstance(const Type &object, const ArgumentFacts &arguments);

/// An attribute of a tensor: data, grad, shape, or a bound method.
[[nodiscard]] Type attributeOfTensor(const Type &receiver, std::string_view name);

/// Whether torch 1.0.0's Tensor has a method or attribute of that name.
[[nodiscard]] bool isTensorMember(std::string_view name);

/// Whether other common objects (NumPy arrays, lists, optimizers) have one of that name too, so
/// that the name alone says nothing.
[[nodiscard]] bool isCommonMember(std::string_view name);

} // namespace TorchLift
