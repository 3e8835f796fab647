#include "settings/networksettings.h"

#include <nlohmann/json.hpp>

#include "base/files.h"

namespace TorchLift {

namespace {

std::filesystem::path fileIn(const std::filesystem::path &config)
{
    return config / "network.json";
}

} // namespace

Result<NetworkSettings> loadNetworkSettings(const std::filesystem::path &config)
{
    const std::filesystem::path file = fileIn(config);
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
         {std::pair("index", &settings.index), std::pair("hub", &settings.hub),
          std::pair("proxy", &settings.proxy), std::pair("certificates", &certificates)}) {
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

Result<void> saveNetworkSettings(const std::filesystem::path &config,
                                 const NetworkSettings &settings)
{
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    const std::string certificates = settings.certificates.string();
    for (const auto &[name, value] :
         {std::pair("index", &settings.index), std::pair("hub", &settings.hub),
          std::pair("proxy", &settings.proxy), std::pair("certificates", &certificates)}) {
        if (!value->empty()) {
            json[name] = *value;
        }
    }
    std::error_code ignored;
    std::filesystem::create_directories(config, ignored);
    return writeFileAtomically(
        fileIn(config),
        json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n');
}

} // namespace TorchLift
