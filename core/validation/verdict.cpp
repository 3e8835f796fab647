#include "validation/verdict.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "validation/numbers.h"
#include "validation/printedtext.h"
#include "validation/variables.h"

namespace TorchLift {

namespace {

constexpr std::array<std::pair<VerdictKind, const char *>, 6> kNames{{
    {VerdictKind::Equal, "equal"},
    {VerdictKind::Numerical, "numerical"},
    {VerdictKind::Differs, "differs"},
    {VerdictKind::NoReference, "no reference"},
    {VerdictKind::NotCompared, "not compared"},
    {VerdictKind::RandomStream, "random stream"},
}};

constexpr std::size_t kMaxDifferences = 100;

std::string shapeText(const std::vector<long long> &shape)
{
    std::string text = "(";
    for (std::size_t i = 0; i < shape.size(); ++i) {
        text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
    }
    return text + ")";
}

// Collects what differs and how badly.
class Comparison
{
public:
    Comparison(const Tolerance &tolerance)
        : m_tolerance(tolerance)
    {}

    void compareOutputs(const Run &oldRun, const Run &newRun)
    {
        const TextComparison text = compareOutput(oldRun.output, newRun.output, m_tolerance);
        m_closeness = worse(m_closeness, text.closeness);
        const bool isSomethingPrinted = !oldRun.output.empty() || !newRun.output.empty();
        m_verdict.compared += text.numbers + (isSomethingPrinted ? 1 : 0);
        if (text.closeness == Closeness::Different) {
            add({text.differsInDtypeOnly ? "dtype" : "output", "", text.oldPart, text.newPart});
        }
    }

    void compareVariables(const Run &oldRun, const Run &newRun)
    {
        for (const auto &[name, oldVariable] : oldRun.variables) {
            if (name == "_") {
                continue;
            }
            const auto found = newRun.variables.find(name);
            if (found == newRun.variables.end()) {
                add({"missing", name, oldVariable.type, ""});
            } else {
                compareVariable(name, oldVariable, found->second);
            }
        }
    }

    Verdict finish()
    {
        if (m_verdict.compared == 0) {
            m_verdict.kind = VerdictKind::NotCompared;
        } else if (m_closeness == Closeness::Different) {
            m_verdict.kind = VerdictKind::Differs;
        } else {
            m_verdict.kind =
                m_closeness == Closeness::Equal ? VerdictKind::Equal : VerdictKind::Numerical;
        }
        return std::move(m_verdict);
    }

private:
    void add(Difference difference)
    {
        if (m_verdict.differences.size() < kMaxDifferences) {
            m_verdict.differences.push_back(std::move(difference));
        }
    }

    void addCounted(Difference difference)
    {
        m_closeness = Closeness::Different;
        add(std::move(difference));
    }

    void compareVariable(const std::string &name, const Variable &left, const Variable &right)
    {
        const bool isLarge = !left.digest.empty() && !right.digest.empty() && !left.isComparable;
        if (!isLarge && (!left.isComparable || !right.isComparable)) {
            return;
        }
        ++m_verdict.compared;
        if (left.shape != right.shape) {
            addCounted({"shape", name, shapeText(left.shape), shapeText(right.shape)});
            return;
        }
        if (left.dtype != right.dtype) {
            if (isMask(left, right)) {
                add({"dtype", name, left.dtype, right.dtype});
            } else {
                addCounted({"dtype", name, left.dtype, right.dtype});
            }
        }
        if (left.text != right.text || left.values.size() != right.values.size()
            || (left.isComparable && left.digest != right.digest)) {
            const bool isType = left.type != right.type;
            addCounted({isType ? "type" : "value", name, isType ? left.type : left.text,
                        isType ? right.type : right.text});
            return;
        }
        if (isLarge && left.digest == right.digest) {
            return;
        }
        compareValues(name, left, right);
    }

    void compareValues(const std::string &name, const Variable &left, const Variable &right)
    {
        const bool isLarge = !left.isComparable;
        const auto &oldValues = isLarge ? left.statistics : left.values;
        const auto &newValues = isLarge ? right.statistics : right.values;
        if (oldValues.size() != newValues.size()) {
            addCounted({"value", name, "", ""});
            return;
        }
        const Tolerance tolerance = toleranceFor(m_tolerance, left, right);
        const Closeness before = m_closeness;
        for (std::size_t i = 0; i < oldValues.size(); ++i) {
            const Closeness closeness = compareNumbers(oldValues[i], newValues[i], tolerance);
            m_closeness = worse(m_closeness, closeness);
            if (closeness == Closeness::Different) {
                if (!isLarge && isDrift(left, right, m_tolerance.norm)) {
                    m_closeness = worse(before, Closeness::WithinTolerance);
                    return;
                }
                const std::string place =
                    oldValues.size() > 1 ? "[" + std::to_string(i) + "] " : std::string();
                add({"value", name, place + numberText(oldValues[i]),
                     place + numberText(newValues[i])});
                return;
            }
        }
        if (isLarge) { // the bytes differ, what they are like does not
            m_closeness = worse(m_closeness, Closeness::WithinTolerance);
        }
    }

    Tolerance m_tolerance;
    Closeness m_closeness = Closeness::Equal;
    Verdict m_verdict;
};

} // namespace

const char *verdictName(VerdictKind kind) noexcept
{
    for (const auto &[value, name] : kNames) {
        if (value == kind) {
            return name;
        }
    }
    return "not compared";
}

std::optional<VerdictKind> verdictFromName(std::string_view name) noexcept
{
    for (const auto &[value, known] : kNames) {
        if (name == known) {
            return value;
        }
    }
    return std::nullopt;
}

namespace {

bool bothRanFor(const Run &oldRun, const Run &newRun)
{
    const auto ran = [](const Run &run) { return run.works() || run.outcome == Outcome::Timeout; };
    return ran(oldRun) && ran(newRun);
}

// The whole lines of `text` that `other` has as well, counted from the first.
std::string_view commonLines(std::string_view text, std::string_view other)
{
    std::size_t end = 0;
    for (auto left = std::count(other.begin(), other.end(), '\n'); left > 0; --left) {
        const std::size_t next = text.find('\n', end);
        if (next == std::string_view::npos) {
            break;
        }
        end = next + 1;
    }
    return text.substr(0, end);
}

} // namespace

Verdict compareRuns(const Run &oldRun, const Run &newRun, const Tolerance &tolerance)
{
    if (!oldRun.works() || !newRun.works()) {
        Verdict verdict;
        verdict.kind = oldRun.works() ? VerdictKind::NotCompared : VerdictKind::NoReference;
        if (bothRanFor(oldRun, newRun)) {
            const TextComparison text =
                compareOutput(commonLines(oldRun.output, newRun.output),
                              commonLines(newRun.output, oldRun.output), tolerance);
            verdict.compared = text.numbers;
            if (text.closeness == Closeness::Different && !text.differsInDtypeOnly) {
                verdict.kind = VerdictKind::Differs;
                verdict.differences.push_back({"output", "", text.oldPart, text.newPart});
            }
        }
        if (oldRun.outcome != newRun.outcome) {
            verdict.differences.push_back(
                {"outcome", "", outcomeName(oldRun.outcome), outcomeName(newRun.outcome)});
        }
        return verdict;
    }
    Comparison comparison(tolerance);
    comparison.compareOutputs(oldRun, newRun);
    comparison.compareVariables(oldRun, newRun);
    return comparison.finish();
}

} // namespace TorchLift
