#include "vectorstores/qdrantcollection.h"

#include <algorithm>
#include <iterator>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include "base/files.h"
#include "vectorstores/enginecollection.h"
#include "vectorstores/payload.h"

namespace TorchLift {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kPageSize = 256;

// The first half of a hash over the identity, in the form of a UUID of version 8 (RFC 9562).
std::string idOf(const VectorRecord &record)
{
    std::string id = sha256Hex(record.key + '\n' + record.modelHash).substr(0, 32);
    id[12] = '8';
    id[16] = '8';
    for (const std::size_t at : {8U, 13U, 18U, 23U}) {
        id.insert(at, "-");
    }
    return id;
}

std::string textOf(const Json &object, const char *name)
{
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string dumped(const Json &json)
{
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

class QdrantCollection final : public EngineCollection
{
public:
    QdrantCollection(const EngineAddress &address, std::unique_ptr<RestClient> rest)
        : EngineCollection(std::move(rest))
        , m_url(address.baseUrl() + "/collections/" + address.collection)
    {}

    Result<void> create(std::size_t dimension, std::stop_token stop) override
    {
        const auto known = describe(stop);
        if (!known) {
            return tl::unexpected(known.error());
        }
        if (!*known) {
            const std::string body =
                dumped({{"vectors", {{"size", dimension}, {"distance", "Cosine"}}}});
            const auto answer = rest().send("PUT", m_url, body, stop);
            if (!answer) {
                return tl::unexpected(answer.error());
            }
            // 409, in older versions 400: another program was faster. Then its layout counts.
            if (answer->status != 200 && answer->status != 409 && answer->status != 400) {
                return tl::unexpected(unexpectedAnswer(m_url, *answer));
            }
            const auto made = describe(stop);
            if (!made || !*made) {
                return tl::unexpected(made ? unexpectedAnswer(m_url, *answer) : made.error());
            }
            return create(dimension, std::move(stop));
        }
        if (auto settled = settleDimension(**known, dimension); !settled) {
            return settled;
        }
        // Filters over what has no index read every point.
        for (const auto &[name, type] : {std::pair("metadata.version_number", "integer"),
                                         std::pair("metadata.model_hash", "keyword")}) {
            auto indexed = call("PUT", "/index?wait=true",
                                {{"field_name", name}, {"field_schema", type}}, stop);
            if (!indexed) {
                return tl::unexpected(indexed.error());
            }
        }
        return {};
    }

    Result<void> drop(std::stop_token stop) override
    {
        const auto answer = rest().send("DELETE", m_url, {}, stop);
        if (!answer) {
            return tl::unexpected(answer.error());
        }
        const bool isGone = answer->status == 200 || answer->status == 404;
        return isGone ? Result<void>() : tl::unexpected(unexpectedAnswer(m_url, *answer));
    }

    Result<void> upsert(std::span<const VectorRecord> records, std::stop_token stop) override
    {
        auto size = knownDimension(stop);
        if (!size || records.empty()) {
            return size ? Result<void>() : tl::unexpected(size.error());
        }
        std::string body = R"({"points":[)";
        for (const VectorRecord &record : records) {
            if (auto checked = checkVector(record.vector, *size); !checked) {
                return checked;
            }
            const auto parts = partsOf(record);
            if (!parts) {
                return tl::unexpected(parts.error());
            }
            body += body.back() == '}' ? "," : "";
            body += R"({"id":")" + idOf(record) + R"(","vector":)" + jsonOfVector(record.vector)
                    + R"(,"payload":)" + payloadOf(*parts) + '}';
        }
        auto done = send("PUT", "/points?wait=true", body + "]}", stop);
        return done ? Result<void>() : tl::unexpected(done.error());
    }

    Result<std::vector<bool>> holds(std::span<const VectorRecord> records,
                                    std::stop_token stop) override
    {
        Json ids = Json::array();
        for (const VectorRecord &record : records) {
            ids.push_back(idOf(record));
        }
        const auto points = call("POST", "/points",
                                 {{"ids", ids},
                                  {"with_payload", Json::array({"metadata.content_hash"})},
                                  {"with_vector", false}},
                                 stop);
        if (!points) {
            return tl::unexpected(points.error());
        }
        std::unordered_map<std::string, std::string> hashes;
        for (const Json &point : *points) {
            const auto hash = Json::json_pointer("/payload/metadata/content_hash");
            if (point.contains(hash) && point[hash].is_string()) {
                hashes.emplace(textOf(point, "id"), point[hash]);
            }
        }
        std::vector<bool> held;
        for (const VectorRecord &record : records) {
            const auto found = hashes.find(idOf(record));
            held.push_back(found != hashes.end() && found->second == contentHashOf(record));
        }
        return held;
    }

    Result<void> remove(std::span<const VectorRecord> records, std::stop_token stop) override
    {
        Json ids = Json::array();
        for (const VectorRecord &record : records) {
            ids.push_back(idOf(record));
        }
        if (ids.empty()) {
            return {};
        }
        auto done = call("POST", "/points/delete?wait=true", {{"points", ids}}, stop);
        return done ? Result<void>() : tl::unexpected(done.error());
    }

    Result<std::vector<RecordHit>> search(std::span<const float> query, std::size_t k,
                                          const VersionWindow &window, const std::string &modelHash,
                                          std::stop_token stop) override
    {
        const auto size = knownDimension(stop);
        if (!size) {
            return tl::unexpected(size.error());
        }
        if (auto checked = checkVector(query, *size); !checked) {
            return tl::unexpected(checked.error());
        }
        const Json filter = {
            {"must",
             {{{"key", "metadata.version_number"},
               {"range",
                {{"gt", numberOfVersion(window.from)}, {"lte", numberOfVersion(window.to)}}}},
              {{"key", "metadata.model_hash"}, {"match", {{"value", modelHash}}}}}}};
        const std::string body = R"({"query":)" + jsonOfVector(query) + R"(,"filter":)"
                                 + dumped(filter) + R"(,"limit":)" + std::to_string(k)
                                 + R"(,"with_payload":true,"with_vector":false})";
        const auto result =
            k == 0 ? Json{{"points", Json::array()}} : send("POST", "/points/query", body, stop);
        if (!result) {
            return tl::unexpected(result.error());
        }
        std::vector<RecordHit> hits;
        for (const Json &point : pointsOf(*result)) {
            const auto payload = point.find("payload");
            const auto score = point.find("score");
            if (payload != point.end() && score != point.end() && score->is_number()) {
                VectorRecord record = recordOf(dumped(*payload));
                hits.push_back(
                    {std::move(record.key), score->get<float>(), std::move(record.payload)});
            }
        }
        return hits;
    }

    Result<std::size_t> count(std::stop_token stop) override
    {
        const auto result = call("POST", "/points/count", {{"exact", true}}, stop);
        if (!result) {
            return tl::unexpected(result.error());
        }
        const auto count = result->is_object() ? result->find("count") : result->end();
        return count != result->end() && count->is_number_unsigned()
                   ? Result<std::size_t>(count->get<std::size_t>())
                   : fail(Errc::Damaged, "the server does not tell a count", m_url);
    }

    Result<RecordPage> page(const std::string &cursor, std::stop_token stop) override
    {
        Json request = {{"limit", kPageSize}, {"with_payload", true}, {"with_vector", true}};
        if (!cursor.empty()) { // a JSON number or string: points of others may have numbers
            request["offset"] = Json::parse(cursor, nullptr, false);
            if (request["offset"].is_discarded()) {
                return fail(Errc::InvalidArgument, "not a cursor of Qdrant", cursor);
            }
        }
        const auto result = call("POST", "/points/scroll", request, stop);
        if (!result) {
            return tl::unexpected(result.error());
        }
        RecordPage page;
        for (const Json &point : pointsOf(*result)) {
            page.records.push_back(recordOfPoint(point));
        }
        const auto next = result->find("next_page_offset");
        page.next = next == result->end() || next->is_null() ? "" : next->dump();
        return page;
    }

private:
    [[nodiscard]] std::string name() const override { return m_url; }

    [[nodiscard]] Result<Json> call(const char *method, const char *path, const Json &body,
                                    const std::stop_token &stop)
    {
        return send(method, path, dumped(body), stop);
    }

    // What the answer holds under "result".
    [[nodiscard]] Result<Json> send(const char *method, const char *path, const std::string &body,
                                    const std::stop_token &stop)
    {
        const auto answer = rest().send(method, m_url + path, body, stop);
        if (!answer) {
            return tl::unexpected(answer.error());
        }
        return resultOf(*answer);
    }

    [[nodiscard]] Result<Json> resultOf(const RestAnswer &answer) const
    {
        if (answer.status == 404) {
            return fail(Errc::NotFound, "the collection does not exist", m_url,
                        "torchlift-cli corpus push");
        }
        Json json = Json::parse(answer.body, nullptr, false);
        if (answer.status != 200 || !json.is_object() || !json.contains("result")) {
            return tl::unexpected(unexpectedAnswer(m_url, answer));
        }
        return std::move(json["result"]);
    }

    [[nodiscard]] Result<std::optional<std::size_t>> describe(const std::stop_token &stop) override
    {
        const auto answer = rest().send("GET", m_url, {}, stop);
        if (!answer) {
            return tl::unexpected(answer.error());
        }
        if (answer->status == 404) {
            return std::optional<std::size_t>();
        }
        const auto result = resultOf(*answer);
        if (!result) {
            return tl::unexpected(result.error());
        }
        const auto size = Json::json_pointer("/config/params/vectors/size");
        if (!result->contains(size) || !(*result)[size].is_number_unsigned()) {
            return fail(Errc::Incompatible, "the collection has no vector without a name", m_url,
                        "name another collection");
        }
        return std::optional((*result)[size].get<std::size_t>());
    }

    static std::vector<Json> pointsOf(const Json &result)
    {
        const auto points = result.is_object() ? result.find("points") : result.end();
        std::vector<Json> all;
        if (points != result.end() && points->is_array()) {
            std::copy_if(points->begin(), points->end(), std::back_inserter(all),
                         [](const Json &point) { return point.is_object(); });
        }
        return all;
    }

    [[nodiscard]] static VectorRecord recordOfPoint(const Json &point)
    {
        VectorRecord record = recordOf(dumped(point.value("payload", Json::object())));
        const auto vector = point.find("vector");
        const bool isPlain = vector != point.end() && vector->is_array()
                             && std::all_of(vector->begin(), vector->end(),
                                            [](const Json &value) { return value.is_number(); });
        if (isPlain) {
            record.vector = vector->get<std::vector<float>>();
        }
        return record;
    }

    std::string m_url;
};

} // namespace

Result<std::unique_ptr<VectorCollection>> makeQdrantCollection(const EngineAddress &address,
                                                               const EngineOptions &options)
{
    auto rest = RestClient::open(options, {"api-key", options.key});
    if (!rest) {
        return tl::unexpected(rest.error());
    }
    return std::make_unique<QdrantCollection>(address, std::move(*rest));
}

} // namespace TorchLift
