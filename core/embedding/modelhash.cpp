#include "embedding/modelfolder.h"

#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "base/files.h"

namespace TorchLift {

namespace {

constexpr const char *kRemedy = "torchlift-cli models install NAME";

// The weights' hash, remembered with what tells that the file is still the same.
Result<std::string> hashOfWeights(const std::filesystem::path &file,
                                  const std::filesystem::path &cache, const std::stop_token &stop)
{
    struct stat info
    {
    };
    if (cache.empty() || ::stat(file.c_str(), &info) != 0) {
        return sha256HexOfFile(file, stop);
    }
    std::error_code ignored;
    const std::string state =
        std::filesystem::absolute(file, ignored).string() + '\n' + std::to_string(info.st_size)
        + '\n' + std::to_string(info.st_mtim.tv_sec) + '.' + std::to_string(info.st_mtim.tv_nsec)
        + '\n' + std::to_string(info.st_ino);
    const std::filesystem::path note = cache / "weights" / sha256Hex(state).substr(0, 32);
    constexpr std::size_t digits = 64;
    if (const auto known = readFile(note, digits);
        known && known->size() == digits
        && known->find_first_not_of("0123456789abcdef") == std::string::npos) {
        return *known;
    }
    auto hash = sha256HexOfFile(file, stop);
    if (hash) { // a cache that cannot be written only costs time
        std::filesystem::create_directories(note.parent_path(), ignored);
        static_cast<void>(writeFileAtomically(note, *hash));
    }
    return hash;
}

// The files that decide what a vector is, those that are there.
std::vector<std::filesystem::path> settingsOf(const ModelFolder &model)
{
    std::vector<std::filesystem::path> files = {
        model.path / "config.json",           model.vocabulary,
        model.path / "tokenizer_config.json", model.path / "sentence_bert_config.json",
        model.path / "modules.json",          model.path / "1_Pooling/config.json"};
    for (const DenseModule &dense : model.dense) {
        files.push_back(dense.weights.parent_path() / "config.json");
        files.push_back(dense.weights);
    }
    return files;
}

} // namespace

Result<ModelManifest> readModelManifest(const std::filesystem::path &folder)
{
    const std::filesystem::path file = folder / kModelManifest;
    constexpr std::size_t most = 1024U * 1024U;
    const auto bytes = readFile(file, most);
    if (!bytes && bytes.error().code == Errc::NotFound) {
        return ModelManifest();
    }
    const auto json = bytes ? nlohmann::json::parse(*bytes, nullptr, false) : nlohmann::json();
    const auto files = json.is_object() ? json.find("files") : json.end();
    if (!json.is_object() || files == json.end() || !files->is_object()) {
        return fail(Errc::Damaged, "it is no list of a model's files", file.string(), kRemedy);
    }
    ModelManifest manifest;
    for (const auto &[name, hash] : files->items()) {
        if (hash.is_string()) {
            manifest.emplace(name, hash.get<std::string>());
        }
    }
    return manifest;
}

Result<std::string> hashModelFolder(const ModelFolder &model, const std::filesystem::path &cache,
                                    const std::stop_token &stop)
{
    const auto manifest = readModelManifest(model.path);
    if (!manifest) {
        return tl::unexpected(manifest.error());
    }
    std::string all;
    const auto add = [&](const std::filesystem::path &file,
                         const Result<std::string> &hash) -> Result<void> {
        const auto known = manifest->find(file.lexically_relative(model.path).generic_string());
        if (known != manifest->end() && (!hash || *hash != known->second)) {
            return fail(Errc::Damaged, "it is not the file that was installed", file.string(),
                        kRemedy);
        }
        all += (hash ? *hash : std::string("-")) + '\n';
        return {};
    };
    for (const auto &file : settingsOf(model)) {
        if (auto added = add(file, sha256HexOfFile(file, stop)); !added) {
            return tl::unexpected(added.error());
        }
    }
    for (const auto &file : model.weights) {
        const auto hash = hashOfWeights(file, cache, stop);
        if (!hash) {
            return tl::unexpected(hash.error());
        }
        if (auto added = add(file, hash); !added) {
            return tl::unexpected(added.error());
        }
    }
    return sha256Hex(all);
}

} // namespace TorchLift
