#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "embedding/encoderloader.h"
#include "embedding/modelfolder.h"

namespace TorchLift {

/// An embedding model that is known by name, and how it wants to be used.
struct ModelSpec
{
    std::string_view name;       ///< "e5-large-v2"; also its folder's name
    std::string_view label;      ///< as short as can be: "mE5-small"
    std::string_view repository; ///< on the model hub, "intfloat/e5-large-v2"
    std::string_view languages;  ///< "en", or "many"
    std::size_t dimension = 0;
    std::size_t maxTokens = 0; ///< as its authors use it
    Pooling pooling = Pooling::Mean;
    std::string_view queryPrefix; ///< put before a question or code that is looked for
    std::string_view passagePrefix;
    std::size_t megabytes = 0; ///< to download
};

/// All of them, the default one first.
[[nodiscard]] std::span<const ModelSpec> knownModels() noexcept;

/// nullptr for a name that is not known.
[[nodiscard]] const ModelSpec *findModel(std::string_view name) noexcept;

inline constexpr std::string_view kDefaultModel = "all-MiniLM-L6-v2";

/// Whether a model is there and can be read, as far as its settings tell: no weight is looked at.
/// `model` is as for openModel(). Errors: those of readModelFolder, with a remedy that installs it.
[[nodiscard]] Result<void> checkModel(std::string_view model, const std::filesystem::path &models);

/// Opens a model: `model` is the name of one below `models`, known or not, or the path of a
/// folder (it holds a '/'). Prefixes, and pooling and length limit of a folder that says nothing
/// about them, come from the registry, by the folder's name. `paths.model` is ignored.
/// Errors: those of loadEncoder; for a model that is missing or damaged the remedy installs it.
[[nodiscard]] Result<std::unique_ptr<EmbeddingModel>>
openModel(std::string_view model, const std::filesystem::path &models, EncoderPaths paths,
          EncoderOptions options, const std::stop_token &stop = {});

} // namespace TorchLift
