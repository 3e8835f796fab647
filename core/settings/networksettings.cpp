#include "settings/networksettings.h"

#include <nlohmann/json.hpp>

#include "base/files.h"

namespace TorchLift {

Result<NetworkSettings> loadNetworkSettings(const std::filesystem::path &config)
{
    const std::filesystem::path file = config / "network.json";
    const auto text = readFile(file);
    if (!text) {
        return text.error().code == Errc::NotFound ? Result<NetworkSettings>(NetworkSettings{})
                                                   : tl::unexpected(text.error());
    }
    const auto json = nlohmann::json::parse(*text, nullptr, false);
    if (!json.is_object()) {
        return fail(Errc::Damaged, "this is no JSON object", file.string());
    }
    NetworkSettings settings;
    std::string certificates;
    for (const auto &[name, place] :
         {std::pair("index", &settings.index), std::pair("proxy", &settings.proxy),
          std::pair("certificates", &certificates)}) {
        const auto member = json.find(name);
        if (member == json.end()) {
            continue;
        }
        if (!member->is_string()) {
            return fail(Errc::Damaged, std::string(name) + " must be a text", file.string());
        }
        *place = member->get<std::string>();
    }
    settings.certificates = certificates;
    return settings;
}

} // namespace TorchLift
