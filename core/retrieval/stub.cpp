#include "retrieval/retriever.h"
namespace TorchLift {
Result<std::unique_ptr<Retriever>> Retriever::open(CorpusStore &, std::shared_ptr<EmbeddingModel>, const std::filesystem::path &, const ProgressCallback &, std::stop_token) { return fail(Errc::Internal, "not built yet"); }
}
