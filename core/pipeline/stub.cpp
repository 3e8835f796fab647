#include "pipeline/pipeline.h"
namespace TorchLift {
class Pipeline::Impl { public: Paths paths; };
Pipeline::Pipeline(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Pipeline::~Pipeline() = default;
Result<std::unique_ptr<Pipeline>> Pipeline::open(Paths) { return fail(Errc::Internal, "not built yet"); }
const Paths &Pipeline::paths() const noexcept { return m_impl->paths; }
const RuleSet &Pipeline::rules() const noexcept { std::abort(); }
Readiness Pipeline::readiness(const Version &, const Version &) const { std::abort(); }
Result<Migration> Pipeline::migrate(std::string_view, const MigrationOptions &, std::stop_token) { return fail(Errc::Internal, "not built yet"); }
Result<Retrieval> Pipeline::retrieve(std::string_view, const Migration *, const RetrieveOptions &, const ProgressCallback &, std::stop_token) { return fail(Errc::Internal, "not built yet"); }
Result<RetrievalWhy> Pipeline::why(std::string_view, std::string_view, const RetrieveOptions &, const ProgressCallback &, std::stop_token) { return fail(Errc::Internal, "not built yet"); }
Result<ResultRow> Pipeline::validate(std::string_view, std::string_view, std::string_view, Migration *, const ValidateOptions &, const RowCallback &, std::stop_token) { return fail(Errc::Internal, "not built yet"); }
Result<std::string> Pipeline::prompt(std::string_view, const Retrieval &, const Migration &, std::string_view) const { return fail(Errc::Internal, "not built yet"); }
Result<ModelMigration> Pipeline::askModel(const ChatProfile &, std::string, const TokenCallback &, std::stop_token) { return fail(Errc::Internal, "not built yet"); }
void proveEdits(Migration &, const ResultRow &) {}
}
