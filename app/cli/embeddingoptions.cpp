#include "cli/embeddingoptions.h"

#include <filesystem>

#include <CLI/CLI.hpp>

#include "pipeline/pipeline.h"

namespace TorchLift::Cli {

namespace {

constexpr const char *kPrecisionHelp =
    "How it computes: fp32 exact, bf16 fast with AVX-512, int16 fast with AVX2, int8 coarser and "
    "faster than that, fp16";
constexpr const char *kDeviceHelp = "Where it computes: cpu, or cuda (an NVIDIA card)";

CLI::IsMember isPrecision()
{
    std::vector<std::string> names;
    for (const Precision precision : kPrecisions) {
        names.emplace_back(precisionName(precision));
    }
    return CLI::IsMember(names);
}

CLI::IsMember isDevice()
{
    return CLI::IsMember({deviceName(Device::Cpu), deviceName(Device::Cuda)});
}

// The names are checked where they are read. A folder is remembered in sessions, which are opened
// from elsewhere too.
EmbeddingChoice choiceOf(const std::string &model, const std::string &precision,
                         const std::string &device)
{
    const bool isFolder = model.find('/') != std::string::npos;
    return {isFolder ? std::filesystem::absolute(model).lexically_normal().string() : model,
            precisionOf(precision).value_or(Precision::Fp32),
            deviceOf(device).value_or(Device::Cpu)};
}

} // namespace

void addEmbedding(CLI::App *command, EmbeddingCommandOptions &options, const std::string &help)
{
    command
        ->add_option("--embedding", options.model,
                     help + ": a name of models list, or the path of a folder; else "
                         + std::string(kDefaultModel))
        ->type_name("MODEL")
        ->check([](const std::string &name) {
            return name.empty() ? std::string("names no model") : std::string();
        });
    command->add_option("--precision", options.precision, kPrecisionHelp)->check(isPrecision());
    command->add_option("--device", options.device, kDeviceHelp)->check(isDevice());
}

std::optional<EmbeddingChoice> embeddingChoice(const EmbeddingCommandOptions &options)
{
    if (!options.model && !options.precision && !options.device) {
        return std::nullopt;
    }
    return choiceOf(options.model.value_or(std::string(kDefaultModel)),
                    options.precision.value_or(""), options.device.value_or(""));
}

Result<void> useEmbedding(Pipeline &pipeline, const EmbeddingCommandOptions &options)
{
    auto choice = embeddingChoice(options);
    if (!choice) {
        return {};
    }
    if (auto checked = checkModel(choice->model, pipeline.paths().models()); !checked) {
        return checked; // before anything else is done
    }
    pipeline.useEmbedding(std::move(choice));
    return {};
}

void addEmbeddings(CLI::App *command, EmbeddingsCommandOptions &options)
{
    command
        ->add_option("--embedding", options.models,
                     "Models, parted by commas: names of models list, or paths of folders")
        ->delimiter(',')
        ->type_name("MODEL,...");
    command->add_option("--precision", options.precisions, "fp32, bf16, fp16, int16, int8")
        ->delimiter(',')
        ->check(isPrecision());
    command->add_option("--device", options.device, kDeviceHelp)->check(isDevice());
}

std::vector<EmbeddingChoice> embeddingChoices(const EmbeddingsCommandOptions &options)
{
    std::vector<EmbeddingChoice> choices;
    for (const std::string &model : options.models) {
        for (const std::string &precision : options.precisions) {
            choices.push_back(choiceOf(model, precision, options.device));
        }
    }
    return choices;
}

} // namespace TorchLift::Cli
