#include "models/modelhub.h"

#include <algorithm>
#include <regex>

#include <nlohmann/json.hpp>

namespace TorchLift {

namespace {

using Json = nlohmann::json;

// What a model folder is made of. Nothing else is asked for, whatever the hub lists: so no name
// of its making leads out of the folder either.
bool isNeeded(const std::string &path)
{
    static const std::regex needed(
        "config\\.json|vocab\\.txt|sentencepiece\\.bpe\\.model|tokenizer_config\\.json"
        "|special_tokens_map\\.json|modules\\.json|sentence_bert_config\\.json"
        "|config_sentence_transformers\\.json|model\\.safetensors\\.index\\.json"
        "|model(-[0-9]+-of-[0-9]+)?\\.safetensors"
        "|[0-9]_[A-Za-z]+/(config\\.json|model\\.safetensors)");
    return std::regex_match(path, needed);
}

bool isHex(const std::string &text, std::size_t digits)
{
    return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::string textOf(const Json &json, const char *name)
{
    const auto found = json.is_object() ? json.find(name) : json.end();
    return json.is_object() && found != json.end() && found->is_string() ? found->get<std::string>()
                                                                         : std::string();
}

HttpHeaders headersOf(const HubOptions &options)
{
    return options.key.empty() ? HttpHeaders()
                               : HttpHeaders{{"Authorization", "Bearer " + options.key}};
}

std::string addressOf(const HubOptions &options, const std::string &path)
{
    std::string url = options.url;
    while (url.ends_with('/')) {
        url.pop_back();
    }
    return url + path;
}

Result<Json> ask(HttpClient &client, const HubOptions &options, const std::string &path,
                 const std::string &repository, std::stop_token stop)
{
    HttpRequest request;
    request.url = addressOf(options, path);
    request.headers = headersOf(options);
    const auto response = client.send(request, std::move(stop));
    if (!response) {
        return tl::unexpected(response.error());
    }
    if (response->status != 200) {
        return tl::unexpected(errorOfHttpStatus(response->status, repository));
    }
    Json json = Json::parse(response->body, nullptr, false);
    if (json.is_discarded()) {
        return fail(Errc::Network, "the hub's answer is not JSON", repository,
                    "check the address of the hub or its mirror");
    }
    return json;
}

Result<HubFile> readFileEntry(const Json &entry, const std::string &path)
{
    HubFile file;
    file.path = path;
    const Json &large = entry.contains("lfs") ? entry["lfs"] : entry;
    const bool isLarge = entry.contains("lfs") && entry["lfs"].is_object();
    const auto size = isLarge ? large.find("size") : entry.find("size");
    const std::string oid = textOf(isLarge ? large : entry, "oid");
    file.checksum = {isLarge ? Checksum::Kind::Sha256 : Checksum::Kind::GitBlob, oid};
    constexpr std::size_t sha256Digits = 64;
    constexpr std::size_t sha1Digits = 40;
    if (!isHex(oid, isLarge ? sha256Digits : sha1Digits) || !size->is_number_unsigned()) {
        return fail(Errc::Network, "the hub's list names no checksum or size", path);
    }
    file.size = size->get<std::uint64_t>();
    return file;
}

} // namespace

Result<HubListing> listHubModel(HttpClient &client, const HubOptions &options,
                                const std::string &repository, std::stop_token stop)
{
    static const std::regex name("[A-Za-z0-9][-A-Za-z0-9_.]*/[A-Za-z0-9][-A-Za-z0-9_.]*");
    if (!std::regex_match(repository, name)) {
        return fail(Errc::InvalidArgument, "a repository is called OWNER/NAME", repository);
    }
    const std::string base = "/api/models/" + repository;
    const auto state = ask(client, options, base + "/revision/main", repository, stop);
    if (!state) {
        return tl::unexpected(state.error());
    }
    HubListing listing{repository, textOf(*state, "sha"), {}};
    constexpr std::size_t digits = 40;
    if (!isHex(listing.commit, digits)) {
        return fail(Errc::Network, "the hub names no commit", repository);
    }
    const auto tree = ask(client, options, base + "/tree/" + listing.commit + "?recursive=true",
                          repository, stop);
    if (!tree) {
        return tl::unexpected(tree.error());
    }
    for (const Json &entry : *tree) {
        const std::string path = textOf(entry, "path");
        if (textOf(entry, "type") == "file" && isNeeded(path)) {
            auto file = readFileEntry(entry, path);
            if (!file) {
                return tl::unexpected(file.error());
            }
            listing.files.push_back(std::move(*file));
        }
    }
    const auto isWeights = [](const HubFile &file) {
        return file.path.starts_with("model") && file.path.ends_with(".safetensors");
    };
    if (std::none_of(listing.files.begin(), listing.files.end(), isWeights)) {
        return fail(Errc::Incompatible, "the repository has no safetensors weights", repository);
    }
    return listing;
}

Result<void> fetchHubModel(HttpClient &client, const HubOptions &options, const HubListing &listing,
                           const std::filesystem::path &folder, const ProgressCallback &progress,
                           std::stop_token stop)
{
    double total = 0;
    for (const HubFile &file : listing.files) {
        total += static_cast<double>(file.size);
    }
    double before = 0;
    for (const HubFile &file : listing.files) {
        DownloadRequest request;
        request.url = addressOf(options, '/' + listing.repository + "/resolve/" + listing.commit
                                             + '/' + file.path);
        request.target = folder / file.path;
        request.size = file.size;
        request.checksum = file.checksum;
        request.headers = headersOf(options);
        std::error_code error;
        std::filesystem::create_directories(request.target.parent_path(), error);
        if (error) {
            return fail(Errc::Io, error.message(), request.target.parent_path().string());
        }
        const auto report = [&](const Progress &part) {
            progress({part.stage, before + part.done, total, part.unit});
        };
        if (auto done =
                download(client, request, progress ? ProgressCallback(report) : progress, stop);
            !done) {
            return done;
        }
        before += static_cast<double>(file.size);
    }
    return {};
}

} // namespace TorchLift
