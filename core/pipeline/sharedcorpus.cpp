#include "pipeline/sharedcorpus.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "corpus/documents.h"

namespace TorchLift {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kBatch = 256;
constexpr double kForeignTrust = 0.5;

void tell(const ProgressCallback &progress, const char *stage, std::size_t done, std::size_t total)
{
    if (progress) {
        progress({stage, static_cast<double>(done), static_cast<double>(total), "chunks"});
    }
}

std::vector<VectorRecord> recordsOf(const EmbeddedChunks &corpus, std::size_t begin,
                                    std::size_t end)
{
    std::vector<VectorRecord> records;
    for (std::size_t i = begin; i < end; ++i) {
        const Chunk &chunk = corpus.chunks[i];
        const auto row = corpus.values.subspan(i * corpus.dimension, corpus.dimension);
        records.push_back({chunk.key, corpus.modelHash, chunk.version, langChainOfChunk(chunk),
                           std::vector<float>(row.begin(), row.end())});
    }
    return records;
}

std::string sourceOf(const VectorRecord &record)
{
    const Json payload = Json::parse(record.payload, nullptr, false);
    const Json::json_pointer path("/metadata/source");
    const bool isThere = payload.is_object() && payload.contains(path);
    return isThere && payload[path].is_string() ? payload[path].get<std::string>() : "";
}

Result<std::size_t> prune(const EmbeddedChunks &corpus, VectorCollection &collection,
                          const std::stop_token &stop)
{
    std::set<std::string> sources;
    std::set<std::string> keys;
    for (const Chunk &chunk : corpus.chunks) {
        sources.insert(chunk.source);
        keys.insert(chunk.key);
    }
    std::size_t removed = 0;
    std::string cursor;
    do {
        const auto page = collection.page(cursor, stop);
        if (!page) {
            return tl::unexpected(page.error());
        }
        std::vector<VectorRecord> gone;
        std::copy_if(page->records.begin(), page->records.end(), std::back_inserter(gone),
                     [&](const VectorRecord &record) {
                         return record.modelHash == corpus.modelHash && !record.key.empty()
                                && !keys.contains(record.key) && sources.contains(sourceOf(record));
                     });
        if (auto done = collection.remove(gone, stop); !done) {
            return tl::unexpected(done.error());
        }
        removed += gone.size();
        cursor = page->next;
    } while (!cursor.empty());
    return removed;
}

/// Pages as they came: a line for each record, and one with the cursor after each page. What
/// follows the last cursor was cut off and counts as not there.
class Staging
{
public:
    explicit Staging(std::filesystem::path file)
        : m_file(std::move(file))
    {
        constexpr std::chrono::hours oldest(24);
        std::error_code error;
        const auto written = std::filesystem::last_write_time(m_file, error);
        if (!error && std::filesystem::file_time_type::clock::now() - written > oldest) {
            std::filesystem::remove(m_file, error);
        }
    }

    // The whole pages' records; `cursor` is where to go on.
    std::vector<Json> load(std::string &cursor, bool &isComplete)
    {
        std::vector<Json> records;
        std::size_t whole = 0;
        std::ifstream in(m_file, std::ios::binary);
        std::string line;
        std::uintmax_t end = 0;
        std::uintmax_t at = 0;
        while (std::getline(in, line) && !in.eof()) { // a line without its end is cut off
            at += line.size() + 1;
            Json json = Json::parse(line, nullptr, false);
            if (!json.is_object()) {
                break;
            }
            if (json.contains("cursor") && json["cursor"].is_string()) {
                cursor = json["cursor"];
                isComplete = cursor.empty();
                whole = records.size();
                end = at;
            } else {
                records.push_back(std::move(json));
            }
        }
        in.close();
        records.resize(whole);
        std::error_code ignored;
        if (std::filesystem::exists(m_file, ignored)) {
            std::filesystem::resize_file(m_file, end, ignored);
        }
        return records;
    }

    Result<void> append(const RecordPage &page, std::vector<Json> &records)
    {
        if (!m_out.is_open()) {
            std::error_code ignored;
            std::filesystem::create_directories(m_file.parent_path(), ignored);
            m_out.open(m_file, std::ios::binary | std::ios::app);
        }
        for (const VectorRecord &record : page.records) {
            Json json = {{"model", record.modelHash},
                         {"payload", Json::parse(record.payload, nullptr, false)},
                         {"vector", record.vector}};
            m_out << json.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
            records.push_back(std::move(json));
        }
        m_out << Json{{"cursor", page.next}}.dump() << '\n' << std::flush;
        return m_out ? Result<void>()
                     : fail(Errc::Io, "what was received cannot be written", m_file.string());
    }

private:
    std::filesystem::path m_file;
    std::ofstream m_out;
};

void addVector(const Json &record, const Chunk &chunk, KnownVectors &vectors)
{
    const auto vector = record.find("vector");
    const bool isPlain = vector != record.end() && vector->is_array()
                         && std::all_of(vector->begin(), vector->end(),
                                        [](const Json &value) { return value.is_number(); });
    const auto model = record.find("model");
    if (!isPlain || vector->empty() || model == record.end() || *model != vectors.modelHash) {
        return;
    }
    const auto row = vector->get<std::vector<float>>();
    vectors.dimension = vectors.texts.empty() ? row.size() : vectors.dimension;
    if (row.size() == vectors.dimension) {
        vectors.texts.push_back(chunk.text);
        vectors.values.insert(vectors.values.end(), row.begin(), row.end());
    }
}

PulledCorpus corpusOf(const std::vector<Json> &records, const std::string &source,
                      const std::string &modelHash)
{
    PulledCorpus pulled;
    pulled.vectors.modelHash = modelHash;
    std::map<std::string, Chunk> chunks;
    for (const Json &record : records) {
        auto chunk = chunkOfLangChain(record.value("payload", Json()).dump(),
                                      {source, std::nullopt, kForeignTrust});
        if (!chunk) {
            pulled.skipped.push_back(chunk.error().detail);
        } else if (chunk->source != "catalogue") {
            addVector(record, *chunk, pulled.vectors);
            chunks.emplace(chunk->key, std::move(*chunk));
        }
    }
    for (auto &[key, chunk] : chunks) {
        pulled.chunks.push_back(std::move(chunk));
    }
    std::stable_sort(pulled.chunks.begin(), pulled.chunks.end(),
                     [](const Chunk &a, const Chunk &b) { return a.source < b.source; });
    return pulled;
}

} // namespace

Result<PushResult> pushChunks(const EmbeddedChunks &corpus, bool prunes,
                              VectorCollection &collection, const ProgressCallback &progress,
                              std::stop_token stop)
{
    PushResult result;
    if (auto made = collection.create(corpus.dimension, stop); !made) {
        return tl::unexpected(made.error());
    }
    for (std::size_t begin = 0; begin < corpus.chunks.size(); begin += kBatch) {
        tell(progress, "pushing", begin, corpus.chunks.size());
        const std::vector<VectorRecord> batch =
            recordsOf(corpus, begin, std::min(begin + kBatch, corpus.chunks.size()));
        const auto held = collection.holds(batch, stop);
        if (!held) {
            return tl::unexpected(held.error());
        }
        std::vector<VectorRecord> fresh;
        for (std::size_t i = 0; i < batch.size(); ++i) {
            if (!(*held)[i]) {
                fresh.push_back(batch[i]);
            }
        }
        if (auto done = collection.upsert(fresh, stop); !done) {
            return tl::unexpected(done.error());
        }
        result.sent += fresh.size();
        result.unchanged += batch.size() - fresh.size();
    }
    if (prunes) {
        const auto removed = prune(corpus, collection, stop);
        if (!removed) {
            return tl::unexpected(removed.error());
        }
        result.removed = *removed;
    }
    const auto total = collection.count(stop); // also waits until everything is seen
    if (!total) {
        return tl::unexpected(total.error());
    }
    result.total = *total;
    tell(progress, "pushing", corpus.chunks.size(), corpus.chunks.size());
    return result;
}

Result<PulledCorpus> pullChunks(VectorCollection &collection, const std::string &source,
                                const std::string &modelHash, const std::filesystem::path &staging,
                                const ProgressCallback &progress, std::stop_token stop)
{
    const auto total = collection.count(stop);
    if (!total) {
        return tl::unexpected(total.error());
    }
    Staging pages(staging);
    std::string cursor;
    bool isComplete = false;
    std::vector<Json> records = pages.load(cursor, isComplete);
    while (!isComplete) {
        tell(progress, "pulling", records.size(), std::max(*total, records.size()));
        const auto page = collection.page(cursor, stop);
        if (!page) {
            return tl::unexpected(page.error());
        }
        if (auto kept = pages.append(*page, records); !kept) {
            return tl::unexpected(kept.error());
        }
        cursor = page->next;
        isComplete = cursor.empty();
    }
    tell(progress, "pulling", records.size(), records.size());
    return corpusOf(records, source, modelHash);
}

Result<void> addChunks(CorpusStore &store, std::vector<Chunk> fresh)
{
    auto here = store.all();
    if (!here) {
        return tl::unexpected(here.error());
    }
    std::map<std::string, std::map<std::string, Chunk>> sources;
    for (std::vector<Chunk> *chunks : {&fresh, &*here}) { // what was first stays
        for (Chunk &chunk : *chunks) {
            const auto source = sources.find(chunk.source);
            if (chunks == &fresh || source != sources.end()) {
                sources[chunk.source].emplace(chunk.key, std::move(chunk));
            }
        }
    }
    for (auto &[name, byKey] : sources) {
        std::vector<Chunk> chunks;
        for (auto &[key, chunk] : byKey) {
            chunks.push_back(std::move(chunk));
        }
        if (auto replaced = store.replaceSource(name, chunks); !replaced) {
            return replaced;
        }
    }
    return {};
}

} // namespace TorchLift
