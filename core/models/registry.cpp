#include "models/registry.h"

#include <algorithm>
#include <array>
#include <string>

namespace TorchLift {

namespace {

constexpr std::string_view kBgeQuery = "Represent this sentence for searching relevant passages: ";

constexpr std::array kModels = {
    ModelSpec{"all-MiniLM-L6-v2", "MiniLM", "sentence-transformers/all-MiniLM-L6-v2", "en", 384,
              256, Pooling::Mean, "", "", 92},
    ModelSpec{"bge-small-en-v1.5", "bge-small", "BAAI/bge-small-en-v1.5", "en", 384, 512,
              Pooling::FirstToken, kBgeQuery, "", 134},
    ModelSpec{"bge-base-en", "bge-base", "BAAI/bge-base-en", "en", 768, 512, Pooling::FirstToken,
              kBgeQuery, "", 439},
    ModelSpec{"bge-large-en", "bge-large", "BAAI/bge-large-en", "en", 1024, 512,
              Pooling::FirstToken, kBgeQuery, "", 1342},
    ModelSpec{"e5-large", "e5-large", "intfloat/e5-large", "en", 1024, 512, Pooling::Mean,
              "query: ", "passage: ", 1342},
    ModelSpec{"e5-large-v2", "e5-large-v2", "intfloat/e5-large-v2", "en", 1024, 512, Pooling::Mean,
              "query: ", "passage: ", 1342},
    ModelSpec{"LaBSE", "LaBSE", "sentence-transformers/LaBSE", "many", 768, 256,
              Pooling::FirstToken, "", "", 1890},
    ModelSpec{"multilingual-e5-small", "mE5-small", "intfloat/multilingual-e5-small", "many", 384,
              512, Pooling::Mean, "query: ", "passage: ", 477},
    ModelSpec{"multilingual-e5-large", "mE5-large", "intfloat/multilingual-e5-large", "many", 1024,
              512, Pooling::Mean, "query: ", "passage: ", 2245},
};

struct Place
{
    std::filesystem::path folder;
    bool isPath = false; // named as such
    const ModelSpec *spec = nullptr;
};

Place placeOf(std::string_view model, const std::filesystem::path &models)
{
    Place place;
    place.isPath = model.find('/') != std::string_view::npos;
    place.folder = place.isPath ? std::filesystem::path(model) : models / model;
    const std::filesystem::path &folder = place.folder;
    place.spec = findModel(
        (folder.has_filename() ? folder.filename() : folder.parent_path().filename()).string());
    return place;
}

// What helps where the model itself is at fault.
Error explained(Error error, const Place &place)
{
    const bool isInModel = error.subject.starts_with(place.folder.string());
    const bool isLack = error.code == Errc::MissingPart || error.code == Errc::Damaged;
    if (!isInModel || !isLack) {
        return error;
    }
    error.remedy =
        place.isPath ? "name a folder with config.json, tokenizer files and model.safetensors"
        : place.spec != nullptr
            ? "torchlift-cli models install " + std::string(place.spec->name)
            : "torchlift-cli models list shows those that are known; a folder is named with a '/'";
    return error;
}

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

Result<void> checkModel(std::string_view model, const std::filesystem::path &models)
{
    const Place place = placeOf(model, models);
    const auto read = readModelFolder(place.folder);
    return read ? Result<void>() : tl::unexpected(explained(read.error(), place));
}

Result<std::unique_ptr<EmbeddingModel>> openModel(std::string_view model,
                                                  const std::filesystem::path &models,
                                                  EncoderPaths paths, EncoderOptions options,
                                                  const std::stop_token &stop)
{
    const Place place = placeOf(model, models);
    paths.model = place.folder;
    if (const ModelSpec *spec = place.spec) {
        options.queryPrefix = options.queryPrefix.value_or(std::string(spec->queryPrefix));
        options.passagePrefix = options.passagePrefix.value_or(std::string(spec->passagePrefix));
        options.pooling = spec->pooling;
        options.maxTokens = spec->maxTokens;
    }
    auto loaded = loadEncoder(paths, options, stop);
    if (!loaded) {
        return tl::unexpected(explained(loaded.error(), place));
    }
    return loaded;
}

} // namespace TorchLift
