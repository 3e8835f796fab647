#include "validation/project.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "validation/missingpackage.h"

namespace TorchLift {

namespace {

// Whether the file or class `group` holds the test.
bool holds(std::string_view group, std::string_view id)
{
    if (!id.starts_with(group) || group.empty()) {
        return false;
    }
    const std::string_view rest = id.substr(group.size());
    return rest.empty() || rest.starts_with("::") || rest.front() == '.' || rest.front() == '/';
}

// "tests/test_net.py" of pytest's names, "tests.test_net.Net" of the standard library's.
std::string ownerOf(const std::string &id)
{
    const std::size_t colons = id.find("::");
    const std::size_t end = colons != std::string::npos ? colons : id.rfind('.');
    return id.substr(0, end);
}

bool isBroken(TestFinding finding)
{
    return finding == TestFinding::BrokenByRelease || finding == TestFinding::BrokenByMigration;
}

bool differs(const ResultRow &row)
{
    return row.verdict && row.verdict->kind == VerdictKind::Differs;
}

} // namespace

const char *testFindingName(TestFinding finding) noexcept
{
    switch (finding) {
    case TestFinding::Passes:
        return "passes";
    case TestFinding::Repaired:
        return "repaired";
    case TestFinding::BrokenByRelease:
        return "broken by the release";
    case TestFinding::BrokenByMigration:
        return "broken by the migration";
    case TestFinding::FailsInBoth:
        return "fails in both";
    case TestFinding::PassesOnlyNow:
        return "passes only now";
    case TestFinding::NotRun:
        break;
    }
    return "not run";
}

TestRun testOf(const Run &whole, std::string_view id)
{
    const TestRun *group = nullptr;
    for (const TestRun &test : whole.tests) {
        if (!test.isGroup && test.id == id) {
            TestRun found = test;
            found.run.torch = whole.torch;
            found.run.python = whole.python;
            found.run.isSandboxed = whole.isSandboxed;
            found.run.conditions = whole.conditions;
            found.run.restored = whole.restored;
            if (found.run.outcome == Outcome::Incomplete) { // its process died in the middle of it
                found.run.outcome = whole.works() ? Outcome::Incomplete : whole.outcome;
                found.run.exitStatus = whole.exitStatus;
                found.run.signal = whole.signal;
                found.run.errorOutput = whole.errorOutput;
            }
            return found;
        }
        group = test.isGroup && holds(test.id, id) ? &test : group;
    }
    TestRun absent;
    if (group != nullptr) {
        absent = *group;
    }
    absent.id = id;
    absent.isGroup = false;
    absent.run.torch = whole.torch;
    absent.run.python = whole.python;
    absent.run.isSandboxed = whole.isSandboxed;
    absent.run.conditions = whole.conditions;
    if (group == nullptr) {
        absent.run.errorOutput = "the command ended without this test";
    }
    return absent;
}

TestFinding findingOf(TestStatus oldAtSource, TestStatus oldAtTarget,
                      TestStatus newAtTarget) noexcept
{
    const bool isNow = newAtTarget == TestStatus::Passed;
    if (oldAtSource == TestStatus::Skipped || newAtTarget == TestStatus::Skipped) {
        return TestFinding::NotRun;
    }
    if (oldAtSource != TestStatus::Passed) {
        return isNow ? TestFinding::PassesOnlyNow
               : oldAtSource == TestStatus::Failed || newAtTarget == TestStatus::Failed
                   ? TestFinding::FailsInBoth
                   : TestFinding::NotRun;
    }
    if (oldAtTarget == TestStatus::Passed) {
        return isNow ? TestFinding::Passes : TestFinding::BrokenByMigration;
    }
    return isNow ? TestFinding::Repaired : TestFinding::BrokenByRelease;
}

std::vector<ProjectTest> pairTests(const Run &oldAtSource, const Run &oldAtTarget,
                                   const Run &newAtTarget)
{
    std::vector<std::string> ids;
    std::vector<std::string> groups;
    std::set<std::string> known;
    for (const Run *run : {&oldAtSource, &oldAtTarget, &newAtTarget}) {
        for (const TestRun &test : run->tests) {
            if (known.insert(test.id).second) {
                (test.isGroup ? groups : ids).push_back(test.id);
            }
        }
    }
    // A file that no run could load has no tests that are known by name; it stands for them.
    for (const std::string &group : groups) {
        if (std::none_of(ids.begin(), ids.end(),
                         [&](const std::string &id) { return holds(group, id); })) {
            ids.push_back(group);
        }
    }
    std::vector<ProjectTest> tests;
    for (const std::string &id : ids) {
        TestRun before = testOf(oldAtSource, id);
        TestRun between = testOf(oldAtTarget, id);
        TestRun after = testOf(newAtTarget, id);
        ProjectTest test;
        test.finding = findingOf(before.status, between.status, after.status);
        test.row.api = id;
        test.row.file = ownerOf(id);
        test.row.oldAtSource = std::move(before.run);
        test.row.oldAtTarget = std::move(between.run);
        test.row.newAtTarget = std::move(after.run);
        tests.push_back(std::move(test));
    }
    return tests;
}

std::vector<MissingImport> missingImports(const ProjectResult &result)
{
    std::map<std::pair<Version, std::string>, std::size_t> counts;
    for (const ResultRow &row : rowsOf(result)) {
        std::set<std::pair<Version, std::string>> ofRow;
        for (const std::optional<Run> *run :
             {&row.oldAtSource, &row.oldAtTarget, &row.newAtTarget}) {
            if (std::string module = *run ? missingModule(**run) : std::string(); !module.empty()) {
                ofRow.emplace((*run)->torch, std::move(module));
            }
        }
        for (const auto &missing : ofRow) {
            ++counts[missing];
        }
    }
    std::vector<MissingImport> missing;
    for (const auto &[what, tests] : counts) {
        missing.push_back({what.first, what.second, tests});
    }
    return missing;
}

std::vector<ResultRow> rowsOf(const ProjectResult &result)
{
    std::vector<ResultRow> rows;
    for (const ProjectTest &test : result.tests) {
        rows.push_back(test.row);
    }
    return rows.empty() ? std::vector<ResultRow>{result.whole} : rows;
}

bool isAsGoodAsBefore(const ProjectResult &result)
{
    if (result.tests.empty()) {
        return result.whole.newAtTarget && result.whole.newAtTarget->works()
               && !differs(result.whole);
    }
    return std::none_of(result.tests.begin(), result.tests.end(), [](const ProjectTest &test) {
        return isBroken(test.finding) || differs(test.row);
    });
}

} // namespace TorchLift
