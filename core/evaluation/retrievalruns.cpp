#include "evaluation/retrievalruns.h"

#include <algorithm>
#include <chrono>
#include <iterator>

#include "source/analysis.h"

namespace TorchLift {

namespace {

RetrievalQuery queryOf(const EvaluationQuery &asked, bool isDenseOnly, std::size_t depth)
{
    RetrievalQuery query;
    query.text = asked.text;
    query.k = depth;
    query.from = asked.from;
    query.to = asked.to;
    query.isDenseOnly = isDenseOnly;
    if (asked.isCode) {
        if (auto analysis = analyse(asked.text)) { // what does not parse is asked as text
            query.uses = std::move(analysis->uses);
            std::move(analysis->operators.begin(), analysis->operators.end(),
                      std::back_inserter(query.uses));
        }
    }
    return query;
}

std::string idOf(const Chunk &chunk)
{
    return chunk.changeSlug.empty() ? chunk.key : chunk.changeSlug;
}

} // namespace

Result<RetrievalRun> runQueries(Retriever &retriever, std::span<const EvaluationQuery> queries,
                                bool isDenseOnly, std::size_t depth,
                                const ProgressCallback &progress, std::stop_token stop)
{
    using Clock = std::chrono::steady_clock;
    RetrievalRun result;
    std::vector<double> times;
    for (const EvaluationQuery &asked : queries) {
        if (progress) {
            progress({"retrieving", static_cast<double>(times.size()),
                      static_cast<double>(queries.size()), "queries"});
        }
        const RetrievalQuery query = queryOf(asked, isDenseOnly, depth);
        const auto start = Clock::now();
        const auto found = retriever.retrieve(query, stop);
        if (!found) {
            return tl::unexpected(found.error());
        }
        times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
        std::vector<std::string> &list = result.run[asked.id];
        for (const RankedChunk &ranked : found->ranked) {
            list.push_back(idOf(ranked.chunk));
            const bool isInside =
                ranked.chunk.version > asked.from && ranked.chunk.version <= asked.to;
            result.outsideWindow += isInside ? 0 : 1;
        }
    }
    if (!times.empty()) {
        const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
        std::nth_element(times.begin(), middle, times.end());
        result.milliseconds = *middle;
    }
    return result;
}

JudgementSet judgementsOfOriginals(const JudgementSet &set, std::span<const Chunk> catalogue,
                                   std::span<const Chunk> originals)
{
    std::map<std::string, std::vector<std::string>> answers; // of a change
    for (const Chunk &change : catalogue) {
        for (const Chunk &note : originals) {
            const bool isSame =
                note.version == change.version
                && std::any_of(change.pullRequests.begin(), change.pullRequests.end(),
                               [&](const std::string &number) {
                                   return std::find(note.pullRequests.begin(),
                                                    note.pullRequests.end(), number)
                                          != note.pullRequests.end();
                               });
            if (isSame) {
                answers[change.changeSlug].push_back(note.key);
            }
        }
    }
    JudgementSet result;
    for (const EvaluationQuery &query : set.queries) {
        const auto judged = set.qrels.find(query.id);
        Judgement judgement;
        for (const auto &[slug, grade] : judged == set.qrels.end() ? Judgement() : judged->second) {
            for (const std::string &key : answers[slug]) {
                judgement.emplace(key, grade);
            }
        }
        if (!judgement.empty()) {
            result.queries.push_back(query);
            result.qrels.emplace(query.id, std::move(judgement));
        }
    }
    return result;
}

} // namespace TorchLift
