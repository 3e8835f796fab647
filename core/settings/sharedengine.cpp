#include "settings/sharedengine.h"

#include <nlohmann/json.hpp>

#include "base/files.h"

namespace TorchLift {

namespace {

using Json = nlohmann::json;

std::filesystem::path fileIn(const std::filesystem::path &config)
{
    return config / "engine.json";
}

} // namespace

Result<SharedEngine> loadSharedEngine(const std::filesystem::path &config)
{
    const std::filesystem::path file = fileIn(config);
    const auto bytes = readFile(file);
    if (!bytes) {
        return bytes.error().code == Errc::NotFound
                   ? fail(Errc::NotFound, "no shared engine is remembered", {},
                          "name it once: torchlift-cli corpus push --engine ADDRESS")
                   : tl::unexpected(bytes.error());
    }
    const Json json = Json::parse(*bytes, nullptr, false);
    const auto text = [&](const char *name) {
        const auto found = json.is_object() ? json.find(name) : json.end();
        return found != json.end() && found->is_string() ? found->get<std::string>() : "";
    };
    if (text("address").empty()) {
        return fail(Errc::Damaged, "it names no engine", file.string(), "delete it");
    }
    return SharedEngine{text("address"), text("certificates"), text("proxy")};
}

Result<void> saveSharedEngine(const std::filesystem::path &config, const SharedEngine &engine)
{
    std::error_code ignored;
    std::filesystem::create_directories(config, ignored);
    const Json json = {{"schema", 1},
                       {"address", engine.address},
                       {"certificates", engine.certificates.string()},
                       {"proxy", engine.proxy}};
    return writeFileAtomically(fileIn(config),
                               json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n');
}

} // namespace TorchLift
