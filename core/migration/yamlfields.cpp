#include "migration/yamlfields.h"

#include <algorithm>

#include <yaml-cpp/yaml.h>

#include "base/files.h"

namespace TorchLift {

void YamlFields::stop(const YAML::Node &node, const std::string &message) const
{
    throw Invalid{m_file + ":" + std::to_string(std::max(node.Mark().line, 0) + 1) + ": "
                  + message};
}

void YamlFields::stopAt(const YAML::Node &node, const char *field, const std::string &message) const
{
    stop(node[field], message);
}

void YamlFields::checkKeys(const YAML::Node &node, const std::set<std::string> &known,
                           const std::string &what) const
{
    if (!node.IsMap()) {
        stop(node, what + ": must be a mapping");
    }
    for (const auto &entry : node) {
        const std::string key = entry.first.as<std::string>();
        if (known.count(key) == 0) {
            stop(entry.first, what + ": unknown field '" + key + "'");
        }
    }
}

void YamlFields::checkSchema(const YAML::Node &document) const
{
    if (const std::string schema = text(document, "schema", "the file"); schema != "1") {
        stop(document, "schema " + schema + " is not known here");
    }
}

std::string YamlFields::text(const YAML::Node &node, const char *field,
                             const std::string &what) const
{
    const YAML::Node value = node[field];
    if (!value || !value.IsScalar()) {
        stop(node, what + ": '" + field + "' is missing or no text");
    }
    return value.as<std::string>();
}

std::vector<std::string> YamlFields::texts(const YAML::Node &node, const char *field,
                                           const std::string &what, bool isRequired) const
{
    const YAML::Node value = node[field];
    if (!value) {
        if (isRequired) {
            stop(node, what + ": '" + field + "' is missing");
        }
        return {};
    }
    if (!value.IsSequence()) {
        stop(value, what + ": '" + field + "' must be a list");
    }
    std::vector<std::string> out;
    for (const YAML::Node &entry : value) {
        out.push_back(entry.as<std::string>());
    }
    return out;
}

LocalizedText YamlFields::localized(const YAML::Node &node, const char *field,
                                    const std::string &what) const
{
    const YAML::Node value = node[field];
    if (!value) {
        stop(node, what + ": '" + field + "' is missing");
    }
    checkKeys(value, {"en", "ru"}, what + "." + field);
    LocalizedText out{text(value, "en", what + "." + field), text(value, "ru", what + "." + field)};
    if (out.en.empty() || out.ru.empty()) {
        stop(value, what + ": '" + std::string(field) + "' lacks a language");
    }
    return out;
}

Result<void> readYaml(const std::filesystem::path &file,
                      const std::function<void(const YAML::Node &)> &read)
{
    const Result<std::string> bytes = readFile(file);
    if (!bytes) {
        return tl::unexpected<Error>(bytes.error());
    }
    try {
        read(YAML::Load(*bytes));
    } catch (const YamlFields::Invalid &invalid) {
        const bool isSchema = invalid.message.find(": schema ") != std::string::npos;
        return fail(isSchema ? Errc::Incompatible : Errc::InvalidInput, invalid.message,
                    file.string());
    } catch (const YAML::Exception &exception) {
        return fail(Errc::InvalidInput,
                    file.filename().string() + ":" + std::to_string(exception.mark.line + 1) + ": "
                        + exception.msg,
                    file.string());
    }
    return {};
}

} // namespace TorchLift
