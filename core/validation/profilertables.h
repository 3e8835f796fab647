#pragma once

#include <string>
#include <string_view>

namespace TorchLift {

/// `output` with each table of torch.profiler and torch.autograd.profiler, and each line that
/// shows one of their events, replaced by the line "[profiler]": what they hold are times, and
/// names of operators that are others in every version.
[[nodiscard]] std::string withoutProfilerTables(std::string_view output);

} // namespace TorchLift
