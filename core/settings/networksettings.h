#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace TorchLift {

/// How packages are reached where no option says otherwise.
struct NetworkSettings
{
    std::string index;                  ///< address of the package index
    std::string proxy;                  ///< http://HOST:PORT or socks5://HOST:PORT
    std::filesystem::path certificates; ///< PEM file of the authorities to trust
};

/// Reads network.json of `config` (Paths::config): {"index", "proxy", "certificates"}, each may
/// be left out. All empty where there is no such file. Errors: Unreadable, Damaged.
[[nodiscard]] Result<NetworkSettings> loadNetworkSettings(const std::filesystem::path &config);

} // namespace TorchLift
