#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace TorchLift {

/// How packages and embedding models are reached where no option says otherwise.
struct NetworkSettings
{
    std::string index;                  ///< address of the package index
    std::string hub;                    ///< address of the model hub, or of a mirror
    std::string proxy;                  ///< http://HOST:PORT or socks5://HOST:PORT
    std::filesystem::path certificates; ///< PEM file of the authorities to trust

    bool operator==(const NetworkSettings &) const = default;
};

/// Reads network.json of `config` (Paths::config): {"index", "hub", "proxy", "certificates"}, each
/// may be left out. All empty where there is no such file. Errors: Unreadable, Damaged.
[[nodiscard]] Result<NetworkSettings> loadNetworkSettings(const std::filesystem::path &config);

/// Errors: those of writeFileAtomically().
[[nodiscard]] Result<void> saveNetworkSettings(const std::filesystem::path &config,
                                               const NetworkSettings &settings);

} // namespace TorchLift
