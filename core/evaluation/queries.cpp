#include "evaluation/queries.h"

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "base/files.h"
#include "corpus/change.h"
#include "evaluation/trecfiles.h"

namespace TorchLift {

namespace {

using Json = nlohmann::json;

Result<EvaluationQuery> fromJson(const Json &json)
{
    EvaluationQuery query;
    try {
        query.id = json.at("id");
        query.text = json.at("text");
        query.isCode = json.value("kind", "question") == "code";
        query.language = json.value("language", query.language);
        query.namesSymbol = json.value("names_symbol", query.namesSymbol);
        const auto from = Version::parse(json.value("from", query.from.toString()));
        const auto to = Version::parse(json.value("to", query.to.toString()));
        if (!from || !to || query.id.empty()) {
            return fail(Errc::InvalidInput, "id, from or to cannot be read");
        }
        query.from = *from;
        query.to = *to;
    } catch (const Json::exception &error) {
        return fail(Errc::InvalidInput, error.what());
    }
    return query;
}

Result<EvaluationQuery> fromLine(std::string_view line)
{
    if (line.starts_with('{')) {
        const Json json = Json::parse(line, nullptr, false);
        return json.is_object() ? fromJson(json) : fail(Errc::InvalidInput, "no JSON object");
    }
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos || tab == 0) {
        return fail(Errc::InvalidInput, "neither a JSON object nor ID, tab and text");
    }
    EvaluationQuery query;
    query.id = line.substr(0, tab);
    query.text = line.substr(tab + 1);
    return query;
}

} // namespace

Result<std::vector<EvaluationQuery>> readQueries(const std::filesystem::path &file)
{
    const auto bytes = readFile(file);
    if (!bytes) {
        return tl::unexpected(bytes.error());
    }
    std::vector<EvaluationQuery> queries;
    std::set<std::string> ids;
    std::size_t number = 0;
    for (std::string_view left = *bytes; !left.empty();) {
        const std::size_t end = std::min(left.find('\n'), left.size());
        std::string_view line = left.substr(0, end);
        left.remove_prefix(std::min(end + 1, left.size()));
        ++number;
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        if (line.empty()) {
            continue;
        }
        auto query = fromLine(line);
        if (query && !ids.insert(query->id).second) {
            query = fail(Errc::InvalidInput, "query " + query->id + " is there twice");
        }
        if (!query) {
            return fail(query.error().code,
                        "line " + std::to_string(number) + ": " + query.error().detail,
                        file.string());
        }
        queries.push_back(std::move(*query));
    }
    return queries;
}

Result<JudgementSet> readJudgementSet(const std::filesystem::path &queries,
                                      const std::filesystem::path &qrels)
{
    auto read = readQueries(queries);
    if (!read) {
        return tl::unexpected(read.error());
    }
    auto judged = readQrels(qrels);
    if (!judged) {
        return tl::unexpected(judged.error());
    }
    for (const auto &[id, judgement] : *judged) {
        const bool isKnown = std::any_of(read->begin(), read->end(),
                                         [&](const auto &query) { return query.id == id; });
        if (!isKnown) {
            return fail(Errc::InvalidInput, "query " + id + " is judged, but not there",
                        qrels.string());
        }
    }
    return JudgementSet{std::move(*read), std::move(*judged)};
}

Result<JudgementSet> judgementsOfRules(const RuleSet &rules, const std::filesystem::path &catalogue)
{
    const auto changes = loadCatalogue(catalogue);
    if (!changes) {
        return tl::unexpected(changes.error());
    }
    std::map<std::string, Version> versions;
    for (const Change &change : *changes) {
        versions.emplace(change.slug, change.version);
    }
    JudgementSet set;
    for (const RuleInfo &rule : rules.rules()) {
        EvaluationQuery query;
        query.isCode = true;
        Judgement judgement;
        for (const std::string &slug : rule.changes) {
            const auto known = versions.find(slug);
            if (known == versions.end() || known->second > query.to) {
                continue;
            }
            judgement.emplace(slug, 1);
            if (known->second <= Version{1, 0, 0}) {
                query.from = {0, 3, 1};
            }
        }
        for (std::size_t i = 0; i < rule.examples.size() && !judgement.empty(); ++i) {
            query.id = rule.id + '-' + std::to_string(i + 1);
            query.text = rule.examples[i].oldCode;
            set.queries.push_back(query);
            set.qrels.emplace(query.id, judgement);
        }
    }
    return set;
}

} // namespace TorchLift
