#include "evaluation/trecfiles.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <sstream>
#include <tuple>
#include <vector>

#include "base/files.h"

namespace TorchLift {

namespace {

using Fields = std::vector<std::string>;

template <typename Number>
bool parse(const std::string &text, Number &number)
{
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size();
}

Result<void> eachLine(const std::filesystem::path &file, std::size_t fieldCount,
                      const std::function<bool(const Fields &)> &take)
{
    const auto bytes = readFile(file);
    if (!bytes) {
        return tl::unexpected(bytes.error());
    }
    std::istringstream lines(*bytes);
    std::string line;
    for (std::size_t number = 1; std::getline(lines, line); ++number) {
        std::istringstream words(line);
        Fields fields;
        for (std::string word; words >> word;) {
            fields.push_back(std::move(word));
        }
        if (fields.empty()) {
            continue;
        }
        if (fields.size() != fieldCount || !take(fields)) {
            return fail(Errc::InvalidInput, "line " + std::to_string(number) + " is not as TREC's",
                        file.string());
        }
    }
    return {};
}

} // namespace

Result<Qrels> readQrels(const std::filesystem::path &file)
{
    Qrels qrels;
    auto read = eachLine(file, 4, [&](const Fields &fields) {
        int grade = 0;
        if (!parse(fields[3], grade)) {
            return false;
        }
        qrels[fields[0]][fields[2]] = grade;
        return true;
    });
    return read ? Result<Qrels>(std::move(qrels)) : tl::unexpected(read.error());
}

Result<Rankings> readRun(const std::filesystem::path &file)
{
    std::map<std::string, std::vector<std::tuple<double, long, std::string>>> scored;
    auto read = eachLine(file, 6, [&](const Fields &fields) {
        long rank = 0;
        double score = 0;
        if (!parse(fields[3], rank) || !parse(fields[4], score)) {
            return false;
        }
        scored[fields[0]].emplace_back(-score, rank, fields[2]);
        return true;
    });
    if (!read) {
        return tl::unexpected(read.error());
    }
    Rankings run;
    for (auto &[query, list] : scored) {
        std::sort(list.begin(), list.end());
        std::vector<std::string> &found = run[query];
        for (const auto &[score, rank, document] : list) {
            if (std::find(found.begin(), found.end(), document) == found.end()) {
                found.push_back(document);
            }
        }
    }
    return run;
}

std::string qrelsToTrec(const Qrels &qrels)
{
    std::string text;
    for (const auto &[query, judgement] : qrels) {
        for (const auto &[document, grade] : judgement) {
            text += query + " 0 " + document + ' ' + std::to_string(grade) + '\n';
        }
    }
    return text;
}

std::string runToTrec(const Rankings &run, std::string_view tag)
{
    std::string text;
    for (const auto &[query, found] : run) {
        for (std::size_t i = 0; i < found.size(); ++i) {
            std::array<char, 32> score{};
            const auto end = std::to_chars(score.data(), score.data() + score.size(),
                                           1 / static_cast<double>(i + 1));
            text += query + " Q0 " + found[i] + ' ' + std::to_string(i + 1) + ' '
                    + std::string(score.data(), end.ptr) + ' ' + std::string(tag) + '\n';
        }
    }
    return text;
}

} // namespace TorchLift
