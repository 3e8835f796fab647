#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>

#include "base/progress.h"
#include "base/result.h"
#include "models/embeddingchoice.h"
#include "settings/paths.h"

namespace TorchLift {

/// Opens a model as it was chosen. Errors: those of openModel().
[[nodiscard]] Result<std::unique_ptr<EmbeddingModel>>
openEmbedding(const Paths &paths, const EmbeddingChoice &choice, const std::stop_token &stop);

/// The model that the user chose to embed with; opened on first need, and kept. One thread.
class ChosenModel
{
public:
    explicit ChosenModel(Paths paths)
        : m_paths(std::move(paths))
    {}

    /// nullopt: the default one, where it is there. What was open is closed, also when the choice
    /// is the same: it may have been installed again.
    void choose(std::optional<EmbeddingChoice> choice);
    [[nodiscard]] EmbeddingChoice choice() const { return m_choice.value_or(EmbeddingChoice{}); }

    /// Null, and logged, where nobody chose and the default one cannot be opened; what was chosen
    /// must be there. Errors: those of openEmbedding().
    [[nodiscard]] Result<std::shared_ptr<EmbeddingModel>> open(const ProgressCallback &progress,
                                                               const std::stop_token &stop);
    /// Likewise, but null is an error, too.
    [[nodiscard]] Result<std::shared_ptr<EmbeddingModel>> need(const ProgressCallback &progress,
                                                               const std::stop_token &stop);

    /// Where the vectors of the corpus are kept that `model` made: each model, precision and
    /// setting has a file of its own, so that going back to one embeds nothing again.
    [[nodiscard]] std::filesystem::path vectorFile(const EmbeddingModel &model) const;

private:
    Paths m_paths;
    std::optional<EmbeddingChoice> m_choice;
    std::shared_ptr<EmbeddingModel> m_model;
};

} // namespace TorchLift
