#include "vectorstores/milvuscollection.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <limits>
#include <map>

#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/waiting.h"
#include "vectorstores/enginecollection.h"
#include "vectorstores/milvusschema.h"
#include "vectorstores/payload.h"

namespace TorchLift {

namespace {

using Json = nlohmann::json;

constexpr std::int64_t kLargestId = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t kMaxHits = 16'384; // of one search or query
constexpr std::size_t kPageLimit = 1000; // rows of one page
constexpr std::size_t kPageAim = 250;    // rows that a page is planned to have
constexpr int kNotFound = 100;           // Milvus's own codes
constexpr int kNotLoaded = 101;
constexpr int kUnauthenticated = 1800;

constexpr const char *kColumns[] = {"page_content", "metadata"};

// 63 bits of a hash over the identity: among a million rows two meet once in 20 million times.
std::int64_t idOf(const VectorRecord &record)
{
    const std::string hash = sha256Hex(record.key + '\n' + record.modelHash).substr(0, 16);
    std::uint64_t id = 0;
    std::from_chars(hash.data(), hash.data() + hash.size(), id, 16);
    return static_cast<std::int64_t>(id >> 1U);
}

std::string dumped(const Json &json)
{
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Whole numbers come as numbers or as text, by version and column.
std::optional<std::int64_t> numberOf(const Json &row, const char *name)
{
    const auto found = row.find(name);
    if (found == row.end() || (!found->is_number_integer() && !found->is_string())) {
        return std::nullopt;
    }
    if (found->is_number_integer()) {
        return found->get<std::int64_t>();
    }
    const auto &text = found->get_ref<const std::string &>();
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(value)
                                                                    : std::nullopt;
}

std::string textOf(const Json &row, const char *name)
{
    const auto found = row.find(name);
    return found != row.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string payloadOfRow(const Json &row)
{
    return payloadOf({textOf(row, "page_content"), textOf(row, "metadata")});
}

// A text inside a filter, where a quote would end it.
std::string quoted(const std::string &text)
{
    return dumped(Json(text));
}

// Too many requests, or a part of the server that is not up yet: it says so with status 200.
bool isBusy(const RestAnswer &answer)
{
    constexpr std::array codes = {1, 2, 3, 8, 9, 503};
    if (answer.body.size() > 4096) { // a long answer is no complaint
        return false;
    }
    const Json json = Json::parse(answer.body, nullptr, false);
    const auto code = json.is_object() ? numberOf(json, "code") : std::nullopt;
    return code && std::find(codes.begin(), codes.end(), *code) != codes.end();
}

/// The ids below `begin` are done; a page tries `width` of them.
struct Cursor
{
    std::int64_t begin = 0;
    std::int64_t width = kLargestId;

    [[nodiscard]] std::string toString() const
    {
        return std::to_string(begin) + '+' + std::to_string(width);
    }

    static std::optional<Cursor> parse(const std::string &text)
    {
        Cursor cursor;
        const char *end = text.data() + text.size();
        const auto first = std::from_chars(text.data(), end, cursor.begin);
        if (first.ec != std::errc() || first.ptr == end || *first.ptr != '+') {
            return std::nullopt;
        }
        const auto second = std::from_chars(first.ptr + 1, end, cursor.width);
        const bool isGood =
            second.ec == std::errc() && second.ptr == end && cursor.begin >= 0 && cursor.width > 0;
        return isGood ? std::optional(cursor) : std::nullopt;
    }
};

class MilvusCollection final : public EngineCollection
{
public:
    MilvusCollection(const EngineAddress &address, std::unique_ptr<RestClient> rest)
        : EngineCollection(std::move(rest))
        , m_address(address)
    {}

    Result<void> create(std::size_t dimension, std::stop_token stop) override
    {
        auto known = describe(stop);
        if (known && !*known) {
            const auto made = m_isOld ? createOld(dimension, stop) : createNew(dimension, stop);
            known = describe(stop);
            if (known && !*known) { // else another program may have been faster
                return made
                           ? fail(Errc::Damaged, "the collection was made and is not there", name())
                           : made;
            }
        }
        if (!known) {
            return tl::unexpected(known.error());
        }
        return settleDimension(**known, dimension);
    }

    Result<void> drop(std::stop_token stop) override
    {
        auto known = describe(stop);
        if (!known || !*known) {
            return known ? Result<void>() : tl::unexpected(known.error());
        }
        forgetDimension();
        const auto done =
            call(m_isOld ? "/v1/vector/collections/drop" : "/v2/vectordb/collections/drop", named(),
                 stop);
        return done ? Result<void>() : tl::unexpected(done.error());
    }

    Result<void> upsert(std::span<const VectorRecord> records, std::stop_token stop) override
    {
        const auto size = knownDimension(stop);
        if (!size || records.empty()) {
            return size ? Result<void>() : tl::unexpected(size.error());
        }
        std::string rows;
        for (const VectorRecord &record : records) {
            if (auto checked = checkVector(record.vector, *size); !checked) {
                return checked;
            }
            const auto parts = partsOf(record);
            if (!parts) {
                return tl::unexpected(parts.error());
            }
            if (std::max(parts->text.size(), parts->metadata.size()) > kMilvusTextBytes) {
                return fail(Errc::TooLarge, "Milvus keeps no text above 65,535 bytes", record.key);
            }
            const Json row = {{"id", idOf(record)},
                              {"version_number", numberOfVersion(record.version)},
                              {"model_hash", record.modelHash},
                              {"content_hash", contentHashOf(record)},
                              {"page_content", parts->text},
                              {"metadata", parts->metadata}};
            rows += rows.empty() ? "{" : ",{";
            rows += R"("vector":)" + jsonOfVector(record.vector) + ',' + dumped(row).substr(1);
        }
        const auto done = send(
            m_isOld ? "/v1/vector/upsert" : "/v2/vectordb/entities/upsert",
            R"({"collectionName":")" + m_address.collection + R"(","data":[)" + rows + "]}", stop);
        return wrote(done, records, true);
    }

    Result<std::vector<bool>> holds(std::span<const VectorRecord> records,
                                    std::stop_token stop) override
    {
        std::vector<std::int64_t> ids;
        for (const VectorRecord &record : records) {
            ids.push_back(idOf(record));
        }
        const bool isRecent = std::any_of(ids.begin(), ids.end(),
                                          [&](std::int64_t id) { return m_unseen.contains(id); });
        if (isRecent) { // others need not wait for what was written last
            if (auto ready = settle(stop); !ready) {
                return tl::unexpected(ready.error());
            }
        } else if (auto size = knownDimension(stop); !size) {
            return tl::unexpected(size.error());
        }
        const auto hashes = hashesOf(ids, stop);
        if (!hashes) {
            return tl::unexpected(hashes.error());
        }
        std::vector<bool> held;
        for (const VectorRecord &record : records) {
            const auto found = hashes->find(idOf(record));
            held.push_back(found != hashes->end() && found->second == contentHashOf(record));
        }
        return held;
    }

    Result<void> remove(std::span<const VectorRecord> records, std::stop_token stop) override
    {
        const auto size = knownDimension(stop);
        if (!size || records.empty()) {
            return size ? Result<void>() : tl::unexpected(size.error());
        }
        Json ids = Json::array();
        for (const VectorRecord &record : records) {
            ids.push_back(idOf(record));
        }
        Json request = named();
        if (m_isOld) {
            request["id"] = ids;
        } else {
            request["filter"] = "id in " + ids.dump();
        }
        const auto done =
            call(m_isOld ? "/v1/vector/delete" : "/v2/vectordb/entities/delete", request, stop);
        return wrote(done, records, false);
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
        if (k == 0) {
            return std::vector<RecordHit>();
        }
        if (auto ready = settle(stop); !ready) {
            return tl::unexpected(ready.error());
        }
        Json request = named();
        request["filter"] = "version_number > " + std::to_string(numberOfVersion(window.from))
                            + " and version_number <= " + std::to_string(numberOfVersion(window.to))
                            + " and model_hash == " + quoted(modelHash);
        request["limit"] = std::min(k, kMaxHits);
        request["outputFields"] = kColumns;
        std::string body = dumped(request);
        body.pop_back();
        body += m_isOld ? R"(,"vector":)" + jsonOfVector(query) + '}'
                        : R"(,"annsField":"vector","data":[)" + jsonOfVector(query) + "]}";
        const auto rows =
            send(m_isOld ? "/v1/vector/search" : "/v2/vectordb/entities/search", body, stop);
        if (!rows) {
            return tl::unexpected(rows.error());
        }
        std::vector<RecordHit> hits;
        for (const Json &row : *rows) {
            const auto score = row.find("distance");
            if (score != row.end() && score->is_number()) {
                VectorRecord record = recordOf(payloadOfRow(row));
                hits.push_back(
                    {std::move(record.key), score->get<float>(), std::move(record.payload)});
            }
        }
        return hits;
    }

    Result<std::size_t> count(std::stop_token stop) override
    {
        if (auto ready = settle(stop); !ready) {
            return tl::unexpected(ready.error());
        }
        const auto rows = query("id >= 0", {"count(*)"}, 0, stop);
        if (!rows) {
            return tl::unexpected(rows.error());
        }
        const auto number = rows->size() == 1 ? numberOf(rows->front(), "count(*)") : std::nullopt;
        return number && *number >= 0
                   ? Result<std::size_t>(static_cast<std::size_t>(*number))
                   : fail(Errc::Damaged, "the server does not tell a count", name());
    }

    // Ids are spread evenly, so a range of them has about as many rows as another of its width.
    // One with more rows than an answer may have is halved: the order of a longer answer is not
    // promised.
    Result<RecordPage> page(const std::string &cursor, std::stop_token stop) override
    {
        auto at = cursor.empty() ? firstCursor(stop) : [&]() -> Result<Cursor> {
            const auto parsed = Cursor::parse(cursor);
            return parsed ? Result<Cursor>(*parsed)
                          : fail(Errc::InvalidArgument, "not a cursor of Milvus", cursor);
        }();
        if (!at) {
            return tl::unexpected(at.error());
        }
        if (auto ready = settle(stop); !ready) {
            return tl::unexpected(ready.error());
        }
        while (true) {
            const bool isLast = at->width > kLargestId - at->begin;
            std::string filter = "id >= " + std::to_string(at->begin);
            if (!isLast) {
                filter += " and id < " + std::to_string(at->begin + at->width);
            }
            const auto rows =
                query(filter, {"id", "page_content", "metadata", "vector"}, kPageLimit, stop);
            if (!rows) {
                return tl::unexpected(rows.error());
            }
            if (rows->size() >= kPageLimit && at->width > 1) {
                at->width /= 2;
                continue;
            }
            RecordPage page;
            for (const Json &row : *rows) {
                page.records.push_back(recordOfRow(row));
            }
            page.next = isLast ? "" : Cursor{at->begin + at->width, at->width}.toString();
            return page;
        }
    }

private:
    [[nodiscard]] std::string name() const override { return m_address.toString(); }
    [[nodiscard]] Json named() const { return {{"collectionName", m_address.collection}}; }

    [[nodiscard]] Result<Json> call(const std::string &path, const Json &body,
                                    const std::stop_token &stop)
    {
        return send(path, dumped(body), stop);
    }

    // What the answer holds under "data", an array or an object.
    [[nodiscard]] Result<Json> send(const std::string &path, const std::string &body,
                                    const std::stop_token &stop)
    {
        const std::string url = m_address.baseUrl() + path;
        const auto answer = rest().send("POST", url, body, stop);
        return answer ? dataOf(url, *answer) : tl::unexpected(answer.error());
    }

    [[nodiscard]] Result<Json> dataOf(const std::string &url, const RestAnswer &answer) const
    {
        Json json = Json::parse(answer.body, nullptr, false);
        const auto code = json.is_object() ? numberOf(json, "code") : std::nullopt;
        if (code == kNotFound) {
            return fail(Errc::NotFound, "the collection does not exist", name(),
                        "torchlift-cli corpus push");
        }
        if (code == kUnauthenticated) {
            return tl::unexpected(errorOfHttpStatus(401, url));
        }
        if (code == kNotLoaded) {
            return fail(Errc::Network, "the collection is not loaded into memory", name(),
                        "load it with Milvus's own tools");
        }
        if (answer.status != 200 || (code != 0 && code != 200) || !json.contains("data")) {
            return tl::unexpected(unexpectedAnswer(url, answer));
        }
        return std::move(json["data"]);
    }

    // REST v1 reads what was there some time ago, a second or so. What is read after writing waits
    // until the last write is seen; those before it then are, too.
    [[nodiscard]] Result<void> wrote(const Result<Json> &done,
                                     std::span<const VectorRecord> records, bool areThere)
    {
        if (!done) {
            return tl::unexpected(done.error());
        }
        m_unseen.clear();
        for (const VectorRecord &record : records) {
            if (m_isOld) {
                m_unseen[idOf(record)] = areThere ? contentHashOf(record) : "";
            }
        }
        return {};
    }

    [[nodiscard]] Result<void> settle(const std::stop_token &stop)
    {
        constexpr std::chrono::seconds longest(10);
        constexpr std::chrono::milliseconds pause(50);
        if (auto size = knownDimension(stop); !size) {
            return tl::unexpected(size.error());
        }
        const auto deadline = std::chrono::steady_clock::now() + longest;
        while (!m_unseen.empty()) {
            std::vector<std::int64_t> ids;
            for (const auto &[id, hash] : m_unseen) {
                ids.push_back(id);
            }
            const auto hashes = hashesOf(ids, stop);
            if (!hashes) {
                return tl::unexpected(hashes.error());
            }
            const bool isSeen =
                std::all_of(m_unseen.begin(), m_unseen.end(), [&](const auto &written) {
                    const auto found = hashes->find(written.first);
                    return (found == hashes->end() ? "" : found->second) == written.second;
                });
            if (isSeen || std::chrono::steady_clock::now() > deadline) {
                // Another program may have written over it meanwhile: then there is no waiting.
                m_unseen.clear();
            } else if (!waitFor(pause, stop)) {
                return fail(Errc::Cancelled, "cancelled");
            }
        }
        return {};
    }

    [[nodiscard]] Result<std::map<std::int64_t, std::string>>
    hashesOf(const std::vector<std::int64_t> &ids, const std::stop_token &stop)
    {
        std::map<std::int64_t, std::string> hashes;
        if (ids.empty()) {
            return hashes;
        }
        const auto rows =
            query("id in " + Json(ids).dump(), {"id", "content_hash"}, ids.size(), stop);
        if (!rows) {
            return tl::unexpected(rows.error());
        }
        for (const Json &row : *rows) {
            hashes.emplace(numberOf(row, "id").value_or(-1), textOf(row, "content_hash"));
        }
        return hashes;
    }

    // `limit` 0: none, as counting wants it.
    [[nodiscard]] Result<Json> query(const std::string &filter,
                                     const std::vector<std::string> &columns, std::size_t limit,
                                     const std::stop_token &stop)
    {
        Json request = named();
        request["filter"] = filter;
        request["outputFields"] = columns;
        if (limit > 0 || m_isOld) { // v1 takes a missing limit for 100
            request["limit"] = limit;
        }
        auto rows =
            call(m_isOld ? "/v1/vector/query" : "/v2/vectordb/entities/query", request, stop);
        if (rows && !rows->is_array()) {
            return fail(Errc::Damaged, "the server's rows are no list", name());
        }
        return rows;
    }

    // Also finds out which version of the protocol the server speaks.
    [[nodiscard]] Result<std::optional<std::size_t>> describe(const std::stop_token &stop) override
    {
        const std::string url = m_address.baseUrl() + "/v2/vectordb/collections/describe";
        auto answer = rest().send("POST", url, dumped(named()), stop);
        if (answer && answer->status == 404) {
            m_isOld = true;
            answer =
                rest().send("GET",
                            m_address.baseUrl() + "/v1/vector/collections/describe?collectionName="
                                + m_address.collection,
                            {}, stop);
        }
        if (!answer) {
            return tl::unexpected(answer.error());
        }
        const auto data = dataOf(url, *answer);
        if (!data) {
            return data.error().code == Errc::NotFound
                       ? Result<std::optional<std::size_t>>(std::nullopt)
                       : tl::unexpected(data.error());
        }
        const auto dimension = milvusDimension(dumped(*data));
        return dimension ? Result<std::optional<std::size_t>>(dimension)
                         : fail(Errc::Incompatible,
                                "another program made this collection, with other columns", name(),
                                "name another collection");
    }

    [[nodiscard]] Result<void> createNew(std::size_t dimension, const std::stop_token &stop)
    {
        const auto done = send("/v2/vectordb/collections/create",
                               milvusCreation(m_address.collection, dimension), stop);
        return done ? Result<void>() : tl::unexpected(done.error());
    }

    [[nodiscard]] Result<void> createOld(std::size_t dimension, const std::stop_token &stop)
    {
        for (const auto &[path, body] : oldMilvusCreation(m_address.collection, dimension)) {
            const std::string url = m_address.adminUrl() + path;
            const auto answer = rest().send("POST", url, body, stop);
            if (!answer) {
                Error error = answer.error();
                error.remedy = "a Milvus of before 2.4 makes collections on its port 9091: name "
                               "it by ?admin=PORT in the address";
                return tl::unexpected(error);
            }
            const Json json = Json::parse(answer->body, nullptr, false);
            if (answer->status != 200 || !json.is_object() || json.value("error_code", 0) != 0) {
                return tl::unexpected(unexpectedAnswer(url, *answer));
            }
        }
        return {};
    }

    [[nodiscard]] Result<Cursor> firstCursor(const std::stop_token &stop)
    {
        const auto rows = count(stop);
        if (!rows) {
            return tl::unexpected(rows.error());
        }
        const auto pages = static_cast<std::int64_t>(*rows / kPageAim + 1);
        return pages == 1 ? Cursor() : Cursor{0, kLargestId / pages};
    }

    [[nodiscard]] static VectorRecord recordOfRow(const Json &row)
    {
        VectorRecord record = recordOf(payloadOfRow(row));
        const auto vector = row.find("vector");
        const bool isPlain = vector != row.end() && vector->is_array()
                             && std::all_of(vector->begin(), vector->end(),
                                            [](const Json &value) { return value.is_number(); });
        if (isPlain) {
            record.vector = vector->get<std::vector<float>>();
        }
        return record;
    }

    EngineAddress m_address;
    bool m_isOld = false;
    std::map<std::int64_t, std::string> m_unseen; // of the last write; an empty hash: removed
};

} // namespace

Result<std::unique_ptr<VectorCollection>> makeMilvusCollection(const EngineAddress &address,
                                                               const EngineOptions &options)
{
    auto rest = RestClient::open(options, {"Authorization", "Bearer " + options.key}, isBusy);
    if (!rest) {
        return tl::unexpected(rest.error());
    }
    return std::make_unique<MilvusCollection>(address, std::move(*rest));
}

} // namespace TorchLift
