#include "models/registry.h"

#include <algorithm>
#include <array>
#include <string>

namespace TorchLift {

namespace {

constexpr std::string_view kBgeQuery = "Represent this sentence for searching relevant passages: ";

constexpr std::array kModels = {
    ModelSpec{"all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2", "en", 384, 256,
              Pooling::Mean, "", "", 92},
    ModelSpec{"bge-small-en-v1.5", "BAAI/bge-small-en-v1.5", "en", 384, 512, Pooling::FirstToken,
              kBgeQuery, "", 134},
    ModelSpec{"bge-base-en", "BAAI/bge-base-en", "en", 768, 512, Pooling::FirstToken, kBgeQuery, "",
              439},
    ModelSpec{"bge-large-en", "BAAI/bge-large-en", "en", 1024, 512, Pooling::FirstToken, kBgeQuery,
              "", 1342},
    ModelSpec{"e5-large", "intfloat/e5-large", "en", 1024, 512, Pooling::Mean,
              "query: ", "passage: ", 1342},
    ModelSpec{"e5-large-v2", "intfloat/e5-large-v2", "en", 1024, 512, Pooling::Mean,
              "query: ", "passage: ", 1342},
    ModelSpec{"LaBSE", "sentence-transformers/LaBSE", "many", 768, 256, Pooling::FirstToken, "", "",
              1890},
    ModelSpec{"multilingual-e5-small", "intfloat/multilingual-e5-small", "many", 384, 512,
              Pooling::Mean, "query: ", "passage: ", 477},
    ModelSpec{"multilingual-e5-large", "intfloat/multilingual-e5-large", "many", 1024, 512,
              Pooling::Mean, "query: ", "passage: ", 2245},
};

} // namespace

std::span<const ModelSpec> knownModels() noexcept
{
    return kModels;
}

const ModelSpec *findModel(std::string_view name) noexcept
{
    const auto found = std::find_if(kModels.begin(), kModels.end(),
                                    [&](const ModelSpec &spec) { return spec.name == name; });
    return found == kModels.end() ? nullptr : &*found;
}

Result<std::unique_ptr<EmbeddingModel>> openModel(std::string_view model,
                                                  const std::filesystem::path &models,
                                                  EncoderPaths paths, EncoderOptions options)
{
    const bool isPath = model.find('/') != std::string_view::npos;
    paths.model = isPath ? std::filesystem::path(model) : models / model;
    const std::filesystem::path name =
        paths.model.has_filename() ? paths.model.filename() : paths.model.parent_path().filename();
    const ModelSpec *spec = findModel(name.string());
    if (spec != nullptr) {
        options.queryPrefix = options.queryPrefix.value_or(std::string(spec->queryPrefix));
        options.passagePrefix = options.passagePrefix.value_or(std::string(spec->passagePrefix));
        options.pooling = spec->pooling;
        options.maxTokens = spec->maxTokens;
    }
    auto loaded = loadEncoder(paths, options);
    const bool isInModel = !loaded && loaded.error().subject.starts_with(paths.model.string());
    if (isInModel && !isPath && spec != nullptr) {
        Error error = loaded.error();
        error.remedy = "torchlift-cli models install " + std::string(spec->name);
        return tl::unexpected(std::move(error));
    }
    return loaded;
}

} // namespace TorchLift
