#include "embedding/encodermodule.h"

#include <exception>

#include "embedding/module/transformermodel.h"

using namespace TorchLift;

extern "C" __attribute__((visibility("default"))) EmbeddingModel *
torchliftCreateEncoder(int hostAbi, int *moduleAbi, const EncoderPaths *paths,
                       const EncoderOptions *options, const std::stop_token *stop, Error *error)
{
    *moduleAbi = kEncoderAbi;
    if (hostAbi != kEncoderAbi) {
        return nullptr;
    }
    try {
        auto model = TransformerModel::load(*paths, *options, *stop);
        if (model) {
            return model->release();
        }
        *error = std::move(model.error());
    } catch (const std::exception &exception) {
        *error = Error{Errc::Internal, exception.what(), paths->model.string(), {}};
    } catch (...) {
        *error = Error{Errc::Internal, "unknown exception", paths->model.string(), {}};
    }
    return nullptr;
}
