#include "vectorstores/milvusschema.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include <nlohmann/json.hpp>

namespace TorchLift {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kHashBytes = 128;

/// A text column and its length.
struct TextColumn
{
    const char *name;
    std::size_t bytes;
};
constexpr std::array kTexts = {
    TextColumn{"model_hash", kHashBytes}, TextColumn{"content_hash", kHashBytes},
    TextColumn{"page_content", kMilvusTextBytes}, TextColumn{"metadata", kMilvusTextBytes}};

std::string textOf(const Json &object, const char *name)
{
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

Json field(const char *name, const char *type)
{
    return {{"fieldName", name}, {"dataType", type}};
}

// The numbers of the protocol: 5 Int64, 21 VarChar, 101 FloatVector.
Json oldField(const char *name, int type, const char *parameter = nullptr, std::size_t value = 0)
{
    Json json = {{"name", name}, {"data_type", type}};
    if (parameter != nullptr) {
        json["type_params"] = Json::array({{{"key", parameter}, {"value", std::to_string(value)}}});
    }
    return json;
}

std::size_t numberIn(std::string_view text)
{
    std::size_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

// v1: type "FloatVector(384)"; v2: params [{"key": "dim", "value": "384"}].
std::size_t dimensionOf(const Json &column)
{
    const std::string type = textOf(column, "type");
    const std::size_t open = type.find('(');
    std::size_t dimension =
        open == std::string::npos ? 0 : numberIn(std::string_view(type).substr(open + 1));
    for (const Json &parameter : column.value("params", Json::array())) {
        if (parameter.is_object() && textOf(parameter, "key") == "dim") {
            dimension = numberIn(textOf(parameter, "value"));
        }
    }
    return dimension;
}

} // namespace

std::string milvusCreation(const std::string &collection, std::size_t dimension)
{
    Json id = field("id", "Int64");
    id["isPrimary"] = true;
    Json vector = field("vector", "FloatVector");
    vector["elementTypeParams"] = {{"dim", std::to_string(dimension)}};
    Json fields = Json::array({id, vector, field("version_number", "Int64")});
    for (const TextColumn &column : kTexts) {
        Json text = field(column.name, "VarChar");
        text["elementTypeParams"] = {{"max_length", std::to_string(column.bytes)}};
        fields.push_back(std::move(text));
    }
    const Json index = {{"fieldName", "vector"}, {"indexName", "vector"}, {"metricType", "IP"}};
    const Json schema = {{"autoID", false}, {"enableDynamicField", false}, {"fields", fields}};
    return Json{{"collectionName", collection},
                {"schema", schema},
                {"indexParams", Json::array({index})},
                {"params", {{"consistencyLevel", "Strong"}}}}
        .dump();
}

std::vector<std::pair<std::string, std::string>> oldMilvusCreation(const std::string &collection,
                                                                   std::size_t dimension)
{
    Json id = oldField("id", 5);
    id["is_primary_key"] = true;
    id["autoID"] = false;
    Json fields =
        Json::array({id, oldField("vector", 101, "dim", dimension), oldField("version_number", 5)});
    for (const TextColumn &column : kTexts) {
        fields.push_back(oldField(column.name, 21, "max_length", column.bytes));
    }
    const auto pair = [](const char *key, const char *value) {
        return Json{{"key", key}, {"value", value}};
    };
    const Json create = {{"collection_name", collection},
                         {"schema", {{"name", collection}, {"autoID", false}, {"fields", fields}}}};
    const Json index = {
        {"collection_name", collection},
        {"field_name", "vector"},
        {"extra_params", Json::array({pair("index_type", "HNSW"), pair("metric_type", "IP"),
                                      pair("params", R"({"M":16,"efConstruction":200})")})}};
    const Json load = {{"collection_name", collection}};
    return {{"/api/v1/collection", create.dump()},
            {"/api/v1/index", index.dump()},
            {"/api/v1/collection/load", load.dump()}};
}

std::optional<std::size_t> milvusDimension(std::string_view description)
{
    const Json json = Json::parse(description, nullptr, false);
    const Json fields = json.is_object() ? json.value("fields", Json::array()) : Json::array();
    std::size_t dimension = 0;
    std::set<std::string> names;
    for (const Json &column : fields) {
        if (!column.is_object()) {
            continue;
        }
        const std::string name = textOf(column, "name");
        const std::string type = textOf(column, "type");
        const auto generated = column.find("autoId");
        const bool isGenerated = generated != column.end() && *generated == true;
        if (name != "id" || (type == "Int64" && !isGenerated)) {
            names.insert(name);
        }
        if (name == "vector" && type.starts_with("FloatVector")) {
            dimension = dimensionOf(column);
        }
    }
    const bool isOurs = names.contains("id") && names.contains("version_number")
                        && std::all_of(kTexts.begin(), kTexts.end(), [&](const TextColumn &column) {
                               return names.contains(column.name);
                           });
    return isOurs && dimension > 0 ? std::optional(dimension) : std::nullopt;
}

} // namespace TorchLift
