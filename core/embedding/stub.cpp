#include "embedding/encoderloader.h"
namespace TorchLift {
Result<std::unique_ptr<EmbeddingModel>> loadEncoder(const EncoderPaths &) { return fail(Errc::Internal, "not built yet"); }
}
