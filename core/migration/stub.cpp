#include "migration/migrate.h"
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
}
