#include "corpus/change.h"
#include "corpus/splitter.h"
#include "corpus/store.h"
namespace TorchLift {
Result<std::vector<Change>> loadCatalogue(const std::filesystem::path &) { return fail(Errc::Internal, "not built yet"); }
std::vector<ByteSpan> splitRecursively(std::string_view, const SplitOptions &) { return {}; }
Result<std::unique_ptr<CorpusStore>> CorpusStore::open(const std::filesystem::path &) { return fail(Errc::Internal, "not built yet"); }
Result<std::vector<Chunk>> chunksOfCatalogue(const std::filesystem::path &) { return fail(Errc::Internal, "not built yet"); }
Result<std::vector<Chunk>> chunksOfMarkdownFolder(const std::filesystem::path &, std::vector<std::string> &, const ProgressCallback &, std::stop_token) { return fail(Errc::Internal, "not built yet"); }
}
