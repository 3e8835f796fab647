#include "cli/output.h"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <map>
#include <sstream>

#include <unistd.h>

#include "base/files.h"
#include "base/text.h"
#include "base/timeleft.h"
#include "diff/diffmodel.h"
#include "validation/missingpackage.h"

namespace TorchLift::Cli {

namespace {

int statusFor(Errc code)
{
    switch (code) {
    case Errc::Cancelled:
        return Interrupted;
    case Errc::InvalidArgument:
    case Errc::InvalidInput:
    case Errc::NotFound:
    case Errc::Unreadable:
    case Errc::TooLarge:
        return BadUsage;
    case Errc::MissingPart:
    case Errc::Network:
    case Errc::Timeout:
    case Errc::Refused:
    case Errc::Damaged:
    case Errc::Incompatible:
        return PartMissing;
    case Errc::Io:
    case Errc::Internal:
        return OwnError;
    }
    return OwnError;
}

// The last line that says something: of a traceback, the error.
std::string lastLine(const std::string &text)
{
    const std::size_t end = text.find_last_not_of(" \t\r\n");
    if (end == std::string::npos) {
        return {};
    }
    const std::size_t start = text.find_last_of('\n', end);
    return text.substr(start == std::string::npos ? 0 : start + 1,
                       end - (start == std::string::npos ? 0 : start + 1) + 1);
}

std::string cut(std::string text, std::size_t most)
{
    if (text.size() <= most) {
        return text;
    }
    text.resize(most);
    return toValidUtf8(text) + " …";
}

std::string foundBy(const Retrieval &retrieval)
{
    return !retrieval.hasDense   ? " (without the embedding model: words and symbols only)"
           : retrieval.embedding ? " by " + describe(*retrieval.embedding)
                                 : std::string();
}

void describeObservations(std::ostream &out, const Run &run)
{
    const std::string indent(24, ' ');
    const auto deprecations =
        std::count_if(run.warnings.begin(), run.warnings.end(), isDeprecation);
    const auto all = static_cast<std::ptrdiff_t>(run.warnings.size());
    out << indent << std::llround(run.wallMs) << " ms, " << run.peakMemoryBytes / (1024 * 1024)
        << " MiB";
    if (all > 0) {
        out << ", " << all - deprecations << " warning(s), " << deprecations << " deprecation(s)";
    }
    if (run.conditions.isCudaOnCpu) {
        out << ", CUDA mapped to the CPU";
    }
    out << '\n';
    if (run.lacksCuda()) {
        out << indent
            << "it needs a CUDA card, and none is here: --cuda-as-cpu maps it to the CPU\n";
    }
    for (const RunWarning &warning : run.warnings) {
        out << indent << "line " << warning.line << ": " << warning.category << ": "
            << cut(warning.message, 160) << '\n';
    }
}

void describeRun(std::ostream &out, const char *code, const std::optional<Run> &run)
{
    const bool isKnown = run && run->torch != Version{};
    out << "  " << std::left << std::setw(22) << code + (isKnown ? run->torch.toString() : "?");
    if (!run) {
        out << "not run\n";
        return;
    }
    out << (run->works() ? "works" : outcomeName(run->outcome));
    if (!run->errorType.empty()) {
        out << ": " << run->errorType;
        if (!run->errorMessage.empty()) {
            out << ": " << cut(run->errorMessage, 300);
        }
    }
    if (run->errorLine > 0) {
        out << " (line " << run->errorLine << ')';
    }
    if (run->outcome == Outcome::Exit) {
        out << " with status " << run->exitStatus;
    }
    const std::string last = lastLine(run->output);
    if (!last.empty()) {
        out << "\n" << std::string(24, ' ') << "last output: " << cut(last, 200);
    }
    out << '\n';
    describeObservations(out, *run);
}

void describeDivergence(std::ostream &out, const ResultRow &row)
{
    if (!row.isTraced) {
        return;
    }
    out << "  " << std::left << std::setw(22) << "first divergence";
    if (!row.divergence) {
        out << "none: every line that both ran assigned the same\n";
        return;
    }
    const Divergence &divergence = *row.divergence;
    out << "line " << divergence.oldLine << " (new code: line " << divergence.newLine << ")";
    if (divergence.visit > 0) {
        out << ", the " << divergence.visit + 1 << ". time it ran";
    }
    out << ": " << divergence.what << " of " << divergence.name << ": "
        << cut(divergence.oldValue, 120) << " → " << cut(divergence.newValue, 120) << '\n';
}

void describeVerdict(std::ostream &out, const Verdict &verdict)
{
    out << "  " << std::left << std::setw(22) << "verdict" << verdictName(verdict.kind) << ", "
        << verdict.compared << " value(s) compared"
        << (verdict.isNoiseMeasured ? ", noise measured" : "") << '\n';
    for (const Difference &difference : verdict.differences) {
        out << "    " << difference.what << ' ' << difference.name << ": "
            << cut(difference.oldValue, 120) << " → " << cut(difference.newValue, 120);
        if (difference.distribution) {
            out << std::fixed << std::setprecision(4) << "  (distribution: PSI "
                << difference.distribution->psi << ", KL " << difference.distribution->kl
                << ", shift: " << shiftName(difference.distribution->psi) << ')'
                << std::defaultfloat;
        }
        out << '\n';
    }
    if (isExplained(verdict)) {
        out << "    explained by: " << joined(verdict.explainedBy, ", ")
            << " (with this taken back inside torch, the new code gives the old values)\n";
    }
    for (const std::string &name : verdict.leftOut) {
        out << "    left out, varies by itself: " << (name.empty() ? "printed numbers" : name)
            << '\n';
    }
}

} // namespace

int report(const Error &error)
{
    std::cerr << "torchlift-cli: ";
    if (!error.subject.empty()) {
        std::cerr << error.subject << ": ";
    }
    std::cerr << error.detail << '\n';
    if (!error.remedy.empty()) {
        std::cerr << "  What helps: " << error.remedy << '\n';
    }
    return statusFor(error.code);
}

Result<void> writeResult(const std::string &target, std::string_view bytes)
{
    if (target != "-") {
        return writeFileAtomically(target, bytes);
    }
    std::cout.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    std::cout.flush();
    if (!std::cout) {
        return fail(Errc::Io, "standard output cannot be written");
    }
    return {};
}

ProgressCallback terminalProgress()
{
    if (::isatty(STDERR_FILENO) == 0) {
        return {};
    }
    return [left = TimeLeft()](const Progress &progress) mutable {
        std::ostringstream line;
        line << "\r\033[K" << progress.stage;
        if (progress.total > 0) {
            constexpr double megabyte = 1e6;
            const bool isBytes = progress.unit == "bytes";
            const double scale = isBytes ? megabyte : 1;
            line << "  " << std::llround(progress.done / scale) << " of "
                 << std::llround(progress.total / scale) << ' ' << (isBytes ? "MB" : progress.unit);
        }
        if (const auto seconds = left.after(progress)) {
            line << ", " << std::llround(*seconds) << " s left";
        }
        const bool isOver = progress.total > 0 && progress.done >= progress.total;
        std::cerr << line.str() << (isOver ? "\r\033[K" : "") << std::flush;
    };
}

Result<void> replaceKeepingOld(const std::string &file, std::string_view bytes)
{
    const std::filesystem::path backup = file + ".orig";
    std::error_code error;
    if (std::filesystem::exists(backup, error)) {
        return fail(Errc::Refused, "a copy of an earlier migration is in the way", backup.string(),
                    "move or remove that copy first");
    }
    auto original = readFile(file);
    if (!original) {
        return tl::unexpected(original.error());
    }
    if (auto kept = writeFileAtomically(backup, *original); !kept) {
        return kept;
    }
    return writeFileAtomically(file, bytes);
}

Result<std::string> filePatch(const SourceFile &file, std::string_view newCode,
                              const std::string &name)
{
    const auto before = file.encode(file.text.utf8);
    const auto after = file.encode(newCode);
    if (!before || !after) {
        return tl::unexpected(before ? after.error() : before.error());
    }
    return unifiedDiff(*before, *after, name, name);
}

std::string describeMigration(const Migration &migration, const std::string &language,
                              const PlaceName &placeOf)
{
    std::ostringstream out;
    const LineIndex lines(migration.oldCode);
    out << "From torch " << migration.from.toString() << " to " << migration.to.toString() << ": "
        << migration.edits.size() << " edit(s), " << migration.residues.size()
        << " not migrated.\n";
    if (migration.isPython2) {
        out << "The code is Python 2, which no PyTorch after 1.4 runs on: convert it first, for "
               "instance with 2to3.\n";
    }
    if (migration.hasSyntaxErrors) {
        out << "The old code does not parse; only the readable part was migrated.\n";
    }
    for (const Edit &edit : migration.edits) {
        out << "\n  " << placeOf(lines.lineOf(edit.span().begin)) << "  " << edit.title.in(language)
            << "  [" << edit.ruleId << ", " << safetyName(edit.safety) << ", "
            << (edit.isAccepted ? editProofName(edit.proof) : "offered, not applied") << "]\n    "
            << edit.reason.in(language) << '\n';
    }
    for (const Residue &residue : migration.residues) {
        out << "\n  " << placeOf(residue.line) << "  " << residue.symbol
            << " is not migrated because: " << residueReasonName(residue.reason) << "\n    "
            << residue.detail.in(language) << '\n';
    }
    return out.str();
}

std::string nowIso8601()
{
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::string text(32, '\0');
    text.resize(std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts));
    return text;
}

std::string describeFindings(const Migration &migration, const std::string &file,
                             const std::string &language, const PlaceName &placeOf)
{
    std::ostringstream out;
    const LineIndex lines(migration.oldCode);
    for (const Edit &edit : migration.edits) {
        out << file << ": " << placeOf(lines.lineOf(edit.span().begin)) << ": " << edit.symbol
            << " changed in " << edit.brokenIn.toShortString() << " ("
            << evidenceName(edit.evidence) << "): " << edit.title.in(language) << '\n';
    }
    for (const Residue &residue : migration.residues) {
        if (residue.reason != ResidueReason::NotAccepted) { // the edit was told
            out << file << ": " << placeOf(residue.line) << ": " << residue.symbol << " changed in "
                << residue.brokenIn.toShortString() << ": " << residue.detail.in(language) << '\n';
        }
    }
    return out.str();
}

std::string describeLastRun(const ResultRow &row)
{
    std::ostringstream out;
    if (row.verdict) {
        return {};
    }
    if (row.newAtTarget) {
        describeRun(out, "new code in ", row.newAtTarget);
    } else if (row.oldAtTarget) {
        describeRun(out, "old code in ", row.oldAtTarget);
    } else {
        describeRun(out, "old code in ", row.oldAtSource);
    }
    return out.str();
}

std::string describeRow(const ResultRow &row)
{
    std::ostringstream out;
    out << row.api << " (" << row.file << ")\n";
    describeRun(out, "old code in ", row.oldAtSource);
    describeRun(out, "old code in ", row.oldAtTarget);
    describeRun(out, "new code in ", row.newAtTarget);
    if (row.verdict) {
        describeVerdict(out, *row.verdict);
    }
    describeDivergence(out, row);
    return out.str();
}

ProjectProgress tellRuns()
{
    return [](int run, int runs, const Version &torch) {
        std::cerr << "run " << run << " of " << runs << ": torch " << torch.toString() << '\n';
    };
}

std::string describeProject(const ProjectResult &result)
{
    std::ostringstream out;
    out << result.command << '\n';
    std::map<std::string, int> counts;
    for (const ProjectTest &test : result.tests) {
        const ResultRow &row = test.row;
        const bool isAlike =
            row.verdict
            && (agrees(row.verdict->kind) || row.verdict->kind == VerdictKind::NotCompared);
        const bool isRunning =
            test.finding == TestFinding::Passes || test.finding == TestFinding::Repaired;
        const std::string finding = testFindingName(test.finding);
        const std::string verdict =
            row.verdict && isRunning ? std::string(", ") + verdictName(row.verdict->kind) : "";
        ++counts[finding + verdict];
        if (test.finding == TestFinding::NotRun) {
            out << "  " << row.api << ": " << finding << ": "
                << cut(lastLine(row.newAtTarget ? row.newAtTarget->errorOutput : ""), 160) << '\n';
        } else if (isRunning && isAlike) {
            out << "  " << row.api << ": " << finding << verdict << '\n';
        } else {
            out << '\n' << finding << ": " << describeRow(row) << '\n';
        }
    }
    if (result.tests.empty()) {
        out << describeRow(result.whole)
            << "No test was told of: the verdict is on the command as a whole.\n";
    }
    for (const MissingImport &missing : result.missing) {
        const std::string version = missing.torch.toString();
        out << missing.module << " is missing in torch-" << version << " (" << missing.tests
            << " case(s)): add it with torchlift-cli environments add " << missing.module
            << " --in " << version << '\n';
    }
    out << result.tests.size() << " test(s)";
    for (const auto &[finding, count] : counts) {
        out << "; " << finding << ": " << count;
    }
    out << '\n';
    return out.str();
}

std::string printable(std::string_view text)
{
    std::string shown = toValidUtf8(text);
    constexpr char del = 0x7F;
    std::replace_if(
        shown.begin(), shown.end(),
        [](char c) { return c == del || (c >= 0 && c < ' ' && c != '\n' && c != '\t'); }, '?');
    return shown;
}

std::string describeNotes(const Retrieval &retrieval)
{
    std::string text =
        std::to_string(retrieval.ranked.size()) + " release note(s) found" + foundBy(retrieval);
    for (const RankedChunk &ranked : retrieval.ranked) {
        text += (ranked.rank == retrieval.ranked.front().rank ? ": " : ", ") + ranked.chunk.chunkId;
    }
    return text + '\n';
}

std::string describeRetrieval(const Retrieval &retrieval)
{
    std::ostringstream out;
    out << retrieval.ranked.size() << " of " << retrieval.candidates << " chunks"
        << foundBy(retrieval) << '\n'
        << (isWeak(retrieval) ? "Warning: even the best of them is a weak match\n" : "");
    const auto list = [&out](const std::vector<RankedChunk> &chunks) {
        for (const RankedChunk &ranked : chunks) {
            out << "\n#" << ranked.rank << "  " << ranked.chunk.chunkId << "  "
                << ranked.chunk.section << "  score " << std::fixed << std::setprecision(4)
                << ranked.score << "  (dense " << std::setprecision(3) << ranked.denseScore << " #"
                << ranked.denseRank << ", uses " << ranked.useScore << " #" << ranked.useRank
                << ", words " << ranked.lexicalScore << " #" << ranked.lexicalRank << ", symbols #"
                << ranked.symbolRank << ")" << (ranked.isCited ? "  cited" : "")
                << (ranked.isCut ? "  longer than the model reads" : "") << "  "
                << (ranked.chunk.isOriginal ? "original" : "summary") << '\n'
                << ranked.chunk.text << '\n';
        }
    };
    list(retrieval.ranked);
    if (!retrieval.citedOnly.empty()) {
        out << "\n─ cited, not among the first " << retrieval.ranked.size() << " ─\n";
        list(retrieval.citedOnly);
    }
    return out.str();
}

Result<void> writeResults(std::initializer_list<std::pair<std::string, std::string>> results)
{
    for (const auto &[target, text] : results) {
        if (target.empty()) {
            continue;
        }
        if (auto written = writeResult(target, text); !written) {
            return written;
        }
    }
    return {};
}

bool leavesBreakage(const Migration &migration)
{
    // Python 3 runs neither what does not parse nor what only Python 2 reads.
    return migration.hasSyntaxErrors || migration.isPython2
           || std::any_of(migration.residues.begin(), migration.residues.end(),
                          [](const Residue &residue) { return residue.isBreaking; });
}

int statusOf(const ResultRow &row, const std::string &script)
{
    for (const std::optional<Run> *run : {&row.oldAtSource, &row.newAtTarget}) {
        const auto missing = *run ? missingPackage(**run, script) : std::nullopt;
        if (missing) { // nothing is said about the migration
            return report({Errc::MissingPart,
                           "the code imports " + missing->module
                               + ", which the environment of torch " + (*run)->torch.toString()
                               + " does not have",
                           script, remedyOf(*missing, script)});
        }
    }
    const bool works = row.newAtTarget && row.newAtTarget->works();
    const bool differs =
        row.verdict && row.verdict->kind == VerdictKind::Differs && !isExplained(*row.verdict);
    return works && !differs ? Done : StillBroken;
}

} // namespace TorchLift::Cli
