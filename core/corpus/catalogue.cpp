#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include <yaml-cpp/yaml.h>

#include "base/files.h"
#include "corpus/change.h"
#include "corpus/store.h"

namespace TorchLift {

namespace {

constexpr int kSchema = 1;
constexpr std::array kKinds = {"removed", "deprecated", "signature", "default",
                               "dtype",   "semantics",  "added"};
constexpr std::array kFields = {"slug",      "symbols", "kind",  "version",     "section",
                                "statement", "before",  "after", "pull_request"};

// Thrown while one file is read, turned into an Error at its end.
struct BadField
{
    std::string what;
};

std::string text(const YAML::Node &node, const char *field, bool isRequired)
{
    const YAML::Node value = node[field];
    if (!value.IsDefined() || value.IsNull()) {
        if (isRequired) {
            throw BadField{std::string(field) + " is missing"};
        }
        return {};
    }
    if (!value.IsScalar() || (isRequired && value.Scalar().empty())) {
        throw BadField{std::string(field) + " is empty or no text"};
    }
    return value.Scalar();
}

Change readChange(const YAML::Node &node)
{
    if (!node.IsMap()) {
        throw BadField{"it is no mapping"};
    }
    for (const auto &entry : node) {
        const std::string name = entry.first.as<std::string>();
        if (std::find(kFields.begin(), kFields.end(), name) == kFields.end()) {
            throw BadField{"unknown field " + name};
        }
    }
    Change change;
    change.slug = text(node, "slug", true);
    change.kind = text(node, "kind", true);
    if (std::find(kKinds.begin(), kKinds.end(), change.kind) == kKinds.end()) {
        throw BadField{"kind " + change.kind + " is not known"};
    }
    const auto version = Version::parse(text(node, "version", true));
    if (!version) {
        throw BadField{"version cannot be read"};
    }
    change.version = *version;
    change.section = text(node, "section", true);
    if (!node["statement"].IsMap()) {
        throw BadField{"statement needs en and ru"};
    }
    change.statement = {text(node["statement"], "en", true), text(node["statement"], "ru", true)};
    change.before = text(node, "before", false);
    change.after = text(node, "after", false);
    change.pullRequest = text(node, "pull_request", false);
    if (!change.pullRequest.empty() && !change.pullRequest.starts_with('#')) {
        change.pullRequest.insert(0, "#");
    }
    if (!node["symbols"].IsSequence() || node["symbols"].size() == 0) {
        throw BadField{"symbols is empty or no list"};
    }
    for (const YAML::Node &symbol : node["symbols"]) {
        change.symbols.push_back(symbol.as<std::string>());
    }
    return change;
}

Result<void> readFileInto(const std::filesystem::path &file, std::vector<Change> &changes)
{
    const auto bytes = readFile(file);
    if (!bytes) {
        return tl::unexpected(bytes.error());
    }
    std::string slug;
    try {
        const YAML::Node root = YAML::Load(*bytes);
        if (!root.IsMap() || !root["schema"].IsDefined() || !root["changes"].IsSequence()) {
            return fail(Errc::InvalidInput, "needs schema and changes", file.string());
        }
        if (root["schema"].as<int>() != kSchema) {
            return fail(Errc::Incompatible, "schema is not " + std::to_string(kSchema),
                        file.string());
        }
        for (const YAML::Node &node : root["changes"]) {
            slug = node.IsMap() && node["slug"].IsDefined() && node["slug"].IsScalar()
                       ? node["slug"].Scalar()
                       : "";
            changes.push_back(readChange(node));
        }
    } catch (const BadField &bad) {
        return fail(Errc::InvalidInput, "change '" + slug + "': " + bad.what, file.string());
    } catch (const YAML::Exception &error) {
        return fail(Errc::InvalidInput, "change '" + slug + "': " + error.what(), file.string());
    }
    return {};
}

std::string fenced(const char *title, const std::string &code)
{
    if (code.empty()) {
        return {};
    }
    return std::string("\n\n") + title + "\n```python\n" + code
           + (code.ends_with('\n') ? "```" : "\n```");
}

// The Markdown that is shown and embedded; Russian differs in the words only.
std::string markdown(const Change &change, bool isRussian)
{
    std::string symbols;
    for (const std::string &symbol : change.symbols) {
        symbols += (symbols.empty() ? "`" : ", `") + symbol + '`';
    }
    return symbols + " (" + change.version.toString() + ")\n\n"
           + (isRussian ? change.statement.ru : change.statement.en)
           + fenced(isRussian ? "До:" : "Before:", change.before)
           + fenced(isRussian ? "После:" : "After:", change.after);
}

} // namespace

Result<std::vector<Change>> loadCatalogue(const std::filesystem::path &folder)
{
    std::error_code error;
    std::set<std::filesystem::path> files;
    for (const auto &entry : std::filesystem::directory_iterator(folder, error)) {
        if (entry.path().extension() == ".yaml") {
            files.insert(entry.path());
        }
    }
    if (error || files.empty()) {
        return fail(Errc::NotFound, "no catalogue (*.yaml) here", folder.string());
    }
    std::vector<Change> changes;
    std::map<std::string, std::filesystem::path> seen;
    for (const std::filesystem::path &file : files) {
        const std::size_t before = changes.size();
        if (auto read = readFileInto(file, changes); !read) {
            return tl::unexpected(read.error());
        }
        for (std::size_t i = before; i < changes.size(); ++i) {
            const auto [known, isNew] = seen.emplace(changes[i].slug, file);
            if (!isNew) {
                return fail(Errc::InvalidInput,
                            "change '" + changes[i].slug + "': slug is also in "
                                + known->second.filename().string(),
                            file.string());
            }
        }
    }
    std::sort(changes.begin(), changes.end(), [](const Change &a, const Change &b) {
        return std::tie(a.version, a.slug) < std::tie(b.version, b.slug);
    });
    return changes;
}

Result<std::vector<Chunk>> chunksOfCatalogue(const std::filesystem::path &folder)
{
    const auto changes = loadCatalogue(folder);
    if (!changes) {
        return tl::unexpected(changes.error());
    }
    std::vector<Chunk> chunks;
    std::map<Version, int> numbers;
    for (const Change &change : *changes) {
        Chunk chunk;
        chunk.version = change.version;
        chunk.releaseName = "PyTorch " + change.version.toShortString();
        chunk.chunkId =
            'v' + change.version.toString() + '-' + std::to_string(++numbers[change.version]);
        chunk.section = change.section;
        chunk.source = "catalogue";
        chunk.changeSlug = change.slug;
        chunk.text = markdown(change, false);
        chunk.textRu = markdown(change, true);
        chunk.symbols = change.symbols;
        if (!change.pullRequest.empty()) {
            chunk.pullRequests.push_back(change.pullRequest);
        }
        chunk.key = chunkKey(chunk);
        chunks.push_back(std::move(chunk));
    }
    return chunks;
}

} // namespace TorchLift
