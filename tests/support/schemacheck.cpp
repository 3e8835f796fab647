#include "support/schemacheck.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <regex>

#include <nlohmann/json.hpp>

namespace TorchLift {

namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

bool hasType(const Json &value, const std::string &type)
{
    return (type == "object" && value.is_object()) || (type == "array" && value.is_array())
           || (type == "string" && value.is_string()) || (type == "boolean" && value.is_boolean())
           || (type == "integer" && value.is_number_integer())
           || (type == "number" && value.is_number()) || (type == "null" && value.is_null());
}

class Checker
{
public:
    std::string check(const fs::path &file, const Json &schema, const Json &value,
                      const std::string &at)
    {
        constexpr std::array<std::string_view, 17> known = {
            "$schema",     "$id",    "$defs",      "$ref",     "title",
            "description", "type",   "properties", "required", "additionalProperties",
            "items",       "enum",   "const",      "anyOf",    "minimum",
            "maximum",     "pattern"};
        for (const auto &item : schema.items()) {
            if (std::find(known.begin(), known.end(), item.key()) == known.end()) {
                return at + ": the schema uses " + item.key() + ", which is not checked here";
            }
        }
        if (schema.contains("$ref")) {
            return checkReference(file, schema["$ref"], value, at);
        }
        if (schema.contains("anyOf")) {
            return checkAny(file, schema["anyOf"], value, at);
        }
        if (std::string fault = checkValue(schema, value, at); !fault.empty()) {
            return fault;
        }
        if (value.is_object()) {
            return checkObject(file, schema, value, at);
        }
        if (value.is_array() && schema.contains("items")) {
            for (std::size_t i = 0; i < value.size(); ++i) {
                std::string fault =
                    check(file, schema["items"], value[i], at + '[' + std::to_string(i) + ']');
                if (!fault.empty()) {
                    return fault;
                }
            }
        }
        return {};
    }

    const Json &load(const fs::path &file)
    {
        auto found = m_files.find(file);
        if (found == m_files.end()) {
            std::ifstream stream(file);
            found = m_files.emplace(file, Json::parse(stream, nullptr, false)).first;
        }
        return found->second;
    }

private:
    std::string checkReference(const fs::path &file, const std::string &reference,
                               const Json &value, const std::string &at)
    {
        const std::size_t hash = reference.find('#');
        const fs::path target = hash == 0 ? file : file.parent_path() / reference.substr(0, hash);
        const Json::json_pointer pointer(hash == std::string::npos ? ""
                                                                   : reference.substr(hash + 1));
        const Json &document = load(target);
        if (document.is_discarded() || !document.contains(pointer)) {
            return at + ": " + reference + " does not exist";
        }
        return check(target, document[pointer], value, at);
    }

    std::string checkAny(const fs::path &file, const Json &choices, const Json &value,
                         const std::string &at)
    {
        std::string faults;
        for (const Json &choice : choices) {
            const std::string fault = check(file, choice, value, at);
            if (fault.empty()) {
                return {};
            }
            faults += (faults.empty() ? "" : " or ") + fault;
        }
        return faults;
    }

    static std::string checkValue(const Json &schema, const Json &value, const std::string &at)
    {
        if (schema.contains("type") && !hasType(value, schema["type"])) {
            return at + " is no " + schema["type"].get<std::string>();
        }
        if (schema.contains("const") && value != schema["const"]) {
            return at + " is not " + schema["const"].dump();
        }
        if (schema.contains("enum")
            && std::find(schema["enum"].begin(), schema["enum"].end(), value)
                   == schema["enum"].end()) {
            return at + " is none of " + schema["enum"].dump();
        }
        if (schema.contains("minimum") && value.is_number() && value < schema["minimum"]) {
            return at + " is below " + schema["minimum"].dump();
        }
        if (schema.contains("maximum") && value.is_number() && value > schema["maximum"]) {
            return at + " is above " + schema["maximum"].dump();
        }
        if (schema.contains("pattern") && value.is_string()
            && !std::regex_search(value.get<std::string>(),
                                  std::regex(schema["pattern"].get<std::string>()))) {
            return at + " does not match " + schema["pattern"].dump();
        }
        return {};
    }

    std::string checkObject(const fs::path &file, const Json &schema, const Json &value,
                            const std::string &at)
    {
        const Json properties = schema.value("properties", Json::object());
        for (const Json &name : schema.value("required", Json::array())) {
            if (!value.contains(name.get<std::string>())) {
                return at + '.' + name.get<std::string>() + " is missing";
            }
        }
        const Json others = schema.value("additionalProperties", Json(true));
        for (const auto &item : value.items()) {
            const std::string place = at + '.' + item.key();
            std::string fault;
            if (properties.contains(item.key())) {
                fault = check(file, properties[item.key()], item.value(), place);
            } else if (others.is_object()) {
                fault = check(file, others, item.value(), place);
            } else if (others == false) {
                fault = place + " is unknown";
            }
            if (!fault.empty()) {
                return fault;
            }
        }
        return {};
    }

    std::map<fs::path, Json> m_files;
};

} // namespace

std::string schemaFault(const std::filesystem::path &schema, std::string_view json)
{
    const Json value = Json::parse(json, nullptr, false);
    if (value.is_discarded()) {
        return "the text is not JSON";
    }
    Checker checker;
    const Json &document = checker.load(schema);
    return document.is_object() ? checker.check(schema, document, value, "document")
                                : schema.string() + " is not JSON";
}

} // namespace TorchLift
