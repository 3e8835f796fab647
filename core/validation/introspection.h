#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/version.h"
#include "validation/environment.h"

namespace TorchLift {

/// What an installed version says about a symbol.
struct SymbolInEnvironment
{
    Version torch;
    Version python;
    bool isThere = false;
    std::string kind;          ///< "function", "class", "module", "property", "value"
    std::string signature;     ///< "(B, A, out=None)", from the docstring where nothing else tells
    std::string documentation; ///< first lines of the docstring
    std::string deprecation;   ///< the sentence that says so; may be empty

    bool operator==(const SymbolInEnvironment &) const = default;
};

/// Asks the interpreter of `environment`, in the sandbox; the answer is kept below `cache` and read
/// from there the next time. `worker`: resources/worker/worker.py.
/// Errors: InvalidArgument for what is no dotted name; Internal for an answer that cannot be read;
/// those of Runner::run. A name that is not there is an answer.
[[nodiscard]] Result<SymbolInEnvironment> introspect(std::string_view symbol,
                                                     const Environment &environment,
                                                     const std::filesystem::path &worker,
                                                     const std::filesystem::path &cache,
                                                     std::stop_token stop);

} // namespace TorchLift
