#include "index/vectorindex.h"
namespace TorchLift {
Result<std::unique_ptr<VectorIndex>> makeExactIndex(std::vector<float>, std::size_t) { return fail(Errc::Internal, "not built yet"); }
Result<std::unique_ptr<VectorIndex>> makeHnswIndex(std::span<const float>, std::size_t, const HnswOptions &, std::stop_token) { return fail(Errc::Internal, "not built yet"); }
Result<void> saveVectors(const std::filesystem::path &, const VectorTable &) { return fail(Errc::Internal, "not built yet"); }
Result<VectorTable> loadVectors(const std::filesystem::path &) { return fail(Errc::Internal, "not built yet"); }
}
