#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "models/embeddingchoice.h"
#include "settings/paths.h"

namespace CLI {
class App;
}

namespace TorchLift {
class Pipeline;
}

namespace TorchLift::Cli {

/// How texts are embedded, as given; what is unset is the usual one.
struct EmbeddingCommandOptions
{
    std::optional<std::string> model;
    std::optional<std::string> precision;
    std::optional<std::string> device;
};

/// --embedding, --precision, --device; `help` says what the model is for.
void addEmbedding(CLI::App *command, EmbeddingCommandOptions &options, const std::string &help);

/// nullopt where nothing was given: then the default model may also be missing.
[[nodiscard]] std::optional<EmbeddingChoice>
embeddingChoice(const EmbeddingCommandOptions &options);

/// Has `pipeline` use it, where anything was given. Errors: those of checkModel.
[[nodiscard]] Result<void> useEmbedding(Pipeline &pipeline, const EmbeddingCommandOptions &options);

/// The same for several models and precisions, each with each.
struct EmbeddingsCommandOptions
{
    std::vector<std::string> models{std::string(kDefaultModel)};
    std::vector<std::string> precisions{"fp32"};
    std::string device = "cpu";
};

void addEmbeddings(CLI::App *command, EmbeddingsCommandOptions &options);
[[nodiscard]] std::vector<EmbeddingChoice>
embeddingChoices(const EmbeddingsCommandOptions &options);

} // namespace TorchLift::Cli
