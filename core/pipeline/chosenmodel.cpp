#include "pipeline/chosenmodel.h"

#include <system_error>
#include <utility>

#include "base/files.h"
#include "base/logging.h"

namespace TorchLift {

Result<std::unique_ptr<EmbeddingModel>>
openEmbedding(const Paths &paths, const EmbeddingChoice &choice, const std::stop_token &stop)
{
    EncoderOptions options;
    options.precision = choice.precision;
    options.device = choice.device;
    return openModel(choice.model, paths.models(),
                     {paths.libtorch(), paths.encoderModule(), {}, paths.cache}, options, stop);
}

void ChosenModel::choose(std::optional<EmbeddingChoice> choice)
{
    m_choice = std::move(choice);
    m_model.reset();
}

Result<std::shared_ptr<EmbeddingModel>> ChosenModel::open(const ProgressCallback &progress,
                                                          const std::stop_token &stop)
{
    if (m_model) {
        return m_model;
    }
    if (progress) {
        progress({"loading-model", 0, 0, {}});
    }
    auto opened = openEmbedding(m_paths, choice(), stop);
    if (opened) {
        m_model = std::move(*opened);
        return m_model;
    }
    const Error &error = opened.error();
    if (m_choice || error.code == Errc::Cancelled) {
        return tl::unexpected(error);
    }
    Log::warning("pipeline", "no embedding model: " + error.detail + " (" + error.subject + ")");
    return std::shared_ptr<EmbeddingModel>();
}

Result<std::shared_ptr<EmbeddingModel>> ChosenModel::need(const ProgressCallback &progress,
                                                          const std::stop_token &stop)
{
    auto opened = open(progress, stop);
    if (opened && !*opened) {
        return fail(Errc::MissingPart, "vectors need an embedding model", choice().model,
                    "installer/setup.sh");
    }
    return opened;
}

std::filesystem::path ChosenModel::vectorFile(const EmbeddingModel &model) const
{
    constexpr std::size_t digits = 16;
    const std::filesystem::path file =
        m_paths.corpus() / "vectors"
        / (model.name() + '-' + sha256Hex(model.hash()).substr(0, digits) + ".vectors");
    // Earlier programs had this one model and file. It names the hash that it belongs to.
    const std::filesystem::path earlier =
        m_paths.corpus() / (std::string(kDefaultModel) + ".vectors");
    std::error_code ignored;
    if (model.name() == kDefaultModel && std::filesystem::exists(earlier, ignored)) {
        std::filesystem::create_directories(file.parent_path(), ignored);
        std::filesystem::rename(earlier, file, ignored);
    }
    return file;
}

} // namespace TorchLift
