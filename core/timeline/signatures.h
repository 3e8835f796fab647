#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace TorchLift {

/// Names of the parameters in "(input, dim=None, *, out=None) | (input)", overloads together,
/// each once, in the order of appearance. Marks ("*", "/") are left out; "*args" keeps its stars.
[[nodiscard]] std::vector<std::string> parameterNames(std::string_view parameters);

/// Parameters of `before` that no overload of `after` takes by that name.
/// Empty when `after` takes any name (**kwargs).
[[nodiscard]] std::vector<std::string> lostParameters(std::string_view before,
                                                      std::string_view after);

/// Whether `parameters` say nothing: empty, or a wrapper's (*args, **kwargs).
[[nodiscard]] bool isOpaque(std::string_view parameters) noexcept;

} // namespace TorchLift
