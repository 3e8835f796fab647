#include "embedding/encodermodule.h"

// Touches nothing but the number, as a module of another version must.
extern "C" __attribute__((visibility("default"))) TorchLift::EmbeddingModel *
torchliftCreateEncoder(int, int *moduleAbi, const TorchLift::EncoderPaths *,
                       const TorchLift::EncoderOptions *, TorchLift::Error *)
{
    *moduleAbi = TorchLift::kEncoderAbi + 41;
    return nullptr;
}
