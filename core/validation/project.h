#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "source/sourcefolder.h"
#include "validation/resultstable.h"

namespace TorchLift {

/// What the three runs say of one test of a project, before its values are compared.
enum class TestFinding {
    Passes,            ///< in all three runs
    Repaired,          ///< the old code fails in the target version, the new code passes
    BrokenByRelease,   ///< passed at the source; in the target version neither passes
    BrokenByMigration, ///< the old code passes in both versions, the new code does not
    FailsInBoth,       ///< failed at the source already, and fails
    PassesOnlyNow,     ///< failed at the source, passes
    NotRun,            ///< skipped at the source or in the end, or in no run at all
};

[[nodiscard]] const char *testFindingName(TestFinding finding) noexcept;

/// One test in the three runs, as a case of the results table: API is its name, File the file or
/// class it belongs to. A run that does not know it holds why (its file could not be loaded, the
/// command ended before).
struct ProjectTest
{
    TestFinding finding = TestFinding::NotRun;
    ResultRow row;
};

/// Something that is imported and not installed.
struct MissingImport
{
    Version torch;
    std::string module; ///< "torchvision"
    std::size_t tests = 0;

    bool operator==(const MissingImport &) const = default;
};

/// What the three runs of a project's command gave.
struct ProjectResult
{
    std::string command;
    ResultRow whole;                ///< the command itself; judged where it told of no tests
    std::vector<ProjectTest> tests; ///< in the order of the first run; empty: `whole` alone counts
    std::vector<MissingImport> missing;
    std::vector<SkippedPath> skipped; ///< files of both folders that the runs did not see
};

/// What a run says of one test: itself, else the group (file, class) that could not begin, else
/// that the command ended without it.
[[nodiscard]] TestRun testOf(const Run &whole, std::string_view id);

[[nodiscard]] TestFinding findingOf(TestStatus oldAtSource, TestStatus oldAtTarget,
                                    TestStatus newAtTarget) noexcept;

/// The tests of three runs of the command, side by side, without verdicts.
[[nodiscard]] std::vector<ProjectTest> pairTests(const Run &oldAtSource, const Run &oldAtTarget,
                                                 const Run &newAtTarget);

/// Imports that failed in any of the tests, or in the command, for want of a package.
[[nodiscard]] std::vector<MissingImport> missingImports(const ProjectResult &result);

/// The rows of the results table: the tests, or the command where there are none.
[[nodiscard]] std::vector<ResultRow> rowsOf(const ProjectResult &result);

/// Whether the project works as well as before: no test broken, none differs.
[[nodiscard]] bool isAsGoodAsBefore(const ProjectResult &result);

} // namespace TorchLift
