#include "pipeline/projectfile.h"

#include <charconv>

#include <yaml-cpp/yaml.h>

#include "migration/yamlfields.h"

namespace TorchLift {

namespace {

namespace fs = std::filesystem;

constexpr int kLongest = 86400; // seconds, as the command line has it
constexpr const char *kWhat = "the project file";

class Reader
{
public:
    explicit Reader(const fs::path &file)
        : m_fields(file.filename().string())
        , m_folder(file.parent_path())
    {}

    void read(const YAML::Node &document)
    {
        if (!document.IsMap()) {
            m_fields.stop(document, "it must hold fields, such as 'run: pytest -q'");
        }
        m_fields.checkKeys(
            document, {"schema", "run", "data", "packages", "from", "to", "timeout", "cuda-as-cpu"},
            kWhat);
        m_fields.checkSchema(document);
        if (document["run"]) {
            settings.run = m_fields.text(document, "run", kWhat);
        }
        settings.data = paths(document, "data");
        settings.packages = paths(document, "packages");
        settings.from = version(document, "from");
        settings.to = version(document, "to");
        if (document["timeout"]) {
            settings.timeoutSeconds = seconds(document);
        }
        if (document["cuda-as-cpu"]) {
            settings.isCudaOnCpu = m_fields.choice<bool>(document, "cuda-as-cpu", kWhat,
                                                         {{"true", true}, {"false", false}});
        }
    }

    ProjectSettings settings;

private:
    [[nodiscard]] std::vector<fs::path> paths(const YAML::Node &document, const char *field) const
    {
        std::vector<fs::path> paths;
        for (const std::string &text : m_fields.texts(document, field, kWhat, false)) {
            paths.push_back(m_folder / text); // an absolute one stays
        }
        return paths;
    }

    [[nodiscard]] std::optional<Version> version(const YAML::Node &document,
                                                 const char *field) const
    {
        if (!document[field]) {
            return std::nullopt;
        }
        const std::string text = m_fields.text(document, field, kWhat);
        const auto version = Version::parse(text);
        if (!version) {
            m_fields.stop(document[field], "'" + text + "' is not a version (like 1.0.0)");
        }
        return version;
    }

    [[nodiscard]] int seconds(const YAML::Node &document) const
    {
        const std::string text = m_fields.text(document, "timeout", kWhat);
        int value = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
        if (read.ec != std::errc() || read.ptr != text.data() + text.size() || value < 1
            || value > kLongest) {
            m_fields.stop(document["timeout"], "'timeout' must be 1 to 86400 seconds");
        }
        return value;
    }

    YamlFields m_fields;
    fs::path m_folder;
};

} // namespace

Result<ProjectSettings> readProjectFile(const fs::path &file)
{
    Reader reader(file);
    auto done = readYaml(file, [&](const YAML::Node &document) { reader.read(document); });
    if (!done) {
        return tl::unexpected(done.error());
    }
    return std::move(reader.settings);
}

Result<ProjectSettings> projectSettingsOf(const fs::path &folder)
{
    const fs::path file = folder / kProjectFile;
    std::error_code error;
    return fs::exists(file, error) ? readProjectFile(file) : ProjectSettings{};
}

} // namespace TorchLift
