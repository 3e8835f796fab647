#pragma once

#include <string_view>

namespace TorchLift {

/// Whether `from module import *` bound `name` in torch 1.0.0 ("torch.nn", "Linear"). Of torch
/// itself, whose names are too many, nothing is known here.
[[nodiscard]] bool isStarName(std::string_view module, std::string_view name);

} // namespace TorchLift
