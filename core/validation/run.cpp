#include "validation/run.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace TorchLift {

namespace {

constexpr std::array<std::pair<Outcome, const char *>, 10> kNames{{
    {Outcome::Ok, "ok"},
    {Outcome::Exception, "exception"},
    {Outcome::Exit, "exit"},
    {Outcome::Signal, "signal"},
    {Outcome::Timeout, "timeout"},
    {Outcome::Memory, "memory"},
    {Outcome::OutputLimit, "output-limit"},
    {Outcome::Incomplete, "incomplete"},
    {Outcome::SandboxRefused, "sandbox-refused"},
    {Outcome::Cancelled, "cancelled"},
}};

} // namespace

bool isDeprecation(const RunWarning &warning)
{
    const auto says = [&](std::string_view text, std::string_view what) {
        return text.find(what) != std::string_view::npos;
    };
    return says(warning.category, "Deprecation") || says(warning.category, "FutureWarning")
           || says(warning.message, "deprecat") || says(warning.message, "Deprecat");
}

bool Run::lacksCuda() const
{
    constexpr std::string_view kMessages[] = {"Found no NVIDIA driver",
                                              "No CUDA GPUs are available",
                                              "not compiled with CUDA enabled",
                                              "cuda runtime error",
                                              "torch.cuda.is_available() is False",
                                              "CUDA driver version"};
    return outcome == Outcome::Exception
           && std::any_of(std::begin(kMessages), std::end(kMessages),
                          [this](std::string_view known) {
                              return errorMessage.find(known) != std::string::npos;
                          });
}

const char *outcomeName(Outcome outcome) noexcept
{
    for (const auto &[value, name] : kNames) {
        if (value == outcome) {
            return name;
        }
    }
    return "incomplete";
}

std::optional<Outcome> outcomeFromName(std::string_view name) noexcept
{
    for (const auto &[value, known] : kNames) {
        if (name == known) {
            return value;
        }
    }
    return std::nullopt;
}

} // namespace TorchLift
