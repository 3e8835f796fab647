#include "vectorstores/payload.h"

#include <nlohmann/json.hpp>

#include "base/files.h"
#include "vectorstores/restclient.h"

namespace TorchLift {

namespace {

using Json = nlohmann::json;

std::string textOf(const Json &object, const char *name)
{
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string dumped(const Json &json)
{
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace

Result<PayloadParts> partsOf(const VectorRecord &record)
{
    Json payload = Json::parse(record.payload, nullptr, false);
    if (!payload.is_object() || !payload.contains("metadata") || !payload["metadata"].is_object()) {
        return fail(Errc::InvalidArgument, "a payload without metadata", record.key);
    }
    Json &metadata = payload["metadata"];
    metadata["key"] = record.key;
    metadata["model_hash"] = record.modelHash;
    metadata["version_number"] = numberOfVersion(record.version);
    metadata["content_hash"] = contentHashOf(record);
    return PayloadParts{textOf(payload, "page_content"), dumped(metadata)};
}

std::string payloadOf(const PayloadParts &parts)
{
    const bool isObject = Json::parse(parts.metadata, nullptr, false).is_object();
    return R"({"page_content":)" + dumped(parts.text) + R"(,"metadata":)"
           + (isObject ? parts.metadata : "{}") + '}';
}

VectorRecord recordOf(std::string payload)
{
    const Json json = Json::parse(payload, nullptr, false);
    const bool hasMetadata =
        json.is_object() && json.contains("metadata") && json["metadata"].is_object();
    const Json metadata = hasMetadata ? json["metadata"] : Json::object();
    VectorRecord record;
    record.key = textOf(metadata, "key");
    record.modelHash = textOf(metadata, "model_hash");
    record.version = Version::parse(textOf(metadata, "version")).value_or(Version());
    record.payload = std::move(payload);
    return record;
}

std::string contentHashOf(const VectorRecord &record)
{
    return sha256Hex(record.payload).substr(0, 32);
}

} // namespace TorchLift
