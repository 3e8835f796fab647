#include "migration/migrate.h"
#include "migration/prompt.h"
namespace TorchLift {
ByteSpan Edit::span() const { return {}; }
const char *provenanceName(Provenance) noexcept { return ""; }
const char *safetyName(Safety) noexcept { return ""; }
const char *editProofName(EditProof) noexcept { return ""; }
const char *residueReasonName(ResidueReason) noexcept { return ""; }
const char *ruleProofName(RuleProof) noexcept { return ""; }
Result<std::shared_ptr<const RuleSet>> RuleSet::load(const std::filesystem::path &) { return fail(Errc::Internal, "not built yet"); }
Result<Migration> migrate(std::string_view, const RuleSet &, const MigrationOptions &, std::stop_token) { return fail(Errc::Internal, "not built yet"); }
Rendering render(std::string_view, const std::vector<Edit> &) { return {}; }
Result<std::string> buildPrompt(std::string_view, std::string_view, const std::vector<PromptContext> &, const Version &, const Version &, std::string_view) { return fail(Errc::Internal, "not built yet"); }
ModelAnswer splitAnswer(std::string_view) { return {}; }
}
