#include "models/modelstore.h"

#include <algorithm>
#include <set>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <unistd.h>

#include "base/files.h"

namespace TorchLift {

namespace {

/// Held while a model is put in place; another program waits.
class StoreLock
{
public:
    explicit StoreLock(const std::filesystem::path &file)
        : m_fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) // NOLINT(*-vararg)
    {
        if (m_fd >= 0) {
            ::flock(m_fd, LOCK_EX);
        }
    }
    ~StoreLock()
    {
        if (m_fd >= 0) {
            ::close(m_fd);
        }
    }
    StoreLock(const StoreLock &) = delete;
    StoreLock &operator=(const StoreLock &) = delete;

private:
    int m_fd;
};

Result<void> checkName(const std::string &name)
{
    constexpr std::string_view allowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    constexpr std::size_t longest = 100;
    if (name.empty() || name.starts_with('.') || name.size() > longest
        || name.find_first_not_of(allowed) != std::string::npos) {
        return fail(Errc::InvalidArgument, "no model can be called that", name);
    }
    return {};
}

std::filesystem::path partialOf(const std::filesystem::path &folder, const std::string &name)
{
    return folder / ('.' + name + ".partial");
}

std::uint64_t bytesBelow(const std::filesystem::path &folder)
{
    std::uint64_t bytes = 0;
    std::error_code error;
    for (std::filesystem::recursive_directory_iterator entry(folder, error), end;
         !error && entry != end; entry.increment(error)) {
        std::error_code ignored;
        bytes += entry->is_regular_file(ignored) ? entry->file_size(ignored) : 0;
    }
    return bytes;
}

// Relative paths of what a model folder needs, those that are there.
std::vector<std::filesystem::path> filesOf(const ModelFolder &model)
{
    std::vector<std::filesystem::path> files = {"config.json",
                                                "tokenizer_config.json",
                                                "special_tokens_map.json",
                                                "modules.json",
                                                "sentence_bert_config.json",
                                                "config_sentence_transformers.json",
                                                "model.safetensors.index.json",
                                                "1_Pooling/config.json"};
    const auto add = [&](const std::filesystem::path &file) {
        files.push_back(file.lexically_relative(model.path));
    };
    add(model.vocabulary);
    for (const DenseModule &dense : model.dense) {
        add(dense.weights);
        add(dense.weights.parent_path() / "config.json");
    }
    for (const auto &weights : model.weights) {
        add(weights);
    }
    std::erase_if(files, [&](const std::filesystem::path &file) {
        std::error_code ignored;
        return !std::filesystem::is_regular_file(model.path / file, ignored);
    });
    return files;
}

} // namespace

ModelStore::ModelStore(std::filesystem::path folder)
    : m_folder(std::move(folder))
{}

std::vector<ModelState> ModelStore::list() const
{
    std::vector<ModelState> states;
    for (const ModelSpec &spec : knownModels()) {
        states.push_back({std::string(spec.name), &spec, false, 0, {}, {}});
    }
    std::set<std::string> others;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(m_folder, error), end; !error && entry != end;
         entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        std::error_code ignored;
        if (entry->is_directory(ignored) && checkName(name) && findModel(name) == nullptr) {
            others.insert(name);
        }
    }
    for (const std::string &name : others) {
        states.push_back({name, nullptr, false, 0, {}, {}});
    }
    for (ModelState &state : states) {
        const std::filesystem::path folder = m_folder / state.name;
        std::error_code ignored;
        state.isInstalled = std::filesystem::is_directory(folder, ignored);
        if (state.isInstalled) {
            state.bytes = bytesBelow(folder);
            auto read = readModelFolder(folder);
            if (read) {
                state.folder = std::move(*read);
            } else {
                state.problem = read.error().subject + ": " + read.error().detail;
            }
        }
    }
    return states;
}

Result<void> ModelStore::install(const std::string &name, const std::string &repository,
                                 const HubOptions &options, const ProgressCallback &progress,
                                 std::stop_token stop)
{
    if (auto checked = checkName(name); !checked) {
        return checked;
    }
    const ModelSpec *spec = findModel(name);
    if (spec == nullptr && repository.empty()) {
        return fail(Errc::InvalidArgument, "no model of that name is known", name,
                    "torchlift-cli models list, or give --repository OWNER/NAME");
    }
    auto client = HttpClient::open(options.network);
    if (!client) {
        return tl::unexpected(client.error());
    }
    const std::string source = repository.empty() ? std::string(spec->repository) : repository;
    const auto listing = listHubModel(**client, options, source, stop);
    if (!listing) {
        return tl::unexpected(listing.error());
    }
    const std::filesystem::path partial = partialOf(m_folder, name);
    std::error_code error;
    std::filesystem::create_directories(partial, error);
    const StoreLock lock(partialOf(m_folder, name).string() + ".lock");
    std::filesystem::create_directories(partial, error);
    if (error) {
        return fail(Errc::Io, error.message(), partial.string());
    }
    if (auto fetched = fetchHubModel(**client, options, *listing, partial, progress, stop);
        !fetched) {
        return fetched;
    }
    return finish(name, source + '@' + listing->commit);
}

Result<void> ModelStore::installFromFolder(const std::string &name,
                                           const std::filesystem::path &source,
                                           const ProgressCallback &progress, std::stop_token stop)
{
    if (auto checked = checkName(name); !checked) {
        return checked;
    }
    const auto model = readModelFolder(source);
    if (!model) {
        Error error = model.error();
        error.remedy.clear(); // it is the user's folder: nothing of ours repairs it
        return tl::unexpected(std::move(error));
    }
    const std::filesystem::path partial = partialOf(m_folder, name);
    std::error_code error;
    std::filesystem::create_directories(m_folder, error);
    const StoreLock lock(partial.string() + ".lock");
    std::filesystem::remove_all(partial, error);
    const auto files = filesOf(*model);
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (stop.stop_requested()) {
            std::filesystem::remove_all(partial, error);
            return fail(Errc::Cancelled, "cancelled");
        }
        const std::filesystem::path target = partial / files[i];
        std::filesystem::create_directories(target.parent_path(), error);
        std::filesystem::copy_file(model->path / files[i], target, error);
        if (error) {
            return fail(Errc::Io, error.message(), target.string());
        }
        if (progress) {
            progress({"copying", static_cast<double>(i + 1), static_cast<double>(files.size()),
                      "files"});
        }
    }
    return finish(name, "folder");
}

// Hashes what has come, checks that it is a model, and puts it in place.
Result<void> ModelStore::finish(const std::string &name, const std::string &origin) const
{
    const std::filesystem::path partial = partialOf(m_folder, name);
    const auto model = readModelFolder(partial);
    if (!model) {
        return tl::unexpected(model.error());
    }
    nlohmann::ordered_json files;
    for (const auto &file : filesOf(*model)) {
        const auto hash = sha256HexOfFile(partial / file);
        if (!hash) {
            return tl::unexpected(hash.error());
        }
        files[file.generic_string()] = *hash;
    }
    const nlohmann::ordered_json manifest = {
        {"schema", 1}, {"name", name}, {"origin", origin}, {"files", std::move(files)}};
    if (auto written = writeFileAtomically(partial / kModelManifest, manifest.dump(2) + '\n');
        !written) {
        return written;
    }
    const std::filesystem::path target = m_folder / name;
    const std::filesystem::path old = m_folder / ('.' + name + ".old");
    std::error_code error;
    std::filesystem::remove_all(old, error);
    if (std::filesystem::exists(target, error)) {
        std::filesystem::rename(target, old, error);
    }
    std::filesystem::rename(partial, target, error);
    if (error) {
        return fail(Errc::Io, error.message(), target.string());
    }
    std::filesystem::remove_all(old, error);
    std::filesystem::remove(partial.string() + ".lock", error);
    return {};
}

Result<void> ModelStore::remove(const std::string &name)
{
    if (auto checked = checkName(name); !checked) {
        return checked;
    }
    std::error_code error;
    const std::filesystem::path partial = partialOf(m_folder, name);
    const auto count = std::filesystem::remove_all(m_folder / name, error);
    std::error_code ignored;
    const auto leftover = std::filesystem::remove_all(partial, ignored);
    std::filesystem::remove(partial.string() + ".lock", ignored);
    if (error) {
        return fail(Errc::Io, error.message(), (m_folder / name).string());
    }
    return count + leftover > 0 ? Result<void>()
                                : fail(Errc::NotFound, "it is not installed", name);
}

std::vector<std::string> installedModels(const std::filesystem::path &folder)
{
    std::vector<std::string> names;
    for (const ModelState &state : ModelStore(folder).list()) {
        if (state.folder) {
            names.push_back(state.name);
        }
    }
    return names;
}

} // namespace TorchLift
