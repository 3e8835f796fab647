#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace TorchLift {

/// The vector engine that a team shares, as it is remembered: never its key.
struct SharedEngine
{
    std::string address;                ///< qdrant://HOST:PORT/COLLECTION, milvus://...
    std::filesystem::path certificates; ///< PEM file; empty: the system's
    std::string proxy;                  ///< empty: the system's
};

/// From `config`/engine.json (Paths::config). Errors: NotFound when none is remembered; Damaged;
/// those of readFile().
[[nodiscard]] Result<SharedEngine> loadSharedEngine(const std::filesystem::path &config);

/// Errors: those of writeFileAtomically().
[[nodiscard]] Result<void> saveSharedEngine(const std::filesystem::path &config,
                                            const SharedEngine &engine);

} // namespace TorchLift
