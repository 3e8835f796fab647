#pragma once

#include <stop_token>

#include "base/result.h"
#include "embedding/embeddingmodel.h"
#include "embedding/encoderloader.h"

namespace TorchLift {

/// Raised whenever anything that crosses between program and module changes its layout.
inline constexpr int kEncoderAbi = 5;

/// The module's only exported function. It stores its own ABI number in `*moduleAbi` and, when
/// `hostAbi` is another one, touches nothing else. Otherwise it gives the model, owned by the
/// caller, or nullptr and says why in `*error`. No exception leaves it.
using EncoderFactory = EmbeddingModel *(*)(int hostAbi, int *moduleAbi, const EncoderPaths *paths,
                                           const EncoderOptions *options,
                                           const std::stop_token *stop, Error *error);
inline constexpr const char *kEncoderFactoryName = "torchliftCreateEncoder";

} // namespace TorchLift
