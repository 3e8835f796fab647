#include "validation/resultstable.h"
#include "validation/runner.h"
namespace TorchLift {
class Runner::Impl {};
Runner::Runner(std::filesystem::path) {}
Runner::~Runner() = default;
Result<void> Runner::sandboxAvailable() { return fail(Errc::Internal, "not built yet"); }
Result<Run> Runner::run(const Environment &, const RunRequest &, std::stop_token) { return fail(Errc::Internal, "not built yet"); }
Result<Environment> inspectEnvironment(const std::filesystem::path &) { return fail(Errc::Internal, "not built yet"); }
Result<Environment> findEnvironment(const std::filesystem::path &, const Version &) { return fail(Errc::Internal, "not built yet"); }
std::vector<Environment> listEnvironments(const std::filesystem::path &) { return {}; }
const char *outcomeName(Outcome) noexcept { return ""; }
std::optional<Outcome> outcomeFromName(std::string_view) noexcept { return {}; }
const char *verdictName(VerdictKind) noexcept { return ""; }
std::optional<VerdictKind> verdictFromName(std::string_view) noexcept { return {}; }
Verdict compareRuns(const Run &, const Run &, const Tolerance &) { return {}; }
const std::vector<std::string> &resultColumns() { static const std::vector<std::string> c; return c; }
std::string resultsToCsv(const std::vector<ResultRow> &) { return {}; }
Result<std::vector<ImportedRow>> resultsFromCsv(std::string_view) { return fail(Errc::Internal, "not built yet"); }
}
