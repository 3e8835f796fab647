#include "corpus/documents.h"

#include <algorithm>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/text.h"
#include "corpus/htmltext.h"
#include "corpus/notecutter.h"
#include "corpus/terms.h"

namespace TorchLift {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxDumpBytes = std::size_t{1} << 30U;

std::string field(const Json &json, const char *name)
{
    const auto found = json.find(name);
    return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

// Nothing when it is missing or no list of texts.
std::optional<std::vector<std::string>> texts(const Json &json, const char *name)
{
    const auto found = json.find(name);
    const bool isList = found != json.end() && found->is_array()
                        && std::all_of(found->begin(), found->end(),
                                       [](const Json &one) { return one.is_string(); });
    return isList ? std::optional(found->get<std::vector<std::string>>()) : std::nullopt;
}

std::optional<Version> versionOf(const std::string &text)
{
    return text.empty() ? std::nullopt : Version::parse(text);
}

// "docs/2.7/torch.html" and "v2.7.0.md" are both of 2.7.
std::optional<Version> versionOfPath(const std::filesystem::path &file,
                                     const std::filesystem::path &root)
{
    if (auto version = versionOf(file.stem().string())) {
        return version;
    }
    for (auto folder = file.parent_path(); folder.has_relative_path();
         folder = folder.parent_path()) {
        if (auto version = versionOf(folder.filename().string())) {
            return version;
        }
        if (folder == root || folder == folder.parent_path()) {
            break;
        }
    }
    return std::nullopt;
}

class Importer
{
public:
    Importer(const std::filesystem::path &root, const DocumentOptions &options,
             std::vector<std::string> &skipped)
        : m_root(root)
        , m_options(options)
        , m_skipped(skipped)
    {
        m_prototype.source = options.source.empty() ? root.string() : options.source;
        m_prototype.isOriginal = true;
        m_prototype.trust = std::clamp(options.trust, 0.0, 1.0);
    }

    Result<void> add(const std::filesystem::path &file)
    {
        const std::string ending = file.extension().string();
        const bool isHtml = ending == ".html" || ending == ".htm";
        if (!isHtml && ending != ".md" && ending != ".jsonl") {
            m_skipped.push_back(file.string());
            return {};
        }
        const auto bytes = readFile(file, kMaxDumpBytes);
        if (!bytes) {
            return tl::unexpected(bytes.error());
        }
        if (ending == ".jsonl") {
            return addLines(file, *bytes);
        }
        auto version = versionOfPath(file, m_root);
        version = version ? version : m_options.version;
        if (!version) {
            m_skipped.push_back(file.string());
            return {};
        }
        const std::string text = toValidUtf8(*bytes);
        addText(isHtml ? markdownOfHtml(text) : text, *version);
        return {};
    }

    std::vector<Chunk> take()
    {
        dropRepeated(m_chunks);
        return std::move(m_chunks);
    }

private:
    void addText(const std::string &text, const Version &version)
    {
        Chunk prototype = m_prototype;
        prototype.version = version;
        prototype.releaseName = "PyTorch " + version.toShortString();
        cutNote(text, prototype, m_numbers[version], m_chunks);
    }

    Result<void> addLines(const std::filesystem::path &file, std::string_view left)
    {
        for (std::size_t number = 1; !left.empty(); ++number) {
            const std::size_t end = std::min(left.find('\n'), left.size());
            const std::string_view line = left.substr(0, end);
            left.remove_prefix(std::min(end + 1, left.size()));
            if (line.find_first_not_of(" \t\r") == std::string_view::npos) {
                continue;
            }
            const std::string place = file.string() + ", line " + std::to_string(number);
            const Json json = Json::parse(line, nullptr, false);
            if (!json.is_object()) {
                return fail(Errc::InvalidInput, "no JSON object", place);
            }
            addRecord(json, place);
        }
        return {};
    }

    void addRecord(const Json &json, const std::string &place)
    {
        const Json &payload =
            json.contains("payload") && json["payload"].is_object() ? json["payload"] : json;
        if (payload.contains("page_content")) {
            auto chunk = chunkOfLangChain(payload.dump(), m_options);
            if (!chunk) {
                m_skipped.push_back(place + ": " + chunk.error().detail);
                return;
            }
            chunk->source = m_prototype.source;
            chunk->key = chunkKey(*chunk);
            m_chunks.push_back(std::move(*chunk));
            return;
        }
        auto version = versionOf(field(json, "version"));
        version = version ? version : m_options.version;
        std::string text = field(json, "title").empty() ? "" : "# " + field(json, "title") + "\n\n";
        for (const char *name : {"question", "text", "body", "answer"}) {
            const std::string part = field(json, name);
            const bool isHtml = part.find("</") != std::string::npos;
            text += part.empty() ? "" : (isHtml ? markdownOfHtml(part) : part) + "\n\n";
        }
        if (!version || text.empty()) {
            m_skipped.push_back(place + (version ? ": no text" : ": no version"));
            return;
        }
        addText(text, *version);
    }

    std::filesystem::path m_root;
    const DocumentOptions &m_options;
    std::vector<std::string> &m_skipped;
    Chunk m_prototype;
    std::map<Version, int> m_numbers;
    std::vector<Chunk> m_chunks;
};

Result<std::set<std::filesystem::path>> filesOf(const std::filesystem::path &path)
{
    std::error_code error;
    if (!std::filesystem::exists(path, error)) {
        return fail(Errc::NotFound, "it does not exist", path.string());
    }
    if (!std::filesystem::is_directory(path, error)) {
        return std::set{path};
    }
    std::set<std::filesystem::path> files;
    auto entry = std::filesystem::recursive_directory_iterator(path, error);
    for (; !error && entry != std::filesystem::recursive_directory_iterator();
         entry.increment(error)) {
        std::error_code ignored;
        if (entry->is_regular_file(ignored)) {
            files.insert(entry->path());
        }
    }
    return error ? fail(Errc::Unreadable, error.message(), path.string())
                 : Result<std::set<std::filesystem::path>>(std::move(files));
}

} // namespace

Result<Chunk> chunkOfLangChain(std::string_view json, const DocumentOptions &options)
{
    const Json payload = Json::parse(json, nullptr, false);
    if (!payload.is_object() || field(payload, "page_content").empty()) {
        return fail(Errc::InvalidInput, "no page_content");
    }
    const auto held = payload.find("metadata");
    const Json metadata = held != payload.end() && held->is_object() ? *held : Json::object();
    auto version = versionOf(field(metadata, "version"));
    version = version ? version : versionOf(field(metadata, "release_name"));
    version = version ? version : options.version;
    if (!version) {
        return fail(Errc::InvalidInput, "no version in its metadata");
    }
    Chunk chunk;
    chunk.text = toValidUtf8(field(payload, "page_content"));
    chunk.version = *version;
    chunk.chunkId = field(metadata, "chunk_id");
    chunk.releaseName = field(metadata, "release_name");
    chunk.section = field(metadata, "section");
    chunk.source = field(metadata, "source").empty() ? options.source : field(metadata, "source");
    chunk.isOriginal = true;
    chunk.trust = options.trust;
    if (const auto trust = metadata.find("trust"); trust != metadata.end() && trust->is_number()) {
        chunk.trust = trust->get<double>();
    }
    chunk.trust = std::clamp(chunk.trust, 0.0, 1.0);
    chunk.symbols = texts(metadata, "symbols").value_or(symbolsOf(chunk.text));
    chunk.pullRequests = texts(metadata, "pull_requests").value_or(pullRequestsOf(chunk.text));
    chunk.textRu = toValidUtf8(field(metadata, "text_ru"));
    if (const auto mark = metadata.find("is_original");
        mark != metadata.end() && mark->is_boolean()) {
        chunk.isOriginal = mark->get<bool>();
    }
    chunk.key = chunkKey(chunk);
    return chunk;
}

std::string langChainOfChunk(const Chunk &chunk)
{
    const Json metadata = {{"version", chunk.version.toString()},
                           {"chunk_id", chunk.chunkId},
                           {"release_name", chunk.releaseName},
                           {"section", chunk.section},
                           {"source", chunk.source},
                           {"text_ru", chunk.textRu},
                           {"symbols", chunk.symbols},
                           {"pull_requests", chunk.pullRequests},
                           {"trust", chunk.trust},
                           {"is_original", chunk.isOriginal}};
    return Json{{"page_content", chunk.text}, {"metadata", metadata}}.dump(
        -1, ' ', false, Json::error_handler_t::replace);
}

Result<std::vector<Chunk>> chunksOfDocuments(const std::filesystem::path &path,
                                             const DocumentOptions &options,
                                             std::vector<std::string> &skipped,
                                             const ProgressCallback &progress, std::stop_token stop)
{
    const auto files = filesOf(path);
    if (!files) {
        return tl::unexpected(files.error());
    }
    Importer importer(path, options, skipped);
    double done = 0;
    for (const std::filesystem::path &file : *files) {
        if (stop.stop_requested()) {
            return fail(Errc::Cancelled, "importing was cancelled", path.string());
        }
        if (progress) {
            progress({"importing", done++, static_cast<double>(files->size()), "files"});
        }
        if (auto added = importer.add(file); !added) {
            return tl::unexpected(added.error());
        }
    }
    return importer.take();
}

} // namespace TorchLift
