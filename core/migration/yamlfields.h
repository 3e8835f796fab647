#pragma once

#include <filesystem>
#include <functional>
#include <initializer_list>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/text.h"

namespace YAML {
class Node;
}

namespace TorchLift {

/// Reads fields of our own YAML files strictly; whatever is wrong is thrown with file and line,
/// and comes out of readYaml() as an Error.
class YamlFields
{
public:
    /// What its functions throw. Never leaves readYaml().
    struct Invalid
    {
        std::string message;
    };

    explicit YamlFields(std::string file)
        : m_file(std::move(file))
    {}

    [[noreturn]] void stop(const YAML::Node &node, const std::string &message) const;
    /// The node must be a mapping with these keys alone, and schema 1 where it names one.
    void checkKeys(const YAML::Node &node, const std::set<std::string> &known,
                   const std::string &what) const;
    void checkSchema(const YAML::Node &document) const;
    [[nodiscard]] std::string text(const YAML::Node &node, const char *field,
                                   const std::string &what) const;
    [[nodiscard]] std::vector<std::string> texts(const YAML::Node &node, const char *field,
                                                 const std::string &what, bool isRequired) const;
    /// Both languages, neither empty.
    [[nodiscard]] LocalizedText localized(const YAML::Node &node, const char *field,
                                          const std::string &what) const;

    template <typename Enum>
    [[nodiscard]] Enum choice(const YAML::Node &node, const char *field, const std::string &what,
                              std::initializer_list<std::pair<const char *, Enum>> choices) const
    {
        const std::string value = text(node, field, what);
        for (const auto &[name, result] : choices) {
            if (value == name) {
                return result;
            }
        }
        stopAt(node, field, what + ": '" + field + "' may not be '" + value + "'");
    }

private:
    [[noreturn]] void stopAt(const YAML::Node &node, const char *field,
                             const std::string &message) const;

    std::string m_file;
};

/// Reads `file` by `read`. Errors: those of readFile; InvalidInput naming file, line and field;
/// Incompatible for another schema.
[[nodiscard]] Result<void> readYaml(const std::filesystem::path &file,
                                    const std::function<void(const YAML::Node &)> &read);

} // namespace TorchLift
