#include "evaluation/measures.h"

#include <algorithm>
#include <cmath>

namespace TorchLift {

namespace {

constexpr std::array<MeasureText, kMeasures.size()> kTexts = {{
    {"precision", "sum(i=1..k) rel(i) / k", "k", "min(k, R) / k"},
    {"recall", "sum(i=1..k) rel(i) / R", "R", "min(k, R) / R"},
    {"hit rate", "1 if any rel(i), i=1..k, else 0", "1", "1"},
    {"MRR", "1 / (lowest i <= k with rel(i)), else 0", "1", "1"},
    {"nDCG", "sum(i=1..k) g(i) / log2(i+1) / ideal", "the same sum for grades in falling order",
     "1"},
    {"MAP", "sum(i=1..k) rel(i) * precision(i) / R", "R", "min(k, R) / R"},
}};

int gradeOf(const Judgement &judgement, const std::string &id)
{
    const auto found = judgement.find(id);
    return found == judgement.end() ? 0 : std::max(found->second, 0);
}

std::size_t relevantIn(const Judgement &judgement)
{
    return static_cast<std::size_t>(std::count_if(judgement.begin(), judgement.end(),
                                                  [](const auto &one) { return one.second > 0; }));
}

double discount(std::size_t rank)
{
    return 1 / std::log2(static_cast<double>(rank) + 1);
}

double idealGain(const Judgement &judgement, std::size_t k)
{
    std::vector<int> grades;
    for (const auto &[id, grade] : judgement) {
        grades.push_back(std::max(grade, 0));
    }
    std::sort(grades.rbegin(), grades.rend());
    double gain = 0;
    for (std::size_t i = 0; i < std::min(k, grades.size()); ++i) {
        gain += grades[i] * discount(i + 1);
    }
    return gain;
}

} // namespace

const MeasureText &describe(Measure measure) noexcept
{
    return kTexts[static_cast<std::size_t>(measure)];
}

double measureAt(Measure measure, std::span<const std::string> found, const Judgement &judgement,
                 std::size_t k)
{
    const std::size_t relevant = relevantIn(judgement);
    if (relevant == 0 || k == 0) {
        return 0;
    }
    double hits = 0;
    double gain = 0;
    double precisions = 0;
    double first = 0;
    for (std::size_t i = 0; i < std::min(k, found.size()); ++i) {
        const int grade = gradeOf(judgement, found[i]);
        if (grade > 0) {
            const auto rank = static_cast<double>(i + 1);
            ++hits;
            precisions += hits / rank;
            gain += grade * discount(i + 1);
            first = first > 0 ? first : 1 / rank;
        }
    }
    switch (measure) {
    case Measure::Precision:
        return hits / static_cast<double>(k);
    case Measure::Recall:
        return hits / static_cast<double>(relevant);
    case Measure::HitRate:
        return hits > 0 ? 1 : 0;
    case Measure::Mrr:
        return first;
    case Measure::Ndcg:
        return gain / idealGain(judgement, k);
    case Measure::Map:
        return precisions / static_cast<double>(relevant);
    }
    return 0;
}

double ceilingAt(Measure measure, const Judgement &judgement, std::size_t k)
{
    std::vector<std::pair<int, std::string>> byGrade;
    for (const auto &[id, grade] : judgement) {
        byGrade.emplace_back(-grade, id);
    }
    std::sort(byGrade.begin(), byGrade.end());
    std::vector<std::string> perfect;
    for (const auto &[grade, id] : byGrade) {
        perfect.push_back(id);
    }
    return measureAt(measure, perfect, judgement, k);
}

std::vector<double> measureEach(Measure measure, const Rankings &run, const Qrels &qrels,
                                std::size_t k)
{
    std::vector<double> values;
    for (const auto &[query, judgement] : qrels) {
        if (relevantIn(judgement) == 0) {
            continue;
        }
        const auto found = run.find(query);
        values.push_back(found == run.end() ? 0 : measureAt(measure, found->second, judgement, k));
    }
    return values;
}

double meanCeiling(Measure measure, const Qrels &qrels, std::size_t k)
{
    double sum = 0;
    std::size_t count = 0;
    for (const auto &[query, judgement] : qrels) {
        if (relevantIn(judgement) > 0) {
            sum += ceilingAt(measure, judgement, k);
            ++count;
        }
    }
    return count == 0 ? 0 : sum / static_cast<double>(count);
}

} // namespace TorchLift
